/// "1 core", "2 cores".
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// A number with at most two decimals.
func rounded(_ value: Double) -> String {
  let hundredths = (value * 100).rounded()
  let text = "\(hundredths / 100)"
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
