import CIsoflop
import Foundation
import Isoflop
import IsoflopC
import Testing

/// Every parameter of every function of the header, wrong by itself in each way that can be found out: a status and a
/// message, and outputs that are left as they were.
@Suite struct MisuseTests {
  /// Handles of every kind, alive, and one that was freed.
  private final class Handles {
    var (control, reply, rows, freed) = (isoflop_handle(0), isoflop_handle(0), isoflop_handle(0), isoflop_handle(0))
    static let grid = "{\"grid\": {\"axes\": {\"n_layers\": [1, 2], \"d_model\": [64]}}}"

    init() throws {
      try Library.check(isoflop_control_new(&control))
      try Library.check(isoflop_control_new(&freed))
      try Library.check(isoflop_free(freed))
      try Library.check(isoflop_call("version", nil, 0, 0, &reply))
      try Library.check(isoflop_rows_open(Self.grid, Self.grid.utf8.count, 0, &rows))
    }
    deinit { for handle in [control, reply, rows] { isoflop_free(handle) } }

    /// What is no control, and so on.
    var noControls: [isoflop_handle] { [freed, reply, rows, .max] }
    var noReplies: [isoflop_handle] { [0, freed, control, rows, .max] }
    var noRows: [isoflop_handle] { [0, freed, control, reply, .max] }
  }

  /// Sizes that were negative where they came from.
  private static let negative = [-1, Int.min]

  /// Calls that are wrong in one parameter only, by "function.parameter".
  private static func calls(_ h: Handles) -> [String: [() -> isoflop_status]] {
    let mark = UnsafePointer<CChar>(bitPattern: 64)
    /// Runs a call whose outputs must stay as they are.
    func text(
      _ call: @escaping (UnsafeMutablePointer<UnsafePointer<CChar>?>, UnsafeMutablePointer<Int>) -> isoflop_status
    )
      -> () -> isoflop_status
    {
      {
        var (text, length) = (mark, -7)
        let status = call(&text, &length)
        #expect(text == mark && length == -7)
        return status
      }
    }
    func handle(_ call: @escaping (UnsafeMutablePointer<isoflop_handle>) -> isoflop_status) -> () -> isoflop_status {
      {
        var handle: isoflop_handle = 77
        let status = call(&handle)
        #expect(handle == 77)
        return status
      }
    }
    let grid = Handles.grid
    var calls: [String: [() -> isoflop_status]] = [
      "isoflop_check_abi.version": [0, 0x10000 + 0xFFFF, 0x20000, .max].map { version in
        { isoflop_check_abi(version) }
      },
      "isoflop_error.text": [
        {
          var length = 0; return isoflop_error(nil, &length)
        }
      ],
      "isoflop_error.length": [
        {
          var text: UnsafePointer<CChar>?; return isoflop_error(&text, nil)
        }
      ],
      "isoflop_free.handle": [h.freed, .max].map { handle in { isoflop_free(handle) } },
      "isoflop_control_new.control": [{ isoflop_control_new(nil) }],
      "isoflop_control_cancel.control": ([0] + h.noControls).map { control in { isoflop_control_cancel(control) } },
      "isoflop_call.function": [handle { isoflop_call(nil, "{}", 2, 0, $0) }],
      "isoflop_call.request": [handle { isoflop_call("version", nil, 2, 0, $0) }],
      "isoflop_call.length": negative.map { length in handle { isoflop_call("version", "{}", length, 0, $0) } },
      "isoflop_call.control": h.noControls.map { control in handle { isoflop_call("version", nil, 0, control, $0) } },
      "isoflop_call.reply": [{ isoflop_call("version", nil, 0, 0, nil) }],
      "isoflop_reply_text.reply": h.noReplies.map { reply in text { isoflop_reply_text(reply, $0, $1) } },
      "isoflop_reply_text.text": [text { isoflop_reply_text(h.reply, nil, $1) }],
      "isoflop_reply_text.length": [text { text, _ in isoflop_reply_text(h.reply, text, nil) }],
      "isoflop_rows_open.request": [handle { isoflop_rows_open(nil, 2, 0, $0) }],
      "isoflop_rows_open.length": negative.map { length in handle { isoflop_rows_open(grid, length, 0, $0) } },
      "isoflop_rows_open.control": h.noControls.map { control in
        handle { isoflop_rows_open(grid, grid.utf8.count, control, $0) }
      },
      "isoflop_rows_open.rows": [{ isoflop_rows_open(grid, grid.utf8.count, 0, nil) }],
    ]
    func info(
      _ call:
        @escaping (
          UnsafeMutablePointer<Int64>, UnsafeMutablePointer<UnsafePointer<CChar>?>,
          UnsafeMutablePointer<Int>
        ) -> isoflop_status
    ) -> () -> isoflop_status {
      text { text, length in
        var count: Int64 = -7
        let status = call(&count, text, length)
        #expect(count == -7)
        return status
      }
    }
    calls["isoflop_rows_info.rows"] = h.noRows.map { rows in info { isoflop_rows_info(rows, $0, $1, $2) } }
    calls["isoflop_rows_info.count"] = [info { isoflop_rows_info(h.rows, nil, $1, $2) }]
    calls["isoflop_rows_info.text"] = [info { count, _, length in isoflop_rows_info(h.rows, count, nil, length) }]
    calls["isoflop_rows_info.length"] = [info { count, text, _ in isoflop_rows_info(h.rows, count, text, nil) }]
    calls.merge(progress(h)) { $1 }
    calls.merge(fill(h)) { $1 }
    calls.merge(arrow()) { $1 }
    return calls.merging(columns(h)) { $1 }
  }

