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
      hint: suggestion(for: name, among: known.map(\.name)) ?? "give the peak in FLOPs per second instead")
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

/// Model and hardware FLOPs utilisation: the share of the peak that a run's useful FLOPs, or all it executed, make up.
public struct Utilization: Sendable, Equatable {
  public let mfu: Double
  public let hfu: Double

  /// - Parameters:
  ///   - tokensPerSecond: of the whole run.
  ///   - model: training FLOPs per token that the model needs.
  ///   - hardware: training FLOPs per token that are executed, recomputation included.
  ///   - accelerators: how many.
  ///   - peak: FLOPs per second of one.
  public init(
    tokensPerSecond: Double, modelPerToken model: Double, hardwarePerToken hardware: Double, accelerators: Int,
    peak: Double
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
    mfu = tokensPerSecond * model / available
    hfu = tokensPerSecond * hardware / available
  }
}
