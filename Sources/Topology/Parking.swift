import CHwloc

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
import Synchronization

/// A place where threads wait for a condition over atomics: they spin briefly, then sleep.
///
/// SAFETY: the pthread objects are at fixed addresses from init to deinit and made to be used from any thread; all else
/// is atomic.
final class Parking: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let sleepers = Atomic(0)

  init() {
    // SAFETY: the memory is allocated and not yet initialised; with default attributes neither call can fail.
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    // SAFETY: a thread that waits holds a reference, so nobody waits any more.
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Returns once `isOver` holds.
  ///
  /// The sleeper counts itself before it looks, and `wake` looks for sleepers after the change: with sequentially
  /// consistent accesses on both sides one of the two sees the other, so no wake-up is lost.
  ///
  /// - Parameter isOver: reads with sequentially consistent ordering what is changed before `wake` in the same ordering.
  func wait(spinning: Duration, until isOver: () -> Bool) {
    if isOver() { return }
    if spinning > .zero {
      let end = ContinuousClock.now + spinning
      repeat {
        for _ in 0..<16 {
          isoflop_spin_hint()
          if isOver() { return }
        }
      } while ContinuousClock.now < end
    }
    pthread_mutex_lock(mutex)
    sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
    while !isOver() { pthread_cond_wait(condition, mutex) }
    sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(mutex)
  }

  /// Wakes everyone who sleeps here, to look at the condition again.
  func wake() {
    guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }
}
