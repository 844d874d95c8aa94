import CKernels

/// `count` planes of (a[p] + aSlope[p] y[j]) + (b[p] + bSlope[p] y[j]) x[i] over two axes: what a grid becomes when all
/// axes but two, in both of which every quantity is affine, have been enumerated. The rows of a plane then cost
/// nothing but the kernel's own work. A view: the memory belongs to the caller and must outlive it.
///
/// All numbers are integers >= 0 and every value below 2^53: then every kernel is exact.
public struct AffinePlanes {
  public var a: UnsafePointer<Double>
  public var aSlope: UnsafePointer<Double>
  public var b: UnsafePointer<Double>
  public var bSlope: UnsafePointer<Double>
  public var count: Int
  public var y: UnsafePointer<Double>
  public var rows: Int
  public var x: UnsafePointer<Double>
  public var n: Int
  /// The rows that plane p looks at are from[p] ..< to[p], within 0 ... rows; nil: all of them.
  public var from: UnsafePointer<Int>?
  public var to: UnsafePointer<Int>?

  public init(
    a: UnsafePointer<Double>, aSlope: UnsafePointer<Double>, b: UnsafePointer<Double>, bSlope: UnsafePointer<Double>,
    count: Int, y: UnsafePointer<Double>, rows: Int, x: UnsafePointer<Double>, n: Int, from: UnsafePointer<Int>? = nil,
    to: UnsafePointer<Int>? = nil
  ) {
    precondition((from == nil) == (to == nil), "both ends of the part of the axis, or none")
    self.a = a
    self.aSlope = aSlope
    self.b = b
    self.bSlope = bSlope
    self.count = count
    self.y = y
    self.rows = rows
    self.x = x
    self.n = n
    self.from = from
    self.to = to
  }
}

extension KernelImplementation {
  /// best[p] = the least |value - target| over the plane, +infinity where it has no rows or no x.
  ///
  /// One number for a plane: where it is near enough, look closer with `affineNearest`. Exactness as there.
  public func planeNearest(_ planes: AffinePlanes, target: Double, best: UnsafeMutablePointer<Double>) {
    var call = isoflop_planes(
      a: planes.a, a_slope: planes.aSlope, b: planes.b, b_slope: planes.bSlope, from: sixtyFour(planes.from),
      to: sixtyFour(planes.to), planes: Int64(planes.count), y: planes.y, n_y: Int64(planes.rows), x: planes.x,
      n: Int64(planes.n))
    // SAFETY: the caller vouches for `count` elements at `best` and behind a, b, their slopes and the ends.
    table.pointer.pointee.plane_nearest(&call, target, best)
  }
}
