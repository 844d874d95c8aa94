import Isoflop
import Testing

@testable import CLISupport

/// `isoflop allocate`: the paper's numbers through the command line, its JSON promise and its text.
@Suite struct AllocateTests {
  /// C, learning rate, batch, M_opt, D_opt from eq. 1 and 4 of arXiv 2401.02954, to five digits.
  static let table: [(C: String, rate: String, batch: String, M: String, D: String)] = [
    ("1e17", "2.3382e-3", "1.0619e5", "1.4040e8", "7.1234e8"),
    ("1e19", "1.3148e-3", "4.7894e5", "1.5702e9", "6.3692e9"),
    ("1e20", "9.8600e-4", "1.0171e6", "5.2513e9", "1.9045e10"),
    ("3e20", "8.5948e-4", "1.4570e6", "9.3415e9", "3.2118e10"),
    ("1e22", "5.5447e-4", "4.5876e6", "5.8731e10", "1.7029e11"),
    ("1e24", "3.1180e-4", "2.0691e7", "6.5685e11", "1.5226e12"),
    ("8.455716864e22", "4.2460e-4", "9.2226e6", "1.7987e11", "4.7015e11"),
  ]

  @Test(arguments: table.indices)
  func thePaperToFiveDigits(_ index: Int) throws {
    let row = Self.table[index]
    let result = isoflop("allocate", "--compute", row.C, "--top", "1", "--json")
    #expect(result.status == 0)
    let answer = try object(result.output)
    func digits(_ key: String) -> String? { answer[key]?.double.map { Numbers.scientific($0, 5) } }
    #expect(digits("learning_rate") == row.rate)
    #expect(digits("batch_tokens") == row.batch)
    #expect(digits("M_opt") == row.M)
    #expect(digits("D_opt") == row.D)
    #expect(answer["law"] == "deepseek")
    #expect(answer["loss"] == .null)
  }

  @Test func theSevenBillionBudget() {
    let result = isoflop("allocate", "--compute", "8.455716864e22", "--top", "2")
    #expect(result.output.contains("2252 sequences of 4096"))
    #expect(result.errors.contains("warning: allocation of deepseek: C = 8.456e22 is 282 times the largest budget"))
    #expect(result.errors.contains("is 4228 times the largest budget"))
  }

  @Test func theKeysOfThePromise() throws {
    let answer = try object(isoflop("allocate", "--compute", "1e20", "--json").output)
    for key in [
      "compute", "law", "M_opt", "D_opt", "learning_rate", "batch_tokens", "loss", "architectures", "warnings",
    ] {
      #expect(answer[key] != nil, "\(key)")
    }
    let first = try #require(answer["architectures"]?.array?.first?.object)
    for key in [
      "n_layers", "d_model", "n_heads", "n_kv_heads", "head_dim", "d_ff", "vocab_size", "sequence_length", "M",
      "parameters", "tokens", "M_over_M_opt",
    ] {
      #expect(first[key] != nil, "\(key)")
    }
    // Its own D = C / M.
    let (M, tokens) = (try #require(first["M"]?.double), try #require(first["tokens"]?.double))
    #expect(abs(M * tokens / 1e20 - 1) < 1e-12)
  }

  @Test func acceleratorsAndHoursAreABudget() throws {
    // 512 x 989e12 x 0.4 x 3600 x 72.
    let answer = try object(
      isoflop("allocate", "--accelerators", "512", "--accelerator", "h100", "--hours", "72", "--mfu", "0.4", "--json")
        .output)
    #expect(answer["compute"]?.double.map { abs($0 / (512 * 989e12 * 0.4 * 3600 * 72) - 1) < 1e-12 } == true)
  }

  @Test func aGridGivesItsOwnShapes() throws {
    let result = isoflop(
      "allocate", "--compute", "1e18", "--n-layers", "4:12", "--d-model", "256:1024:64", "--top", "2", "--json")
    let shapes = try #require(object(result.output)["architectures"]?.array).compactMap(\.object)
    #expect(shapes.count == 2)
    #expect(shapes.allSatisfy { $0["n_heads"] == nil && (4...12).contains($0["n_layers"]?.double ?? 0) })
  }

  @Test(arguments: [
    (["--compute", "0"], "--compute: 0 is not a positive, finite number\nhint: use a number such as 1e20"),
    (["--compute=-1e20"], "--compute: -1e20 is not a positive, finite number\nhint: use a number such as 1e20"),
    (["--compute", "nan"], "--compute: nan is not a positive, finite number\nhint: use a number such as 1e20"),
    (["--compute", "inf"], "--compute: inf is not a positive, finite number\nhint: use a number such as 1e20"),
    (["--compute", "much"], "--compute: much is not a number\nhint: use a number such as 1e20"),
    (
      [],
      "--compute: is missing\n"
        + "hint: give FLOPs (--compute 1e20), or --accelerators 512 --accelerator h100 --hours 720"
    ),
    (["--compute", "1e20", "--hours", "3"], "--hours: 3 is given beside --compute\nhint: keep one of the two"),
    (["--hours", "3"], "--hours: 3 needs accelerators\nhint: add --accelerators 512 --accelerator h100"),
    (
      ["--compute", "1e20", "--price", "2"],
      "--price: 2 needs an accelerator\nhint: add --accelerator h100"
    ),
    (
      ["--compute", "1e20", "--law", "depseek"],
      "law: depseek is not a law that isoflop knows\nhint: did you mean deepseek?"
    ),
    (
      ["--compute", "1e20", "--style", "lama"],
      "style: lama is not a style that isoflop knows\nhint: did you mean llama?"
    ),
    (
      ["--compute", "1e20", "--size", "1e9", "--tokens", "1e9"],
      "--tokens: 1e9 is given beside --size\nhint: keep one of the two"
    ),
  ])
  func aBadRequestIsNamed(_ arguments: [String], _ message: String) {
    #expect(isoflop(["allocate"] + arguments) == Outcome(status: 2, output: "", errors: "error: \(message)\n"))
  }
}
