import Isoflop

/// What there is to spend, on what, and what a shape has to be able to do.
extension Request {
  static let machineOptions = [
    "accelerators", "accelerator", "peak", "mfu", "price", "watts", "node_overhead", "pue", "carbon",
  ]
  static let budgetOptions = ["compute", "hours", "days", "accelerator_hours", "money"] + machineOptions

  func budgetMachine() throws -> Budget.Machine? {
    guard has("accelerators") || has("accelerator") || has("peak") else { return nil }
    let known = try text("accelerator").map { try Accelerator.named($0) }
    guard let peak = try positive("peak", hint: "such as 989e12") ?? known?.bf16 else {
      throw missing("peak", hint: "name the accelerator, or give its peak: 989e12")
    }
    return try Budget.Machine(
      accelerators: positive("accelerators") ?? 1, peak: peak, utilisation: positive("mfu") ?? 0.4, accelerator: known)
  }

  /// The one budget that is given; nil where none is.
  func budget() throws -> Budget? {
    try Budget.stated(
      Budget.Statement(
        compute: positive("compute", hint: "FLOPs, such as 1e20"), hours: positive("hours", hint: "such as 720"),
        days: positive("days", hint: "such as 30"),
        acceleratorHours: positive("accelerator_hours", hint: "such as 1e6"),
        money: positive("money", hint: "such as 1e6"), pricePerHour: positive("price")),
      on: budgetMachine())
  }

  /// Time, money, energy and carbon, where a machine is named.
  func economics() throws -> Economics? {
    guard let machine = try budgetMachine() else {
      for name in ["price", "watts", "node_overhead", "pue", "carbon", "mfu"] where has(name) {
        throw InputError("needs an accelerator", field: name, hint: "such as accelerator \"h100\"")
      }
      return nil
    }
    return try Economics(
      machine: machine, watts: positive("watts"), nodeOverhead: positive("node_overhead") ?? 1,
      powerUsageEffectiveness: positive("pue") ?? 1, gridIntensity: positive("carbon"), pricePerHour: positive("price"))
  }

  static let constraintOptions = [
    "tensor_parallel", "pipeline_parallel", "max_parameters", "max_kv_bytes", "aspect_ratio", "d_model_multiple",
    "n_heads_multiple", "memory", "devices",
  ]

  /// - Parameter accelerators: of the run, where they are known.
  func constraints(accelerators: Double? = nil) throws -> ShapeConstraints {
    var constraints = ShapeConstraints()
    constraints.tensorParallel = try size("tensor_parallel")
    constraints.pipelineParallel = try size("pipeline_parallel")
    constraints.maximumParameters = try people("max_parameters")
    constraints.maximumKeyValueBytesPerToken = try positive("max_kv_bytes")
    constraints.widthMultiple = try size("d_model_multiple")
    constraints.headsMultiple = try size("n_heads_multiple")
    if has("aspect_ratio") {
      guard let ends = try numbers("aspect_ratio"), ends.count == 2, ends[0] <= ends[1] else {
        throw InputError(
          "is not a range", field: "aspect_ratio", value: self["aspect_ratio"]?.text(indent: nil), hint: "[64, 160]")
      }
      constraints.aspectRatio = ends[0]...ends[1]
    }
    if let gigabytes = try positive("memory", hint: "gigabytes of one accelerator, such as 80") {
      let group = Double(constraints.tensorParallel ?? 1) * Double(constraints.pipelineParallel ?? 1)
      constraints.memory = ShapeConstraints.Memory(
        bytesPerDevice: 1e9 * gigabytes, devices: try positive("devices") ?? accelerators ?? group)
    } else if has("devices") {
      throw InputError("goes with memory", field: "devices", hint: "add memory: gigabytes of one accelerator")
    }
    return constraints
  }
}