  private static func progress(_ h: Handles) -> [String: [() -> isoflop_status]] {
    func call(_ control: isoflop_handle, _ size: Int) -> () -> isoflop_status {
      {
        var progress = isoflop_progress(size: size, done: -7, total: -7, rate: -7, seconds_left: -7, stage: nil)
        let status = isoflop_control_progress(control, &progress)
        #expect(progress.size == size && progress.done == -7 && progress.rate == -7 && progress.stage == nil)
        return status
      }
    }
    let size = MemoryLayout<isoflop_progress>.size
    return [
      "isoflop_control_progress.control": ([0] + h.noControls).map { call($0, size) },
      "isoflop_control_progress.progress": [0, 8, 32, 39, 41, size - 1, size + 1, size + 8, -1, .max].map {
        call(h.control, $0)
      } + [{ isoflop_control_progress(h.control, nil) }],
    ]
  }

  private static func fill(_ h: Handles) -> [String: [() -> isoflop_status]] {
    var (count, length) = (Int64(0), 0)
    var info: UnsafePointer<CChar>?
    _ = isoflop_rows_info(h.rows, &count, &info, &length)
    let names = info.flatMap { try? JSON(parsing: String(cString: $0))["columns"]?.array?.count } ?? 0
    let rows = Int(count)
    func call(
      _ handle: isoflop_handle, _ columnCount: Int, _ capacity: Int, _ control: isoflop_handle = 0, null: Bool = false
    ) -> () -> isoflop_status {
      {
        var memory = [Int64](repeating: -7, count: names * rows)
        let status = memory.withUnsafeMutableBufferPointer { memory in
          var columns = (0..<names).map { at in memory.baseAddress.map { $0 + at * rows } }
          if null { columns[names - 1] = nil }
          return isoflop_rows_fill(handle, columns, columnCount, capacity, control)
        }
        #expect(memory.allSatisfy { $0 == -7 })
        return status
      }
    }
    return [
      "isoflop_rows_fill.rows": h.noRows.map { call($0, names, rows) },
      "isoflop_rows_fill.columns": [
        call(h.rows, names, rows, null: true), { isoflop_rows_fill(h.rows, nil, names, rows, 0) },
      ],
      "isoflop_rows_fill.column_count": ([0, names - 1, names + 1, .max] + negative).map { call(h.rows, $0, rows) },
      "isoflop_rows_fill.capacity": ([0, rows - 1] + negative).map { call(h.rows, names, $0) },
      "isoflop_rows_fill.control": h.noControls.map { call(h.rows, names, rows, $0) },
    ]
  }

  /// The arguments of `isoflop_count_columns`, to be made wrong one at a time.
  private struct Columns {
    var (inputs, outputs) = ([isoflop_column](), [isoflop_column]())
    var (inputCount, outputCount, rows) = (2, 1, 2)
    var (isWithoutInputs, isWithoutOutputs, isWithoutOptions) = (false, false, false)
    var options = isoflop_columns_options()
    var control: isoflop_handle = 0
  }

