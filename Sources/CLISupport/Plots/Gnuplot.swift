import Isoflop

/// The program gnuplot, where it is installed.
struct Gnuplot {
  let path: String

  /// The first gnuplot on the path.
  ///
  /// - Throws: `WorkError` that says how to install it.
  init(environment: [String: String] = [:]) throws {
    guard let found = OtherProgram.find("gnuplot", environment) else {
      throw WorkError(
        "gnuplot, which draws the pictures, is not installed",
        hint: "apt-get install gnuplot-nox, or brew install gnuplot; everything but pictures works without it")
    }
    self.path = found
  }

  /// What gnuplot writes to standard output when it runs a script.
  ///
  /// - Throws: `WorkError` with gnuplot's own words where it fails.
  func run(_ script: String) throws -> [UInt8] {
    let (status, picture, errors) = try OtherProgram(path).run(["-"], input: Array(script.utf8))
    let said = String(decoding: errors, as: UTF8.self)
    guard status == 0, !picture.isEmpty else {
      let reason = said.split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " } }.last {
        !$0.isEmpty && $0 != "^"
      }
      throw WorkError(
        "gnuplot drew nothing\(status == 0 ? "" : " (status \(status))"): \(reason ?? "it gives no reason")",
        hint: said.contains("terminal") ? "this gnuplot lacks a format; --plot FILE.svg needs none but its own" : nil)
    }
    return picture
  }
}
