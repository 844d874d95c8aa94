import CIsoflop
import Isoflop

// The functions of include/isoflop.h, which has their documentation; the compiler checks each against it.
// SAFETY, for all of them: pointers that the caller passes are checked for null, and the header says how long what is
// behind them has to be valid; the header's structs say their own size.

@c @implementation
public func isoflop_abi_version() -> UInt32 { UInt32(ISOFLOP_ABI_VERSION) }

@c @implementation
public func isoflop_check_abi(_ version: UInt32) -> isoflop_status {
  attempt {
    let own = UInt32(ISOFLOP_ABI_VERSION)
    guard version >> 16 == own >> 16, version & 0xFFFF <= own & 0xFFFF else {
      func words(_ version: UInt32) -> String { "\(version >> 16).\(version & 0xFFFF)" }
      throw Misuse("the caller was made for ABI \(words(version)), this library has \(words(own))", field: "version")
    }
  }
}

@c @implementation
public func isoflop_error(
  _ text: UnsafeMutablePointer<UnsafePointer<CChar>?>?, _ length: UnsafeMutablePointer<Int>?
) -> isoflop_status {
  // Not through `attempt`, which would replace what is asked for.
  guard let text, let length else { return isoflop_status(ISOFLOP_MISUSED) }
  let last = LastError.last
  text.pointee = last.map { UnsafePointer($0.text) }
  length.pointee = last?.length ?? 0
  return isoflop_status(ISOFLOP_OK)
}

@c @implementation
public func isoflop_free(_ handle: isoflop_handle) -> isoflop_status {
  attempt { try HandleTable.shared.remove(handle) }
}

@c @implementation
public func isoflop_control_new(_ control: UnsafeMutablePointer<isoflop_handle>?) -> isoflop_status {
  attempt { try given(control, "control").pointee = HandleTable.shared.add(Control()) }
}

@c @implementation
public func isoflop_control_cancel(_ control: isoflop_handle) -> isoflop_status {
  attempt { try HandleTable.shared.object(control, "control", as: Control.self).flag.cancel() }
}

@c @implementation
public func isoflop_control_progress(
  _ control: isoflop_handle, _ progress: UnsafeMutablePointer<isoflop_progress>?
) -> isoflop_status {
  attempt {
    let progress = try given(progress, "progress")
    // That of ABI 1.0 ended before `stage`.
    let first = MemoryLayout<isoflop_progress>.offset(of: \.stage)
    if progress.pointee.size != first {
      try check(size: progress.pointee.size, MemoryLayout<isoflop_progress>.size, "isoflop_progress")
    }
    let (now, stage) = try HandleTable.shared.object(control, "control", as: Control.self).now
    progress.pointee.done = Int64(now.done)
    progress.pointee.total = Int64(now.total)
    progress.pointee.rate = now.rate
    progress.pointee.seconds_left = now.secondsLeft
    if progress.pointee.size != first { progress.pointee.stage = stage.map { Words.shared.pointer($0) } }
  }
}

@c @implementation
public func isoflop_call(
  _ function: UnsafePointer<CChar>?, _ request: UnsafePointer<CChar>?, _ length: Int, _ control: isoflop_handle,
  _ reply: UnsafeMutablePointer<isoflop_handle>?
) -> isoflop_status {
  attempt {
    let reply = try given(reply, "reply")
    let name = String(cString: try given(function, "function"))
    let request = try Request(name, json(request, length))
    let answer = try Call.named(name)(request, try Control.of(control))
    try request.refuseUnread()
    reply.pointee = HandleTable.shared.add(Reply(answer.text(indent: nil)))
  }
}

@c @implementation
public func isoflop_reply_text(
  _ reply: isoflop_handle, _ text: UnsafeMutablePointer<UnsafePointer<CChar>?>?, _ length: UnsafeMutablePointer<Int>?
) -> isoflop_status {
  attempt {
    let (text, length) = (try given(text, "text"), try given(length, "length"))
    let reply = try HandleTable.shared.object(reply, "reply", as: Reply.self)
    text.pointee = UnsafePointer(reply.text)
    length.pointee = reply.length
  }
}

@c @implementation
public func isoflop_rows_open(
  _ request: UnsafePointer<CChar>?, _ length: Int, _ control: isoflop_handle,
  _ rows: UnsafeMutablePointer<isoflop_handle>?
) -> isoflop_status {
  attempt {
    let rows = try given(rows, "rows")
    let request = try Request("rows", json(request, length))
    let open = try request.openRows(Control.of(control))
    try request.refuseUnread()
    rows.pointee = HandleTable.shared.add(open)
  }
}

@c @implementation
public func isoflop_rows_info(
  _ rows: isoflop_handle, _ count: UnsafeMutablePointer<Int64>?, _ text: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
  _ length: UnsafeMutablePointer<Int>?
) -> isoflop_status {
  attempt {
    let (count, text, length) = (try given(count, "count"), try given(text, "text"), try given(length, "length"))
    let open = try HandleTable.shared.object(rows, "rows", as: OpenRows.self)
    count.pointee = Int64(open.rows.count)
    text.pointee = UnsafePointer(open.info.text)
    length.pointee = open.info.length
  }
}

@c @implementation
public func isoflop_rows_fill(
  _ rows: isoflop_handle, _ columns: UnsafePointer<UnsafeMutablePointer<Int64>?>?, _ columnCount: Int, _ capacity: Int,
  _ control: isoflop_handle
) -> isoflop_status {
  attempt {
    let open = try HandleTable.shared.object(rows, "rows", as: OpenRows.self)
    let columns = try given(columns, "columns")
    guard columnCount == open.rows.names.count else {
      throw Misuse("\(columnCount) columns where there are \(open.rows.names.count)", field: "column_count")
    }
    guard capacity >= open.rows.count else {
      throw Misuse("room for \(capacity) rows where there are \(open.rows.count)", field: "capacity")
    }
    let pointers = try (0..<columnCount).map { try given(columns[$0], "columns[\($0)]") }
    guard try open.rows.fill(pointers, open.options.watched(by: Control.of(control))) else { throw Cancelled() }
  }
}

/// What must not be null.
func given<Pointer>(_ pointer: Pointer?, _ name: String) throws -> Pointer {
  guard let pointer else { throw Misuse("is null", field: name) }
  return pointer
}

func check(size: Int, _ own: Int, _ name: String) throws {
  guard size == own else {
    throw Misuse("says a size of \(size) where this library's has \(own): of another version", field: name)
  }
}

/// A request's text as JSON; nothing is an empty object.
private func json(_ text: UnsafePointer<CChar>?, _ length: Int) throws -> JSON {
  guard length >= 0 else { throw Misuse("is negative", field: "length") }
  guard length > 0 else { return [:] }
  let text = try given(text, "request")
  return try text.withMemoryRebound(to: UInt8.self, capacity: length) { bytes in
    try JSON(parsing: Array(UnsafeBufferPointer(start: bytes, count: length)))
  }
}