  private static func columns(_ h: Handles) -> [String: [() -> isoflop_status]] {
    func call(_ change: @escaping (inout Columns) -> Void) -> () -> isoflop_status {
      {
        var (sizes, out) = ([Int64](repeating: 64, count: 2), [Int64](repeating: -7, count: 2))
        let status = sizes.withUnsafeMutableBytes { sizes in
          out.withUnsafeMutableBytes { out in
            var c = Columns()
            c.inputs = [0, 1].map { isoflop_column(what: $0, type: 2, length: 2, values: sizes.baseAddress) }
            c.outputs = [isoflop_column(what: 0, type: 2, length: 2, values: out.baseAddress)]
            c.options.size = MemoryLayout<isoflop_columns_options>.size
            c.options.gated = 1
            change(&c)
            return withUnsafeMutablePointer(to: &c.options) { options in
              isoflop_count_columns(
                c.isWithoutInputs ? nil : c.inputs, c.inputCount, c.isWithoutOutputs ? nil : c.outputs, c.outputCount,
                c.rows, c.isWithoutOptions ? nil : options, c.control)
            }
          }
        }
        #expect(out == [-7, -7])
        return status
      }
    }
    let size = MemoryLayout<isoflop_columns_options>.size
    let odd: (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { $0.map { $0 + 4 } }
    return [
      "isoflop_count_columns.inputs": [
        call { $0.isWithoutInputs = true }, call { $0.inputs[1].values = nil }, call { $0.inputs[1].what = -1 },
        call { $0.inputs[1].what = 12 }, call { $0.inputs[0].type = 3 }, call { $0.inputs[0].type = -1 },
        call { $0.inputs[0].values = odd($0.inputs[0].values) },
      ],
      "isoflop_count_columns.input_count": (negative + [13, .max]).map { count in call { $0.inputCount = count } },
      "isoflop_count_columns.outputs": [
        call { $0.isWithoutOutputs = true }, call { $0.outputs[0].values = nil }, call { $0.outputs[0].what = -1 },
        call { $0.outputs[0].what = 7 }, call { $0.outputs[0].type = Int32(ISOFLOP_INT32) },
        call { $0.outputs[0].type = 3 }, call { $0.outputs[0].length = 1 },
        call { $0.outputs[0].values = odd($0.outputs[0].values) },
      ],
      "isoflop_count_columns.output_count": negative.map { count in call { $0.outputCount = count } },
      "isoflop_count_columns.rows": (negative + [.max]).map { rows in
        call {
          $0.rows = rows
          for index in $0.outputs.indices { $0.outputs[index].length = .max }
        }
      },
      "isoflop_count_columns.options": [0, 8, size - 8, size - 1, size + 1, size + 8, -1, .max].map { size in
        call { $0.options.size = size }
      } + [
        call { $0.isWithoutOptions = true }, call { $0.options.dense_layers = -1 }, call { $0.options.threads = -1 },
        call { $0.options.gated = 2 }, call { $0.options.tied = -1 }, call { $0.options.pin = 7 },
      ],
      "isoflop_count_columns.control": h.noControls.map { control in call { $0.control = control } },
    ]
  }

  private static func arrow() -> [String: [() -> isoflop_status]] {
    func own(_ object: UnsafeRawPointer?, _ structure: UnsafeMutableRawPointer?, _ kind: Int32 = 0) -> isoflop_status {
      isoflop_arrow_own(object, structure, kind, 1)
    }
    func take(_ capacity: Int, _ numbers: Bool = true, _ count: Bool = true) -> () -> isoflop_status {
      {
        var (number, taken) = (UInt64(77), -7)
        let status = withUnsafeMutablePointer(to: &number) { number in
          withUnsafeMutablePointer(to: &taken) {
            isoflop_arrow_released(numbers ? number : nil, capacity, count ? $0 : nil)
          }
        }
        #expect(number == 77 && taken == -7)
        return status
      }
    }
    let mark = UnsafeMutableRawPointer(bitPattern: 64)
    return [
      "isoflop_arrow_own.object": [{ own(nil, mark) }], "isoflop_arrow_own.structure": [{ own(mark, nil) }],
      "isoflop_arrow_own.kind": [-1, 3, .max].map { kind in { own(mark, mark, kind) } },
      "isoflop_arrow_released.numbers": [take(1, false)], "isoflop_arrow_released.count": [take(1, true, false)],
      "isoflop_arrow_released.capacity": ([0] + negative).map { take($0) },
      "isoflop_arrow_notify.schedule": [{ isoflop_arrow_notify(nil, { _ in 0 }) }],
      "isoflop_arrow_notify.function": [{ isoflop_arrow_notify({ _, _ in 0 }, nil) }],
    ]
  }

  @Test func everyParameterIsChecked() throws {
    let handles = try Handles()
    let calls = Self.calls(handles)
    for (name, wrong) in calls {
      for (index, call) in wrong.enumerated() {
        // Another failure before, so that its message cannot pass for this one's.
        _ = try? Library.call("no such function")
        #expect(call() == ISOFLOP_MISUSED, "\(name) \(index)")
        guard !name.hasPrefix("isoflop_error") else { continue }
        #expect(Library.lastError()["status"]?.integer == Int(ISOFLOP_MISUSED), "\(name) \(index)")
        #expect(Library.lastError()["message"]?.string?.isEmpty == false, "\(name) \(index)")
      }
    }
    #expect(try Self.parameters() == Set(calls.keys))
    withExtendedLifetime(handles) {}
  }

  /// "function.parameter" of all functions of the header that return a status. Any owner is right.
  private static func parameters() throws -> Set<String> {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    let header = try String(
      contentsOf: folder.appending(path: "../../Sources/IsoflopC/include/isoflop.h"), encoding: .utf8)
    let code = header.split(separator: "\n").filter { !$0.hasPrefix("//") && !$0.hasPrefix("#") }.joined(separator: " ")
    var all: Set<String> = []
    for match in code.matches(of: /isoflop_status (isoflop_[a-z_]+)\(([^)]*)\)/) {
      for parameter in match.output.2.split(separator: ",") {
        let name = parameter.split { !$0.isLetter && $0 != "_" && !$0.isNumber }.last ?? ""
        if name != "owner" { all.insert("\(match.output.1).\(name)") }
      }
    }
    return all
  }
}
