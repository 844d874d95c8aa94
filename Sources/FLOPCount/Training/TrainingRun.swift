import Architectures
import Input

/// Which weights learn.
public enum Trainable: Sendable, Equatable {
  case all
  /// Low-rank adapters of this rank beside the projections whose names are given (all linear layers but the head when
  /// empty); everything else is frozen (arXiv 2106.09685).
  case adapters(rank: Int, targets: [String])
  /// The first layers are frozen and get no backward pass at all.
  case layersAfter(Int)
}

/// Training FLOPs of one sequence when not everything learns or something is computed twice.
///
/// A product with a weight costs one forward pass, one more for the gradient of its input where a trainable weight
/// lies before it, and one more for its own gradient where it learns. A product of two activations costs two
/// backward.
public struct TrainingRun: Sendable {
  /// What the model needs: forward, and backward where it runs.
  public let model: TrainingFLOPs
  /// What the hardware runs: with what is recomputed.
  public let hardware: TrainingFLOPs
  /// Weights that learn.
  public let trainableParameters: Exact
  /// Of these, what stands beside the model's own weights: adapters.
  public let addedParameters: Exact

  /// - Parameters:
  ///   - count: the count whose convention says how attention and head are counted.
  ///   - trainable: which weights learn.
  ///   - recompute: what the backward pass computes again.
  /// - Throws: `InputError` for a rank or depth out of range, an adapter target that matches no projection, or a part
  ///   without a closed formula.
  public init(_ count: ModelCount, trainable: Trainable = .all, recompute: Recompute = .none) throws {
    var walk = Walk(count: count, trainable: trainable, recompute: recompute)
    try walk.checkRequest()
    let architecture = count.architecture
    walk.add(architecture.embedding, lengths: count.lengths, depth: -1)
    var depth = 0
    for group in architecture.groups {
      let lengths = group.onEncoder ? count.lengths.insideEncoder : count.lengths
      for _ in 0..<group.count {
        for block in group.layer.blocks {
          walk.add(block, lengths: lengths, depth: depth, stored: !group.sharesWeights)
        }
        depth += 1
      }
    }
    walk.add(architecture.head, lengths: count.lengths, depth: depth)
    guard let modelSum = walk.model, let again = walk.again else {
      throw InputError("has a part without a closed formula", field: architecture.family)
    }
    if case .adapters(_, let targets) = trainable, !walk.matched {
      throw InputError(
        "matches no projection of \(architecture.family)", field: "lora_targets",
        value: targets.joined(separator: ", "),
        hint: suggestion(for: targets.first ?? "", among: Set(count.components.compactMap(\.shortName)).sorted()))
    }
    model = TrainingFLOPs(modelSum)
    hardware = TrainingFLOPs(modelSum + again)
    trainableParameters = walk.learning
    addedParameters = if case .adapters = trainable { walk.learning } else { 0 }
  }

  /// FLOPs of a sequence that the model needs and the hardware runs, and the weights that learn.
  ///
  /// - Throws: `InputError` beyond Int64.
  public func json() throws -> JSON {
    [
      "model_flops_per_sequence": .integer(try model.count.int("training FLOPs per sequence")),
      "hardware_flops_per_sequence": .integer(try hardware.count.int("training FLOPs per sequence")),
      "trainable_parameters": .integer(try trainableParameters.int("trainable_parameters")),
    ]
  }
}

extension Component {
  fileprivate var shortName: String? {
    guard case .linear(let linear) = part, linear.role != .head else { return nil }
    return linear.name
  }
}

private struct Walk {
  let count: ModelCount
  let trainable: Trainable
  let recompute: Recompute
  var model: Exact? = 0
  /// FLOPs of the second forward pass.
  var again: Exact? = 0
  var learning: Exact = 0
  var matched = false
  /// A weight that learns has been met: gradients of activations are needed from here on.
  private var needsInputGradient: Bool

  init(count: ModelCount, trainable: Trainable, recompute: Recompute) {
    self.count = count
    self.trainable = trainable
    self.recompute = recompute
    // When everything learns, the embedding does, and it lies before everything: training is 3 x forward.
    needsInputGradient = trainable == .all
  }

  func checkRequest() throws {
    switch trainable {
    case .all: break
    case .adapters(let rank, _):
      guard 1...Config.largestSize ~= rank else {
        throw InputError("is not a rank", field: "lora_rank", value: "\(rank)", hint: "a positive integer")
      }
    case .layersAfter(let frozen):
      let layers = count.architecture.groups.map(\.count).reduce(0, +)
      guard 0...layers ~= frozen else {
        throw InputError("is not a number of layers from 0 to \(layers)", field: "frozen_layers", value: "\(frozen)")
      }
    }
  }

  mutating func add(_ block: Block, lengths: Lengths, depth: Int, stored: Bool = true) {
    for part in block.parts {
      let learns = learns(part, depth: depth)
      if learns, stored, !block.sharesWeights { learning += part.parameters }
      if part.role == .head, !count.convention.countsHead { continue }
      guard let forward = part.forwardFLOPs(lengths, attention: count.convention.attention) else {
        (model, again) = (nil, nil)
        return
      }
      var passes: Exact = 1
      switch part {
      case .linear: passes += (needsInputGradient ? 1 : 0) + (learns ? 1 : 0)
      case .scores, .scan, .product, .convolution: passes += needsInputGradient || learns ? 2 : 0
      case .vector, .table, .cache: break
      }
      if learns { needsInputGradient = true }
      var sum = passes * forward
      if case .linear(let linear) = part { sum += addAdapter(linear, lengths: lengths, stored: stored) }
      model = model.map { $0 + sum }
      again = again.map { $0 + recomputed(part, forward, depth: depth) }
    }
  }

  private func learns(_ part: Part, depth: Int) -> Bool {
    switch trainable {
    case .all: true
    case .adapters: false
    case .layersAfter(let frozen): depth >= frozen
    }
  }

  /// Two products of rank r beside a projection: 3 x 2 r (in + out) FLOPs a position.
  private mutating func addAdapter(_ linear: Linear, lengths: Lengths, stored: Bool) -> Exact {
    guard case .adapters(let rank, let targets) = trainable, linear.role != .head,
      targets.isEmpty || targets.contains(linear.name)
    else { return 0 }
    matched = true
    needsInputGradient = true
    let weights = Exact(rank) * (Exact(linear.input) + Exact(linear.output))
    if stored { learning += Exact(max(linear.stored, 1)) * weights }
    return 6 * Exact(lengths.positions(linear.positions)) * Exact(linear.visited) * weights
  }

  private func recomputed(_ part: Part, _ forward: Exact, depth: Int) -> Exact {
    switch recompute {
    case .none: return 0
    case .selective: if case .scores = part { return forward } else { return 0 }
    case .full: return part.role == .head || depth < 0 ? 0 : forward
    }
  }
}
