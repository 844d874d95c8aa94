import CIsoflop
import Isoflop
import Synchronization

@c @implementation
public func isoflop_count_columns(
  _ inputs: UnsafePointer<isoflop_column>?, _ inputCount: Int, _ outputs: UnsafePointer<isoflop_column>?,
  _ outputCount: Int, _ rows: Int, _ options: UnsafeMutablePointer<isoflop_columns_options>?, _ control: isoflop_handle
) -> isoflop_status {
  attempt {
    let options = try given(options, "options")
    try check(size: options.pointee.size, MemoryLayout<isoflop_columns_options>.size, "isoflop_columns_options")
    guard inputCount >= 0, outputCount >= 0, rows >= 0 else { throw Misuse("is negative", field: "count") }
    guard rows <= Int.max / 8 else { throw Misuse("\(rows) is more than memory has", field: "rows") }
    let axes = Shape.Axis.allCases.count
    guard inputCount <= axes else { throw Misuse("\(inputCount) where there are \(axes) axes", field: "input_count") }
    let (inputs, outputs) = (try given(inputs, "inputs"), try given(outputs, "outputs"))
    let (gated, tied) = (
      try flag(options.pointee.gated, "gated"), try flag(options.pointee.tied, "tied")
    )
    let pin = try flag(options.pointee.pin, "pin")
    let threads = try integer(options.pointee.threads, "threads")
    let sizes = try (0..<inputCount).map { try input(inputs[$0], $0) }
    let results = try (0..<outputCount).map { try output(outputs[$0], $0, rows: rows) }
    try checkApart(
      UnsafeBufferPointer(start: inputs, count: inputCount), UnsafeBufferPointer(start: outputs, count: outputCount),
      rows: rows)
    let columns = try ShapeColumns(
      rows: rows, inputs: sizes, outputs: results,
      mlp: gated ? .gated : .plain, tied: tied,
      denseLayers: try integer(options.pointee.dense_layers, "dense_layers"))
    var sweep = SweepOptions().watched(by: try Control.of(control))
    if rows >= Teams.worthThreads {
      sweep.team = try Teams.shared.team(threads: threads == 0 ? nil : threads, pin: pin)
    }
    guard let inIntegers = try columns.count(sweep) else { throw Cancelled() }
    options.pointee.used_integers = inIntegers > 0 ? 1 : 0
  }
}

private func flag(_ value: Int32, _ name: String) throws -> Bool {
  guard value == 0 || value == 1 else { throw Misuse("\(value) is neither 0 nor 1", field: name) }
  return value == 1
}

private func integer(_ value: Int64, _ name: String) throws -> Int {
  guard value >= 0 else { throw Misuse("is negative", field: name) }
  return Int(value)
}

private func input(_ column: isoflop_column, _ index: Int) throws -> ShapeColumns.Input {
  let axes = Shape.Axis.allCases
  guard axes.indices.contains(Int(column.what)) else {
    throw Misuse("\(column.what) is no axis", field: "inputs[\(index)].what")
  }
  let values = UnsafeRawPointer(try given(column.values, "inputs[\(index)].values"))
  try checkAlignment(values, column.type, "inputs[\(index)]")
  // SAFETY: the caller says what type the elements have, and that there are `length` of them.
  let sizes: ShapeColumns.Sizes =
    switch Int(column.type) {
    case Int(ISOFLOP_FLOAT64): .float64(values.assumingMemoryBound(to: Double.self))
    case Int(ISOFLOP_INT32): .int32(values.assumingMemoryBound(to: Int32.self))
    case Int(ISOFLOP_INT64): .int64(values.assumingMemoryBound(to: Int64.self))
    default: throw Misuse("\(column.type) is no type", field: "inputs[\(index)].type")
    }
  return ShapeColumns.Input(axes[Int(column.what)], sizes, count: column.length)
}

/// In the order of the header.
private let quantities: [Quantity.Derived] = [
  .M, .parameters, .activeParameters, .nonEmbeddingParameters, .sixN1, .sixN2, .keyValueElements,
]

private func output(_ column: isoflop_column, _ index: Int, rows: Int) throws -> ShapeColumns.Output {
  guard quantities.indices.contains(Int(column.what)) else {
    throw Misuse("\(column.what) is no quantity", field: "outputs[\(index)].what")
  }
  guard column.length >= rows else {
    throw Misuse("room for \(column.length) where there are \(rows) rows", field: "outputs[\(index)].length")
  }
  let values = try given(column.values, "outputs[\(index)].values")
  try checkAlignment(UnsafeRawPointer(values), column.type, "outputs[\(index)]")
  // SAFETY: as for inputs.
  let results: ShapeColumns.Results =
    switch Int(column.type) {
    case Int(ISOFLOP_FLOAT64): .float64(values.assumingMemoryBound(to: Double.self))
    case Int(ISOFLOP_INT64): .int64(values.assumingMemoryBound(to: Int64.self))
    default: throw Misuse("\(column.type) is no type for results", field: "outputs[\(index)].type")
    }
  return ShapeColumns.Output(quantities[Int(column.what)], results)
}

/// The addresses of the elements of a column that was found right.
private func memory(_ column: isoflop_column, rows: Int) -> Range<UInt> {
  let start = UInt(bitPattern: column.values)
  let bytes = UInt(rows) * (Int(column.type) == Int(ISOFLOP_INT32) ? 4 : 8)
  return start..<max(start, start &+ bytes)
}

/// Refuses results that would be written over each other, or over sizes which are still to be read: those in the very
/// place of the results have been.
private func checkApart(
  _ inputs: UnsafeBufferPointer<isoflop_column>, _ outputs: UnsafeBufferPointer<isoflop_column>, rows: Int
) throws {
  for (index, output) in outputs.enumerated() {
    let written = memory(output, rows: rows)
    func refuse(_ other: String) -> InputError {
      InputError(
        "shares memory with the column \(other)", field: quantities[Int(output.what)].rawValue,
        hint: "give it memory of its own")
    }
    for input in inputs {
      let read = memory(input, rows: input.length == 1 ? 1 : rows)
      if read != written, read.overlaps(written) { throw refuse(Shape.Axis.allCases[Int(input.what)].rawValue) }
    }
    for other in outputs[..<index] where memory(other, rows: rows).overlaps(written) {
      throw refuse(quantities[Int(other.what)].rawValue)
    }
  }
}

private func checkAlignment(_ values: UnsafeRawPointer, _ type: Int32, _ name: String) throws {
  let width: UInt = Int(type) == Int(ISOFLOP_INT32) ? 4 : 8
  guard UInt(bitPattern: values) % width == 0 else {
    throw Misuse("are not aligned to their \(width) bytes", field: name + ".values")
  }
}

/// Threads that stay: making them takes longer than counting a million rows.
final class Teams: Sendable {
  static let shared = Teams()
  static let worthThreads = 1 << 18
  private struct Kind: Hashable {
    var threads: Int?
    var pin: Bool
  }
  private let teams = Mutex([Kind: WorkerTeam]())

  func team(threads: Int?, pin: Bool) throws -> WorkerTeam {
    let kind = Kind(threads: threads, pin: pin)
    return try teams.withLock { teams in
      if let team = teams[kind] { return team }
      let team = try WorkerTeam.forThisMachine(threads: threads, pin: pin)
      teams[kind] = team
      return team
    }
  }
}
