import Architectures
import Input
import TestSupport
import Testing

@testable import FLOPCount

/// The formulas that `--explain` prints, read back and worked out, give the counts.
@Suite struct ExplainTests {
  /// The value of a printed formula: words are left out, "of N visited" too.
  static func value(_ formula: String) -> Int? {
    var tokens: [String] = []
    var skips = false
    let spaced = formula.replacing("(", with: " ( ").replacing(")", with: " ) ").replacing("^2", with: " ^2")
    for word in spaced.split(separator: " ").map(String.init) {
      if skips {
        skips = false
      } else if word == "of" {
        skips = true
      } else if Int(word) != nil
        || ["x", "+", "(", ")", "^2", "/"].contains(word)
      {
        tokens.append(word)
      }
    }
    var at = 0
    func sum() -> Int? {
      guard var total = product() else { return nil }
      while at < tokens.count, tokens[at] == "+" {
        at += 1
        guard let next = product() else { return nil }
        total += next
      }
      return total
    }
    func product() -> Int? {
      guard var total = power() else { return nil }
      while at < tokens.count, tokens[at] == "x" || tokens[at] == "/" {
        let divides = tokens[at] == "/"
        at += 1
        guard let next = power() else { return nil }
        total = divides ? total / next : total * next
      }
      return total
    }
    func power() -> Int? {
      guard at < tokens.count else { return nil }
      var base: Int?
      if tokens[at] == "(" {
        at += 1
        base = sum()
        guard at < tokens.count, tokens[at] == ")" else { return nil }
      } else {
        base = Int(tokens[at])
      }
      at += 1
      if at < tokens.count, tokens[at] == "^2" {
        at += 1
        base = base.map { $0 * $0 }
      }
      return base
    }
    let result = sum()
    return at == tokens.count ? result : nil
  }

  @Test func everyFormulaGivesItsCount() throws {
    var checked = 0
    for measured in MeasuredCase.all
    where Family.modelTypes.contains(measured.family) && measured.modelKind == "decoder" {
      guard let config = measured.configs.first?.config else { continue }
      let architecture = try Architecture(config: config)
      let lengths = Lengths(sequence: measured.sequenceLength)
      for group in architecture.groups {
        for part in group.layer.blocks.flatMap(\.parts) {
          guard let flops = part.forwardFLOPs(lengths, attention: .full), flops != 0 else { continue }
          let formula = part.formula(lengths, attention: .full)
          #expect(Self.value(formula).map { Exact($0) } == flops, "\(measured.name): \(formula)")
          checked += 1
        }
      }
    }
    #expect(checked > 500)
  }
}
