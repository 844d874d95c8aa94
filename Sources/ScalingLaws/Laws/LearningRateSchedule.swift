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

  public enum Kind: String, Sendable { case multiStep = "multi-step", cosine, constant }
  public struct Drop: Equatable, Sendable {
    public var from: Double
    public var rate: Double
  }

  public init(kind: Kind, warmupSteps: Int, drops: [Drop] = []) {
    self.kind = kind
    self.warmupSteps = warmupSteps
    self.drops = drops
  }

  /// DeepSeek LLM (arXiv 2401.02954, section 2.3): 2000 warm-up steps, 31.6 % after 80 % of the tokens, 10 % after 90 %.
  public static let deepSeek = LearningRateSchedule(
    kind: .multiStep, warmupSteps: 2000, drops: [Drop(from: 0.8, rate: 0.316), Drop(from: 0.9, rate: 0.1)])

  /// The rate at a step of a run, as a share of the maximum. A cosine ends at a tenth.
  public func rate(step: Double, of steps: Double) -> Double {
    if step < Double(warmupSteps) { return step / Double(warmupSteps) }
    let share = step / steps
    switch kind {
    case .constant: return 1
    case .multiStep: return drops.last { share >= $0.from }?.rate ?? 1
    case .cosine:
      let progress = (step - Double(warmupSteps)) / max(steps - Double(warmupSteps), 1)
      return 0.1 + 0.45 * (1 + cos(.pi * min(progress, 1)))
    }
  }

  public var json: JSON {
    [
      "kind": .string(kind.rawValue), "warmup_steps": .integer(warmupSteps),
      "drops": .array(drops.map { [.number($0.from), .number($0.rate)] }),
    ]
  }
}
