import KernelDispatch

/// Planes that wait for one call of a kernel, with the outer sizes that each came from.
final class PlaneBatch {
  static let capacity = 64
  private let layers: InnerColumn
  private let column: InnerColumn
  private(set) var planes: [(plane: Plane, places: Range<Int>, sizes: [Int])] = []
  private var numbers = [[Double]](repeating: [], count: 4)
  private var ends: [[Int]] = [[], []]

  init(layers: InnerColumn, column: InnerColumn) {
    self.layers = layers
    self.column = column
  }

  var isFull: Bool { planes.count == Self.capacity }

  func append(_ plane: Plane, _ places: Range<Int>, sizes: [Int]) {
    planes.append((plane, places, sizes))
    for (index, number) in [plane.a, plane.aSlope, plane.b, plane.bSlope].enumerated() {
      numbers[index].append(Double(number))
    }
    ends[0].append(places.lowerBound)
    ends[1].append(places.upperBound)
  }

  func removeAll() {
    planes.removeAll(keepingCapacity: true)
    for index in numbers.indices { numbers[index].removeAll(keepingCapacity: true) }
    for index in ends.indices { ends[index].removeAll(keepingCapacity: true) }
  }

  /// The least distance to the target in every plane.
  func nearest(to target: Int, _ kernels: KernelImplementation) -> [Double] {
    let count = planes.count
    return [Double](unsafeUninitializedCapacity: count) { best, initialized in
      numbers[0].withUnsafeBufferPointer { a in
        numbers[1].withUnsafeBufferPointer { aSlope in
          numbers[2].withUnsafeBufferPointer { b in
            numbers[3].withUnsafeBufferPointer { bSlope in
              ends[0].withUnsafeBufferPointer { from in
                ends[1].withUnsafeBufferPointer { to in
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
