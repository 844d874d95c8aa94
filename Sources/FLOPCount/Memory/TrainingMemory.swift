import Architectures
import Input

/// Bytes that training holds for every parameter, by a named recipe.
public struct OptimizerRecipe: Sendable, Equatable {
  public let name: String
  /// Bytes a parameter: the weights that the forward pass reads, their gradients, everything the optimizer keeps
  /// (a master copy included).
  public let weights: Int
  public let gradients: Int
  public let optimizer: Int
  public let source: String

  public static let known: [OptimizerRecipe] = [
    OptimizerRecipe(
      name: "bf16-adam-fp32", weights: 2, gradients: 2, optimizer: 12,
      source: "mixed precision with fp32 master weights and two fp32 moments (ZeRO, arXiv 1910.02054, section 3.1)"),
    OptimizerRecipe(
      name: "bf16-adam-fp32-grads", weights: 2, gradients: 4, optimizer: 12,
      source: "the same with fp32 gradient accumulation (DeepSeek LLM, arXiv 2401.02954, section 2.4)"),
    OptimizerRecipe(name: "fp32-adam", weights: 4, gradients: 4, optimizer: 8, source: "single precision throughout"),
    OptimizerRecipe(
      name: "bf16-adam", weights: 2, gradients: 2, optimizer: 4, source: "bf16 throughout, no master copy"),
    OptimizerRecipe(
      name: "bf16-adam-8bit", weights: 2, gradients: 2, optimizer: 6,
      source: "fp32 master weights, two 8-bit moments (arXiv 2110.02861)"),
    OptimizerRecipe(
      name: "bf16-sgd-momentum", weights: 2, gradients: 2, optimizer: 8, source: "fp32 master weights, one fp32 moment"),
  ]

  public static func named(_ name: String) throws -> OptimizerRecipe {
    if let found = known.first(where: { $0.name == name.lowercased() }) { return found }
    throw InputError("is not a recipe", value: name, hint: suggestion(for: name, among: known.map(\.name)))
  }
}

/// Weight, gradient and optimizer bytes on each of a number of data-parallel devices.
public struct StateMemory: Sendable, Equatable {
  public let weights: Int
  public let gradients: Int
  public let optimizer: Int
  public var total: Int { weights + gradients + optimizer }

  /// - Parameters:
  ///   - parameters: stored parameters.
  ///   - recipe: the bytes that each parameter takes.
  ///   - stage: ZeRO stage: 0 everything everywhere; 1 the optimizer divided; 2 gradients too; 3 weights too (arXiv
  ///     1910.02054, section 5). Divided shares are rounded up to whole parameters.
  ///   - devices: data-parallel devices.
  ///   - trainable: those of them that learn, and so have gradients and optimizer state (nil: all).
  public init(
    parameters: Int, recipe: OptimizerRecipe, stage: Int = 0, devices: Int = 1, trainable: Int? = nil
  ) throws {
    guard 0...3 ~= stage else {
      throw InputError("is not a ZeRO stage", field: "zero", value: "\(stage)", hint: "0, 1, 2 or 3")
    }
    guard devices > 0 else { throw InputError("is not a number of devices", field: "devices", value: "\(devices)") }
    func bytes(_ each: Int, of parameters: Int, dividedFrom first: Int) throws -> Int {
      let share = parameters / devices + (parameters % devices == 0 ? 0 : 1)
      return try (Exact(each) * Exact(stage >= first ? share : parameters)).int("bytes")
    }
    weights = try bytes(recipe.weights, of: parameters, dividedFrom: 3)
    gradients = try bytes(recipe.gradients, of: trainable ?? parameters, dividedFrom: 2)
    optimizer = try bytes(recipe.optimizer, of: trainable ?? parameters, dividedFrom: 1)
  }
}

/// What the backward pass recomputes instead of keeping.
public enum Recompute: String, Sendable, CaseIterable {
  case none
  /// The attention scores only.
  case selective
  /// Every layer, from its input.
  case full

  public static func named(_ name: String) throws -> Recompute {
    if let found = Recompute(rawValue: name.lowercased()) { return found }
    throw InputError("is not a way to recompute", value: name, hint: "none, selective or full")
  }
}

/// Activation bytes by the published formula.
public struct ActivationMemory: Sendable, Equatable {
  /// Bytes of all layers for one micro-batch on one device, 16-bit activations.
  public let bytes: Int
  public let recompute: Recompute

  public static let source = "Korthikanti et al. 2022, arXiv 2205.05198, eq. 1, 2 and section 5"
  public static let limits =
    "for layers of multi-head attention with dropout and a plain MLP of 4 d, without a fused attention; "
    + "logits and the input embedding are left out"

  /// s b h (34 + 5 a s / h) a layer; without the scores 34 s b h; from the layers' inputs alone 2 s b h. Tensor
  /// parallelism t divides all but 10 s b h (eq. 2), with sequence parallelism everything (section 4.2.2).
  ///
  /// - Throws: `InputError` for models that the formula does not describe.
  public init(
    _ architecture: Architecture, sequenceLength: Int, microBatch: Int = 1, tensorParallel: Int = 1,
    sequenceParallel: Bool = false, recompute: Recompute = .none
  ) throws {
    let count = try ModelCount(architecture, sequenceLength: sequenceLength)
    guard count.paper != nil else {
      throw InputError(
        "does not describe \(architecture.family)", field: "activation formula", hint: ActivationMemory.limits)
    }
    guard microBatch > 0, tensorParallel > 0 else {
      throw InputError(
        "is not a positive number", field: microBatch > 0 ? "tensor_parallel" : "micro_batch",
        value: "\(min(microBatch, tensorParallel))")
    }
    let (s, b, t) = (Exact(sequenceLength), Exact(microBatch), Exact(tensorParallel))
    var sum: Exact = 0
    for group in architecture.groups {
      for case .scores(let scores) in group.layer.blocks.flatMap(\.parts) {
        let sbh = s * b * Exact(architecture.width)
        let square = recompute == .none ? 5 * Exact(scores.heads) * s * s * b : 0
        let layer: Exact
        if recompute == .full {
          layer = 2 * sbh
        } else if sequenceParallel {
          layer = (34 * sbh + square).dividedRoundingUp(by: t)
        } else {
          layer = 10 * sbh + (24 * sbh + square).dividedRoundingUp(by: t)
        }
        sum += Exact(group.count) * layer
      }
    }
    bytes = try sum.int("activation bytes")
    self.recompute = recompute
  }
}

extension Exact {
  func dividedRoundingUp(by divisor: Exact) -> Exact {
    guard let x = value, let y = divisor.value, y > 0 else { return Exact(value: nil) }
    let (sum, overflow) = x.addingReportingOverflow(y - 1)
    return Exact(value: overflow ? nil : sum / y)
  }
}
