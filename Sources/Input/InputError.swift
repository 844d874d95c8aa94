/// Something a person or a file said that cannot be used: which file, which field, which value, what is wrong with
/// it, and the way out. Every module throws this for bad input; the command line turns it into exit status 2.
public struct InputError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file (or flag) it came from, when it came from one.
  public var file: String?
  /// The field, as a path: `text_config.layer_types[3]`.
  public var field: String?
  /// The offending value as it was written.
  public var value: String?
  /// What is wrong, as half a sentence: "is not a positive integer".
  public var problem: String
  /// What to do about it.
  public var hint: String?

  public init(
    _ problem: String, file: String? = nil, field: String? = nil, value: String? = nil, hint: String? = nil
  ) {
    self.problem = problem
    self.file = file
    self.field = field
    self.value = value.map(shortened)
    self.hint = hint
  }

  /// One sentence: `FILE: FIELD: VALUE PROBLEM (HINT)`.
  public var description: String {
    var text = ""
    if let file { text += file + ": " }
    if let field { text += field + ": " }
    if let value { text += value + " " }
    text += problem
    if let hint { text += " (\(hint))" }
    return text
  }

  /// The same error, said to come from `file` unless it already names one.
  public func from(file: String) -> InputError {
    var copy = self
    copy.file = copy.file ?? file
    return copy
  }
}

/// Work that was asked for rightly but could not be done (a full disk, a fit that did not converge): exit status 1.
public struct WorkError: Error, Equatable, Sendable, CustomStringConvertible {
  public var problem: String
  public var hint: String?
  public init(_ problem: String, hint: String? = nil) {
    self.problem = problem
    self.hint = hint
  }
  public var description: String { hint.map { "\(problem) (\($0))" } ?? problem }
}

/// A value cut to what fits in a message, control characters shown as such.
func shortened(_ text: String) -> String {
  var out = ""
  for scalar in text.unicodeScalars.prefix(60) {
    if scalar.value < 0x20 || scalar.value == 0x7F {
      out += "\\u{\(String(scalar.value, radix: 16))}"
    } else {
      out.unicodeScalars.append(scalar)
    }
  }
  return text.unicodeScalars.count > 60 ? out + "…" : out
}
