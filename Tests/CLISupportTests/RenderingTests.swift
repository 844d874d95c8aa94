import Isoflop
import Testing

@testable import CLISupport

@Suite struct NumbersTests {
  @Test(arguments: [
    (0, "0"), (7, "7"), (999, "999"), (1000, "1,000"), (42_467_328_000, "42,467,328,000"), (-1234, "-1,234"),
    (Int.max, "9,223,372,036,854,775,807"), (Int.min, "-9,223,372,036,854,775,808"),
  ])
  func grouped(_ value: Int, _ text: String) { #expect(Numbers.grouped(value) == text) }

  @Test func scientific() {
    #expect(Numbers.scientific(4.24602e-4, 5) == "4.2460e-4")
    #expect(Numbers.scientific(1.79874e11, 5) == "1.7987e11")
    #expect(Numbers.scientific(9.9996, 3) == "1.00e1")
    #expect(Numbers.scientific(5, 1) == "5")
    #expect(Numbers.scientific(.infinity) == "inf")
  }

  @Test func significant() {
    #expect(Numbers.significant(2251.61, 4) == "2252")
    #expect(Numbers.significant(0.0857143) == "0.0857")
    #expect(Numbers.significant(999_999, 3) == "1.00e6")
    #expect(Numbers.significant(0) == "0")
    #expect(Numbers.significant(-12.345, 3) == "-12.3")
  }

  @Test func prefixes() {
    #expect(Numbers.si(42_467_328_000, 4) == "42.47 G")
    #expect(Numbers.si(999_960_000.0, 4) == "1.000 G")
    #expect(Numbers.si(12, 3) == "12.0")
    #expect(Numbers.si(1e35, 3) == "1.00e35")
    #expect(Numbers.count(6_910_365_696, 3) == "6.91B")
    #expect(Numbers.count(2e12) == "2.00T")
    #expect(Numbers.count(512) == "512")
  }

  @Test func differences() {
    #expect(Numbers.difference(117.65, from: 100) == "+17.7 %")
    #expect(Numbers.difference(87, from: 100) == "-13.0 %")
    #expect(Numbers.difference(99.99, from: 100) == "0.0 %")
  }

  @Test(
    arguments: [
      (0.0000005, "0.50 us"), (0.0123, "12.3 ms"), (1.25, "1.2 s"), (59.4, "59 s"), (200, "3 min 20 s"),
      (3600, "1 h 00 min"),
      (86_400 * 12 + 3600 * 5, "12 d 05 h"), (.infinity, "unknown"), (1e15, "unknown"),
    ] as [(Double, String)])
  func durations(_ seconds: Double, _ text: String) { #expect(Numbers.duration(seconds) == text) }
}

@Suite struct TableTests {
  private var table: CLISupport.Table {
    var table = CLISupport.Table([.text("name"), .integer("d_model", "width"), .number("M", "M") { Numbers.si($0) }])
    table.add(["a,b", 4096, 42_467_328_000])
    table.add(["say \"x\" | y", .null, .number(0.1)])
    return table
  }

  @Test func textIsAligned() {
    #expect(
      table.text() == """
        name         width       M
        a,b          4,096  42.5 G
        say "x" | y      -   0.100

        """)
  }

  @Test func wordsInTheLastColumnAreBrokenWithinIt() {
    var table = CLISupport.Table([.text("name"), .integer("n"), .text("source")])
    table.add(["first", 4096, "a text that is longer than there is room for"])
    table.add(["b", 1, "short"])
    #expect(
      table.text(width: 40) == """
        name       n  source
        first  4,096  a text that is longer than
                      there is room for
        b          1  short

        """)
  }

  @Test func aTableThatWouldWrapIsToldLineByLine() {
    #expect(
      table.text(width: 20) == """
        a,b
          width  4,096
          M      42.5 G

        say "x" | y
          width  -
          M      0.100

        """)
    #expect(table.text(width: 200) == table.text())
  }

  @Test func csvIsExactAndQuoted() {
    #expect(table.csv == "name,d_model,M\n\"a,b\",4096,42467328000\n\"say \"\"x\"\" | y\",,0.1\n")
  }

  @Test func markdownEscapesBars() {
    #expect(
      table.markdown == """
        | name | width | M |
        |---|---:|---:|
        | a,b | 4,096 | 42.5 G |
        | say "x" \\| y | - | 0.100 |

        """)
  }

  /// A name from somebody's file steers no terminal and begins no row; the exact forms have it as it is.
  @Test func aNameKeepsToItsCell() {
    var table = CLISupport.Table([.text("run"), .integer("n")])
    table.add(["a\u{1B}[31mb\nc\u{9B}", 1])
    #expect(
      table.text() == """
        run                    n
        a\\u{1b}[31mb\\nc\\u{9b}  1

        """)
    #expect(table.markdown.hasSuffix("| a\\u{1b}[31mb\\nc\\u{9b} | 1 |\n"))
    #expect(table.csv == "run,n\n\"a\u{1B}[31mb\nc\u{9B}\",1\n")
  }

  @Test func jsonIsExact() {
    #expect(
      table.json
        == ([
          ["name": "a,b", "d_model": 4096, "M": 42_467_328_000],
          ["name": "say \"x\" | y", "d_model": .null, "M": .number(0.1)],
        ] as JSON))
  }

  @Test func progressReadsAsOneLine() {
    #expect(
      ProgressLine.text(done: 430_000_000, of: 1_000_000_000, "shapes", rate: 1e8, secondsLeft: 5.7)
        == "43 % of 1.00 G shapes, 100 M/s, 6 s left")
    #expect(
      ProgressLine.text(done: 3, of: 2000, "resamples", rate: 20, secondsLeft: 99.85)
        == "0.1 % of 2,000 resamples, 20.0/s, 1 min 40 s left")
    #expect(
      ProgressLine.text(done: 99, of: 100, "starts", rate: 200, secondsLeft: 0.005)
        == "99 % of 100 starts, 200/s, 1 s left")
    #expect(
      ProgressLine.text(done: 0, of: 100, "starts", rate: 0, secondsLeft: .infinity) == "0.0 % of 100 starts, 0/s")
  }
}

