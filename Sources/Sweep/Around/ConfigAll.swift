import FLOPCount
import Input
import KernelDispatch
import Synchronization

extension ConfigSearch {
  /// Every model that meets the conditions, in the order of the axes.
  ///
  /// - Throws: `InputError` for more of them than memory should hold, or where no combination is a model: then with the
  ///   decoder's reason.
  public func all() throws -> ConfigResult {
    let clock = ContinuousClock()
    let start = clock.now
    let found = Mutex([Int]())
    let tally = try walk({ ConfigAllVisitor() }) { visitor in
      found.withLock { if $0.count <= GridSearch.mostResults { $0 += visitor.indices } }
    }
    let indices = found.withLock { $0 }
    guard indices.count <= GridSearch.mostResults else {
      throw InputError(
        "are more than \(Numbers.grouped(GridSearch.mostResults)) models", field: "vary",
        hint: "write every row to a file instead")
    }
    var result = try result(tally, .M, indices.sorted())
    result.seconds = (clock.now - start).seconds
    return result
  }
}

private struct ConfigAllVisitor: ConfigVisitor {
  var indices: [Int] = []
  var quantity: Quantity? { nil }

  mutating func visit(_ counts: ConfigCounts, index: Int) throws { indices.append(index) }
  mutating func worthALook(_ rows: AffineRows, _ kernels: KernelImplementation) -> [Int] { Array(0..<rows.count) }
}
