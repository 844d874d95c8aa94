import ArgumentParser
import Isoflop

/// `isoflop memory`
struct MemoryCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "memory",
    abstract: "Bytes of cache, weights, gradients, optimizer and activations; FLOPs of generating.",
    discussion: """
      Everything follows from the model's own layers: windows, shared layers, latent attention and recurrent states
      count as they are. Weights, gradients and optimizer follow a named recipe, divided by ZeRO stage over --devices.
      Adapters and frozen layers keep gradients and optimizer state for what learns alone. Activation bytes use a
      published formula and are left out where it does not describe the model.

      EXAMPLES
        isoflop memory llama-3-8b --context 131072
        isoflop memory deepseek-llm-67b --recipe bf16-adam-fp32 --zero 1 --devices 512
        isoflop memory llama-3-8b --lora-rank 16 --recompute full
        isoflop memory deepseek-llm-7b --cache fp8 --json
        isoflop memory --recipes
      """)

  @Argument(
    help: ArgumentHelp("A config.json, a folder that holds one, or a known model's name.", valueName: "config"),
    completion: Completions.models)
  var config: String?
  @Option(help: ArgumentHelp("Tokens in the cache; the training length where not given.", valueName: "n"))
  var context: String?
  @Option(
    help: ArgumentHelp("Element type of the cache: bf16, fp16, fp32, fp8, int8, int4.", valueName: "type"),
    completion: .list(["bf16", "fp16", "fp32", "fp8", "int8", "int4"]))
  var cache = "bf16"
  @Option(help: ArgumentHelp("What training keeps for a parameter.", valueName: "name"))
  var recipe = "bf16-adam-fp32"
  @Option(help: ArgumentHelp("ZeRO stage: 0, 1, 2 or 3.", valueName: "stage"))
  var zero = 0
  @Option(help: ArgumentHelp("Data-parallel devices.", valueName: "n"))
  var devices = 1
  @Option(help: ArgumentHelp("Sequences of a micro-batch.", valueName: "n"))
  var microBatch = 1
  @Option(help: ArgumentHelp("Tensor-parallel devices.", valueName: "n"))
  var tensorParallel = 1
  @OptionGroup(title: "What training runs") var training: TrainingOptions
  @Flag(help: "List the recipes.")
  var recipes = false
  @OptionGroup(title: "Output") var output: OutputOptions

  func run(on terminal: Terminal) throws {
    if recipes {
      try Arguments.refuseAll(beside: "--recipes", in: terminal.arguments)
      return try Self.list(output.form, on: terminal)
    }
    guard let config else {
      throw InputError(
        "names no model", field: "memory", hint: "give a config.json or a name: isoflop memory llama-3-8b")
    }
    let model = try ModelArgument.architecture(config)
    let length = ModelArgument.sequenceLength(
      try context.map { try Arguments.integer($0, "--context") }, for: model, on: terminal)
    let count = try ModelCount(model, sequenceLength: length)
    let run = try training.run(count)
    let stored = Exact(try count.totalParameters()) + run.addedParameters
    let report = MemoryReport(
      model: model, context: length, type: try .named(cache), cache: try CacheMemory(model, length: length),
      recipe: recipe, zero: zero, devices: devices,
      state: try StateMemory(
        parameters: stored.int("parameters"), recipe: .named(recipe), stage: zero, devices: devices,
        trainable: run.trainableParameters.int("trainable_parameters")),
      activations: try activations(of: model, length, on: terminal),
      generation: model.kind == .decoder ? try? GenerationCount(model, context: length) : nil)
    if output.form == .json { return try terminal.writeLine(try report.json.text()) }
    try terminal.write(try report.table, as: output.form)
    if output.form == .text, let generation = report.generation {
      try terminal.writeLine()
      try terminal.writeLine(
        "Reading \(Numbers.counted(length, "token")): \(Numbers.si(generation.prefill.count.double, 4))FLOPs. "
          + "Writing one more: \(Numbers.si(generation.decode.count.double, 4))FLOPs.")
    }
  }

  /// nil, with a note, where the formula does not describe the model.
  private func activations(
    of model: Architecture, _ length: Int, on terminal: Terminal
  ) throws -> ActivationMemory? {
    do {
      let activations = try ActivationMemory(
        model, sequenceLength: length, microBatch: microBatch, tensorParallel: tensorParallel,
        recompute: training.again)
      terminal.note("note: activations are \(ActivationMemory.limits)")
      return activations
    } catch let error as InputError where error.field == "activation formula" {
      terminal.note("note: activations left out: the formula \(error.problem)")
      return nil
    }
  }

  private static func list(_ form: OutputForm, on terminal: Terminal) throws {
    var table = Table([
      .text("name"), .integer("weights"), .integer("gradients").extra(2), .integer("optimizer"),
      .text("source").extra(3),
    ])
    for known in OptimizerRecipe.known {
      table.add([
        .string(known.name), .integer(known.weights), .integer(known.gradients), .integer(known.optimizer),
        .string(known.source),
      ])
    }
    try terminal.write(table, as: form)
  }
}
