import KernelDispatch
import Testing

extension KernelImplementation: CustomTestStringConvertible {
  public var testDescription: String { name }
  static var here: [KernelImplementation] { all.filter(\.runsHere) }
}

/// Lengths around every vector width (2, 4, 8 lanes) and every unrolling of it.
let lengths = Array(0...19) + [23, 24, 25, 31, 32, 33, 47, 48, 63, 64, 65, 127, 128, 129, 250, 500, 1021]

/// Memory with room on both sides whose contents must survive, at a chosen offset from a cache line.
final class Guarded {
  let memory: UnsafeMutableRawPointer
  let data: UnsafeMutablePointer<Double>
  let count: Int
  private let total: Int
  private let before: Int
  private static let mark = -1234.5

  init(_ count: Int, offset: Int = 0) {
    self.count = count
    before = 16 + offset
    total = before + count + 16
    memory = .allocate(byteCount: total * 8, alignment: 64)
    let all = memory.bindMemory(to: Double.self, capacity: total)
    all.initialize(repeating: Guarded.mark, count: total)
    data = all + before
  }
  convenience init(_ values: [Double]) {
    self.init(values.count)
    for (index, value) in values.enumerated() { data[index] = value }
  }
  deinit { memory.deallocate() }

  var values: [Double] { (0..<count).map { data[$0] } }
  var isIntactAround: Bool {
    let all = data - before
    return (0..<before).allSatisfy { all[$0] == Guarded.mark }
      && (before + count..<total).allSatisfy { all[$0] == Guarded.mark }
  }
}
