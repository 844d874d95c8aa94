import ArgumentParser
import Isoflop

/// What a shape has to be able to do, as options.
struct ShapeConstraintOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Heads, key-value heads and d_ff must divide by it.", valueName: "n"))
  var tensorParallel: String?
  @Option(help: ArgumentHelp("n_layers must divide by it.", valueName: "n"))
  var pipelineParallel: String?
  @Option(help: ArgumentHelp("At most so many parameters.", valueName: "size"))
  var maxParameters: String?
  @Option(help: ArgumentHelp("At most so many bytes of KV cache a token (bf16).", valueName: "n"))
  var maxKvBytes: String?
  @Option(help: ArgumentHelp("d_model / n_layers within these: 64...160.", valueName: "range"))
  var aspectRatio: String?
  @Option(help: ArgumentHelp("d_model must be a multiple of it.", valueName: "n"))
  var dModelMultiple: String?
  @Option(help: ArgumentHelp("n_heads must be a multiple of it.", valueName: "n"))
  var nHeadsMultiple: String?
  @Option(
    help: ArgumentHelp(
      "Gigabytes of one accelerator: weights, gradients and optimiser state of bf16 training must fit.", valueName: "GB"
    ))
  var memory: String?
  @Option(
    help: ArgumentHelp("Accelerators that share them, for --memory (tensor x pipeline parallel).", valueName: "n"))
  var devices: String?

  /// Each with its value, where it has one.
  var given: KeyValuePairs<String, String?> {
    [
      "--tensor-parallel": tensorParallel, "--pipeline-parallel": pipelineParallel, "--max-parameters": maxParameters,
      "--max-kv-bytes": maxKvBytes, "--aspect-ratio": aspectRatio, "--d-model-multiple": dModelMultiple,
      "--n-heads-multiple": nHeadsMultiple, "--memory": memory, "--devices": devices,
    ]
  }

  /// - Parameter accelerators: of the run, where they are known.
  func constraints(accelerators: Double? = nil) throws -> ShapeConstraints {
    var constraints = ShapeConstraints()
    constraints.tensorParallel = try tensorParallel.map { try Arguments.integer($0, "--tensor-parallel") }
    constraints.pipelineParallel = try pipelineParallel.map { try Arguments.integer($0, "--pipeline-parallel") }
    constraints.maximumParameters = try maxParameters.map { try SizeRequest.parse($0, field: "--max-parameters") }
    constraints.maximumKeyValueBytesPerToken = try maxKvBytes.map { try Arguments.positive($0, "--max-kv-bytes") }
    constraints.aspectRatio = try aspectRatio.map(Self.range)
    constraints.widthMultiple = try dModelMultiple.map { try Arguments.integer($0, "--d-model-multiple") }
    constraints.headsMultiple = try nHeadsMultiple.map { try Arguments.integer($0, "--n-heads-multiple") }
    if let memory {
      let group = Double(constraints.tensorParallel ?? 1) * Double(constraints.pipelineParallel ?? 1)
      let devices = try self.devices.map { try Arguments.positive($0, "--devices", hint: "such as 64") }
      constraints.memory = ShapeConstraints.Memory(
        bytesPerDevice: 1e9 * (try Arguments.positive(memory, "--memory", hint: "such as 80")),
        devices: devices ?? accelerators ?? group)
    } else if let devices {
      throw InputError("goes with --memory", field: "--devices", value: devices, hint: "add --memory 80")
    }
    return constraints
  }

  private static func range(_ text: String) throws -> ClosedRange<Double> {
    guard let dots = text.firstRangeOfThreeDots else {
      throw InputError("is not a range", field: "--aspect-ratio", value: text, hint: "such as 64...160")
    }
    let low = try Arguments.positive(String(text[..<dots.lowerBound]), "--aspect-ratio", hint: "such as 64...160")
    let high = try Arguments.positive(String(text[dots.upperBound...]), "--aspect-ratio", hint: "such as 64...160")
    guard low <= high else {
      throw InputError("ends before it begins", field: "--aspect-ratio", value: text, hint: "smaller number first")
    }
    return low...high
  }
}
