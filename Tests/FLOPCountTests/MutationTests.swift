import Architectures
import Foundation
import Input
import TestSupport
import Testing

@testable import FLOPCount

/// A damaged config is an error or counts as before: it never gives another number without a word.
@Suite struct MutationTests {
  /// `make check` takes every mutation of every case; else a sample of those of one small case a family.
  static let checking = ProcessInfo.processInfo.environment["ISOFLOP_CHECK"] == "1"
  static let samples: [MeasuredCase] = {
    var families: Set<String> = []
    return MeasuredCase.all.filter { measured in
      guard Family.modelTypes.contains(measured.family) else { return false }
      return checking || measured.name.contains("/tiny") && families.insert(measured.family).inserted
    }
  }()

  /// Everything that a count says.
  static func outcome(_ config: JSONObject, _ measured: MeasuredCase) throws -> (json: JSON, unknown: [String]) {
    let architecture = try Architecture(config: config)
    let count = try ModelCount(
      architecture, sequenceLength: measured.sequenceLength,
      decoderLength: measured.modelKind == "encoder-decoder" ? measured.sequenceLength / 2 : nil)
    return (try count.json(), architecture.unknownFields)
  }

  /// What is wrong with the answer to a damaged config, nil where it is an error or the number it was.
  static func silence(_ mutation: Mutation, _ measured: MeasuredCase, original: JSON) throws -> String? {
    do {
      let now = try outcome(mutation.config, measured)
      if now.json.object?["forward_flops_per_sequence"] == original.object?["forward_flops_per_sequence"],
        now.json.object?["parameters"] == original.object?["parameters"],
        now.json.object?["attention_pairs"] == original.object?["attention_pairs"]
      {
        return nil
      }
      if let name = mutation.strangeName, now.unknown.contains(where: { $0.hasSuffix(name) }) { return nil }
      return "counts something else"
    } catch let error as InputError {
      return error.field == nil ? "is refused without naming a field: \(error)" : nil
    }
  }

  @Test(arguments: samples)
  func aDamagedConfigIsAnErrorOrCountsAsBefore(_ measured: MeasuredCase) throws {
    var random = SplitMix(seed: UInt64(measured.name.utf8.reduce(0) { $0 &* 31 &+ Int($1) }.magnitude))
    for (spelling, config) in measured.configs {
      let original = try Self.outcome(config, measured).json
      let all = Mutations(config: config)
      for mutation in Self.checking ? all.all : (0..<60).compactMap({ _ in all.any(using: &random) }) {
        let wrong = try Self.silence(mutation, measured, original: original)
        #expect(wrong == nil, "\(spelling): \(mutation.what)")
      }
      for _ in 0..<(Self.checking ? 60 : 10) {
        guard let mutation = all.pair(using: &random) else { continue }
        let wrong = try Self.silence(mutation, measured, original: original)
        #expect(wrong == nil, "\(spelling): \(mutation.what)")
      }
    }
  }

  @Test func aFieldOfAnotherFamilyOneLetterAwayIsNotTakenForIt() throws {
    for (name, field, other) in [
      ("mamba2/full-mamba2-130m.json", "n_groups", "n_group"), ("nemotron_h/full-default.json", "n_groups", "n_group"),
    ] {
      let measured = try #require(MeasuredCase.all.first { $0.name == name }, "\(name) is not on this machine")
      for (_, config) in measured.configs {
        let members = config.members.filter { ![other, "topk_group"].contains($0.name) }
          .map { ($0.name == field ? other : $0.name, $0.value) }
        let error = #expect(throws: InputError.self) { try Architecture(config: JSONObject(members)) }
        #expect(error?.field == other)
        #expect(error?.hint == "did you mean \(field)?")
      }
    }
  }
}
