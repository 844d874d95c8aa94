import Input

/// Which columns of a file made elsewhere are probably ours under another name, for hints: `config.n_params`,
/// `summary/tokens_seen`, `eval/loss`. Nothing is read by it; who runs the fit decides.
struct LikelyColumns {
  private let table: RunTable
  private let mapped: [String: String]

  init(_ table: RunTable, mapped: [String: String]) {
    self.table = table
    self.mapped = mapped
  }

  /// Our columns with what trackers and trainers have in the names of theirs (as `plainName` spells them), the most
  /// telling first.
  private static let spellings: KeyValuePairs = [
    "flops_per_token": ["flopspertok", "flopsptok", "flopstok"],
    "params_nonembedding": ["nonemb"],
    "params_total": ["totalparam", "nparam", "numparam", "param", "modelsize"],
    "tokens": ["tokensseen", "traintokens", "totaltokens", "ntokens", "numtokens", "token"],
    "loss": ["evalloss", "valloss", "validationloss", "testloss", "loss"],
    "bits_per_byte": ["bitsperbyte", "bpb"],
  ]
  /// The letters of the papers, which say so only where they are the whole name.
  private static let letters = ["n": "params_total", "d": "tokens", "m": "flops_per_token"]
  private static let losses = ["loss", "bits_per_byte"]

  /// The options that name every column that is missing; nil where none of those needed is to be found.
  ///
  /// - Parameter needed: one of these has to be there.
  func hint(for needed: [String]) -> String? {
    // A slip in our half of a --map is nearer than anything that the file's names could say.
    for (ours, theirs) in mapped.sorted(by: { $0.key < $1.key })
    where !Self.spellings.contains(where: { $0.key == ours }) {
      if let meant = Self.meant(by: ours), needed.contains(meant) { return "did you mean --map \(meant)=\(theirs)?" }
    }
    guard let first = firstLikely(needed) else { return nil }
    let rest = [Self.losses, ["tokens"], RunSelection.isoFLOPScales].filter { !$0.contains(first.ours) }
    let found = [first] + rest.filter { !$0.contains(where: isThere) }.compactMap(firstLikely)
    return "perhaps " + found.map { "--map \($0.ours)=\($0.theirs)" }.joined(separator: " ")
  }

  private func isThere(_ ours: String) -> Bool { table.isFilled(mapped[ours] ?? ours) }

  private func firstLikely(_ names: [String]) -> (ours: String, theirs: String)? {
    for ours in names {
      if let theirs = likely(ours) { return (ours, theirs) }
    }
    return nil
  }

  private func likely(_ ours: String) -> String? {
    let taken = Set(mapped.values)
    let numbers = table.columns.filter { !taken.contains($0) && isNumeric($0) && Self.meant(by: $0) == ours }
    // What an evaluation says comes before what the training step says.
    return numbers.min { Self.rank($0, ours) < Self.rank($1, ours) }
  }

  private func isNumeric(_ column: String) -> Bool {
    for row in 0..<table.rowCount {
      if case .value = table.number(column, row: row) { return true }
    }
    return false
  }

  /// Our column that a name speaks of.
  static func meant(by name: String) -> String? {
    let plain = plainName(name)
    return letters[plain] ?? spellings.first { $0.value.contains { plain.contains($0) } }?.key
  }

  private static func rank(_ name: String, _ ours: String) -> Int {
    let plain = plainName(name)
    return spellings.first { $0.key == ours }?.value.firstIndex { plain.contains($0) } ?? .max
  }
}
