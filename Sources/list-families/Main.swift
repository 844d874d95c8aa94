import Foundation

/// Writes the list of every `static let name = Family(…)` in a folder of decoders, so that adding a family is adding
/// its file. Called by the ListFamilies build plugin: `list-families OUTPUT SOURCE...`.
@main struct ListFamilies {
  static func main() throws {
    let output = CommandLine.arguments[1]
    var names: [String] = []
    for path in CommandLine.arguments.dropFirst(2) {
      let text = try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8)
      for line in text.split(separator: "\n") where line.hasPrefix("  static let ") && line.contains(" = Family(") {
        names.append(String(line.dropFirst("  static let ".count).prefix { $0 != " " && $0 != ":" }))
      }
    }
    var text = "extension Family {\n  /// Every family that can be read, one for every `static let … = Family(…)`.\n"
    text += "  public static let all: [Family] = [\n"
    for name in names.sorted() { text += "    \(name),\n" }
    text += "  ]\n}\n"
    // Written again, the same list would be compiled again, and all that stands on it.
    let file = URL(fileURLWithPath: output)
    if (try? String(contentsOf: file, encoding: .utf8)) == text { return }
    try text.write(to: file, atomically: true, encoding: .utf8)
  }
}
