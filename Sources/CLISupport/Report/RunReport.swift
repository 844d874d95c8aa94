import Isoflop

/// What runs say, as a page.
struct RunReport {
  private let file: String
  private let table: RunTable
  private var fits: FitReport
  private let set: RunSet

  init(_ file: String, _ runs: FitRunOptions, _ methods: FitMethodOptions, at budgets: [Double]) throws {
    self.file = file
    guard runs.group == nil else {
      throw InputError("is for isoflop fit", field: "--group", hint: "use --where COLUMN=VALUE, and a page for each")
    }
    table = try RunTable.read(file)
    let isoFLOPRuns = try table.select(runs.selection(preferring: RunSelection.isoFLOPScales))
    let largest = isoFLOPRuns.runs.map(\.compute).max() ?? 1
    set = isoFLOPRuns
    fits = FitReport(at: budgets.isEmpty ? [10 * largest, 100 * largest] : budgets, points: [])
    fits.skipped = isoFLOPRuns.skipped
    let together = RunSelection.Resample(runs.resample)
    // Each fit that the runs allow; why one does not is part of the page.
    fits.attempt("IsoFLOP profiles") { fits in
      fits.isoFLOP = try IsoFLOPFit.fit(isoFLOPRuns, options: methods.isoFLOP(together))
      fits.isoFLOPRuns = isoFLOPRuns
    }
    let surfaceRuns = try table.select(runs.selection(preferring: RunSelection.parametricScales))
    fits.attempt("a loss surface") { fits in
      fits.parametric = try ParametricFit.fit(surfaceRuns, options: methods.parametric(together, on: surfaceRuns))
      fits.parametricRuns = surfaceRuns
    }
    let settings = try table.select(runs.selection(preferring: RunSelection.hyperparameterScales))
    let hasGrid = HyperparameterFit.hasGrid(settings)
    try methods.refuseUnread(parametric: true, isoFLOP: true, hyperparameters: hasGrid)
    // Without grids there is nothing to try: most files of runs have one learning rate for each size.
    if hasGrid {
      fits.attempt("laws of learning rate and batch") { fits in
        fits.hyperparameters = try HyperparameterFit.fit(settings, options: methods.hyperparameters())
        fits.hyperparameterRuns = settings
      }
    }
    guard fits.isoFLOP != nil || fits.parametric != nil || fits.hyperparameters != nil else {
      throw WorkError(
        "\(file): no fit can be made of these runs: \(fits.notes.joined(separator: "; "))",
        hint: "isoflop fit --help tells which columns each fit needs")
    }
  }

  func page(command: [String], _ gnuplot: Gnuplot) throws -> HTMLPage {
    let pictures = try fits.pictures()
    return try WorkProgress.stage("pictures", of: pictures.count) {
      try page(pictures, command: command, gnuplot, $0)
    }
  }

  private func page(
    _ pictures: [Picture], command: [String], _ gnuplot: Gnuplot, _ stage: WorkProgress.Stage
  ) throws -> HTMLPage {
    let name = file.split(separator: "/").last.map(String.init) ?? file
    var page = HTMLPage("Scaling laws of \(name)", stage)
    for sentence in try summary() { page.paragraph(sentence, lead: true) }
    let cautions = fits.warnings.filter { $0.severity == .caution }
    page.paragraph(
      cautions.isEmpty
        ? "Nothing was found that speaks against these numbers and their intervals."
        : "\(Numbers.counted(cautions.count, "thing speaks", "things speak")) against believing them as they are: see the diagnostics of each fit."
    )
    let predicted = try fits.predictions()
    if !predicted.isEmpty {
      page.heading("What that gives for larger budgets")
      page.table(FitReport.table(predicted))
    }
    page.heading("The runs")
    page.table(runs)
    if !fits.skipped.isEmpty {
      page.list(fits.skipped.prefix(10).map { "Line \($0.line) was not used: \($0.reason)." })
      if fits.skipped.count > 10 {
        page.paragraph("\(Numbers.counted(fits.skipped.count - 10, "more line was", "more lines were")) not used.")
      }
    }
    if let result = fits.isoFLOP {
      page.heading("IsoFLOP profiles")
      page.paragraph(
        "\(Numbers.counted(result.budgets.count, "budget")), size = \(result.scale), the minimum of each budget by \(result.options.method.rawValue)."
      )
      let shown = pictures.filter { [FitPicture.profiles.rawValue, FitPicture.loss.rawValue].contains($0.name) }
      for picture in shown { try page.figure(picture, by: gnuplot) }
      page.table(FitReport.table(result))
      if let confidence = pictures.last(where: {
        $0.name == FitPicture.confidence.rawValue && $0.title.contains("IsoFLOP")
      }) {
        try page.figure(confidence, by: gnuplot)
      }
      diagnostics(result.warnings, &page)
    }
    if let result = fits.parametric {
      page.heading("Loss surface L = E + A/N^alpha + B/D^beta")
      page.paragraph(
        "\(Numbers.counted(result.n, "run")), size N = \(result.scale), \(result.options.loss.name) on \(result.options.residual.rawValue) residuals; "
          + "\(Numbers.grouped(result.starts.agree)) of \(Numbers.counted(result.starts.total, "start")) agree; \(Numbers.counted(result.samples.count, "resample"))."
      )
      page.table(FitReport.table(result))
      if let confidence = pictures.first(where: { $0.name == FitPicture.confidence.rawValue }) {
        try page.figure(confidence, by: gnuplot)
      }
      diagnostics(result.warnings, &page)
    }
    if let both = fits.disagreement {
      page.heading("Do the two methods agree?")
      page.paragraph(both)
    }
    if let result = fits.hyperparameters {
      page.heading("Learning rate and batch")
      page.paragraph(
        "\(Numbers.counted(result.settings.count, "setting")), size = \(result.scale), the best of each by \(result.options.method.rawValue)."
      )
      for picture in pictures
      where [FitPicture.grids.rawValue, FitPicture.hyperparameters.rawValue].contains(picture.name) {
        try page.figure(picture, by: gnuplot)
      }
      page.table(FitReport.table(result))
      diagnostics(result.warnings, &page)
    }
    if !fits.notes.isEmpty {
      page.heading("What could not be fitted")
      page.list(fits.notes.map(FitReport.sentence))
    }
    page.heading("Sources")
    page.list(sources(name))
    page.heading("The command that made this page")
    page.code(CommandLineText.text(command))
    return page
  }

