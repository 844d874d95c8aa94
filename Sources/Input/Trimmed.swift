extension StringProtocol {
  /// Without white space at either end.
  package var trimmed: String {
    var characters = self[...]
    while let first = characters.first, first.isWhitespace { characters = characters.dropFirst() }
    while let last = characters.last, last.isWhitespace { characters = characters.dropLast() }
    return String(characters)
  }
}
