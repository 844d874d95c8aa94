/// A number with at most two decimals.
func rounded(_ value: Double) -> String {
  let text = "\((value * 100).rounded() / 100)"
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}

/// A size in the largest binary unit that leaves at least 1 of it: `512 KiB`, `23.46 GiB`.
func binarySize(_ bytes: UInt64) -> String {
  let units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
  let unit = bytes == 0 ? 0 : (63 - bytes.leadingZeroBitCount) / 10
  return rounded(Double(bytes) / Double(UInt64(1) << UInt64(unit * 10))) + " " + units[unit]
}

func padded(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }
func leftPadded(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}
