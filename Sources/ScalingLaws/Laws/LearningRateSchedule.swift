import Input

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How the learning rate goes over a run.
public struct LearningRateSchedule: Equatable, Sendable {
  public var kind: Kind
  public var warmupSteps: Int
  /// For a multi-step schedule: from which share of the tokens on the rate is which share of the maximum.
  public var drops: [Drop]
  /// For a cosine or a linear decay: the share of the maximum at the end.
  public var finalRate = 0.1

  public enum Kind: String, Sendable, CaseIterable {
    case multiStep = "multi-step"
    case cosine, linear, constant
    static var words: String { "one of: " + allCases.map(\.rawValue).joined(separator: ", ") }
  }
  public struct Drop: Equatable, Sendable {
    public var from: Double
    public var rate: Double

    public init(from: Double, rate: Double) {
      self.from = from
      self.rate = rate
    }
  }

  public init(kind: Kind, warmupSteps: Int, drops: [Drop] = []) {
    self.kind = kind
    self.warmupSteps = warmupSteps
    self.drops = drops
  }

  /// DeepSeek LLM (arXiv 2401.02954, section 2.3): 2000 warm-up steps, 31.6 % after 80 % of the tokens, 10 % after 90 %.
  public static let deepSeek = LearningRateSchedule(
    kind: .multiStep, warmupSteps: 2000, drops: [Drop(from: 0.8, rate: 0.316), Drop(from: 0.9, rate: 0.1)])

  /// The rate at a step of a run, as a share of the maximum.
  public func rate(step: Double, of steps: Double) -> Double {
    if step < Double(warmupSteps) { return step / Double(warmupSteps) }
    let share = step / steps
    let progress = min((step - Double(warmupSteps)) / max(steps - Double(warmupSteps), 1), 1)
    switch kind {
    case .constant: return 1
    case .multiStep: return drops.last { share >= $0.from }?.rate ?? 1
    case .cosine: return finalRate + (1 - finalRate) * 0.5 * (1 + cos(.pi * progress))
    case .linear: return 1 - (1 - finalRate) * progress
    }
  }

  /// `multi-step, 2000 warm-up steps, 31.6 % after 80 %, 10 % after 90 % of tokens`
  public var words: String {
    "\(kind.rawValue), \(Numbers.counted(warmupSteps, "warm-up step"))" + (details.isEmpty ? "" : ", \(details)")
  }

  /// How the rate ends, without kind and warm-up.
  public var details: String {
    func percent(_ share: Double) -> String { plain((share * 1e6).rounded() / 1e4) + " %" }
    switch kind {
    case .multiStep where drops.isEmpty: return ""
    case .multiStep:
      return drops.map { "\(percent($0.rate)) after \(percent($0.from))" }.joined(separator: ", ") + " of tokens"
    case .cosine, .linear: return "down to \(percent(finalRate))"
    case .constant: return ""
    }
  }

  public var json: JSON {
    var object = JSONObject([("kind", .string(kind.rawValue)), ("warmup_steps", .integer(warmupSteps))])
    if kind == .multiStep { object["drops"] = .array(drops.map { [.number($0.from), .number($0.rate)] }) }
    if kind == .cosine || kind == .linear { object["final_rate"] = .number(finalRate) }
    return .object(object)
  }
}
