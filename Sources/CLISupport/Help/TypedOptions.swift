import Isoflop

/// The options of a command line with their values, for errors of libraries, which know fields and not options.
struct TypedOptions {
  private var values: [(option: String, value: String?)] = []
  private let command: String?

  init(_ arguments: [String]) {
    command = arguments.first.flatMap { IsoflopCommand.commandNames.contains($0) ? $0 : nil }
    let known = command.flatMap { try? CommandReference.isoflop($0)?.arguments } ?? []
    let taking = Set(known.filter { $0.kind == .option }.flatMap(\.names))
    for (index, word) in arguments.enumerated() where word.hasPrefix("--") {
      if let equals = word.firstIndex(of: "=") {
        values.append((String(word[..<equals]), String(word[word.index(after: equals)...])))
      } else {
        values.append((word, taking.contains(word) && index + 1 < arguments.count ? arguments[index + 1] : nil))
      }
    }
  }

  /// Options that are not called as the field is that they set.
  private static let others = ["quantity": "--of", "per_decade": "--histogram"]

  /// The library's field as the option that was typed: `accelerator_hours` as `--accelerator-hours`. A value that stands
  /// alone belongs to the option it was typed for, a number reads as it was typed, and an option that is wrong has a
  /// way out. What a file says is left as it is.
  func spelling(_ error: InputError) -> InputError {
    var error = error
    if let field = error.field {
      let option = Self.others[field] ?? "--" + field.replacing("_", with: "-")
      let typed = values.filter { $0.option == option }
      let same = typed.first { Self.isSame($0.value, error.value) }
      // A file has fields of that name too, but seldom that value.
      if !typed.isEmpty, error.file == nil || same != nil {
        error.field = option
        error.value = same?.value ?? error.value
      } else if error.file == nil, field.hasPrefix("constraints."), values.contains(where: { $0.option == "--where" }) {
        error.field = "--where " + field.dropFirst("constraints.".count)
      }
    } else if let value = error.value {
      let typed = Set(values.filter { $0.value == value }.map(\.option))
      if typed.count == 1 { error.field = typed.first }
    }
    if error.hint == nil, let command, error.field?.hasPrefix("--") == true {
      error.hint = "isoflop \(command) --help says what it takes"
    }
    return error
  }

  private static func isSame(_ typed: String?, _ value: String?) -> Bool {
    guard let typed, let value else { return false }
    return typed == value || Double(typed).map { $0 == Double(value) } ?? false
  }
}

extension InputError {
  /// The sentence without the hint, which stands on a line of its own.
  var withoutHint: String {
    var copy = self
    copy.hint = nil
    return copy.description
  }
}
