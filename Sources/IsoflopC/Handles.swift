import CIsoflop
import Isoflop
import Synchronization

/// What handles stand for. Numbers are never used twice, so one that was freed is found out.
final class HandleTable: Sendable {
  static let shared = HandleTable()
  private let state = Mutex((last: UInt64(0), objects: [UInt64: any Sendable & AnyObject]()))

  func add(_ object: some Sendable & AnyObject) -> isoflop_handle {
    state.withLock { state in
      state.last += 1
      state.objects[state.last] = object
      return state.last
    }
  }

  /// The object of a handle, kept alive by the caller's reference even where another thread frees the handle.
  ///
  /// - Throws: `Misuse` where there is none, or it is of another kind.
  func object<Object: AnyObject>(_ handle: isoflop_handle, _ what: String, as: Object.Type) throws -> Object {
    guard let found = state.withLock({ $0.objects[handle] }) else {
      throw Misuse("\(handle) is no handle, or was freed", field: what)
    }
    guard let object = found as? Object else { throw Misuse("\(handle) is a handle of another kind", field: what) }
    return object
  }

  func remove(_ handle: isoflop_handle) throws {
    guard handle != 0 else { return }
    guard state.withLock({ $0.objects.removeValue(forKey: handle) }) != nil else {
      throw Misuse("\(handle) is no handle, or was freed", field: "handle")
    }
  }

  /// How many handles are alive, for tests of leaks.
  var count: Int { state.withLock { $0.objects.count } }
}

/// Text that stays where it is as long as its handle lives.
final class Reply: Sendable {
  // SAFETY: written before anyone else can see it, freed with the last reference.
  nonisolated(unsafe) let text: UnsafeMutablePointer<CChar>
  let length: Int

  init(_ string: String) {
    var string = string
    (text, length) = string.withUTF8 { bytes in
      let text = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count + 1)
      for (index, byte) in bytes.enumerated() { text[index] = CChar(bitPattern: byte) }
      text[bytes.count] = 0
      return (text, bytes.count)
    }
  }

  deinit { text.deallocate() }
}

/// How a long call is cancelled and says how far it is.
final class Control: Sendable {
  let flag = CancellationFlag()
  private let state = Mutex((progress: SweepProgress(done: 0, total: 0, rate: 0), stage: String?.none))

  /// How far the call is, and with what; nil for the shapes of a sweep.
  var now: (progress: SweepProgress, stage: String?) { state.withLock { $0 } }
  func report(_ progress: SweepProgress) { state.withLock { $0 = (progress, nil) } }
  func report(_ work: WorkProgress) {
    let progress = SweepProgress(done: work.done, total: work.total, rate: work.rate)
    state.withLock { $0 = (progress, work.stage) }
  }

  /// The control of a handle; nil for 0.
  static func of(_ handle: isoflop_handle) throws -> Control? {
    handle == 0 ? nil : try HandleTable.shared.object(handle, "control", as: Control.self)
  }
}

/// The few words of the library that callers get pointers to, which stay for good.
final class Words: Sendable {
  static let shared = Words()
  private let words = Mutex([String: Reply]())

  func pointer(_ word: String) -> UnsafePointer<CChar> {
    words.withLock { words in
      let reply = words[word] ?? Reply(word)
      words[word] = reply
      return UnsafePointer(reply.text)
    }
  }
}

/// A grid whose rows have been counted.
final class OpenRows: Sendable {
  let rows: GridRows
  let options: SweepOptions
  let info: Reply

  init(_ rows: GridRows, shapes: Int, options: SweepOptions) {
    self.rows = rows
    self.options = options
    let json: JSON = [
      "columns": .array(rows.names.map { .string($0) }), "rows": .integer(rows.count), "shapes": .integer(shapes),
    ]
    info = Reply(json.text(indent: nil))
  }
}
