import Input

extension ConfigAxis {
  /// The values of a field as JSON: a text as `24:40:2` or `1024,4096`, `{"from", "to", "step"}`, one value, or a list.
  ///
  /// - Throws: `InputError` that names the field and the value.
  public init(_ field: String, json: JSON) throws {
    let name = "vary.\(field)"
    let reader = GridReader()
    switch json {
    case .string(let text) where text.contains(":") || text.contains(","):
      try self.init("\(field)=\(text)")
    case .object(let range): self.init(field, try reader.range(range, field: name))
    case .array(let items):
      let integers = items.compactMap { item -> Int? in
        switch item {
        case .integer(let integer): integer
        case .number(_, let text): Rational(text)?.integer
        default: nil
        }
      }
      for (index, value) in items.enumerated() where items[..<index].contains(value) {
        throw InputError("is given twice", field: name, value: value.text(indent: nil), hint: "every value once")
      }
      if integers.count == items.count {
        self.init(field, try reader.list(integers, field: name))
      } else {
        self.init(field, others: items)
      }
    default: try self.init(field, json: [json])
    }
  }
}

extension Constraint {
  /// Conditions by quantity, as in the object `constraints` of a grid.
  public static func list(_ json: JSON) throws -> [Constraint] {
    var reader = GridReader()
    try reader.readConstraints(json)
    return reader.constraints
  }
}
