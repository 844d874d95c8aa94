import Architectures
import FLOPCount
import Input
import ScalingLaws
import Sweep

extension AllocationRequest {
  /// Allocates the budget: the law's optimum (or the given size or tokens), its hyper-parameters, the band, and the
  /// real shapes that come closest, each with its own D = C / M.
  ///
  /// - Throws: `InputError` where a number cannot be used, the law does not say what is asked, or constraints cannot
  ///   hold together.
  public func solve() throws -> AllocationReport {
    try validate()
    let point = try lawPoint()
    var report = AllocationReport(
      compute: budget.compute, law: law, sequenceLength: sequenceLength, size: point.size, tokens: point.tokens,
      hyperparameterLaw: hyperparameters.name)
    if fixed == nil, uniqueTokens == nil, inferenceTokens == nil {
      report.sizeInterval = law.optimumInterval(compute: budget.compute)
    }
    report.warnings = point.warnings
    report.data = point.data
    report.offOptimum = point.offOptimum
    report.servingCompute = point.servingCompute
    report.band = point.band
    if let value = point.loss { report.loss = forecast(value, size: point.size, tokens: point.tokens) }
    try addShapes(to: &report)
    addHyperparameters(to: &report)
    addWarnings(to: &report)
    report.economics = economics
    if case .model(let given) = fixed { report.model = given }
    report.bill = economics.map { $0.bill(compute: budget.compute - (point.servingCompute ?? 0)) }
    return report
  }

  /// The law of learning rate and batch: the one asked for, else the law itself, else DeepSeek's where the law has
  /// neither. Whose it is is always said.
  var hyperparameters: Law {
    if let hyperparameterLaw { return hyperparameterLaw }
    return law.learningRate == nil && law.batchTokens == nil ? .default : law
  }

  /// The mean over the tokens of a shape's M at each length, and the shape at the main length.
  func flopsPerToken(_ counted: CountedShape) throws -> Double {
    guard !lengthSchedule.isEmpty else { return Double(counted.count.M) }
    var sum = 0.0
    for phase in lengthSchedule {
      var shape = counted.shape
      shape.sequenceLength = phase.sequenceLength
      sum += phase.share * Double(try ShapeCount(shape).M)
    }
    return sum
  }

  // MARK: Shapes

  private func addShapes(to report: inout AllocationReport) throws {
    let measure = self.measure
    if measure != SizeMeasure(law.scale) {
      report.warnings.append(
        "\(law.name) counts \(law.scale.words) of dense models; of mixtures the active parameters are taken for them")
    }
    let found: [CountedShape]
    do {
      found = try shapes(near: report.size, by: measure, into: &report)
    } catch let error as InputError where grid == nil && constraints == ShapeConstraints() {
      report.M = law.scale == .flopsPerToken ? report.size : nil
      if case .model(let given) = fixed { report.M = given.M }
      report.warnings.append("no real shape: \(error)")
      return
    }
    let training = budget.compute - (report.servingCompute ?? 0)
    let nearest = found[0]
    let perSize = Double(nearest.count.M) / Double(measure.of(nearest.count))
    report.M = law.scale == .flopsPerToken ? report.size : report.size * perSize
    if case .model(let given) = fixed { report.M = given.M }
    report.architectures = try found.prefix(architectures).map { counted in
      let M = try flopsPerToken(counted)
      let size = Double(measure.of(counted.count))
      let tokens: Double =
        switch fixed {
        case .tokens(let tokens): tokens
        default: training / M
        }
      return AllocationReport.Candidate(
        counted: counted, flopsPerToken: M, tokens: tokens, relativeSize: size / report.size,
        loss: objective()?.loss(scale: size, tokens: tokens))
    }
    if law.scale != .flopsPerToken, let M = report.M, let cost = law.cost {
      let account = cost.flopsPerToken(scale: report.size)
      if case .model = fixed {
        report.warnings.append(
          "the law counts \(digits(account)) FLOPs a token (\(cost.formula(law.scale))), the model has \(digits(M)): "
            + "D = C / M")
        return
      }
      report.warnings.append(
        "the law counts \(digits(account)) FLOPs a token (\(cost.formula(law.scale))), the nearest real shape "
          + "\(digits(M)): its tokens are C / M")
    }
  }

  /// The shapes nearest a size: of the grid where there is one, by a sweep, else of the style.
  private func shapes(
    near size: Double, by measure: SizeMeasure, into report: inout AllocationReport
  ) throws -> [CountedShape] {
    let count = max(architectures, 1)
    guard let grid else {
      let table = shapeTable ?? ShapeTable(style: style, sequenceLength: sequenceLength)
      return try ShapeSearch(table: table, measure: measure, constraints: constraints).nearest(to: size, count: count)
    }
    guard size < 9e18 else {
      throw InputError("is beyond Int64", field: "size", value: digits(size), hint: "no grid can be searched for it")
    }
    let result = try GridSearch(grid, sweep).nearest(to: max(1, Int(size.rounded())), of: measure.quantity, top: count)
    guard !result.results.isEmpty else {
      throw try GridSearch.conflict(
        grid, nearest: max(1, Int(size.rounded())), of: measure.quantity, options: sweep)
    }
    report.sweep = result
    if result.isPartial { report.warnings.append("stopped: these are the nearest of the shapes seen so far") }
    let found = result.results.map { CountedShape(shape: $0.shape, count: $0.count) }
    let miss = abs(Double(measure.of(found[0].count)) / size - 1)
    if miss > 0.1 {
      report.warnings.append("the nearest shape of the grid is \(digits(100 * miss, 3)) % away from the optimum")
    }
    let lengths = Set(found.map(\.shape.sequenceLength))
    if lengths != [sequenceLength] {
      report.warnings.append(
        "shapes of the grid have sequence lengths of their own: batch and steps are for \(Numbers.grouped(sequenceLength))"
      )
    }
    return found
  }

