import Isoflop

/// One line on the terminal that says how far a sweep or a fit has come; nothing where no person looks, and nothing for
/// work that is done within half a second.
struct ProgressLine: Sendable {
  /// Nil where the error stream is no terminal.
  private let write: (@Sendable (String) -> Void)?
  private let start = ContinuousClock.now
  private let noun: String

  init(_ noun: String = "", on terminal: Terminal) {
    self.noun = noun
    write = terminal.statusLine
  }

  func show(_ progress: SweepProgress) {
    show(progress.done, progress.total, noun, progress.rate, progress.secondsLeft)
  }

  func show(_ progress: WorkProgress) {
    show(progress.done, progress.total, progress.stage, progress.rate, progress.secondsLeft)
  }

  private func show(_ done: Int, _ total: Int, _ noun: String, _ rate: Double, _ secondsLeft: Double) {
    guard let write, ContinuousClock.now - start > .milliseconds(500) else { return }
    write(ProgressLine.text(done: done, of: total, noun, rate: rate, secondsLeft: secondsLeft))
  }

  /// Takes the line away again.
  func clear() { write?("") }

  static func text(done: Int, of total: Int, _ noun: String, rate: Double, secondsLeft: Double) -> String {
    let share = total > 0 ? 100 * Double(done) / Double(total) : 0
    let whole = total < 10_000 ? Numbers.grouped(total) : Numbers.si(total)
    var text = "\(Numbers.fixed(share, share < 10 ? 1 : 0)) % of \(whole) \(noun), \(Numbers.si(rate))/s"
    // Whole seconds: finer ones flicker.
    let left = max(1, secondsLeft.rounded(.up))
    if left.isFinite { text += ", \(left < 60 ? "\(Int(left)) s" : Numbers.duration(left)) left" }
    return text
  }
}
