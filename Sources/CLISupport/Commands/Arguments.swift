import Isoflop

/// Numbers on the command line, read exactly, with errors that name the option and the way out.
enum Arguments {
  /// A whole number of at least 1 that fits Int64. `1e9` and `1_000` are not integers here: exact or an error.
  static func integer(_ text: String, _ option: String) throws -> Int {
    guard let value = Int(text) else {
      if let last = text.last, "kK".contains(last), let thousands = Int(text.dropLast()), 1...1_000_000 ~= thousands {
        throw InputError(
          "is \(1000 * thousands) or \(1024 * thousands)", field: option, value: text,
          hint: "write the one that is meant")
      }
      let isNumber = Double(text) != nil
      // As notes write it.
      let digits = Int(text.filter { $0 != "," })
      throw InputError(
        isNumber ? "is not a whole number that fits 64 bits" : "is not a number", field: option, value: text,
        hint: digits.map { "write it without commas: \($0)" } ?? "write it in digits, such as 4096")
    }
    guard value > 0 else {
      throw InputError("is not a positive number", field: option, value: text, hint: "use 1 or more")
    }
    return value
  }

  /// A positive whole number that may be written with an exponent or a letter: `4.3e10` and `43B` are exactly
  /// 43,000,000,000.
  static func exactInteger(_ text: String, _ option: String) throws -> Int {
    guard let number = Rational(abbreviated: text.last == "K" ? text.dropLast() + "e3" : text) else {
      throw InputError(
        "is not a number that fits 64 bits", field: option, value: text, hint: "such as 4.3e10, 43B or 43000000000")
    }
    guard let integer = number.integer else {
      throw InputError("is not a whole number", field: option, value: text, hint: "such as 4.3e10")
    }
    guard integer > 0 else {
      throw InputError("is not a positive number", field: option, value: text, hint: "such as 4.3e10")
    }
    return integer
  }

  /// A size in the law's unit. In the field's mouth `7B` is parameters, so that a law in M is no place for it without a
  /// word.
  static func size(_ text: String, _ option: String, in law: Law, on terminal: Terminal) throws -> Double {
    let size = try SizeRequest.parse(text, field: option)
    if law.scale == .flopsPerToken, let last = text.last, "bB".contains(last) {
      terminal.warning(
        "\(option) \(text) is taken for M = \(Numbers.significant(size, 3)) FLOPs per token, the unit of \(law.name), "
          + "not for parameters: for a model of \(text) parameters give its config (isoflop size \(text) lists some)")
    }
    return size
  }

  /// Refuses options that the request would not read, by the first that is given.
  ///
  /// - Parameter options: each with its value; nil where it is not given, empty for a flag that is.
  static func refuse(_ options: KeyValuePairs<String, String?>, _ problem: String, hint: String? = nil) throws {
    for case (let option, let value?) in options {
      throw InputError(problem, field: option, value: value.isEmpty ? nil : value, hint: hint)
    }
  }

  /// Refuses whatever stands beside an option that lists something, but how the list is written.
  static func refuseAll(beside option: String, in arguments: [String]) throws {
    try refuse(
      arguments.dropFirst(), but: [option, "--json", "--csv", "--markdown"], "is not read with \(option)",
      hint: "leave it out, or leave out \(option)")
  }

  /// Refuses the first of some words of a command line that is not among those kept, with or without a value in it.
  static func refuse(_ words: some Sequence<String>, but kept: [String], _ problem: String, hint: String) throws {
    for word in words where !kept.contains(where: { word == $0 || word.hasPrefix($0 + "=") }) {
      throw InputError(problem, field: word, hint: hint)
    }
  }

  /// What `refuse` takes a flag for.
  static func flag(_ isGiven: Bool) -> String? { isGiven ? "" : nil }

  /// A positive, finite number: `1e20`, `8.456e22`, `300000`.
  static func positive(_ text: String, _ option: String, hint: String = "use a number such as 1e20") throws -> Double {
    guard let value = Double(text), text.first?.isWhitespace == false else {
      throw InputError("is not a number", field: option, value: text, hint: hint)
    }
    guard value.isFinite, value > 0 else {
      throw InputError("is not a positive, finite number", field: option, value: text, hint: hint)
    }
    return value
  }

  /// A positive amount, also with a letter: `1e6`, `150k`, `2.788M`.
  static func amount(_ text: String, _ option: String, hint: String) throws -> Double {
    if let amount = try? SizeRequest.parse(text) { return amount }
    return try positive(text, option, hint: hint)
  }

  /// A positive share, as a number or in per cent: `0.4` and `40%`.
  static func share(_ text: String, _ option: String, hint: String) throws -> Double {
    guard text.hasSuffix("%"), let number = Double(text.dropLast()) else {
      return try positive(text, option, hint: hint)
    }
    return try positive("\(number / 100)", option, hint: hint)
  }
}
