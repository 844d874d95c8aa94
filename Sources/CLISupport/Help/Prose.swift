import Isoflop

/// Sentences, broken at spaces.
enum Prose {
  /// A text of at most `width` columns a line, later lines of a paragraph `indent` columns further in. A word that is
  /// longer than a line keeps a line to itself.
  static func wrapped(_ text: String, width: Int, indent: Int = 0) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { line(String($0), width: width, indent: indent) }.joined(separator: "\n")
  }

  private static func line(_ text: String, width: Int, indent: Int) -> String {
    guard text.count > width else { return text }
    let start = text.prefix { $0 == " " }
    let column = meaning(in: text).flatMap { width - $0 >= leastRoom(for: [String(text.dropFirst($0))]) ? $0 : nil }
    let hanging = String(repeating: " ", count: column ?? min(start.count + indent, max(width - 10, 0)))
    var lines: [String] = []
    var current = String(start)
    var isEmpty = true
    for word in text.dropFirst(start.count).split(separator: " ", omittingEmptySubsequences: false) {
      if !isEmpty, current.count + 1 + word.count > width {
        lines.append(current)
        (current, isEmpty) = (hanging, true)
      }
      current += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return (lines + [current]).map(withoutTrailingSpaces).joined(separator: "\n")
  }

  /// Columns that words need to be read well in: those of the longest, and a few.
  static func leastRoom(for texts: [String]) -> Int {
    texts.reduce(24) { max($0, $1.split(separator: " ").map(\.count).max() ?? 0) }
  }

  /// The column of the last thing on a line that gaps of two spaces divide, as in `source  arXiv 2401.02954`: what is
  /// broken there goes on below its own beginning.
  private static func meaning(in text: String) -> Int? {
    var (column, gap, last): (Int, Int, Int?) = (0, 0, nil)
    for character in text.drop(while: { $0 == " " }) {
      if character != " ", gap >= 2 { last = column }
      gap = character == " " ? gap + 1 : 0
      column += 1
    }
    return last.map { $0 + text.prefix { $0 == " " }.count }
  }

  private static func withoutTrailingSpaces(_ line: String) -> String {
    var line = line[...]
    while line.last == " " { line = line.dropLast() }
    return String(line)
  }

  /// Terms with their meanings beside them; below them where a term is long, or where there is no room.
  static func list(_ items: [(term: String, meaning: String)], width: Int) -> String {
    let widest = items.map(\.term.count).max() ?? 0
    let column = 2 + min(widest, 22) + 2
    let isNarrow = width - column < 30
    let indent = isNarrow ? 6 : column
    let space = String(repeating: " ", count: indent)
    return items.map { term, meaning in
      let first = "  " + term
      guard !meaning.isEmpty else { return first }
      let body = wrapped(space + meaning, width: width)
      return isNarrow || first.count + 2 > column ? first + "\n" + body : first + body.dropFirst(first.count)
    }.joined(separator: "\n")
  }
}
