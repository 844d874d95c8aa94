import Architectures

/// A shape found by a search and how far its quantity is from the target.
struct Candidate: Sendable {
  var distance: Int
  var shape: Shape
}

extension Candidate: Comparable {
  /// Nearer first; ties in lexicographic order of the axes.
  static func < (a: Candidate, b: Candidate) -> Bool {
    a.distance == b.distance ? a.shape < b.shape : a.distance < b.distance
  }
}

/// The k nearest so far, as a heap with the worst on top. The order is total, so what it ends with does not depend on
/// the order in which shapes are offered.
struct NearestList: Sendable {
  let limit: Int
  private(set) var heap: [Candidate] = []

  init(limit: Int) { self.limit = limit }

  /// Nothing further away than this can enter. A tie can, where its shape comes first.
  @inline(__always)
  var worstDistance: Int { heap.count < limit ? .max : heap[0].distance }

  /// Whether the list is full and this shape, or any that follows it, at this distance would not enter.
  func refuses(_ distance: Int, _ shape: Shape) -> Bool {
    heap.count == limit && !(Candidate(distance: distance, shape: shape) < heap[0])
  }

  mutating func offer(_ candidate: Candidate) {
    guard limit > 0 else { return }
    if heap.count < limit {
      heap.append(candidate)
      siftUp()
    } else if candidate < heap[0] {
      heap[0] = candidate
      siftDown()
    }
  }

  mutating func merge(_ other: NearestList) { for candidate in other.heap { offer(candidate) } }

  var sorted: [Candidate] { heap.sorted() }

  private mutating func siftUp() {
    var at = heap.count - 1
    while at > 0, heap[(at - 1) / 2] < heap[at] {
      heap.swapAt(at, (at - 1) / 2)
      at = (at - 1) / 2
    }
  }

  private mutating func siftDown() {
    var at = 0
    while true {
      var largest = at
      for child in [2 * at + 1, 2 * at + 2] where child < heap.count && heap[largest] < heap[child] { largest = child }
      if largest == at { return }
      heap.swapAt(at, largest)
      at = largest
    }
  }
}

/// |a - b|, which may be beyond Int: then Int.max, which no distance between two counts reaches.
@inline(__always)
func distance(_ a: Int, _ b: Int) -> Int {
  let (difference, overflow) = a.subtractingReportingOverflow(b)
  if overflow || difference == .min { return .max }
  return abs(difference)
}
