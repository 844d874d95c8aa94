import Architectures
import FLOPCount
import Input

/// What a shape must be able to do on the machine it is for.
public struct ShapeConstraints: Sendable, Equatable {
  /// Devices that split each layer: heads, key-value heads and d_ff must divide.
  public var tensorParallel: Int?
  /// Stages that split the layers: n_layers must divide.
  public var pipelineParallel: Int?
  public var widthMultiple: Int?
  public var headsMultiple: Int?
  public var maximumParameters: Double?
  public var maximumKeyValueBytesPerToken: Double?
  /// d_model / n_layers.
  public var aspectRatio: ClosedRange<Double>?
  public var layers: ClosedRange<Int>?
  public var width: ClosedRange<Int>?
  /// Bytes of weights, gradients and optimiser state that one device may hold, and on how many devices a copy of the
  /// model and its optimiser lie.
  public var memory: Memory?

  public init() {}

  /// Training state: bf16 weights and fp32 gradients on each model-parallel group, fp32 weights and Adam's two moments
  /// sharded over all devices. Activations are not in it.
  public struct Memory: Sendable, Equatable {
    public var bytesPerDevice: Double
    public var devices: Double
    public init(bytesPerDevice: Double, devices: Double) {
      self.bytesPerDevice = bytesPerDevice
      self.devices = devices
    }

    /// 2 + 4 bytes a parameter over the devices that share a copy, 12 over all of them.
    func needed(parameters: Double, modelParallel: Double) -> Double {
      parameters * (6 / min(modelParallel, devices) + 12 / devices)
    }
  }

  /// - Throws: `InputError` that names the constraint which no shape could meet.
  public func validate() throws {
    let counts = [
      ("tensor_parallel", tensorParallel), ("pipeline_parallel", pipelineParallel),
      ("d_model_multiple", widthMultiple), ("n_heads_multiple", headsMultiple),
    ]
    for (name, value) in counts {
      if let value, value <= 0 {
        throw InputError("is not a positive integer", field: name, value: "\(value)")
      }
    }
    if let maximumParameters { try requirePositive(maximumParameters, "max_parameters") }
    if let maximumKeyValueBytesPerToken { try requirePositive(maximumKeyValueBytesPerToken, "max_kv_bytes_per_token") }
    if let memory {
      try requirePositive(memory.bytesPerDevice, "memory", "bytes of one device")
      try requirePositive(memory.devices, "accelerators")
    }
  }

  /// Replicas of the model on so many accelerators; nil where those, or how they split the model, are not known.
  ///
  /// - Throws: `InputError` where they are no whole number of groups.
  public func replicas(of accelerators: Double?) throws -> Int? {
    guard let accelerators, let number = Int(exactly: accelerators), tensorParallel != nil || pipelineParallel != nil
    else { return nil }
    let (group, overflow) = (tensorParallel ?? 1).multipliedReportingOverflow(by: pipelineParallel ?? 1)
    guard !overflow, group > 0, group <= number, number % group == 0 else {
      let below = overflow || group <= 0 ? 0 : number / group * group
      throw InputError(
        "are no whole number of groups of tensor x pipeline parallel = \(overflow ? "too many" : "\(group)")",
        field: "accelerators", value: "\(number)",
        hint: overflow
          ? "smaller groups" : "the nearest is \(below > 0 && number - below <= group / 2 ? below : below + group)")
    }
    return number / group
  }

  /// One constraint with its name and its test.
  struct Rule {
    var name: String
    /// Whether the number of layers enters.
    var needsLayers = true
    var holds: (ShapeOutline) -> Bool
  }

  var rules: [Rule] {
    var rules: [Rule] = []
    if let t = tensorParallel {
      rules.append(
        Rule(name: "tensor_parallel \(t)", needsLayers: false) { outline in
          let shape = outline.template
          let widths = [shape.mlpWidth, shape.expertWidth, shape.sharedWidth]
          return shape.heads % t == 0 && shape.keyValueHeads % t == 0 && widths.allSatisfy { $0 % t == 0 }
        })
    }
    if let p = pipelineParallel {
      rules.append(Rule(name: "pipeline_parallel \(p)") { $0.layers % p == 0 })
    }
    if let multiple = widthMultiple {
      rules.append(
        Rule(name: "d_model multiple of \(multiple)", needsLayers: false) { $0.template.width % multiple == 0 })
    }
    if let multiple = headsMultiple {
      rules.append(
        Rule(name: "n_heads multiple of \(multiple)", needsLayers: false) { $0.template.heads % multiple == 0 })
    }
    if let most = maximumParameters {
      rules.append(Rule(name: "max_parameters \(digits(most))") { $0.parameters <= most })
    }
    if let most = maximumKeyValueBytesPerToken {
      rules.append(
        Rule(name: "max_kv_bytes_per_token \(digits(most))") { $0.keyValueBytesPerToken <= most })
    }
    if let range = aspectRatio {
      rules.append(
        Rule(name: "aspect_ratio \(digits(range.lowerBound))...\(digits(range.upperBound))") {
          range.contains($0.aspectRatio)
        })
    }
    if let range = layers {
      rules.append(Rule(name: "n_layers \(range.lowerBound)...\(range.upperBound)") { range.contains($0.layers) })
    }
    if let range = width {
      rules.append(
        Rule(name: "d_model \(range.lowerBound)...\(range.upperBound)", needsLayers: false) {
          range.contains($0.template.width)
        })
    }
    if let memory {
      let modelParallel = Double(tensorParallel ?? 1) * Double(pipelineParallel ?? 1)
      let (gigabytes, devices) = (digits(memory.bytesPerDevice / 1e9), digits(memory.devices))
      rules.append(
        Rule(name: "memory of \(gigabytes) GB on \(devices) \(memory.devices == 1 ? "device" : "devices")") { outline in
          memory.needed(parameters: outline.parameters, modelParallel: modelParallel)
            <= memory.bytesPerDevice
        })
    }
    return rules
  }
}
