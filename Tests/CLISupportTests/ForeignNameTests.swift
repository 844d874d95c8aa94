import Isoflop
import TestSupport
import Testing

@testable import CLISupport

/// Names come from others: in a picture and on a page they are letters, and nothing else.
@Suite struct ForeignNameTests {
  /// The name of a run is no command, however many lines it has.
  @Test(.enabled(if: hasGnuplot, "gnuplot is not here")) func aNameRunsNothing() throws {
    try withTemporaryFolder { folder in
      let id = #"a\n!touch \#(folder)/evil\nEND_OF_DATA\n!touch \#(folder)/evil\n"#
      let forecast =
        #"{"event":"forecast","id":"\#(id)","law":"l","size":1,"tokens":1,"compute":1,"loss":2,"deviation":0.1}"#
      try writeFile(folder + "/l", Array((forecast + "\n").utf8))
      for picture in ["l.svg", "l.png"] {
        #expect(isoflop("watch", folder + "/l", "--plot", "\(folder)/\(picture)").status == 0)
      }
      #expect(isoflop("watch", folder + "/l", "--plot", "-").status == 0)
      #expect(try names(in: folder) == ["l", "l.png", "l.svg"])
    }
  }

  /// A letter that no font has would be drawn over the whole picture.
  @Test func lettersWithoutAFontAreReplaced() {
    let text = "caf\u{E9} \u{2026} \u{10FFFD}x"
    let drawn = Fonts.drawable(text, environment: [:])
    #expect(drawn == "caf\u{E9} \u{2026} \u{25A1}x" || drawn == "caf\u{E9} \u{2026} ?x")
    #expect(Fonts.drawable(text, environment: ["PATH": "/nowhere"]) == "caf\u{E9} \u{2026} ?x")
    #expect(Fonts.drawable("\u{6A21}", environment: ["PATH": "/nowhere"]) == "?")
  }

  @Test func lettersOfTwoCellsMoveNothing() {
    #expect(Plotter.narrowed("a \u{6A21}\u{578B}     |") == "a \u{6A21}\u{578B}   |")
    #expect(Plotter.narrowed("a b   |") == "a b   |")
  }

  /// A quote with an accent on it is one letter, and ends an attribute all the same.
  @Test func accentsHideNoMarkup() {
    let text = HTMLPage.escaped("<\u{301}b>\u{301} &\u{301} \"\u{301} onload=\"x")
    let letters = text.unicodeScalars.filter { $0 != "\u{301}" }.map { String($0) }.joined()
    #expect(letters == "&lt;b&gt; &amp; &quot; onload=&quot;x")
  }
}
