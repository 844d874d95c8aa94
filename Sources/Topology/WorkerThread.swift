import Input

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A thread's identity while it lives.
struct ThreadID: Hashable, Sendable {
  private let bits: UInt

  static var current: ThreadID { ThreadID(pthread_self()) }

  init(_ thread: pthread_t) {
    #if canImport(Darwin)
      bits = UInt(bitPattern: thread)
    #else
      bits = UInt(thread)
    #endif
  }
}

/// A pthread that runs one closure.
///
/// SAFETY: the thread handle is written once, before anyone else can see it.
final class WorkerThread: @unchecked Sendable {
  private let thread: pthread_t

  /// - Throws: `WorkError` with what the system said.
  init(_ body: @escaping @Sendable () -> Void) throws {
    let start = Unmanaged.passRetained(ThreadStart(body))
    // Ctrl-C and the like are for the thread that the program waits on: workers inherit a mask without them.
    var interrupts = sigset_t()
    var before = sigset_t()
    sigemptyset(&interrupts)
    for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] { sigaddset(&interrupts, signal) }
    pthread_sigmask(SIG_BLOCK, &interrupts, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    // SAFETY: the retained object is taken over by the thread, which releases it; where none is made, here.
    let (made, status) = makeThread(start.toOpaque())
    guard status == 0, let made else {
      start.release()
      throw WorkError("a worker thread could not be made: \(String(cString: strerror(status)))")
    }
    thread = made
  }

  /// Waits for the thread to end; a thread that is asked to wait for itself goes on by itself instead.
  func end() {
    if ThreadID(thread) == ThreadID.current {
      pthread_detach(thread)
    } else {
      pthread_join(thread, nil)
    }
  }
}

private final class ThreadStart: Sendable {
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

private func makeThread(_ start: UnsafeMutableRawPointer) -> (thread: pthread_t?, status: Int32) {
  #if canImport(Darwin)
    var thread: pthread_t?
    let status = pthread_create(&thread, nil, { beginThread($0) }, start)
  #else
    var thread = pthread_t()
    let status = pthread_create(&thread, nil, { beginThread($0) }, start)
  #endif
  return (thread, status)
}

/// What a new thread runs. (A function of the file, not a static method: with the latter, Swift 6.3.1 crashes.)
private func beginThread(_ start: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let start else { return nil }
  // SAFETY: the object that WorkerThread.init retained for this thread.
  Unmanaged<ThreadStart>.fromOpaque(start).takeRetainedValue().body()
  return nil
}
