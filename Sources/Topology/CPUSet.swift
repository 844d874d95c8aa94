/// A set of CPUs (processing units), by the operating system's index.
public struct CPUSet: Equatable, Hashable, Sendable, CustomStringConvertible {
  /// Bit i of word w is CPU 64 w + i; no trailing zero words, so that equal sets have equal words.
  private var words: [UInt64] = []

  public init() {}

  /// - Parameter cpus: indices; negative ones are no CPU and are left out.
  public init(_ cpus: some Sequence<Int>) { for cpu in cpus where cpu >= 0 { insert(cpu) } }

  public mutating func insert(_ cpu: Int) {
    precondition(cpu >= 0, "a CPU index is not negative")
    let word = cpu >> 6
    if word >= words.count { words.append(contentsOf: repeatElement(0, count: word + 1 - words.count)) }
    words[word] |= 1 << UInt64(cpu & 63)
  }

  public func contains(_ cpu: Int) -> Bool {
    cpu >= 0 && cpu >> 6 < words.count && words[cpu >> 6] & (1 << UInt64(cpu & 63)) != 0
  }

  public func intersection(_ other: CPUSet) -> CPUSet {
    var result = CPUSet()
    result.words = zip(words, other.words).map { $0 & $1 }
    while result.words.last == 0 { result.words.removeLast() }
    return result
  }

  public func isSubset(of other: CPUSet) -> Bool { intersection(other) == self }

  public var isEmpty: Bool { words.isEmpty }
  public var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }
  public var first: Int? {
    words.firstIndex { $0 != 0 }.map { $0 << 6 + words[$0].trailingZeroBitCount }
  }

  /// The CPUs in ascending order.
  public var members: [Int] {
    var members: [Int] = []
    for (index, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        members.append(index << 6 + rest.trailingZeroBitCount)
        rest &= rest - 1
      }
    }
    return members
  }

  /// The list notation of taskset and cpuset: `0-3,8`.
  public var description: String {
    var ranges: [(Int, Int)] = []
    for cpu in members {
      if let last = ranges.last, last.1 + 1 == cpu {
        ranges[ranges.count - 1].1 = cpu
      } else {
        ranges.append((cpu, cpu))
      }
    }
    return ranges.map { $0 == $1 ? "\($0)" : "\($0)-\($1)" }.joined(separator: ",")
  }
}
