#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Where data lives that tests read but the project does not contain.
public enum OutsideData {
  /// `ISOFLOP_DATA` (a folder of runs.csv files), or the place beside a checkout where it usually is.
  public static let folder: String = {
    if let set = ProcessInfo.processInfo.environment["ISOFLOP_DATA"], !set.isEmpty { return set }
    return Golden.projectRoot + "/../shared/data"
  }()

  /// The path of a data file, or nil where it is not on this machine: the test is then skipped, and says so.
  public static func path(_ name: String) -> String? {
    let path = folder + "/" + name
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }

  /// The measured cases (one folder a family) beside the data folder, or nil where they are not on this machine.
  public static let cases: String? = {
    let path = folder + "/../cases"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }()
}

/// Files of truth that are part of the project.
public enum Golden {
  public static let projectRoot: String = {
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    parts.removeLast(3)
    return parts.joined(separator: "/")
  }()
  public static func path(_ name: String) -> String { projectRoot + "/Tests/Golden/" + name }
}
