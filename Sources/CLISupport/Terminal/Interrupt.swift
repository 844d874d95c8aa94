#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
import Isoflop

/// Ctrl-C: the first one asks running work to stop, so that what is done so far can be shown and nothing half done is
/// left; the second one ends the process as usual.
enum Interrupt {
  /// Raised by Ctrl-C after `install`.
  static let flag = CancellationFlag()

  /// Whether work that asks this ought to stop. From the first time on, Ctrl-C asks rather than kills: before, nothing
  /// would answer.
  static var isRaised: Bool {
    _ = installed
    return flag.isCancelled
  }

  static func install() { _ = installed }

  private static let installed: Void = {
    _ = flag  // Made now: a signal handler must not run an initialiser.
    // Who starts a program with Ctrl-C ignored (nohup, a shell's background job) means it.
    // SAFETY: handlers are plain C pointers, here only compared.
    let before = unsafeBitCast(signal(SIGINT, SIG_IGN), to: Int.self)
    if before == unsafeBitCast(SIG_IGN, to: Int.self) { return }
    signal(SIGINT) { _ in
      Interrupt.flag.cancel()
      signal(SIGINT, SIG_DFL)
    }
  }()
}
