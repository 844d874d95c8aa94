#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import TestSupport

/// `make check` sets ISOFLOP_CHECK=1 and takes minutes where `make test` takes seconds.
let checking = ProcessInfo.processInfo.environment["ISOFLOP_CHECK"] == "1"

/// A data file outside the project; empty where it is not on this machine (its tests are then not enabled).
func data(_ name: String) -> String { OutsideData.path(name) ?? "" }
func has(_ name: String) -> Bool { OutsideData.path(name) != nil }
