import Input
import ScalingLaws

extension Picture {
  /// Batches and learning rates that were tried, how far each is above the lowest loss, and which are as good: the form
  /// of DeepSeek LLM's Figure 2 (arXiv 2401.02954).
  ///
  /// - Parameters:
  ///   - result: the fit.
  ///   - set: the runs that were fitted.
  /// - Throws: `InputError` where no setting has runs with both a learning rate and a batch.
  public static func grids(_ result: HyperparameterResult, of set: RunSet) throws -> Picture {
    let settings = result.settings.map { setting in
      (
        setting,
        set.runs.filter {
          $0.scale == setting.scale && $0.tokens == setting.tokens && $0.learningRate != nil && $0.batchTokens != nil
        }
      )
    }.filter { !$0.1.isEmpty }
    guard !settings.isEmpty else {
      throw InputError("have no grid of learning rates and batches to draw", field: "runs")
    }
    // The four with the most runs, in the order of their compute.
    let shown = settings.sorted { ($1.1.count, $0.0.compute) < ($0.1.count, $1.0.compute) }.prefix(4)
      .sorted { $0.0.compute < $1.0.compute }
    let panels = shown.enumerated().map { index, setting in
      grid(setting.0, setting.1, result.scale, key: index == shown.count - 1)
    }
    return Picture(
      "grids", title: "Batch and learning rate: what was tried, and what is as good as the best",
      words: "Each point is a run; its colour says how far its loss is above the lowest of its panel. Ringed: within "
        + "0.25 %, the near-optimal band. Diamonds: the optimum by \(result.options.method.rawValue)."
        + (settings.count > shown.count
          ? " \(shown.count) of \(Numbers.grouped(settings.count)) settings, those with the most runs." : ""),
      panels: panels)
  }

  private static let near = 0.0025
  /// Everything from here on up has the last colour.
  private static let worst = 0.05

  private static func grid(
    _ setting: HyperparameterResult.Setting, _ runs: [Run], _ scale: String, key: Bool
  ) -> Panel {
    let lowest = runs.map(\.loss).min() ?? 1
    func excess(_ run: Run) -> Double { run.loss / lowest - 1 }
    func row(_ run: Run) -> [Double] { [run.batchTokens ?? 0, run.learningRate ?? 0] }
    // Small differences matter most: the square root gives them more of the colours.
    func shade(_ excess: Double) -> Double { (min(excess, worst) / worst).squareRoot() }
    var panel = Panel(
      "\(symbol(scale)) = \(scaleText(setting.scale, scale)), D = \(Numbers.count(setting.tokens)): \(Numbers.counted(runs.count, "run")), lowest \(Numbers.significant(lowest, 4))",
      x: Axis("batch, tokens", logarithmic: true, style: .count),
      y: Axis("learning rate", logarithmic: true),
      key: key
        ? ColourKey(
          "above the lowest",
          ticks: [(0, "0 %"), (near, "0.25 %"), (0.01, "1 %"), (0.025, "2.5 %"), (worst, "5 % and more")].map {
            .init(shade: shade($0), text: $1)
          }) : nil)
    let ordered = runs.sorted { $0.loss > $1.loss }
    panel.marks.append(
      Mark(
        .shaded, "runs: batch, learning rate, how far above the lowest", .ink,
        ordered.map { row($0) + [shade(excess($0))] }))
    panel.marks.append(
      Mark(.rings, "within 0.25 % of the lowest", .ink, runs.filter { excess($0) <= near }.map(row)))
    if let rate = setting.learningRate, let batch = setting.batchTokens {
      panel.marks.append(Mark(.stars, "optimum", .ink, [[batch, rate]]))
    }
    return panel
  }

  /// A size in the unit of its column: `7.25 G` of M, `268M` of parameters.
  public static func scaleText(_ value: Double, _ column: String) -> String {
    column == "flops_per_token" ? Numbers.si(value) : Numbers.count(value)
  }