  // MARK: Learning rate and batch

  private func addHyperparameters(to report: inout AllocationReport) {
    let source = hyperparameters
    guard source.learningRate != nil || source.batchTokens != nil else { return }
    var scale = report.size
    if case .model(let given) = fixed {
      scale = given.size(under: source)
    } else if source.scale != law.scale {
      guard let nearest = report.architectures.first?.counted else {
        report.warnings.append("no learning rate or batch: \(source.name) needs \(source.scale.words)")
        return
      }
      scale *=
        Double(SizeMeasure(source.scale).of(nearest.count)) / Double(measure.of(nearest.count))
    }
    var compute = budget.compute - (report.servingCompute ?? 0)
    if source.name != law.name, let cost = source.cost {
      compute = cost.flopsPerToken(scale: scale) * report.tokens
    }
    report.learningRate = source.learningRate.map { $0(compute: compute, scale: scale, tokens: report.tokens) }
    report.batchTokens = source.batchTokens.map { $0(compute: compute, scale: scale, tokens: report.tokens) }
    report.schedule = source.schedule
    if let wanted = report.batchTokens {
      report.runnableBatch = AllocationReport.RunnableBatch(
        near: wanted, tokens: report.tokens, sequenceLength: sequenceLength, multiple: batchMultiple)
      if wanted < Double(batchMultiple) * Double(sequenceLength) {
        report.warnings.append(
          "the batch of \(Numbers.grouped(wanted)) tokens is less than \(Numbers.counted(batchMultiple, "sequence")) of \(Numbers.grouped(sequenceLength)): rounded up"
        )
      }
    }
    if let range = source.hyperparameterRange {
      let text = extrapolation(compute, range)
      if let text { report.warnings.append("learning rate and batch of \(source.name): \(text)") }
    }
  }

  // MARK: Warnings

  private func addWarnings(to report: inout AllocationReport) {
    if let range = law.allocationRange, let text = extrapolation(budget.compute, range) {
      report.warnings.insert("allocation of \(law.name): \(text)", at: 0)
    }
    if let mixture = mixture(in: report), law.scale != .activeParameters, Law.published.contains(law) {
      report.warnings.append(
        "\(law.name) was fitted to dense models, and \(mixture): the law does not say whether it holds for that"
          + (law.countsDenseModels && fixed?.isModel == true ? "; the active ones are taken for its size" : ""))
    }
    if law.status == .secondHand {
      report.warnings.append("\(law.name) was read at second hand (\(law.source))")
    }
    if let steps = report.steps, steps < 4000 {
      report.warnings.append(
        "only \(Numbers.counted(Int(steps.rounded(.up)), "step")): runs of fewer than 4,000 are bent by their warm-up")
    }
    if let schedule = report.schedule, let steps = report.steps, steps < Double(schedule.warmupSteps) {
      report.warnings.append("the run is shorter than its warm-up of \(Numbers.counted(schedule.warmupSteps, "step"))")
    }
  }

  /// What a law of dense models knows nothing of, in words; nil where all parameters are active.
  private func mixture(in report: AllocationReport) -> String? {
    if case .model(let given) = fixed {
      guard given.activeParameters < given.totalParameters else { return nil }
      return "\(given.name) has \(Numbers.count(given.activeParameters)) of its "
        + "\(Numbers.count(given.totalParameters)) parameters active"
    }
    return report.architectures.contains { $0.counted.shape.experts > 0 } ? "these shapes are mixtures" : nil
  }

  private func forecast(_ value: Double, size: Double, tokens: Double) -> AllocationReport.Forecast {
    let deviation = (try? law.forecast(size: size, tokens: tokens))?.deviation
    let spread = deviation.map { exponential(1.959963984540054 * $0) }
    return AllocationReport.Forecast(
      value: value, low: spread.map { value / $0 }, high: spread.map { value * $0 }, unit: law.lossUnit ?? "not stated")
  }
}

/// How far a budget is outside the budgets that a law was fitted on; nil inside.
public func extrapolation(_ compute: Double, _ range: ClosedRange<Double>) -> String? {
  if compute > range.upperBound {
    return
      "C = \(digits(compute)) is \(times(compute / range.upperBound)) times the largest budget it was fitted on"
      + " (\(digits(range.lowerBound)) to \(digits(range.upperBound))): extrapolated"
  }
  if compute < range.lowerBound {
    return
      "C = \(digits(compute)) is 1/\(times(range.lowerBound / compute)) of the smallest budget it was fitted on"
      + " (\(digits(range.lowerBound)) to \(digits(range.upperBound))): extrapolated"
  }
  return nil
}
