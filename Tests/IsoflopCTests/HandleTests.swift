import CIsoflop
import Foundation
import Isoflop
import IsoflopC
import Testing

/// What a program can get wrong ends in a status with a message, never in a crash.
struct HandleTests {
  @Test func freedAndForeignHandlesAreFound() throws {
    var control: isoflop_handle = 0
    try Library.check(isoflop_control_new(&control))
    #expect(control != 0)
    try Library.check(isoflop_control_cancel(control))
    var text: UnsafePointer<CChar>?
    var length = 7
    // A control is no reply, and the outputs of a failed call stay as they were.
    #expect(isoflop_reply_text(control, &text, &length) == ISOFLOP_MISUSED)
    #expect(text == nil && length == 7)
    #expect(Library.lastError()["message"]?.string == "reply: \(control) is a handle of another kind")
    try Library.check(isoflop_free(control))
    #expect(isoflop_free(control) == ISOFLOP_MISUSED)
    #expect(isoflop_control_cancel(control) == ISOFLOP_MISUSED)
    #expect(isoflop_control_cancel(.max) == ISOFLOP_MISUSED)
    #expect(isoflop_free(0) == ISOFLOP_OK)
    var reply: isoflop_handle = 0
    #expect(isoflop_call("machine", nil, 0, control, &reply) == ISOFLOP_MISUSED)
    #expect(reply == 0)
  }

  @Test func nullPointersAreFound() throws {
    var reply: isoflop_handle = 0
    var text: UnsafePointer<CChar>?
    var length = 0
    #expect(isoflop_call(nil, "{}", 2, 0, &reply) == ISOFLOP_MISUSED)
    #expect(isoflop_call("count", nil, 5, 0, &reply) == ISOFLOP_MISUSED)
    #expect(isoflop_call("count", "{}", 2, 0, nil) == ISOFLOP_MISUSED)
    #expect(isoflop_reply_text(1, nil, &length) == ISOFLOP_MISUSED)
    #expect(isoflop_reply_text(1, &text, nil) == ISOFLOP_MISUSED)
    #expect(isoflop_error(nil, &length) == ISOFLOP_MISUSED)
    #expect(isoflop_control_new(nil) == ISOFLOP_MISUSED)
    #expect(isoflop_control_progress(1, nil) == ISOFLOP_MISUSED)
    #expect(isoflop_rows_open("{}", 2, 0, nil) == ISOFLOP_MISUSED)
    #expect(isoflop_rows_info(1, nil, &text, &length) == ISOFLOP_MISUSED)
    #expect(isoflop_rows_fill(1, nil, 1, 1, 0) == ISOFLOP_MISUSED)
    #expect(isoflop_count_columns(nil, 1, nil, 1, 1, nil, 0) == ISOFLOP_MISUSED)
  }

  @Test func otherVersionsAreRefused() throws {
    let own = isoflop_abi_version()
    #expect(own == UInt32(ISOFLOP_ABI_VERSION))
    #expect(isoflop_check_abi(own) == ISOFLOP_OK)
    #expect(isoflop_check_abi(own - 1) == ISOFLOP_OK)
    #expect(isoflop_check_abi(own + 1) == ISOFLOP_MISUSED)
    #expect(isoflop_check_abi(own + 0x10000) == ISOFLOP_MISUSED)
    #expect(isoflop_check_abi(own - 0x10000) == ISOFLOP_MISUSED)
    #expect(Library.lastError()["message"]?.string?.contains("ABI 0.2") == true)
    var control: isoflop_handle = 0
    try Library.check(isoflop_control_new(&control))
    defer { isoflop_free(control) }
    var progress = isoflop_progress()
    for size in [0, 32, 56] {
      progress.size = size
      #expect(isoflop_control_progress(control, &progress) == ISOFLOP_MISUSED)
    }
    progress.size = MemoryLayout<isoflop_progress>.size
    #expect(isoflop_control_progress(control, &progress) == ISOFLOP_OK)
    #expect(progress.done == 0 && progress.total == 0 && progress.stage == nil)
    // A caller made for ABI 1.0 has no room for the stage.
    progress.size = 40
    progress.stage = UnsafePointer(bitPattern: 1)
    #expect(isoflop_control_progress(control, &progress) == ISOFLOP_OK)
    #expect(progress.stage == UnsafePointer(bitPattern: 1))
  }

  /// Sizes and offsets are the ABI: whoever changes one raises ISOFLOP_ABI_VERSION.
  @Test func layoutsStay() {
    #expect(MemoryLayout<isoflop_column>.size == 24)
    #expect(MemoryLayout<isoflop_column>.offset(of: \.values) == 16)
    #expect(MemoryLayout<isoflop_columns_options>.size == 40)
    #expect(MemoryLayout<isoflop_columns_options>.offset(of: \.pin) == 32)
    #expect(MemoryLayout<isoflop_progress>.size == 48)
    #expect(MemoryLayout<isoflop_progress>.offset(of: \.stage) == 40)
    #expect(ISOFLOP_SEQUENCE_LENGTH + 1 == Shape.Axis.allCases.count)
  }

  @Test func errorsBelongToTheirThread() throws {
    let first = try Library.failure(ISOFLOP_INPUT_WRONG) { _ = try Library.call("cuont") }
    #expect(first.json["hint"]?.string == "did you mean count?")
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      _ = isoflop_free(12345)
      done.signal()
    }
    done.wait()
    #expect(Library.lastError()["field"]?.string == "function")
  }

  /// The header, what the library shows, and these functions are one list.
  @Test func theHeaderIsWhatIsExported() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources/IsoflopC")
    func names(_ file: String, _ pattern: String) throws -> Set<String> {
      let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
      let code = text.split(separator: "\n").filter { !$0.hasPrefix("//") }.joined(separator: "\n")
      return Set(code.matches(of: try Regex(pattern, as: (Substring, Substring).self)).map { String($0.output.1) })
    }
    let declared = try names("include/isoflop.h", "(isoflop_[a-z_]+)\\(")
    #expect(declared.count == 20)
    #expect(try names("exports.map", "(isoflop_[a-z_]+);") == declared)
  }
}
