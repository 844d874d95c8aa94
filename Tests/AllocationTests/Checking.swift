#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// `make check` sets ISOFLOP_CHECK=1 and takes minutes where `make test` takes seconds.
enum Checking {
  static let isOn = ProcessInfo.processInfo.environment["ISOFLOP_CHECK"] == "1"
}
