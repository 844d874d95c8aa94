import CIsoflop
import Isoflop

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A call that a program got wrong: a null pointer, a freed handle, a struct of another version.
struct Misuse: Error {
  var problem: String
  var field: String?
  init(_ problem: String, field: String? = nil) {
    self.problem = problem
    self.field = field
  }
}

/// The call was cancelled before it had a result.
struct Cancelled: Error {}

/// Runs the body of a call: the status that its errors stand for, their words left for the calling thread.
func attempt(_ body: () throws -> Void) -> isoflop_status {
  do {
    try body()
    return isoflop_status(ISOFLOP_OK)
  } catch {
    let (status, json) = describe(error)
    LastError.set(json)
    return status
  }
}

private func describe(_ error: any Error) -> (isoflop_status, JSON) {
  func object(_ status: Int, _ message: String, _ parts: [(String, String?)]) -> (isoflop_status, JSON) {
    var object = JSONObject([("message", .string(message)), ("status", .integer(status))])
    for (name, text) in parts { object[name] = text.map { .string($0) } }
    return (isoflop_status(status), .object(object))
  }
  switch error {
  case var error as InputError:
    error.field = error.field.map(member)
    return object(
      Int(ISOFLOP_INPUT_WRONG), error.description,
      [
        ("problem", error.problem), ("file", error.file), ("field", error.field), ("value", error.value),
        ("hint", error.hint),
      ])
  case let error as WorkError:
    return object(
      Int(ISOFLOP_WORK_FAILED), error.description, [("problem", error.problem), ("hint", error.hint)])
  case let error as Misuse:
    let message = (error.field.map { $0 + ": " } ?? "") + error.problem
    return object(Int(ISOFLOP_MISUSED), message, [("problem", error.problem), ("field", error.field)])
  case is Cancelled, is CancellationError:
    return object(Int(ISOFLOP_CANCELLED), "cancelled", [("problem", "cancelled")])
  default:
    return object(Int(ISOFLOP_WORK_FAILED), "\(error)", [("problem", "\(error)")])
  }
}

/// An option of the command line as the member of a request that it is here: `--per-decade` is `per_decade`.
private func member(_ field: String) -> String {
  guard field.hasPrefix("--") else { return field }
  let option = field.dropFirst(2).prefix { $0 != " " }
  return String(option.replacing("-", with: "_") + field.dropFirst(2 + option.count))
}

/// The words of the last failure of each thread.
enum LastError {
  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key) { box in
      // SAFETY: what a thread left here was retained by `set`.
      #if canImport(Darwin)
        Unmanaged<Reply>.fromOpaque(box).release()
      #else
        if let box { Unmanaged<Reply>.fromOpaque(box).release() }
      #endif
    }
    return key
  }()

  static func set(_ json: JSON) {
    let old = pthread_getspecific(key)
    pthread_setspecific(key, Unmanaged.passRetained(Reply(json.text(indent: nil))).toOpaque())
    // SAFETY: the box was retained when it was set, and nobody else has its address.
    if let old { Unmanaged<Reply>.fromOpaque(old).release() }
  }

  /// Alive until this thread fails again or ends.
  static var last: Reply? {
    pthread_getspecific(key).map { Unmanaged<Reply>.fromOpaque($0).takeUnretainedValue() }
  }
}