  // MARK: Parts

  /// The numbers that matter, in sentences.
  private func summary() throws -> [String] {
    var sentences: [String] = []
    if let result = fits.isoFLOP {
      sentences.append(
        "By the minima of its budgets, the best size (\(result.scale)) grows as C^\(Numbers.significant(result.model.law.exponent))"
          + "\(Picture.interval(result.model.exponent)) and the best number of tokens as "
          + "C^\(Numbers.significant(result.data.law.exponent))\(Picture.interval(result.data.exponent)).")
    }
    if let result = fits.parametric {
      sentences.append(
        "By the loss surface, the best size (\(result.scale)) grows as C^\(Numbers.significant(result.surface.a))"
          + "\(Picture.interval(result.interval { $0.a })), and the loss falls towards "
          + "\(Numbers.significant(result.surface.E, 4))\(Picture.interval(result.interval { $0.E }, digits: 4)) "
          + "\(Picture.unit(result.lossUnit)).")
    }
    if let result = fits.hyperparameters {
      let laws = [("learning rate", result.learningRate), ("batch", result.batchTokens)].compactMap { name, law in
        law.map { law in
          "\(name) "
            + law.exponents.map { "\($0.predictor.rawValue)^\(Numbers.significant($0.value))" }.joined(separator: " ")
        }
      }
      sentences.append("The best settings go as: \(laws.joined(separator: ", ")).")
    }
    return sentences
  }

  private var runs: Table {
    var table = Table([.text("quantity"), .text("smallest"), .text("largest")])
    func add(_ name: String, _ values: [Double], _ show: (Double) -> String) {
      guard let low = values.min(), let high = values.max() else { return }
      table.add([.string(name), .string(show(low)), .string(show(high))])
    }
    table.add([.string("runs used"), .string(Numbers.grouped(set.runs.count)), .null])
    // Each fit takes the size that suits it best, where a file has several.
    let sets = [set] + [fits.parametricRuns, fits.hyperparameterRuns].compactMap { $0 }
    for (place, sized) in sets.enumerated() where !sets[..<place].contains(where: { $0.scale == sized.scale }) {
      add(sized.scale, sized.runs.map(\.scale)) { Picture.scaleText($0, sized.scale) }
    }
    add("tokens", set.runs.map(\.tokens)) { Numbers.count($0) }
    add("C, FLOPs", set.runs.map(\.compute)) { Numbers.scientific($0) }
    add("loss, \(Picture.unit(set.lossUnit))", set.runs.map(\.loss)) { Numbers.significant($0, 4) }
    add("learning rate", set.runs.compactMap(\.learningRate)) { Numbers.significant($0) }
    add("batch, tokens", set.runs.compactMap(\.batchTokens)) { Numbers.count($0) }
    return table
  }

  private func diagnostics(_ warnings: [FitWarning], _ page: inout HTMLPage) {
    page.subheading("Diagnostics")
    let cautions = warnings.filter { $0.severity == .caution }
    if cautions.isEmpty {
      page.paragraph("Nothing found that speaks against these numbers and their intervals.")
    } else {
      page.paragraph("Before you believe this:")
      page.list(cautions.map { FitReport.sentence($0.message) }, kind: "cautions")
    }
    page.list(warnings.filter { $0.severity == .note }.map { FitReport.sentence($0.message) })
  }

  private func sources(_ name: String) -> [String] {
    var sources = [
      "Runs: \(name), \(Numbers.counted(table.rowCount, "row")), columns \(table.columns.joined(separator: ", "))."
    ]
    if fits.isoFLOP != nil {
      sources.append(
        "IsoFLOP profiles: Hoffmann et al. 2022, arXiv 2203.15556, approach 2; in M, as DeepSeek LLM, arXiv 2401.02954, section 3.2."
      )
    }
    if fits.parametric != nil {
      sources.append(
        "Loss surface: Hoffmann et al. 2022, approach 3, equation 2; intervals by resampling, as Besiroglu et al. 2024, arXiv 2404.10102, ask for."
      )
    }
    if fits.hyperparameters != nil {
      sources.append("Learning rate and batch: DeepSeek LLM, arXiv 2401.02954, section 3.1.")
    }
    return sources
  }
}

extension FitReport {
  /// Makes a fit, or notes why it cannot be made.
  fileprivate mutating func attempt(_ what: String, _ fit: (inout FitReport) throws -> Void) {
    do {
      try fit(&self)
    } catch {
      notes.append("no \(what.hasPrefix("a ") ? String(what.dropFirst(2)) : what): \(error)")
    }
  }
}
