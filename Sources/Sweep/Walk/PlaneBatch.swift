import KernelDispatch

/// Planes that wait for one call of a kernel, with the outer sizes that each came from.
final class PlaneBatch {
  static let capacity = 128
  /// Places that are handed on as planes without being halved first.
  static let most = 4 * capacity
  private let layers: InnerColumn
  private let column: InnerColumn
  private(set) var count = 0
  /// a, its slope, b and its slope, then the distances: `capacity` numbers each.
  private let numbers: UnsafeMutablePointer<Double>
  /// The first place of n_layers and the one after the last, `capacity` each, then the walk's sizes when each plane was
  /// added, one plane after the other.
  private let places: UnsafeMutablePointer<Int>

  init(layers: InnerColumn, column: InnerColumn) {
    self.layers = layers
    self.column = column
    numbers = .allocate(capacity: 5 * Self.capacity)
    places = .allocate(capacity: 14 * Self.capacity)
  }

  deinit {
    numbers.deallocate()
    places.deallocate()
  }

  var isFull: Bool { count == Self.capacity }

  /// Adds a plane; there must be room.
  @inline(__always)
  func append(_ plane: Plane, _ rows: Range<Int>, sizes: [Int]) {
    precondition(count < Self.capacity && sizes.count == 12, "there is no room for this plane")
    // SAFETY: `count` is below the capacity that was allocated.
    numbers[count] = Double(plane.a)
    numbers[count + Self.capacity] = Double(plane.aSlope)
    numbers[count + 2 * Self.capacity] = Double(plane.b)
    numbers[count + 3 * Self.capacity] = Double(plane.bSlope)
    places[count] = rows.lowerBound
    places[count + Self.capacity] = rows.upperBound
    let outer = places + 2 * Self.capacity + 12 * count
    for axis in 0..<12 { outer[axis] = sizes[axis] }
    count += 1
  }

  func removeAll() { count = 0 }

  /// A plane in integers again, its rows, and the walk's sizes when it was added.
  func plane(_ index: Int) -> (plane: Plane, places: Range<Int>, sizes: [Int]) {
    precondition(index < count, "there is no such plane")
    // SAFETY: planes below `count` have been written, 12 sizes each.
    let number = { (kind: Int) in Int(self.numbers[index + kind * Self.capacity]) }
    return (
      Plane(a: number(0), aSlope: number(1), b: number(2), bSlope: number(3)),
      places[index]..<places[index + Self.capacity],
      Array(UnsafeBufferPointer(start: places + 2 * Self.capacity + 12 * index, count: 12))
    )
  }

  /// The least distance to the target in every plane; valid until the next call.
  func nearest(to target: Int, _ kernels: KernelImplementation) -> UnsafeBufferPointer<Double> {
    let best = numbers + 4 * Self.capacity
    // SAFETY: all arrays have an element for each plane, and both columns their count.
    kernels.planeNearest(
      AffinePlanes(
        a: numbers, aSlope: numbers + Self.capacity, b: numbers + 2 * Self.capacity,
        bSlope: numbers + 3 * Self.capacity, count: count, y: layers.values, rows: layers.count, x: column.values,
        n: column.count, from: places, to: places + Self.capacity),
      target: Double(target), best: best)
    return UnsafeBufferPointer(start: best, count: count)
  }
}
