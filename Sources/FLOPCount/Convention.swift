/// What is counted, and how: a value with a name, never a loose flag.
public struct Convention: Sendable, Equatable {
  public enum Attention: String, Sendable, CaseIterable {
    /// All S x S pairs, masks or not.
    case full
    /// The pairs that the masks let through, exactly.
    case causal
    /// Half of all pairs: S^2 / 2.
    case half
  }
  public var name: String
  public var attention: Attention
  /// The language-model head is part of M.
  public var countsHead: Bool

  public init(name: String, attention: Attention, countsHead: Bool) {
    self.name = name
    self.attention = attention
    self.countsHead = countsHead
  }

  /// DeepSeek LLM: full attention, no vocabulary (arXiv 2401.02954, section 3.2).
  public static let deepseek = Convention(name: "deepseek", attention: .full, countsHead: false)

  /// The same convention with another attention; the name says so.
  public func with(attention: Attention) -> Convention {
    guard attention != self.attention else { return self }
    return Convention(name: "\(name)+\(attention.rawValue)", attention: attention, countsHead: countsHead)
  }
}
