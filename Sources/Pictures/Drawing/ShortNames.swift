extension Canvas {
  /// Names no wider than that, with an ellipsis for what is left out. Two that would then read the same keep what tells
  /// them apart instead.
  func shortened(_ names: [String], to most: Double) -> [String: String] {
    var short: [String: String] = [:]
    for name in names { short[name] = shortened(name, to: most) }
    for (text, alike) in Dictionary(grouping: short.keys.sorted(), by: { short[$0] ?? $0 }) where alike.count > 1 {
      for (name, part) in zip(alike, Canvas.differences(alike)) {
        // What is common is said as far as there is room for it.
        let head = text.prefix { $0 != "…" }
        let whole = part.hasPrefix("…") ? head + part : part
        short[name] = [whole, part].first { width(of: $0) <= most } ?? withoutMiddle(part, to: most)
      }
    }
    return short
  }

  /// Names without what all of them begin and end with, an ellipsis in its place: words are kept whole.
  static func differences(_ names: [String]) -> [String] {
    guard let first = names.first, names.count > 1 else { return names }
    let most = names.map(\.count).min() ?? 0
    func shared(_ letters: [Character], _ others: [[Character]]) -> Int {
      let same = letters.indices.prefix(most).prefix { at in others.allSatisfy { $0[at] == letters[at] } }.count
      // Back to the end of a word or a number.
      func isInside(_ letter: Character) -> Bool { letter.isLetter || letter.isNumber || letter == "." }
      return (0...same).reversed().first { $0 == 0 || !isInside(letters[$0 - 1]) } ?? 0
    }
    let start = shared(Array(first), names.map { Array($0) })
    let end = min(most - start, shared(first.reversed(), names.map { $0.reversed() }))
    // An ellipsis takes the place of a letter itself.
    return names.map { name in
      let middle = name.dropFirst(start > 1 ? start : 0).dropLast(end > 1 ? end : 0)
      return (start > 1 ? "…" : "") + middle + (end > 1 ? "…" : "")
    }
  }

  /// A name no wider than that, with an ellipsis for what is left out: of a path its beginning, of other names their
  /// middle.
  func shortened(_ name: String, to most: Double) -> String {
    guard width(of: name) > most else { return name }
    let parts = name.split(separator: "/")
    for first in parts.indices.dropFirst() where parts.count - first >= 2 {
      let tail = "…/" + parts[first...].joined(separator: "/")
      if width(of: tail) <= most { return tail }
    }
    guard parts.count > 1 else { return withoutMiddle(name, to: most) }
    let (folder, file) = (String(parts[parts.count - 2]), String(parts[parts.count - 1]))
    // Of two files of the same name, the folder tells which is which.
    let room = most - width(of: "/" + file)
    return room > 4 * font ? withoutMiddle(folder, to: room) + "/" + file : withoutMiddle(file, to: most)
  }

  private func withoutMiddle(_ name: String, to most: Double) -> String {
    guard width(of: name) > most else { return name }
    func keeping(_ count: Int) -> String { name.prefix((count + 1) / 2) + "…" + name.suffix(count / 2) }
    return keeping(stride(from: name.count - 1, to: 0, by: -1).first { width(of: keeping($0)) <= most } ?? 0)
  }
}