  /// The laws of learning rate and batch with the settings that they were fitted to: the form of DeepSeek LLM's Figure 3.
  public static func hyperparameterLaws(_ result: HyperparameterResult, of set: RunSet) -> Picture {
    var panels: [Panel] = []
    if let law = result.learningRate {
      panels.append(
        panel(law, Axis("learning rate", logarithmic: true), result, set, at: \.learningRate, of: \.learningRate))
    }
    if let law = result.batchTokens {
      panels.append(
        panel(
          law, Axis("batch, tokens", logarithmic: true, style: .count), result, set, at: \.batchTokens,
          of: \.batchTokens))
    }
    return Picture(
      "hyperparameters", title: "Laws of the learning rate and the batch",
      words:
        "Points: the optimum of each setting, with the range of its runs within 0.25 % of the lowest loss. Shaded: "
        + "\(percent(result.options.resampling.level)) of the resampled laws. "
        + [("Learning rate", result.learningRate), ("batch", result.batchTokens)].compactMap { name, law in
          law.map { "\(name): \(formula($0)), R^2 \(Numbers.fixed($0.r2, 2))" }
        }.joined(separator: "; ") + ".", panels: panels)
  }

  private static func panel(
    _ law: HyperparameterResult.Law, _ axis: Axis, _ result: HyperparameterResult, _ set: RunSet,
    at value: KeyPath<HyperparameterResult.Setting, Double?>, of run: KeyPath<Run, Double?>
  ) -> Panel {
    func said(_ setting: HyperparameterResult.Setting) -> Double {
      law(scale: setting.scale, tokens: setting.tokens, compute: setting.compute)
    }
    // Of two things, no axis is both: then against what the law says, where agreement is the diagonal.
    let predictor = law.exponents.count == 1 ? law.exponents[0].predictor : nil
    func place(_ setting: HyperparameterResult.Setting) -> Double {
      switch predictor {
      case .compute: setting.compute
      case .scale: setting.scale
      case .tokens: setting.tokens
      case nil: said(setting)
      }
    }
    let x =
      switch predictor {
      case .compute: Axis("C, FLOPs", logarithmic: true, style: .power)
      case .scale: Axis(scaleLabel(result.scale), logarithmic: true, style: scaleStyle(result.scale))
      case .tokens: Axis("D, tokens", logarithmic: true, style: .count)
      case nil: Axis("\(axis.label), by \(formula(law))", logarithmic: true, style: axis.style)
      }
    var panel = Panel(x: x, y: axis)
    let rows = result.settings.compactMap { setting -> [Double]? in
      guard let best = setting[keyPath: value] else { return nil }
      let runs = set.runs.filter { $0.scale == setting.scale && $0.tokens == setting.tokens }
      let lowest = runs.map(\.loss).min() ?? 0
      let band = runs.filter { $0.loss <= lowest * (1 + near) }.compactMap { $0[keyPath: run] }
      return [place(setting), best, min(best, band.min() ?? best), max(best, band.max() ?? best)]
    }
    let used = result.settings.filter { $0[keyPath: value] != nil }.sorted { place($0) < place($1) }
    let line = used.map { [place($0), said($0)] }
    guard let middle = line.dropFirst(line.count / 2).first else { return panel }
    let level = result.options.resampling.level
    panel.marks.append(
      Mark(
        .band, "\(percent(level)) of the resamples", .series(1),
        used.compactMap { setting in
          law.interval(scale: setting.scale, tokens: setting.tokens, compute: setting.compute, level: level)
            .map { [place(setting), $0.low, $0.high] }
        }))
    panel.marks.append(Mark(.intervals, "optimum, near-optimal band", .series(0), rows))
    let mark = Mark(.line, "the law", .series(1), line)
    panel.marks.append(
      predictor == nil
        ? mark.labelled("as the law says") : mark.labelled(formula(law), nearX: middle[0], y: middle[1]))
    return panel
  }

  private static func formula(_ law: HyperparameterResult.Law) -> String {
    coefficient(law.coefficient)
      + law.exponents.map { " \($0.predictor.rawValue)^\(Numbers.significant($0.value))" }.joined()
  }
}
