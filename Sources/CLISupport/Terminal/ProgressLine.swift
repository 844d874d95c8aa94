import Isoflop

/// One line on the terminal that says how far a sweep has come; nothing where no person looks, and nothing for work
/// that is done within half a second.
struct ProgressLine: Sendable {
  /// Nil where the error stream is no terminal.
  private let write: (@Sendable (String) -> Void)?
  private let start = ContinuousClock.now
  private let noun: String

  init(_ noun: String, on terminal: Terminal) {
    self.noun = noun
    write = terminal.statusLine
  }

  func show(_ progress: SweepProgress) {
    guard let write, ContinuousClock.now - start > .milliseconds(500) else { return }
    write(ProgressLine.text(progress, noun))
  }

  /// Takes the line away again.
  func clear() { write?("") }

  static func text(_ progress: SweepProgress, _ noun: String) -> String {
    let share = progress.total > 0 ? 100 * Double(progress.done) / Double(progress.total) : 0
    var text = "\(Numbers.fixed(share, 0)) % of \(Numbers.si(progress.total)) \(noun), \(Numbers.si(progress.rate))/s"
    if progress.secondsLeft.isFinite { text += ", \(Numbers.duration(progress.secondsLeft)) left" }
    return text
  }
}
