/// "Did you mean …?": the candidate closest to what was written, when it is close enough to be a slip.
///
/// Distance is optimal string alignment (insert, delete, replace, swap neighbours). Close enough is at most a third
/// of the word's length, and at most `most`; one letter is no slip of another.
public func closest(to word: String, among candidates: some Sequence<String>, within most: Int = 3) -> String? {
  let w = Array(word.lowercased().utf8)
  let limit = w.count < 2 ? 0 : min(most, max(1, w.count / 3))
  var best: (distance: Int, name: String)?
  for candidate in candidates {
    let c = Array(candidate.lowercased().utf8)
    guard abs(c.count - w.count) <= limit else { continue }
    let distance = alignmentDistance(w, c)
    guard distance <= limit else { continue }
    if best == nil || (distance, candidate) < (best?.distance ?? .max, best?.name ?? "") {
      best = (distance, candidate)
    }
  }
  return best?.name
}

/// A hint that names the closest candidate, those that the word begins, the one that it is short for or a word of, or
/// lists them all when there are few.
public func suggestion(for word: String, among candidates: some Collection<String>) -> String? {
  if let name = closest(to: word, among: candidates) { return "did you mean \(name)?" }
  let begun = continuations(of: word, among: candidates)
  if let last = begun.last, begun.count <= 8 {
    let others = begun.dropLast().joined(separator: ", ")
    return "did you mean \(others.isEmpty ? last : "\(others) or \(last)")?"
  }
  if let name = abbreviated(by: word, among: candidates) { return "did you mean \(name)?" }
  if let name = containing(word, among: candidates) { return "did you mean \(name)?" }
  if candidates.count <= 16 { return "one of: " + candidates.joined(separator: ", ") }
  return nil
}

/// Letters and digits alone, in lower case: `Llama-3` and `llama3` are one name to whoever types it.
public func plainName(_ name: String) -> String { name.lowercased().filter { $0.isLetter || $0.isNumber } }

/// The candidates that begin with a word of at least three letters: `llama-3-8b` for `llama3`.
private func continuations(of word: String, among candidates: some Collection<String>) -> [String] {
  let begun = plainName(word)
  return begun.count < 3 ? [] : candidates.filter { plainName($0).hasPrefix(begun) }
}

/// The shortest candidate that begins as the word does and has its letters in their order: `params` for `parameters`.
private func abbreviated(by word: String, among candidates: some Collection<String>) -> String? {
  let letters = Array(word.lowercased())
  guard letters.count >= 3 else { return nil }
  let fitting = candidates.filter { candidate in
    var rest = letters[...]
    for letter in candidate.lowercased() where letter == rest.first { rest = rest.dropFirst() }
    return rest.isEmpty && candidate.lowercased().hasPrefix(String(letters.prefix(2)))
  }
  return fitting.min { ($0.count, $0) < ($1.count, $1) }
}

/// The shortest candidate with the word as one of its own: `num_hidden_layers` for `layers`.
private func containing(_ word: String, among candidates: some Collection<String>) -> String? {
  let part = word.lowercased()
  guard part.count >= 3 else { return nil }
  return candidates.filter { $0.lowercased().split { !$0.isLetter && !$0.isNumber }.contains(part[...]) }
    .min { ($0.count, $0) < ($1.count, $1) }
}

private func alignmentDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var before = [Int](repeating: 0, count: b.count + 1)
  var last = Array(0...b.count)
  for i in 0..<a.count {
    var row = [i + 1] + [Int](repeating: 0, count: b.count)
    for j in 0..<b.count {
      let cost = a[i] == b[j] ? 0 : 1
      row[j + 1] = min(last[j + 1] + 1, row[j] + 1, last[j] + cost)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { row[j + 1] = min(row[j + 1], before[j - 1] + 1) }
    }
    before = last
    last = row
  }
  return last[b.count]
}
