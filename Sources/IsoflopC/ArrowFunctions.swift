import CIsoflop
import Synchronization

// The functions of include/isoflop.h for Arrow readers. They call nothing but what they were told to, so they may run in
// any thread and whatever the binding's language is in the middle of.
// SAFETY, for all of them: readers pass structs that are valid for the time of the call, as the Arrow C data interface
// says; a binding keeps what a number stands for until it has taken the number.

@c @implementation
public func isoflop_arrow_release_schema(_ schema: UnsafeMutablePointer<ArrowSchema>?) {
  guard let schema, schema.pointee.release != nil else { return }
  for index in 0..<Int(schema.pointee.n_children) {
    if let child = schema.pointee.children?[index] { child.pointee.release?(child) }
  }
  schema.pointee.release = nil
  Owners.shared.release(schema.pointee.private_data)
}

@c @implementation
public func isoflop_arrow_release_array(_ array: UnsafeMutablePointer<ArrowArray>?) {
  guard let array, array.pointee.release != nil else { return }
  for index in 0..<Int(array.pointee.n_children) {
    if let child = array.pointee.children?[index] { child.pointee.release?(child) }
  }
  array.pointee.release = nil
  Owners.shared.release(array.pointee.private_data)
}

@c @implementation
public func isoflop_arrow_release_stream(_ stream: UnsafeMutablePointer<ArrowArrayStream>?) {
  guard let stream, stream.pointee.release != nil else { return }
  stream.pointee.release = nil
  Owners.shared.release(stream.pointee.private_data)
}

@c @implementation
public func isoflop_arrow_own(
  _ object: UnsafeRawPointer?, _ structure: UnsafeMutableRawPointer?, _ kind: Int32, _ owner: UInt64
) -> isoflop_status {
  attempt {
    let (object, structure) = (try given(object, "object"), try given(structure, "structure"))
    let kinds = Int(ISOFLOP_ARROW_SCHEMA)...Int(ISOFLOP_ARROW_STREAM)
    guard kinds.contains(Int(kind)) else { throw Misuse("\(kind) is no kind of struct", field: "kind") }
    Owners.shared.add(object, .init(structure: UInt(bitPattern: structure), kind: Int(kind), owner: owner))
  }
}

@c @implementation
public func isoflop_arrow_drop(_ object: UnsafeMutableRawPointer?) {
  guard let object, let owned = Owners.shared.remove(object) else { return }
  let structure = UnsafeMutableRawPointer(bitPattern: owned.structure)
  switch owned.kind {
  case Int(ISOFLOP_ARROW_SCHEMA):
    guard let schema = structure?.assumingMemoryBound(to: ArrowSchema.self) else { return }
    schema.pointee.release?(schema)
  case Int(ISOFLOP_ARROW_ARRAY):
    guard let array = structure?.assumingMemoryBound(to: ArrowArray.self) else { return }
    array.pointee.release?(array)
  default:
    guard let stream = structure?.assumingMemoryBound(to: ArrowArrayStream.self) else { return }
    stream.pointee.release?(stream)
  }
  Owners.shared.release(owned.owner)
}

@c @implementation
public func isoflop_arrow_released(
  _ numbers: UnsafeMutablePointer<UInt64>?, _ capacity: Int, _ count: UnsafeMutablePointer<Int>?
) -> isoflop_status {
  attempt {
    let (numbers, count) = (try given(numbers, "numbers"), try given(count, "count"))
    guard capacity > 0 else { throw Misuse("is no number of numbers", field: "capacity") }
    let taken = Owners.shared.take(capacity)
    for (index, number) in taken.enumerated() { numbers[index] = number }
    count.pointee = taken.count
  }
}

@c @implementation
public func isoflop_arrow_notify(_ schedule: isoflop_schedule?, _ function: isoflop_function?) -> isoflop_status {
  attempt {
    switch (schedule, function) {
    case (let schedule?, let function?): Owners.shared.tell(.init(schedule: schedule, function: function))
    case (nil, nil): Owners.shared.tell(nil)
    case (nil, _): throw Misuse("is null", field: "schedule")
    case (_, nil): throw Misuse("is null", field: "function")
    }
  }
}

/// The numbers that stand for what readers were given, once nobody reads it any more.
private final class Owners: Sendable {
  /// A struct in the memory of an object.
  struct Owned {
    var structure: UInt
    var kind: Int
    var owner: UInt64
  }
  /// SAFETY: two addresses of functions that may be called from any thread.
  struct Notice: @unchecked Sendable {
    var schedule: isoflop_schedule
    var function: isoflop_function
  }
  private struct State {
    var released: [UInt64] = []
    var objects: [UInt: Owned] = [:]
    var notice: Notice?
    var isScheduled = false
  }

  static let shared = Owners()
  private let state = Mutex(State())

  func add(_ object: UnsafeRawPointer, _ owned: Owned) {
    state.withLock { $0.objects[UInt(bitPattern: object)] = owned }
  }

  func remove(_ object: UnsafeMutableRawPointer) -> Owned? {
    state.withLock { $0.objects.removeValue(forKey: UInt(bitPattern: object)) }
  }

  func release(_ number: UnsafeMutableRawPointer?) { release(UInt64(UInt(bitPattern: number))) }

  func release(_ number: UInt64) {
    let notice: Notice? = state.withLock { state in
      state.released.append(number)
      defer { state.isScheduled = true }
      return state.isScheduled ? nil : state.notice
    }
    guard let notice, notice.schedule(notice.function, nil) != 0 else { return }
    // No room for more calls: the next that is released tries again.
    state.withLock { $0.isScheduled = false }
  }

  func take(_ capacity: Int) -> [UInt64] {
    state.withLock { state in
      state.isScheduled = false
      let taken = Array(state.released.suffix(capacity))
      state.released.removeLast(taken.count)
      return taken
    }
  }

  func tell(_ notice: Notice?) {
    state.withLock { state in
      state.notice = notice
      state.isScheduled = false
    }
  }
}
