#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
import Isoflop

/// Ctrl-C: the first one asks running work to stop, so that what is done so far can be shown; the second one ends the
/// process as usual.
enum Interrupt {
  /// Raised by Ctrl-C after `install`.
  static let flag = CancellationFlag()

  static func install() {
    _ = flag  // Made now: a signal handler must not run an initialiser.
    signal(SIGINT) { _ in
      Interrupt.flag.cancel()
      signal(SIGINT, SIG_DFL)
    }
  }
}
