import Isoflop

extension CommandReference {
  /// One command; nil where there is none of that name.
  static func isoflop(_ name: String) throws -> CommandReference? {
    try isoflop().commands.first { $0.name == name }
  }

  /// The help of a command: what it is for, its arguments and options by section, what there is to know, and examples.
  func text(width: Int) -> String {
    var parts = [Prose.wrapped(abstract, width: width), Prose.wrapped(usage, width: width, indent: 7)]
    for (title, arguments) in sections {
      parts.append(title.uppercased() + "\n" + Prose.list(arguments.map { ($0.term, $0.text) }, width: width))
    }
    parts += discussion.map { Prose.wrapped($0, width: width) }
    // A line that is copied has to work: examples are never broken.
    if !examples.isEmpty { parts.append("EXAMPLES\n" + examples.map { "  " + $0 }.joined(separator: "\n")) }
    return parts.joined(separator: "\n\n") + "\n"
  }

  private var usage: String {
    let positional = arguments.filter { $0.kind == .positional }.map { argument in
      let word = argument.value.uppercased() + (argument.isRepeating ? "..." : "")
      return argument.isOptional ? "[\(word)]" : word
    }
    return (["USAGE: isoflop", name] + positional + ["[OPTIONS]"]).joined(separator: " ")
  }
}

extension CommandReference.Argument {
  /// `-s, --sequence-length <n>`
  fileprivate var term: String {
    guard kind != .positional else { return value.uppercased() }
    return names.joined(separator: ", ") + (kind == .option ? " <\(value)>" : "")
  }
}
