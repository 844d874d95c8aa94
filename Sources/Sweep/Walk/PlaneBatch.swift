import KernelDispatch

/// Planes that wait for one call of a kernel, with the outer sizes that each came from.
final class PlaneBatch {
  static let capacity = 64
  private let layers: InnerColumn
  private let column: InnerColumn
  private(set) var count = 0
  private var planes: [Plane] = []
  private var places: [Range<Int>] = []
  /// The walk's sizes when each plane was added, one plane after the other.
  private var outer: [Int] = []
  private var a: [Double] = []
  private var aSlope: [Double] = []
  private var b: [Double] = []
  private var bSlope: [Double] = []
  private var from: [Int] = []
  private var to: [Int] = []

  init(layers: InnerColumn, column: InnerColumn) {
    self.layers = layers
    self.column = column
    planes.reserveCapacity(Self.capacity)
    places.reserveCapacity(Self.capacity)
    outer.reserveCapacity(12 * Self.capacity)
    for numbers in [\PlaneBatch.a, \.aSlope, \.b, \.bSlope] { self[keyPath: numbers].reserveCapacity(Self.capacity) }
    for ends in [\PlaneBatch.from, \.to] { self[keyPath: ends].reserveCapacity(Self.capacity) }
  }

  var isFull: Bool { count == Self.capacity }

  func append(_ plane: Plane, _ rows: Range<Int>, sizes: [Int]) {
    precondition(sizes.count == 12, "a size for every axis")
    planes.append(plane)
    places.append(rows)
    outer.append(contentsOf: sizes)
    a.append(Double(plane.a))
    aSlope.append(Double(plane.aSlope))
    b.append(Double(plane.b))
    bSlope.append(Double(plane.bSlope))
    from.append(rows.lowerBound)
    to.append(rows.upperBound)
    count += 1
  }

  func removeAll() {
    count = 0
    planes.removeAll(keepingCapacity: true)
    places.removeAll(keepingCapacity: true)
    outer.removeAll(keepingCapacity: true)
    a.removeAll(keepingCapacity: true)
    aSlope.removeAll(keepingCapacity: true)
    b.removeAll(keepingCapacity: true)
    bSlope.removeAll(keepingCapacity: true)
    from.removeAll(keepingCapacity: true)
    to.removeAll(keepingCapacity: true)
  }

  /// A plane, its rows, and the walk's sizes when it was added.
  func plane(_ index: Int) -> (plane: Plane, places: Range<Int>, sizes: [Int]) {
    (planes[index], places[index], Array(outer[12 * index..<12 * index + 12]))
  }

  /// The least distance to the target in every plane.
  func nearest(to target: Int, _ kernels: KernelImplementation) -> [Double] {
    [Double](unsafeUninitializedCapacity: count) { best, initialized in
      a.withUnsafeBufferPointer { a in
        aSlope.withUnsafeBufferPointer { aSlope in
          b.withUnsafeBufferPointer { b in
            bSlope.withUnsafeBufferPointer { bSlope in
              from.withUnsafeBufferPointer { from in
                to.withUnsafeBufferPointer { to in
                  guard let a = a.baseAddress, let aSlope = aSlope.baseAddress, let b = b.baseAddress,
                    let bSlope = bSlope.baseAddress, let out = best.baseAddress
                  else { return }
                  // SAFETY: all arrays have an element for each plane, and both columns their count.
                  kernels.planeNearest(
                    AffinePlanes(
                      a: a, aSlope: aSlope, b: b, bSlope: bSlope, count: count, y: layers.values, rows: layers.count,
                      x: column.values, n: column.count, from: from.baseAddress, to: to.baseAddress),
                    target: Double(target), best: out)
                  initialized = count
                }
              }
            }
          }
        }
      }
    }
  }
}
