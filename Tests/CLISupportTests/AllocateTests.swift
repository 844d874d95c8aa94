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
    #expect(result.output.contains("2,252 sequences of 4,096"))
    #expect(result.errors.contains("warning: allocation of deepseek: C = 8.456e22 is 282 times the largest budget"))
    #expect(result.errors.contains("is 4,228 times the largest budget"))
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

  @Test(arguments: [["--days", "3"], ["--hours", "72"], ["--accelerator-hours", "36864"]])
  func daysHoursAndAcceleratorHoursSayTheSame(_ time: [String]) throws {
    for mfu in ["0.4", "40%"] {
      let answer = try object(
        isoflop(["allocate", "--accelerators", "512", "--accelerator", "h100", "--mfu", mfu, "--json"] + time).output)
      #expect(answer["compute"]?.double == 512 * 989e12 * 0.4 * 3600 * 72)
    }
    #expect(isoflop(["allocate"] + time).errors.hasPrefix("error: \(time[0]): needs accelerators\n"))
    let twice = isoflop(["allocate", "--compute", "1e20"] + time)
    #expect(twice.errors.hasPrefix("error: \(time[0]): is given beside compute\n"), "\(twice.errors)")
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
    (["--compute", "1e20", "--hours", "3"], "--hours: is given beside compute\nhint: keep one of the two"),
    (["--hours", "3"], "--hours: needs accelerators\nhint: how many, and which: accelerators 512, accelerator h100"),
    (
      ["--compute", "1e20", "--price", "2"],
      "--price: 2 needs an accelerator\nhint: add --accelerator h100"
    ),
    (
      ["--compute", "1e20", "--law", "depseek"],
      "--law: depseek is not a law that isoflop knows\nhint: did you mean deepseek?"
    ),
    (
      ["--compute", "1e20", "--style", "lama"],
      "--style: lama is not a style that isoflop knows\nhint: did you mean llama?"
    ),
    (
      ["--compute", "1e20", "--size", "1e9", "--tokens", "1e9"],
      "--tokens: 1e9 cannot be given beside a budget and --size\nhint: C = M D: keep two of the three"
    ),
  ])
  func aBadRequestIsNamed(_ arguments: [String], _ message: String) {
    #expect(isoflop(["allocate"] + arguments) == Outcome(status: 2, output: "", errors: "error: \(message)\n"))
  }

  /// The paper's two models at their own budgets, by their M in the paper's form: what the law would have chosen, that
  /// both were trained past it, and the penalty by the fit to the figure, named as that.
  @Test(arguments: [
    ("8.455716864e22", "42278584320", 1.80e11, 4.70e11, 0.235, 4.25, 0.0224),
    ("9.9455336448e23", "497276682240", 6.55e11, 1.52e12, 0.759, 1.32, 0.00055),
  ])
  func pastTheOptimum(
    compute: String, size: String, M: Double, D: Double, ratioM: Double, ratioD: Double, penalty: Double
  ) throws {
    let result = isoflop("allocate", "--compute", compute, "--size", size, "--top", "1")
    #expect(result.output.contains("of its tokens: past it"))
    #expect(
      result.errors.contains("the penalty is by deepseek_fig4a, fit of this project to DeepSeek LLM's figure 4(a)"))
    let answer = try object(isoflop("allocate", "--compute", compute, "--size", size, "--top", "1", "--json").output)
    let off = try #require(answer["off_optimum"]?.object)
    func number(_ key: String) throws -> Double { try #require(off[key]?.double) }
    #expect(try abs(number("size_opt") / M - 1) < 0.003)
    #expect(try abs(number("D_opt") / D - 1) < 0.003)
    #expect(try abs(number("size_over_optimum") - ratioM) < 0.001)
    #expect(try abs(number("tokens_over_optimum") - ratioD) < 0.005)
    #expect(try abs(number("loss_penalty") / penalty - 1) < 0.02)
    #expect(off["law"] == "deepseek_fig4a")
  }

  /// A model as it is: its tokens are C over its own M; with tokens, C is M D.
  @Test func aGivenModel() throws {
    let answer = try object(isoflop("allocate", "--model", "deepseek-llm-7b", "--tokens", "2T", "--json").output)
    #expect(answer["compute"]?.double == 42_467_328_000 * 2e12)
    #expect(answer["D_opt"]?.double.map { abs($0 / 2e12 - 1) < 1e-12 } == true)
    #expect(answer["architectures"]?.array?.isEmpty == true)
    let other = try object(
      isoflop("allocate", "--model", "llama-2-7b", "--compute", "1e22", "--law", "besiroglu", "--json").output)
    let count = try object(isoflop("count", "llama-2-7b", "--json").output)
    let M = try #require(count["flops_per_token"]?.object?["M"]?.double)
    #expect(other["D_opt"]?.double.map { abs($0 / (1e22 / M) - 1) < 1e-12 } == true)
    #expect(other["size"]?.double == count["parameters"]?.object?["total"]?.double)
    #expect(isoflop("allocate", "--model", "llama-2-7b", "--compute", "1e22", "--tokens", "1e9").status == 2)
    #expect(isoflop("allocate", "--model", "llama-2-7b", "--size", "7B", "--tokens", "1e9").status == 2)
  }

  /// Counts of one thing, and numbers of four digits and more, as people write them.
  @Test func countsReadAsPeopleWriteThem() {
    let result = isoflop("allocate", "--compute", "1e12", "--batch-multiple", "1")
    #expect(result.output.contains("of 1 sequence, a batch that can be run"), "\(result.output)")
    #expect(result.errors.contains("the batch of 2,458 tokens is less than 1 sequence of 4,096: rounded up"))
    #expect(result.errors.contains("only 1,213 steps: runs of fewer than 4,000 are bent"), "\(result.errors)")
    #expect(isoflop("allocate", "--compute", "1e11").errors.contains("within 30 % of 100,360 (the nearest is"))
  }

  /// Learning rate, batch, schedule and steps come with every law, by DeepSeek's where it has none, and are named.
  @Test func aLawWithoutHyperparameters() throws {
    let answer = try object(isoflop("allocate", "--compute", "1e21", "--law", "besiroglu", "--json").output)
    #expect(answer["hyperparameter_law"] == "deepseek")
    #expect(answer["learning_rate"]?.double != nil && answer["batch_tokens"]?.double != nil)
    #expect(answer["schedule"]?.object?["kind"] == "multi-step")
    #expect(answer["runnable_batch"]?.object?["steps"]?.double != nil)
  }

  /// MFU and energy of DeepSeek 67B and of Llama 3.1 405B.
  @Test func whatItTakes() throws {
    let bill = try #require(
      object(
        isoflop(
          "allocate", "--compute", "9.9455336448e23", "--accelerators", "2048", "--accelerator", "h800", "--mfu",
          "0.4646",
          "--pue", "1.1", "--carbon", "0.4", "--price", "2", "--top", "1", "--json"
        ).output)["economics"]?.object)
    func number(_ key: String) throws -> Double { try #require(bill[key]?.double) }
    #expect(try abs(number("accelerator_hours") / 601_200 - 1) < 3e-4)
    #expect(try abs(number("energy_kwh") / (1.1 * 420_800) - 1) < 3e-4)
    #expect(try abs(number("co2e_kg") / (0.4 * number("energy_kwh")) - 1) < 1e-12)
    #expect(try number("cost") == 2 * number("accelerator_hours"))
    #expect(try number("watts") == 700 && number("mfu") == 0.4646)
    let result = isoflop(
      "mfu", "deepseek-llm-67b", "--tokens", "2T", "--accelerator-hours", "601200", "--peak", "h800", "--as",
      "deepseek",
      "--csv")
    let cells = result.output.split(separator: "\n").map { $0.split(separator: ",") }
    let column = try #require(cells.first?.firstIndex(of: "mfu"))
    #expect(try abs(#require(Double(cells[1][column])) - 0.4043) < 1e-4)
  }

  /// DeepSeek 67B, 300.6K H800-hours for 1e12 tokens (DeepSeek-V2's paper), over 2e12: 46.5 % of the peak by the paper's
  /// M, 40.4 % by the exact one, 40.9 % with the head, which is what torchtitan, OLMo-core and nanotron count.
  @Test(arguments: [("deepseek-paper", 0.4646), ("deepseek", 0.4043), ("olmo-core", 0.4090), ("nanotron", 0.4090)])
  func utilisationStatesItsCount(convention: String, expected: Double) throws {
    let result = isoflop(
      "mfu", "deepseek-llm-67b", "--tokens", "2T", "--accelerator-hours", "601200", "--peak", "h800", "--as",
      convention, "--csv")
    let lines = result.output.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    let row = Dictionary(uniqueKeysWithValues: zip(try #require(lines.first), lines[1]))
    #expect(row["convention"] == convention)
    #expect(try abs(#require(row["mfu"].flatMap(Double.init)) - expected) < 0.00005)
  }

  /// Llama 3.1 405B: 6 x 405e9 x 15.6e12 FLOPs in 30.84M H100-hours is 34.5 % of 989 TFLOPS, and 21.6 GWh at 700 W;
  /// 11,390 t of CO2e over the 39.3M hours of its family are 0.414 kg/kWh.
  @Test func whatLlama405BTook() throws {
    let compute = 6 * 405e9 * 15.6e12
    func bill(_ mfu: String) throws -> JSONObject {
      try #require(
        object(
          isoflop(
            "allocate", "--compute", "\(compute)", "--accelerators", "16384", "--accelerator", "h100", "--mfu", mfu,
            "--carbon", "\(11_390_000 / (39.3e6 * 0.7))", "--top", "1", "--json"
          ).output)["economics"]?.object)
    }
    let hours = try #require(bill("0.345")["accelerator_hours"]?.double)
    #expect(abs(hours / 30.84e6 - 1) < 0.001)
    let exact = try bill("\(0.345 * hours / 30.84e6)")
    #expect(exact["energy_kwh"]?.double.map { abs($0 / 21.6e6 - 1) < 0.001 } == true)
    #expect(exact["co2e_kg"]?.double.map { abs($0 / (0.414 * 21.588e6) - 1) < 0.001 } == true)
  }

  @Test func moneyAndAcceleratorHoursAreBudgets() throws {
    let machine = [
      "allocate", "--accelerators", "64", "--accelerator", "a100", "--mfu", "0.5", "--price", "2", "--json",
    ]
    let hours = try object(isoflop(machine + ["--accelerator-hours", "6400"]).output)
    let money = try object(isoflop(machine + ["--money", "12800"]).output)
    #expect(hours["compute"]?.double.map { abs($0 / (312e12 * 0.5 * 6400 * 3600) - 1) < 1e-12 } == true)
    #expect(hours["compute"] == money["compute"])
    #expect(
      isoflop("allocate", "--money", "10", "--accelerator", "a100").errors.contains("--money: needs the price"))
    #expect(isoflop("allocate", "--money", "10").errors.contains("--money: needs accelerators"))
  }

  /// Groups of accelerators that do not fit: the nearest number that does.
  @Test func replicasOfTheModel() throws {
    let split = [
      "allocate", "--compute", "1e22", "--accelerator", "h100", "--tensor-parallel", "8", "--pipeline-parallel", "2",
    ]
    let answer = try object(isoflop(split + ["--accelerators", "512", "--json"]).output)
    let sequences = try #require(answer["runnable_batch"]?.object?["sequences"]?.double)
    #expect(sequences.truncatingRemainder(dividingBy: 32) == 0)
    let error = isoflop(split + ["--accelerators", "100"])
    #expect(error.status == 2)
    #expect(error.errors.contains("hint: the nearest is 96"))
  }

  @Test func aLengthScheduleCosts() throws {
    let plain = try object(isoflop("allocate", "--compute", "1e21", "--json").output)
    let long = try object(
      isoflop("allocate", "--compute", "1e21", "--length-schedule", "0.9:4096,0.1:32768", "--json").output)
    func tokens(_ answer: JSONObject) throws -> Double {
      try #require(answer["architectures"]?.array?.first?.object?["tokens"]?.double)
    }
    #expect(try tokens(long) < tokens(plain))
    #expect(isoflop("allocate", "--compute", "1e21", "--length-schedule", "0.9").status == 2)
    #expect(isoflop("allocate", "--compute", "1e21", "--length-schedule", "0.9:4096").status == 2)
  }

  /// Constraints that cannot hold together are named, with the nearest shape that meets them.
  @Test func conflictsAreNamed() {
    let result = isoflop(
      "allocate", "--compute", "1e22", "--max-parameters", "1B", "--tensor-parallel", "4", "--aspect-ratio", "60...120")
    #expect(result.status == 2 && result.output.isEmpty)
    #expect(result.errors.contains("constraints: max_parameters 1e9 cannot hold for"))
    #expect(result.errors.contains("hint: the nearest shape that meets them all is n_layers="))
  }

  @Test func aMixtureIsMeasuredByWhatIsActive() throws {
    let result = isoflop(
      "allocate", "--compute", "1e23", "--style", "moe", "--law", "besiroglu", "--top", "3", "--json")
    let answer = try object(result.output)
    let size = try #require(answer["size"]?.double)
    for shape in try #require(answer["architectures"]?.array).compactMap(\.object) {
      #expect(shape["active_parameters"]?.double.map { abs($0 / size - 1) < 0.02 } == true)
    }
    #expect(
      answer["warnings"]?.array?.contains { $0.string?.contains("of mixtures the active parameters") == true } == true)
  }
}
