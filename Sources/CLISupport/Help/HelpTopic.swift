import Isoflop

/// A page of help that belongs to no single command: `isoflop help conventions`. The same pages are part of the manual.
struct HelpTopic: Sendable {
  /// The word it is asked for by.
  let name: String
  /// What it answers, in a line.
  let summary: String
  let blocks: [Block]

  /// What a page is made of.
  enum Block: Sendable {
    case heading(String)
    /// A paragraph, in one line: it is wrapped where it is shown.
    case text(String)
    /// Terms, each with what there is to say about it.
    case list([(term: String, meaning: String)])
    /// Lines that are shown as they are.
    case literal([String])
    /// Command lines that do what the page says. The tests run them.
    case examples([String])
  }

  static let all = [words, conventions, models, grids, laws, runs, fits, diagnostics, output]

  static func named(_ name: String) -> HelpTopic? { all.first { $0.name == name } }

  /// The page as text of at most `width` columns.
  func text(width: Int) -> String {
    var parts = [Prose.wrapped("\(name): \(summary)", width: width)]
    for block in blocks {
      switch block {
      case .heading(let title): parts.append(title.uppercased())
      case .text(let text): parts.append(Prose.wrapped(text, width: width))
      case .list(let items): parts.append(Prose.list(items, width: width))
      case .literal(let lines): parts.append(lines.map { "  " + $0 }.joined(separator: "\n"))
      case .examples(let lines): parts.append("EXAMPLES\n" + lines.map { "  " + $0 }.joined(separator: "\n"))
      }
    }
    // A heading stands on what it heads.
    var out = ""
    for (index, part) in parts.enumerated() {
      out += part + "\n"
      if index < parts.count - 1, !isHeading(index - 1) { out += "\n" }
    }
    return out
  }

  private func isHeading(_ index: Int) -> Bool {
    if blocks.indices.contains(index), case .heading = blocks[index] { true } else { false }
  }

  var examples: [String] {
    blocks.flatMap { if case .examples(let lines) = $0 { lines } else { [String]() } }
  }
}
