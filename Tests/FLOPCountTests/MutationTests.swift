import Architectures
import Input
import TestSupport
import Testing

@testable import FLOPCount

/// A damaged config is an error or counts as before: it never gives another number without a word.
@Suite struct MutationTests {
  /// One small case of every family, in both spellings.
  static let samples: [MeasuredCase] = {
    var families: Set<String> = []
    return MeasuredCase.all.filter {
      $0.name.contains("/tiny") && Family.modelTypes.contains($0.family) && families.insert($0.family).inserted
    }
  }()

  /// Everything that a count says, or nil where it throws.
  static func outcome(_ config: JSONObject, _ measured: MeasuredCase) throws -> (json: JSON, unknown: [String]) {
    let architecture = try Architecture(config: config)
    let count = try ModelCount(
      architecture, sequenceLength: measured.sequenceLength,
      decoderLength: measured.modelKind == "encoder-decoder" ? measured.sequenceLength / 2 : nil)
    return (try count.json(), architecture.unknownFields)
  }

  static func differs(_ config: JSONObject, _ measured: MeasuredCase, from original: JSON) throws -> Bool {
    do {
      return try outcome(config, measured).json != original
    } catch is InputError {
      return false
    }
  }

  @Test(arguments: samples)
  func numbersOutOfRangeAreErrors(_ measured: MeasuredCase) throws {
    for (spelling, config) in measured.configs {
      let original = try Self.outcome(config, measured).json
      for (name, value) in config.members {
        guard case .integer = value else { continue }
        for bad: JSON in [-7, 2.5, "many", 9_000_000_000_000] {
          var damaged = config
          damaged[name] = bad
          #expect(try !Self.differs(damaged, measured, from: original), "\(spelling): \(name) = \(bad.text())")
        }
      }
    }
  }

  @Test(arguments: samples)
  func unknownWordsAreErrors(_ measured: MeasuredCase) throws {
    for (spelling, config) in measured.configs {
      let original = try Self.outcome(config, measured).json
      for (name, value) in config.members where name != "model_type" {
        var damaged = config
        switch value {
        case .string: damaged[name] = "bogus_word"
        case .array(var list):
          guard let at = list.firstIndex(where: { $0.string != nil }) else { continue }
          list[at] = "bogus_word"
          damaged[name] = .array(list)
        default: continue
        }
        #expect(try !Self.differs(damaged, measured, from: original), "\(spelling): \(name)")
      }
    }
  }

  @Test(arguments: samples)
  func aRenamedFieldIsAnErrorOrNamed(_ measured: MeasuredCase) throws {
    for (spelling, config) in measured.configs {
      let original = try Self.outcome(config, measured).json
      for name in config.names where name != "model_type" {
        for other in ["\(name)_x", "renamed_field"] {
          var damaged = JSONObject()
          for (key, value) in config.members { damaged[key == name ? other : key] = value }
          do {
            let now = try Self.outcome(damaged, measured)
            #expect(now.json == original || now.unknown.contains(other), "\(spelling): \(name) as \(other)")
            if other != "renamed_field" {
              #expect(now.json == original, "\(spelling): \(name) as \(other) counts something else")
            }
          } catch is InputError {}
        }
      }
    }
  }

  @Test(arguments: samples)
  func aListOfTheWrongLengthIsAnError(_ measured: MeasuredCase) throws {
    for (spelling, config) in measured.configs {
      let original = try Self.outcome(config, measured).json
      for (name, value) in config.members {
        guard let list = value.array, list.first?.string != nil else { continue }
        var damaged = config
        damaged[name] = .array(Array(list.dropLast()))
        // A cycle of words may have any length, and a pattern may be what says how many layers there are.
        guard name != "block_types", name != "architectures",
          name != "layers_block_type" || config["num_hidden_layers"] != nil
        else { continue }
        #expect(try !Self.differs(damaged, measured, from: original), "\(spelling): \(name)")
      }
    }
  }
}
