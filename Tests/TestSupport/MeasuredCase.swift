import Input
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// One measured case: a config.json and what torch counted when that model ran.
public struct MeasuredCase: Sendable, CustomTestStringConvertible {
  public let name: String
  public let family: String
  public let object: JSONObject
  public var testDescription: String { name }

  /// Every case that is on this machine: the project's own, and the outside ones where they are. By family, so that a
  /// test can name what it read.
  public static let all: [MeasuredCase] = {
    var byName: [String: MeasuredCase] = [:]
    for folder in [Golden.path("cases"), OutsideData.cases].compactMap({ $0 }) {
      for measured in cases(in: folder) { byName[measured.name] = measured }
    }
    return byName.values.sorted { $0.name < $1.name }
  }()

  private static func cases(in folder: String) -> [MeasuredCase] {
    let files = FileManager.default
    return ((try? files.contentsOfDirectory(atPath: folder)) ?? []).flatMap { family -> [MeasuredCase] in
      let names = (try? files.contentsOfDirectory(atPath: "\(folder)/\(family)")) ?? []
      return names.filter { $0.hasSuffix(".json") }.compactMap { name in
        guard let bytes = try? readFile("\(folder)/\(family)/\(name)"), let json = try? JSON(parsing: bytes),
          let object = json.object
        else { return nil }
        return MeasuredCase(name: "\(family)/\(name)", family: family, object: object)
      }
    }
  }

  /// The configs of the case by spelling: as newer transformers write it, and as a hub file has it.
  public var configs: [(spelling: String, config: JSONObject)] {
    ["config", "config_as_given"].compactMap { key in object[key]?.object.map { (key, $0) } }
  }
  public var sequenceLength: Int { integer("seq_len") ?? 0 }
  public var modelKind: String { object["model_kind"]?.string ?? "decoder" }

  /// The integer at a path: `integer("parameters", "total")`.
  public func integer(_ path: String...) -> Int? {
    var value: JSON? = .object(object)
    for name in path { value = value?.object?[name] }
    guard case .integer(let number)? = value else { return nil }
    return number
  }

  // MARK: What the JSON promise must say

  /// Families in which how much an expert runs depends on the data.
  static let routedByData: Set<String> = ["longcat_flash", "zaya", "jetmoe", "doge"]
  static let linear = ["projections", "shared_experts", "router", "indexer_projections"]

  /// Expected value by (object, field) of `isoflop count --json`.
  public var expected: [(object: String, field: String, value: Int)] {
    var list: [(String, String, Int?)] = []
    if family != "longcat_flash" {  // The reference allocates weights for experts that have none.
      list = [
        ("parameters", "total", integer("parameters", "total")),
        ("parameters", "embedding", integer("parameters", "input_embedding")),
        ("parameters", "output_head", integer("parameters", "output_head_extra")),
        ("parameters", "non_embedding", integer("parameters", "rest")),
        ("parameters", "position_embedding", integer("parameters", "position_embedding")),
        ("parameters", "active", integer("parameters", "active_per_token")),
      ]
    }
    let flops = "forward_flops_per_sequence"
    list.append((flops, "attention_scores", integer("forward_matmul_flops", "attention_scores")))
    list.append((flops, "output_head", integer("forward_matmul_flops", "lm_head")))
    if let parts = object["forward_matmul_flops"]?.object?["other_parts"]?.object {
      func part(_ name: String) -> Int { integer("forward_matmul_flops", "other_parts", name) ?? 0 }
      let experts = integer("forward_matmul_flops", "experts_expected_topk") ?? part("experts")
      if !Self.routedByData.contains(family) {
        list.append((flops, "weights", Self.linear.map(part).reduce(experts, +)))
      }
      if Set(parts.names).isSubset(of: Self.linear + ["experts"]), experts == part("experts") {
        list.append((flops, "total", integer("forward_matmul_flops", "total")))
      }
    }
    return list.compactMap { entry in entry.2.map { (entry.0, entry.1, $0) } }
  }

  /// Pairs of one head that the masks let through, by softmax attention; nil where they were not measured.
  public var expectedPairs: [Int]? {
    guard modelKind == "decoder", let masks = object["mask_pairs"]?.object, !masks.isEmpty else { return nil }
    let pairs = (masks["per_softmax"]?.array ?? []).compactMap { entry -> Int? in
      guard case .integer(let pairs)? = entry.object?["pairs_per_head"] else { return nil }
      return pairs
    }
    // Differential attention runs each softmax twice.
    return family == "diffllama" ? pairs.enumerated().filter { $0.offset % 2 == 0 }.map(\.element) : pairs
  }
}