@Suite struct Table3Tests {
  @Test func thirtyFourOfThirtyFiveNumbersAreAsPrinted() {
    let agreement = Table3().agreement
    #expect(agreement.of == 35)
    #expect(agreement.equal == 34)
  }

  @Test func theOneThatDiffersIs6N1OverMOfTheFifthRow() {
    let differing = Table3.rows.flatMap { row in
      zip(row.printed, row.computed).filter { $0 != $1 }.map { (row.layers, $0, $1) }
    }
    #expect(differing.count == 1)
    #expect(differing.first.map { [$0.1, $0.2] } == ["0.85", "0.86"])
    #expect(Numbers.fixed(Table3.rows[4].ratioN1, 3) == "0.857")
  }
}

@Suite struct NarrowTests {
  @Test func extraColumnsGiveWayFirst() {
    var table = CLISupport.Table([.text("name"), .text("meaning").extra, .integer("d_model")])
    table.add(["a", "what it means", 4096])
    table.add(["b", "something else", 64])
    let whole = "name  meaning         d_model\na     what it means     4,096\nb     something else       64\n"
    #expect(table.text(width: 40) == whole)
    #expect(
      table.text(width: 20) == """
        name  d_model
        a       4,096
        b          64

        no room for meaning
          (it takes a width
          of 29)

        """)
    #expect(table.csv == "name,meaning,d_model\na,what it means,4096\nb,something else,64\n")
  }

  /// A single row loses nothing: it is told line by line.
  @Test func aSingleRowIsToldWhole() {
    var table = CLISupport.Table([.text("name"), .integer("a_number").extra, .integer("another").extra])
    table.add(["one", 1_234_567, 7_654_321])
    #expect(table.text(width: 20) == "one\n  a_number  1,234,567\n  another   7,654,321\n")
  }

  @Test func headingsAreBrokenBeforeColumnsGiveWay() {
    var table = CLISupport.Table([.size("num_hidden_layers"), .size("kv_lora_rank").extra, .size("M").extra])
    table.add([43, 256, 150])
    table.add([44, 512, 151])
    #expect(
      table.text(width: 30) == """
        num_hidden_
             layers  kv_lora_rank    M
                 43           256  150
                 44           512  151

        """)
    #expect(
      table.text(width: 22) == """
           num_    kv_
        hidden_  lora_
         layers   rank    M
             43    256  150
             44    512  151

        """)
  }

  @Test func whatIsTheSameInEveryRowIsSaidOnce() {
    var table = CLISupport.Table([
      .size("layers"), .size("width"), .size("vocab_size").extra(5), .size("experts"), .text("note").extra(1),
    ])
    table.add([43, 256, 102_400, 8, "x"])
    table.add([44, 512, 102_400, 8, "x"])
    #expect(
      table.text(width: 28) == """
        layers  width  experts  note
            43    256        8  x
            44    512        8  x

        in every row: vocab_size
          102400

        """)
    #expect(
      table.text(width: 13) == """
        layers  width
            43    256
            44    512

        in every row:
          vocab_size
          102400,
          experts 8,
          note x

        """)
  }

  /// What names the steps from one convention to another is long, and their heading says which two.
  @Test func wordsInAnyColumnAreBroken() {
    var table = CLISupport.Table([.text("step", "from here to there"), .integer("n"), .text("nature")])
    table.add(["a step that is told in many words, one after the other", 4096, "convention"])
    table.add(["b", 1, "error"])
    #expect(
      table.text(width: 50)
        == """
        from here to there               n  nature
        a step that is told in many  4,096  convention
        words, one after the other
        b                                1  error

        """)
  }

  @Test func tablesOfCommandsFitEightyColumns() {
    for arguments in [
      ["compare", "deepseek-llm-67b", "--as", "all"], ["allocate", "--compute", "1e20"], ["laws"],
      ["count", "--models"],
    ] {
      let result = isoflop(arguments, environment: ["COLUMNS": "80"])
      let tooWide = result.output.split(separator: "\n").map { String($0) }.filter { $0.count > 80 }
      #expect(result.status == 0, "\(arguments)")
      #expect(tooWide == [], "\(arguments)")
    }
  }
}
