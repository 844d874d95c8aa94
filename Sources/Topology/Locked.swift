#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A value behind a pthread mutex. (Not `Synchronization.Mutex`: ThreadSanitizer cannot see into its contended path on
/// Linux and reports races that are none.)
///
/// SAFETY: the value is read and written only while the mutex is held; the mutex stays at its address from init to deinit.
final class Locked<Value: Sendable>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var value: Value

  init(_ value: Value) {
    self.value = value
    // SAFETY: the memory is allocated and not yet initialised; with default attributes the call cannot fail.
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    // SAFETY: who holds the mutex holds a reference, so nobody does.
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value)
  }
}
