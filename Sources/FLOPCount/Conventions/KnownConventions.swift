import Input

extension Convention {
  /// What papers and tools count, by name, as their sources had it at the snapshots that were read (2024-11 to
  /// 2026-08). Check a tool's head before repeating a claim about it.
  public static let known: [Convention] = papers + trainers + nemo + counters

  /// The convention of that name.
  ///
  /// - Throws: `InputError` with a suggestion.
  public static func named(_ name: String) throws -> Convention {
    if let found = known.first(where: { $0.name == name.lowercased() }) { return found }
    throw InputError(
      "is not a convention that isoflop knows", value: name,
      hint: name.lowercased() == "all"
        ? "isoflop compare --as all sets them side by side"
        : suggestion(for: name, among: known.map(\.name)) ?? "isoflop compare --conventions lists them")
  }

  /// A tool's convention: one that knows no linear attention and no state spaces, and no windows.
  static func tool(
    _ name: String, _ attention: Attention, _ source: String, _ change: (inout Convention) -> Void = { _ in }
  ) -> Convention {
    Convention(name: name, attention: attention, countsHead: true, source: source).changed {
      $0.windows = .ignored
      $0.stateMixing = .refused
      change(&$0)
    }
  }
}
