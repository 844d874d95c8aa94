import Isoflop

/// What models cost, as a page.
struct ModelReport {
  private let counts: [ModelCount]

  init(_ configs: [String], sequenceLength: String?, on terminal: Terminal) throws {
    let length = try sequenceLength.map { try Arguments.integer($0, "--sequence-length") }
    let models = try configs.map { try ModelArgument.architecture($0) }
    let lengths = ModelArgument.sequenceLengths(length, for: models, on: terminal)
    counts = try zip(models, lengths).map { model, length in
      do {
        return try ModelCount(model, sequenceLength: length)
      } catch let error as InputError {
        throw error.from(file: model.name)
      }
    }
  }

  func page(command: [String], _ gnuplot: Gnuplot) throws -> HTMLPage {
    try WorkProgress.stage("pictures", of: 2) { try page(command: command, gnuplot, $0) }
  }

  private func page(command: [String], _ gnuplot: Gnuplot, _ stage: WorkProgress.Stage) throws -> HTMLPage {
    let names = counts.map(\.architecture.name)
    var page = HTMLPage(
      "What a token costs: " + (names.count == 1 ? names[0] : Numbers.counted(names.count, "model")), stage)
    // Of many the table is read first.
    if counts.count > Self.most {
      page.paragraph(try summary(), lead: true)
    } else if counts.count > 3 {
      page.list(try counts.map(Self.lead))
    } else {
      for count in counts { page.paragraph(try Self.lead(count), lead: true) }
    }
    let models = counts.map { CountedModel($0.architecture, sequenceLength: $0.lengths.sequence) }
    if counts.count > 1 {
      page.heading("Side by side")
      page.table(try SideBySide.table(counts))
    }
    page.heading("Where the FLOPs go")
    try page.figure(.components(models), by: gnuplot)
    page.heading("M against 6 N")
    page.paragraph(
      "M is the non-embedding training FLOPs per token that are really spent, attention included. 6 N1 and 6 N2 estimate it "
        + "from non-embedding and from all parameters.")
    try page.figure(.ratios(models), by: gnuplot)
    if counts.count > Self.most {
      page.paragraph(
        "A page of up to \(Self.most) models has a section for each of them, with every account and every component.")
    } else {
      for count in counts { try section(count, &page) }
    }
    page.heading("How this was counted")
    page.list([
      "Every product with a weight matrix and every attention score of a forward pass, multiply-add = 2; training is three times "
        + "the forward pass. Norms, softmax and activations are 0, as in all common conventions.",
      "Convention \(counts[0].convention.name): \(counts[0].convention.source).",
      "M (paper), 6 N1 (paper), 6 N2 (paper): DeepSeek LLM, arXiv 2401.02954, eq. 2.",
      "Other tools' conventions: isoflop compare --conventions lists each with its source.",
    ])
    page.heading("The command that made this page")
    page.code(CommandLineText.text(command))
    return page
  }

  /// Of more models than this, the page has the table and the pictures: it is to be read, and sent.
  private static let most = 32

  /// The span of what many models cost, in a sentence.
  private func summary() throws -> String {
    let costs = try counts.compactMap { count in try count.trainingPerToken().map { (count.architecture.name, $0) } }
    guard let least = costs.min(by: { $0.1 < $1.1 }), let most = costs.max(by: { $0.1 < $1.1 }) else {
      return "All of these models have a part without a closed formula, so their M is not known."
    }
    let unknown = counts.count - costs.count
    return "\(Numbers.counted(costs.count, "model")) cost from \(Numbers.si(least.1, 4))FLOPs (\(least.0)) to "
      + "\(Numbers.si(most.1, 4))FLOPs (\(most.0)) to train on a token."
      + (unknown > 0
        ? " M of \(Numbers.counted(unknown, "more")) is not known: a part has no closed formula." : "")
  }

  /// The number that matters first, in a sentence.
  private static func lead(_ count: ModelCount) throws -> String {
    let name = count.architecture.name
    guard let M = try count.trainingPerToken() else {
      return "\(name): a part of this model has no closed formula, so its M is not known."
    }
    let idle = try count.totalParameters() - count.activeParameters()
    let sixN = 6 * Double(try count.nonEmbeddingParameters() - idle)
    let share = Numbers.fixed(abs(sixN / M - 1) * 100, 1)
    return "\(name) costs \(Numbers.si(M, 4))FLOPs to train on a token at a sequence length of "
      + "\(Numbers.grouped(count.lengths.sequence)); 6 N1\(idle > 0 ? " of the parameters that a token visits" : "") is "
      + (sixN < M ? "\(share) % too low." : "\(share) % too high.")
  }

  private func section(_ count: ModelCount, _ page: inout HTMLPage) throws {
    let report = CountReport(count)
    page.heading(count.architecture.name)
    page.paragraph(report.heading)
    page.list(count.architecture.notes)
    page.subheading("Training FLOPs per token, by every account")
    let comparison = try Comparison(
      count.architecture, sequenceLength: count.lengths.sequence,
      conventions: Convention.comparable(with: count.architecture),
      budget: nil)
    page.table(comparison.table(named: false))
    page.subheading("Parameters")
    page.table(try report.parameters)
    page.subheading("Forward pass, by component")
    page.table(report.components(explain: true))
  }
}
