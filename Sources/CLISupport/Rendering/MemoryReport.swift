import Isoflop

/// What a model takes in bytes, and what it costs to generate with it.
struct MemoryReport {
  let model: Architecture
  /// Tokens in the cache and of a training sequence.
  let context: Int
  let type: ElementType
  let cache: CacheMemory
  let recipe: String
  let zero: Int
  let devices: Int
  let state: StateMemory
  /// nil where the published formula does not describe the model.
  let activations: ActivationMemory?
  let generation: GenerationCount?

  var table: Table {
    get throws {
      var table = Table([
        .text("what"), .number("bytes") { Numbers.si($0, 4) + "B" }, .integer("exact", "exactly").extra(2),
        .text("note").extra(1),
      ])
      func add(_ what: String, _ bytes: Int, _ note: String = "") {
        table.add([.string(what), .integer(bytes), .integer(bytes), .string(note)])
      }
      add("cache per token", try cache.bytesPerToken(type), "\(type.rawValue), while no window is full")
      let state = try cache.stateBytes(type)
      if state > 0 { add("recurrent state", state, "whatever the length; part of the cache") }
      let cross = try cache.crossBytes(type)
      if cross > 0 {
        add("encoder's keys and values", cross, "of \(Numbers.counted(context, "token")); part of the cache")
      }
      add("cache", try cache.bytes(type), Numbers.counted(context, "token"))
      add("weights", self.state.weights, "\(recipe), ZeRO \(zero) over \(devices)")
      add("gradients", self.state.gradients)
      add("optimizer", self.state.optimizer)
      add("training state", self.state.total, "of each device")
      if let activations {
        add("activations", activations.bytes, "recompute \(activations.recompute); \(ActivationMemory.source)")
      }
      return table
    }
  }

  var json: JSON {
    get throws {
      var object = JSONObject([
        ("name", .string(model.name)), ("family", .string(model.family)), ("context", .integer(context)),
      ])
      object["cache"] = [
        "type": .string(type.rawValue), "bytes_per_token": .integer(try cache.bytesPerToken(type)),
        "state_bytes": .integer(try cache.stateBytes(type)), "encoder_bytes": .integer(try cache.crossBytes(type)),
        "bytes": .integer(try cache.bytes(type)),
      ]
      object["training_state"] = [
        "recipe": .string(recipe), "zero": .integer(zero), "devices": .integer(devices),
        "weights": .integer(state.weights), "gradients": .integer(state.gradients),
        "optimizer": .integer(state.optimizer), "total": .integer(state.total),
      ]
      object["activations"] =
        activations.map {
          [
            "bytes": .integer($0.bytes), "recompute": .string($0.recompute.rawValue),
            "source": .string(ActivationMemory.source), "limits": .string(ActivationMemory.limits),
          ]
        } ?? .null
      object["generation"] =
        try generation.map {
          [
            "prefill_flops": .integer(try $0.prefill.count.int("prefill_flops")),
            "decode_flops": .integer(try $0.decode.count.int("decode_flops")),
          ]
        } ?? .null
      return .object(object)
    }
  }
}
