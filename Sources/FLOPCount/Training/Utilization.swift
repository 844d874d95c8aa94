import Architectures
import Input

/// An accelerator by name, with its dense peak (structured sparsity not counted) in FLOPs per second.
public struct Accelerator: Sendable, Equatable {
  public let name: String
  /// Dense bf16 (or fp16) matrix peak.
  public let bf16: Double
  /// Dense fp8 matrix peak, where it has one.
  public let fp8: Double?
  /// Board power in watts, where the maker states it.
  public let watts: Double?
  public let source: String

  /// Makers' data sheets; figures that they print "with sparsity" are halved here.
  public static let known: [Accelerator] = [
    Accelerator(name: "v100", bf16: 125e12, fp8: nil, watts: 300, source: "NVIDIA V100 data sheet (fp16, SXM2)"),
    Accelerator(name: "a100", bf16: 312e12, fp8: nil, watts: 400, source: "NVIDIA A100 data sheet (SXM)"),
    Accelerator(name: "a800", bf16: 312e12, fp8: nil, watts: 400, source: "NVIDIA A800, as A100 in peak"),
    Accelerator(name: "l40s", bf16: 362e12, fp8: 733e12, watts: 350, source: "NVIDIA L40S data sheet"),
    Accelerator(name: "h100", bf16: 989e12, fp8: 1979e12, watts: 700, source: "NVIDIA H100 data sheet (SXM)"),
    Accelerator(name: "h100-pcie", bf16: 756e12, fp8: 1513e12, watts: 350, source: "NVIDIA H100 data sheet (PCIe)"),
    Accelerator(name: "h800", bf16: 989e12, fp8: 1979e12, watts: 700, source: "NVIDIA H800, as H100 SXM in peak"),
    Accelerator(name: "h200", bf16: 989e12, fp8: 1979e12, watts: 700, source: "NVIDIA H200 data sheet (SXM)"),
    Accelerator(name: "h20", bf16: 148e12, fp8: 296e12, watts: 400, source: "NVIDIA H20"),
    Accelerator(name: "b200", bf16: 2250e12, fp8: 4500e12, watts: 1000, source: "NVIDIA HGX B200 data sheet"),
    Accelerator(name: "mi250x", bf16: 383e12, fp8: nil, watts: 560, source: "AMD Instinct MI250X data sheet"),
    Accelerator(name: "mi300x", bf16: 1307.4e12, fp8: 2614.9e12, watts: 750, source: "AMD Instinct MI300X data sheet"),
    Accelerator(name: "tpu-v3", bf16: 123e12, fp8: nil, watts: nil, source: "Google Cloud TPU v3 (a chip)"),
    Accelerator(name: "tpu-v4", bf16: 275e12, fp8: nil, watts: nil, source: "Google Cloud TPU v4 (a chip)"),
    Accelerator(name: "tpu-v5e", bf16: 197e12, fp8: nil, watts: nil, source: "Google Cloud TPU v5e (a chip)"),
    Accelerator(name: "tpu-v5p", bf16: 459e12, fp8: nil, watts: nil, source: "Google Cloud TPU v5p (a chip)"),
    Accelerator(name: "tpu-v6e", bf16: 918e12, fp8: nil, watts: nil, source: "Google Cloud TPU v6e (a chip)"),
  ]

  public static func named(_ name: String) throws -> Accelerator {
    if let found = known.first(where: { $0.name == name.lowercased() }) { return found }
    throw InputError(
      "is not an accelerator that isoflop knows", value: name,
      hint: nearest(to: name) ?? "isoflop mfu --peaks lists them; or give the peak in FLOPs per second")
  }

  /// Sellers add form and memory to a name: `h100-sxm`, `NVIDIA A100 80GB`.
  private static func nearest(to name: String) -> String? {
    let names = known.map(\.name)
    if let hint = suggestion(for: name, among: names) { return hint }
    let within = names.filter { plainName(name).contains(plainName($0)) }.max { $0.count < $1.count }
    return within.map { "did you mean \($0)? isoflop mfu --peaks lists them" }
  }

  /// Dense peak at a precision: "bf16" or "fp8".
  public func peak(_ precision: String) throws -> Double {
    switch precision.lowercased() {
    case "bf16", "fp16": return bf16
    case "fp8":
      guard let fp8 else { throw InputError("has no fp8 peak", field: "precision", value: name) }
      return fp8
    default: throw InputError("is not a precision", field: "precision", value: precision, hint: "bf16 or fp8")
    }
  }
}

/// Training FLOPs per token of a run: what the model needs, and what the hardware executes.
public struct RunPerToken: Sendable, Equatable {
  public let model: Double
  /// With what is computed again.
  public let hardware: Double

  /// Numbers from elsewhere.
  ///
  /// - Parameters:
  ///   - model: what the model needs.
  ///   - again: what is executed beside that.
  public init(model: Double, again: Double = 0) {
    self.model = model
    hardware = model + again
  }

  /// - Parameters:
  ///   - architecture: the model that is trained.
  ///   - sequenceLength: S.
  ///   - convention: whose count of a run in which every weight learns; what is computed again is exact in any case.
  ///   - trainable: which weights learn. With some alone the backward pass counts where it runs, which is exact.
  ///   - recompute: what the backward pass computes again.
  /// - Throws: `InputError` for another convention than the exact one where not every weight learns, and what
  ///   `ConventionCount` and `TrainingRun` refuse.
  public init(
    _ architecture: Architecture, sequenceLength: Int, convention: Convention, trainable: Trainable = .all,
    recompute: Recompute = .none
  ) throws {
    let exact = try Convention.named("exact")
    guard trainable == .all || convention == exact else {
      throw InputError(
        "counts training of every weight", field: convention.name,
        hint: "exact alone says what adapters, or some layers, cost to train")
    }
    let count = try ModelCount(architecture, sequenceLength: sequenceLength, convention: exact)
    let run = try TrainingRun(count, trainable: trainable, recompute: recompute)
    let tokens = Double(count.tokens)
    self.init(
      model: trainable == .all
        ? try ConventionCount(architecture, sequenceLength: sequenceLength, convention: convention).perToken
        : run.model.count.double / tokens,
      again: (run.hardware.count.double - run.model.count.double) / tokens)
  }
}

/// Model and hardware FLOPs utilisation: the share of the peak that a run's useful FLOPs, or all it executed, make up.
public struct Utilization: Sendable, Equatable {
  public let mfu: Double
  public let hfu: Double

  /// - Parameters:
  ///   - tokensPerSecond: of the whole run.
  ///   - run: training FLOPs per token.
  ///   - accelerators: how many.
  ///   - peak: FLOPs per second of one.
  public init(
    tokensPerSecond: Double, of run: RunPerToken, accelerators: Int, peak: Double
  ) throws {
    for (field, value) in [("tokens_per_second", tokensPerSecond), ("peak", peak)] {
      guard value > 0, value.isFinite else {
        throw InputError("is not a positive number", field: field, value: "\(value)")
      }
    }
    guard accelerators > 0 else {
      throw InputError("is not a positive number", field: "accelerators", value: "\(accelerators)")
    }
    let available = Double(accelerators) * peak
    mfu = tokensPerSecond * run.model / available
    hfu = tokensPerSecond * run.hardware / available
  }
}
