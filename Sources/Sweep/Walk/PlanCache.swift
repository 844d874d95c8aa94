import Architectures
import Synchronization

/// The plans of one grid, made when first needed: a search that is asked again begins at once.
final class PlanCache: Sendable {
  private struct Key: Hashable {
    var rowAxes: Int
    var layersLast: Bool
    var preferred: Set<Shape.Axis>
  }

  private let made = Mutex<[Key: GridPlan]>([:])

  func plan(_ grid: Grid, rowAxes: Int, layersLast: Bool, preferred: Set<Shape.Axis>) throws -> GridPlan {
    let key = Key(rowAxes: rowAxes, layersLast: layersLast, preferred: preferred)
    if let plan = made.withLock({ $0[key] }) { return plan }
    let plan = try GridPlan(grid, rowAxes: rowAxes, layersLast: layersLast, preferred: preferred)
    made.withLock { $0[key] = plan }
    return plan
  }
}

/// A plan that is passed on without being copied.
final class SharedPlan: Sendable {
  let plan: GridPlan
  init(_ plan: GridPlan) { self.plan = plan }
}

extension GridSearch {
  /// - Throws: `InputError` where a count of the grid's largest shape is beyond Int64.
  func planned(rowAxes: Int, layersLast: Bool = false, preferred: Set<Shape.Axis> = []) throws -> GridPlan {
    try plans.plan(grid, rowAxes: rowAxes, layersLast: layersLast, preferred: preferred)
  }
}
