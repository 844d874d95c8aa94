import Foundation
import Isoflop

/// Searches without enumerating: the ten nearest and an exact count, each a median over five targets, the front of M against
/// parameters, and that of KV bytes against parameters where M is within 1 % of 4.3e10, by the CPU time of one thread.
/// M = L d (24 d + 18 f + 12 S) with 8 <= d/L <= 512 over four axes of equal length.
struct SearchGrid {
  let name: String
  let grid: Grid
  /// 1e-3, 1e-2, 0.1, 0.3 and 0.7 of the M of the top corner.
  let targets: [Int]

  init(_ name: String, _ grid: Grid) throws {
    self.name = name
    self.grid = grid
    func last(_ axis: Shape.Axis) throws -> Int {
      guard case .values(let values)? = grid.axes[axis] else { throw WorkError("\(name) has no \(axis.rawValue)") }
      return values.last
    }
    let (L, d) = (try last(.layers), try last(.width))
    let top = try L * d * (24 * d + 18 * last(.mlpWidth) + 12 * last(.sequenceLength))
    targets = [0.001, 0.01, 0.1, 0.3, 0.7].map { Int(Double(top) * $0) }
  }

  /// n values an axis: 1, 2, … layers and multiples of 64, or n of the first 4 n, chosen by a fixed generator.
  init(_ name: String, steps: Int, irregular: Bool) throws {
    var state: UInt64 = 20_261_125
    func axis(_ unit: Int) -> AxisRule {
      guard irregular else { return .values(.range(first: unit, step: unit, count: steps)) }
      var chosen: Set<Int> = []
      while chosen.count < steps {
        // SplitMix64, as published by Steele, Lea and Flood (2014).
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        chosen.insert(unit * (1 + Int((z ^ (z >> 31)) % UInt64(4 * steps))))
      }
      return .values(.list(chosen.sorted()))
    }
    let grid = try Grid(
      axes: [.layers: axis(1), .width: axis(64), .mlpWidth: axis(64), .sequenceLength: axis(64)],
      constraints: [Constraint(.derived(.aspectRatio), from: Rational(8), to: Rational(512))])
    try self.init(name, grid)
  }

  /// The grids that are measured, small ones first; those of a folder (regular-1e12.yaml, …) in place of our own.
  static func all(in folder: String?) throws -> [SearchGrid] {
    try [("1e6", 32), ("1e8", 100), ("1e9", 178), ("1e12", 1000)].flatMap { size, steps in
      try ["regular", "irregular"].compactMap { kind -> SearchGrid? in
        let name = "\(kind)-\(size)"
        if let path = folder.map({ "\($0)/\(name).yaml" }), FileManager.default.fileExists(atPath: path) {
          return try SearchGrid(name, Grid(contentsOf: path))
        }
        return try SearchGrid(name, steps: steps, irregular: kind == "irregular")
      }
    }
  }
}

/// - Returns: the jobs, and which of them say how the time grows: (name, of the larger grid, of the smaller one).
func boundJobs(_ grids: [SearchGrid]) throws -> (jobs: [Job], growth: [Growth]) {
  // One core: the caller's thread.
  let alone = try WorkerTeam.forThisMachine(threads: 1)
  let seconds = [
    "regular-1e12 nearest": 1.0, "regular-1e12 count": 0.05, "irregular-1e12 nearest": 3,
  ]
  var jobs: [Job] = []
  for grid in grids {
    let search = GridSearch(grid.grid, SweepOptions(method: .bound, team: alone))
    // M against parameters on the largest irregular grid has more than the million shapes that a front may have.
    let fronts =
      (grid.name == "irregular-1e12" ? [] : ["front"]) + (grid.name.hasSuffix("-1e12") ? ["front near 4.3e10"] : [])
    let range = Constraint(.M, from: Rational(42_570_000_000), to: Rational(43_430_000_000))
    let near = GridSearch(
      try Grid(axes: grid.grid.axes, constraints: grid.grid.constraints + [range]), search.options)
    for kind in ["nearest", "count"] + fronts {
      var job = Job("\(grid.name) \(kind)", unit: "searches", work: 1) {}
      job.within = seconds[job.name]
      job.timed = {
        let times = try (kind.hasPrefix("front") ? [0] : grid.targets).map { target in
          let start = now(.thread)
          switch kind {
          case "nearest":
            let found = try search.nearest(to: target, top: 10)
            try require(found.results.count == 10 && found.method == .bound, grid.name)
          case "count": _ = try search.count(in: target - target / 100...target + target / 100)
          case "front near 4.3e10":
            let front = try near.pareto(.minimise(.derived(.keyValueBytes)), .maximise(.parameters))
            try require(!front.results.isEmpty && front.method == .bound, grid.name)
          default:
            let front = try search.pareto(.minimise(.M), .maximise(.parameters))
            try require(front.results.count > 10 && front.method == .bound, grid.name)
          }
          return now(.thread) - start
        }
        return median(times)
      }
      jobs.append(job)
    }
  }
  let growth = ["regular", "irregular"].flatMap { kind in
    ["nearest", "count"].map {
      Growth(
        name: "\(kind) \($0)", large: "\(kind)-1e12 \($0)", small: "\(kind)-1e9 \($0)", atMost: 0.7)
    }
  }
  return (jobs, growth)
}

/// How the time of a search grows with its grid, from 1e9 shapes to 1e12: shapes^exponent.
struct Growth {
  var name: String
  var large: String
  var small: String
  /// What the project promises, if it does.
  var atMost: Double?

  func exponent(_ outcomes: [Outcome]) -> Double? {
    func seconds(_ name: String) -> Double? { outcomes.first { $0.job.name == name }.map { 1 / $0.rate } }
    guard let large = seconds(large), let small = seconds(small) else { return nil }
    return log10(large / small) / 3
  }
}
