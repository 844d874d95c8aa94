import Isoflop

/// What a training step runs and keeps: memory, recomputation, adapters, utilisation.
extension Request {
  static let trainingOptions = ["recompute", "lora_rank", "lora_targets", "frozen_layers"]

  /// Something other than every weight learns, or something is computed again.
  var asksForTraining: Bool { Self.trainingOptions.contains { has($0) } }

  private func recompute() throws -> Recompute { try text("recompute").map { try Recompute.named($0) } ?? .none }

  func trainingRun(_ count: ModelCount) throws -> TrainingRun {
    try TrainingRun(count, trainable: trainable(), recompute: recompute())
  }

  private func trainable() throws -> Trainable {
    if has("lora_rank"), has("frozen_layers") {
      throw InputError(
        "does not go with lora_rank", field: "frozen_layers", hint: "adapters freeze everything but themselves")
    }
    if let rank = try size("lora_rank") { return .adapters(rank: rank, targets: try texts("lora_targets") ?? []) }
    if has("lora_targets") { throw InputError("needs lora_rank", field: "lora_targets") }
    return try size("frozen_layers").map { .layersAfter($0) } ?? .all
  }

  // MARK: Memory

  /// Bytes of the cache, of weights, gradients and optimizer, and of activations.
  func memory() throws -> JSON {
    try allow(
      ["config", "name", "context", "cache", "recipe", "zero", "devices", "micro_batch", "tensor_parallel"]
        + Self.trainingOptions)
    let model = try architecture()
    let length = try size("context") ?? model.usualLength.length
    let type = try ElementType.named(text("cache") ?? "bf16")
    return try named(model) {
      let kept = try CacheMemory(model, length: length)
      let count = try ModelCount(model, sequenceLength: length)
      let run = try trainingRun(count)
      let stored = Exact(try count.totalParameters()) + run.addedParameters
      let state = try StateMemory(
        parameters: stored.int("parameters"), recipe: .named(text("recipe") ?? "bf16-adam-fp32"),
        stage: integer("zero") ?? 0, devices: size("devices") ?? 1,
        trainable: run.trainableParameters.int("trainable_parameters"))
      return [
        "name": .string(model.name), "context": .integer(length), "cache_type": .string(type.rawValue),
        "cache_bytes_per_token": .integer(try kept.bytesPerToken(type)), "cache_bytes": .integer(try kept.bytes(type)),
        "weights": .integer(state.weights), "gradients": .integer(state.gradients),
        "optimizer": .integer(state.optimizer), "training_state": .integer(state.total),
        "activations": try activations(of: model, length).map { .integer($0.bytes) } ?? .null,
        "activations_source": .string(ActivationMemory.source),
      ]
    }
  }

  /// nil where the published formula does not describe the model.
  private func activations(of model: Architecture, _ length: Int) throws -> ActivationMemory? {
    do {
      return try ActivationMemory(
        model, sequenceLength: length, microBatch: size("micro_batch") ?? 1,
        tensorParallel: size("tensor_parallel") ?? 1, recompute: recompute())
    } catch let error as InputError where error.field == "activation formula" {
      return nil
    }
  }

  // MARK: Utilisation

  /// Model and hardware FLOPs utilisation of a run.
  func utilisation() throws -> JSON {
    try allow(
      [
        "config", "name", "sequence_length", "as", "tokens_per_second", "accelerators", "tokens", "accelerator_hours",
        "peak", "precision",
      ] + Self.trainingOptions)
    let model = try architecture()
    let length = try size("sequence_length") ?? model.usualLength.length
    let convention = try Convention.named(text("as") ?? "exact")
    let (rate, accelerators) = try rate()
    return try named(model) {
      let run = try RunPerToken(
        model, sequenceLength: length, convention: convention, trainable: trainable(), recompute: recompute())
      let peak = try peak()
      let use = try Utilization(tokensPerSecond: rate, of: run, accelerators: accelerators, peak: peak)
      return [
        "model": .string(model.name), "sequence_length": .integer(length), "convention": .string(convention.name),
        "flops_per_token": .number(run.model), "peak": .number(peak), "mfu": .number(use.mfu), "hfu": .number(use.hfu),
      ]
    }
  }

  /// Tokens a second, and on how many accelerators; one for all of the hours does the same.
  private func rate() throws -> (Double, Int) {
    guard let hours = try positive("accelerator_hours", hint: "such as 601200") else {
      guard let rate = try positive("tokens_per_second"), let number = try size("accelerators") else {
        throw missing(
          has("tokens_per_second") ? "accelerators" : "tokens_per_second",
          hint: "a rate and accelerators, or tokens and accelerator_hours")
      }
      return (rate, number)
    }
    for name in ["tokens_per_second", "accelerators"] where has(name) {
      throw InputError("is given beside accelerator_hours", field: name, hint: "leave it out")
    }
    guard let tokens = try people("tokens") else { throw missing("tokens", hint: "of the whole run, such as 2e12") }
    return (tokens / (3600 * hours), 1)
  }

  /// `peak`: FLOPs per second of one, or an accelerator's name.
  private func peak() throws -> Double {
    if let name = self["peak"]?.string, Double(name) == nil {
      return try Accelerator.named(name).peak(text("precision") ?? "bf16")
    }
    guard let peak = try positive("peak", hint: "such as 989e12") else {
      throw missing("peak", hint: "an accelerator by name, or FLOPs per second such as 989e12")
    }
    return peak
  }
}
