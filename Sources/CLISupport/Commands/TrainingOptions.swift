import ArgumentParser
import Isoflop

/// `--recompute`, `--lora-rank`, `--lora-targets`, `--frozen-layers`: what a training step runs, and for which weights.
struct TrainingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What the backward pass computes again: none, selective or full (default: none).", valueName: "kind"),
    completion: .list(["none", "selective", "full"]))
  var recompute: String?
  @Option(help: ArgumentHelp("Train low-rank adapters of this rank alone; all else is frozen.", valueName: "r"))
  var loraRank: String?
  @Option(
    help: ArgumentHelp(
      "Projections that get an adapter, separated by commas; all but the head where not given.", valueName: "names"))
  var loraTargets: String?
  @Option(help: ArgumentHelp("Freeze the embedding and the first n layers.", valueName: "n"))
  var frozenLayers: String?

  var isGiven: Bool { recompute != nil || loraRank != nil || loraTargets != nil || frozenLayers != nil }

  /// - Parameter count: its convention says how attention and head are counted.
  func run(_ count: ModelCount) throws -> TrainingRun {
    try TrainingRun(count, trainable: trainable, recompute: again)
  }

  var again: Recompute {
    get throws { try recompute.map { try Recompute.named($0) } ?? .none }
  }

  var trainable: Trainable {
    get throws {
      if loraRank != nil, frozenLayers != nil {
        throw InputError(
          "does not go with --lora-rank", field: "--frozen-layers", hint: "adapters freeze everything but themselves")
      }
      if let loraRank {
        let targets = loraTargets.map { $0.split(separator: ",").map(String.init) } ?? []
        return .adapters(rank: try Arguments.integer(loraRank, "--lora-rank"), targets: targets)
      }
      if loraTargets != nil {
        throw InputError("needs --lora-rank", field: "--lora-targets", hint: "such as --lora-rank 16")
      }
      return try frozenLayers.map { .layersAfter(try Arguments.integer($0, "--frozen-layers")) } ?? .all
    }
  }
}

extension TrainingOptions {
  func text(_ count: ModelCount) throws -> String {
    let run = try run(count)
    let tokens = Double(count.tokens)
    var table = Table([
      .text("", "training as asked"), .number("rounded", "") { Numbers.si($0, 4) }, .text("meaning", "").extra,
    ])
    table.add([
      .string("model FLOPs per token"), .number(run.model.count.double / tokens),
      .string("forward, and backward where it runs"),
    ])
    table.add([
      .string("hardware FLOPs per token"), .number(run.hardware.count.double / tokens),
      .string("with what is computed again"),
    ])
    table.add([
      .string("trainable parameters"), .number(run.trainableParameters.double), .string("weights that learn"),
    ])
    return "\n" + table.text(width: nil)
  }
}
