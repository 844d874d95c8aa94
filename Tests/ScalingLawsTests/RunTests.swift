import Input
import Testing

@testable import ScalingLaws

@Suite struct RunTests {
  let header = "run_id,params_total,tokens,compute_flops,loss\n"

  func table(_ text: String) throws -> RunTable { try RunTable.parse(Array(text.utf8), source: "runs.csv") }
  func runs(_ text: String, _ selection: RunSelection = RunSelection()) throws -> RunSet {
    try table(text).select(selection)
  }

  @Test(arguments: ["\n", "\r\n", "\r"]) func lineEndsAndByteOrderMark(end: String) throws {
    let text = "\u{FEFF}" + header + "a,1e8,2e9,1.2e18,3.5\n\nb,2e8,2e9,2.4e18,3.3\n"
    let set = try runs(text.replacing("\n", with: end))
    #expect(set.runs.map(\.line) == [2, 4])
    #expect(set.runs.map(\.loss) == [3.5, 3.3])
    #expect(set.flopsPerScale == 6)
    #expect(set.skipped.isEmpty)
  }

  @Test func quotedCommasQuotesAndLineEnds() throws {
    let text = header + "\"a, \"\"b\"\"\nc\",1e8,2e9,1.2e18,3.5\n \"d\" ,\"2e8\" ,2e9,2.4e18,3.3\n"
    let table = try table(text)
    #expect(table.text("run_id", row: 0) == "a, \"b\"\nc")
    #expect(table.text("run_id", row: 1) == "d")
    #expect(table.lines == [2, 4])
    #expect(try table.select().runs.count == 2)
  }

  @Test(arguments: [
    ("a,1e8,2e9,1.2e18,NaN", "loss is NaN, not a finite number"),
    ("a,1e8,2e9,1.2e18,-1", "loss is -1.0, not positive"),
    ("a,1e8,2e9,1.2e18,inf", "loss is inf, not a finite number"),
    ("a,1e8,0,1.2e18,3", "tokens is 0.0, not positive"),
    ("a,7B,2e9,1.2e18,3", "params_total is 7B, not a finite number"),
    ("a,,2e9,1.2e18,3", "params_total is empty"),
    ("a,1e8,2e9,1.2e18,", "loss is empty"),
    ("a,1e8,2e9,1.2e18", "has 4 fields where the header has 5"),
    ("a,1e8,2e9,1.2e18,3,4", "has 6 fields where the header has 5"),
    ("a,1e8,,1.2e18,3", "tokens is empty, and compute_flops with flops_per_token is not there to replace it"),
  ])
  func aRowThatCannotBeUsedIsNamed(row: String, reason: String) throws {
    let set = try runs(header + "x,1e8,2e9,1.2e18,3.5\n" + row + "\n")
    #expect(set.runs.count == 1)
    #expect(set.skipped == [SkippedRow(line: 3, reason: reason)])
    #expect(set.warnings.contains { $0.code == .skippedRows && $0.message.contains("line 3") })
  }

  @Test(arguments: [
    ("", "is empty"),
    (" \n\r\n", "is empty"),
    ("run_id,params_total,tokens,loss\n", "has no runs"),
    ("a;b;c\n1;2;3\n", "semicolons"),
    ("1,2,3\n4,5,6\n", "no column names"),
    ("loss,loss\n1,2\n", "names a column twice"),
    ("params_total,tokens,perplexity\n1e8,1e9,20\n", "no loss column"),
    ("params_total,tokens,loss\n\"1e8,1e9,3\n", "quoted field that does not end"),
    ("params_total,tokens,loss\n\"1e8\"x,1e9,3\n", "after a closing quote"),
    ("params_total,tokens,loss\n1e8,1e9,NaN\n", "NaN"),
    ("size,tokens,loss\n1e8,1e9,3\n", "no scale column"),
    ("[1,2]", "is a number, not an object"),
    ("{\"loss\": ", "line 1"),
  ])
  func aBadFileIsAnErrorThatNamesIt(text: String, says: String) {
    #expect {
      try runs(text)
    } throws: { error in
      let error = error as? InputError
      return error?.file == "runs.csv" && "\(error?.description ?? "")".contains(says)
    }
  }

  @Test func columnsAreMappedAndFiltered() throws {
    let text = "n,toks,final,set\n1e8,2e9,3.5,a\n2e8,2e9,3.3,a\n4e8,2e9,3.2,b\n8e8,2e9,3.1,a\n"
    var selection = RunSelection()
    selection.map = ["params_total": "n", "tokens": "toks", "loss": "final"]
    selection.filters = try [.init(parsing: "set=a"), .init(parsing: "n<=2e8")]
    #expect(try runs(text, selection).runs.map(\.line) == [2, 3])
    selection.filters = try [.init(parsing: "set=b or n<=1e8")]
    #expect(try runs(text, selection).runs.map(\.line) == [2, 4])
    selection.filters = try [.init(parsing: "set=b or nn<=1e8")]
    #expect { try runs(text, selection) } throws: { "\($0)".contains("nn") }
    // No condition after the "or": it is part of the value.
    #expect(try RunSelection.Filter(parsing: "set=this or that").value == "this or that")
    selection.filters = []
    selection.dropHighest = 3
    #expect(try runs(text, selection).runs.map(\.loss) == [3.1])
    selection.dropHighest = 4
    #expect(throws: InputError.self) { try runs(text, selection) }
    selection.dropHighest = 0
    selection.map["loss"] = "finale"
    #expect { try runs(text, selection) } throws: { "\($0)".contains("did you mean final?") }
    #expect(throws: InputError.self) { try RunSelection.Filter(parsing: "set") }
    #expect(throws: InputError.self) { try RunSelection.Filter(parsing: "n<=big") }
  }

  @Test func bestPerKeepsTheLowestLoss() throws {
    let text = "params_total,tokens,learning_rate,loss\n1e8,2e9,1e-3,3.5\n1e8,2e9,2e-3,3.4\n2e8,2e9,1e-3,3.3\n"
    var selection = RunSelection()
    selection.bestPer = ["params_total", "tokens"]
    #expect(try runs(text, selection).runs.map(\.line) == [3, 4])
    // In a column of nothing all runs agree: one of them would be left.
    selection.bestPer = ["params_total", "setting"]
    let empty = text.replacing("tokens,learning", with: "tokens,setting,learning").replacing("2e9,", with: "2e9,,")
    #expect { try runs(empty, selection) } throws: { "\($0)".contains("is empty in every row") }
  }

  @Test func jsonLinesReadLikeCSV() throws {
    let text = """
      {"params_total": 100000000, "tokens": 2e9, "summary": {"loss": 3.5}, "tags": ["a"]}
      not json

      {"params_total": 2e8, "tokens": 2e9, "summary": {"loss": NaN}}
      {"params_total": 4e8, "tokens": 2e9, "summary": {"loss": 3.1}}
      """
    var selection = RunSelection()
    selection.map = ["loss": "summary.loss"]
    let set = try runs(text, selection)
    #expect(set.runs.map(\.line) == [1, 5])
    #expect(set.skipped.map(\.line) == [2, 4])
  }

  @Test func unitsAreConvertedOrRefused() throws {
    let text = "params_total,tokens,loss,bits_per_byte\n1e8,2e9,2.0,\n2e8,2e9,,0.9\n"
    #expect { try runs(text) } throws: { "\($0)".contains("--bytes-per-token") }
    var selection = RunSelection()
    selection.bytesPerToken = 4
    let set = try runs(text, selection)
    #expect(set.lossUnit == .bitsPerByte)
    #expect(abs(set.runs[0].loss - 2.0 / (0.6931471805599453 * 4)) < 1e-15)
    #expect(set.runs[1].loss == 0.9)
    selection.lossUnit = .natsPerToken
    #expect(abs(try runs(text, selection).runs[1].loss - 0.9 * 0.6931471805599453 * 4) < 1e-15)
    selection.bytesPerToken = 0
    #expect(throws: InputError.self) { try runs(text, selection) }
  }

  @Test func computeIsCheckedAgainstModelAndTokens() throws {
    let text = "flops_per_token,tokens,compute_flops,budget,loss\n1e9,1e9,1e18,1e18,3\n1e9,2e9,1e18,1e18,3\n"
    let set = try runs(text)
    #expect(set.flopsPerScale == 1)
    #expect(set.warnings.contains { $0.code == .computeMismatch && $0.message.contains("line 3") })
    let labels = "flops_per_token,tokens,compute_flops,budget,loss\n1.04e9,1e9,1.04e18,1e18,3\n"
    #expect(try runs(labels).warnings.contains { $0.code == .budgetLabelMismatch && $0.severity == .note })
  }

  @Test func pitfall9CheckpointsInMidScheduleAreNotPoints() throws {
    let text = header + "a,1e8,1e9,6e17,3.9\na,1e8,2e9,1.2e18,3.5\nb,2e8,2e9,2.4e18,3.3\nb,2e8,1e9,1.2e18,3.6\n"
    let set = try runs(text)
    #expect(set.runs.map(\.line) == [3, 4])
    #expect(set.warnings.contains { $0.code == .checkpointsDropped })
    var selection = RunSelection()
    selection.keepCheckpoints = true
    #expect(try runs(text, selection).runs.count == 4)
    // The same tokens twice is a repeated run, which says something about the noise.
    #expect(try runs(header + "a,1e8,1e9,6e17,3.9\na,1e8,1e9,6e17,3.8\n").runs.count == 2)
  }

  @Test(arguments: [
    ("unique_tokens", "2e9", "5e8", RunSelection.Mixture.repeatedData),
    ("params_active", "1e8", "3e7", .activeParameters),
    ("validation_set", "c4", "pile", .validationSets),
  ])
  func pitfall10MixturesAreRefused(column: String, one: String, other: String, mixture: RunSelection.Mixture) throws {
    let text = "params_total,tokens,loss,\(column)\n1e8,1e9,3.9,\(one)\n1e8,2e9,3.5,\(other)\n"
    #expect { try runs(text) } throws: { "\($0)".contains("line 2") && "\($0)".contains("line 3") }
    var selection = RunSelection()
    selection.comparable = [mixture]
    #expect(try runs(text, selection).runs.count == 2)
  }

  @Test func pitfall12BudgetsBeyondSixtyFourBits() throws {
    // 6 N D = 3.6e28 is far beyond Int64; as a Double it is a number like any other.
    let set = try runs("params_total,tokens,loss\n2000000000000,3000000000000000,1.7\n")
    #expect(set.runs[0].compute == 3.6e28)
    let over = try runs("params_total,tokens,compute_flops,loss\n1e300,1e300,,1.7\n1e8,1e9,,3\n")
    #expect(over.runs.count == 1 && over.skipped[0].reason.contains("not finite"))
  }

  @Test func datasetsInOneLawAreACaution() throws {
    let text = "params_total,tokens,loss,dataset\n1e8,1e9,3.9,c4\n1e8,2e9,3.5,pile\n"
    #expect(try runs(text).warnings.contains { $0.code == .mixedDatasets })
    var selection = RunSelection()
    selection.group = "dataset"
    let set = try runs(text, selection)
    #expect(set.groups == ["c4", "pile"])
    #expect(set.group(1).runs.map(\.line) == [3])
    #expect(!set.warnings.contains { $0.code == .mixedDatasets })
  }

  @Test func clustersForResampling() throws {
    let text = "params_total,tokens,loss,d_model\n1e8,1e9,3.9,512\n1e8,2e9,3.5,512\n2e8,1e9,3.6,512\n"
    var selection = RunSelection()
    selection.resample = .model
    #expect(try runs(text, selection).runs.map(\.cluster) == [0, 0, 1])
    selection.resample = .init("tokens")
    #expect(try runs(text, selection).runs.map(\.cluster) == [0, 1, 0])
    selection.resample = .init("modle")
    #expect { try runs(text, selection) } throws: { "\($0)".contains("did you mean model?") }
  }

  @Test func aMillionRows() throws {
    var text = "params_total,tokens,loss\n"
    text.reserveCapacity(20_000_000)
    let rows = checking ? 1_000_000 : 50_000
    for row in 0..<rows { text += "1e8,\(1_000_000 + row),3.5\n" }
    text += "1e8,1e9,oops\n"
    let set = try runs(text)
    #expect(set.runs.count == rows)
    #expect(set.skipped.map(\.line) == [rows + 2])
  }

  @Test func significantDigits() {
    #expect(significant(0.53049, 4) == "0.5305")
    #expect(significant(1.5e19, 3) == "1.5e19")
    #expect(significant(999.96, 4) == "1000")
    #expect(significant(-0.000123456, 6) == "-0.000123456")
    #expect(significant(2085.434, 7) == "2085.434")
    #expect(significant(3e-8, 6) == "3e-8")
  }
}

/// Files that trackers and trainers write: other names for the same columns.
@Suite struct ColumnNameTests {
  private let exported = """
    Name,State,config.n_params,config.flops_per_tok,summary.tokens_seen,train/loss,eval/loss,dataset
    a,finished,1e8,8e8,2e9,3.4,3.5,c4
    b,finished,2e8,1.6e9,2e9,3.2,3.3,c4

    """
  private let bits = "Name,N_params,tokens_seen,eval/bpb\na,1e8,2e9,0.9\nb,2e8,2e9,0.8\n"

  private func set(_ text: String, map: [String: String], scale: String? = nil) throws -> RunSet {
    var selection = RunSelection()
    selection.map = map
    selection.scale = scale
    return try RunTable.parse(Array(text.utf8), source: "runs.csv").select(selection)
  }

  @Test(arguments: [nil, "flops_per_token", "M", "config.flops_per_tok"])
  func aMappedScaleKeepsOurName(_ scale: String?) throws {
    let map = ["flops_per_token": "config.flops_per_tok", "tokens": "summary.tokens_seen", "loss": "eval/loss"]
    let runs = try set(exported, map: map, scale: scale)
    #expect(runs.scale == "flops_per_token")
    #expect(ModelScale(column: runs.scale) == .flopsPerToken)
    #expect(runs.flopsPerScale == 1)
    #expect(runs.runs.map(\.scale) == [8e8, 1.6e9])
    #expect(runs.runs.map(\.compute) == [1.6e18, 3.2e18])
  }

  @Test func aColumnOfOnesOwnStaysWhatItIs() throws {
    let map = ["tokens": "summary.tokens_seen", "loss": "eval/loss", "params_total": "config.n_params"]
    #expect(try set(exported, map: map, scale: "config.flops_per_tok").scale == "config.flops_per_tok")
  }

  @Test func bitsThatAreMappedToNatsAreNotPassedOver() throws {
    let others = ["params_total": "N_params", "tokens": "tokens_seen"]
    let nats = try set(bits, map: others.merging(["loss": "eval/bpb"]) { $1 })
    #expect(nats.lossUnit == .natsPerToken)
    #expect(nats.warnings.contains { $0.severity == .caution && $0.message.contains("--map bits_per_byte=eval/bpb") })
    let right = try set(bits, map: others.merging(["bits_per_byte": "eval/bpb"]) { $1 })
    #expect(right.lossUnit == .bitsPerByte && !right.warnings.contains { $0.code == .normalisedLoss })
  }

  @Test func theHintNamesEveryColumnThatIsMissing() {
    #expect {
      try set(exported, map: [:])
    } throws: {
      ($0 as? InputError)?.hint?.hasSuffix(
        "perhaps --map params_total=config.n_params --map loss=eval/loss --map tokens=summary.tokens_seen") == true
    }
    #expect {
      try set(exported, map: ["flops_per_token": "config.flops_per_tok"])
    } throws: {
      ($0 as? InputError)?.hint == "perhaps --map loss=eval/loss --map tokens=summary.tokens_seen"
    }
    #expect {
      try set(bits, map: ["params_total": "N_params"])
    } throws: {
      ($0 as? InputError)?.hint == "perhaps --map bits_per_byte=eval/bpb --map tokens=tokens_seen"
    }
  }

  @Test func aSlipInOurHalfIsSeen() {
    #expect {
      try set(bits, map: ["params_total": "N_params", "tokens": "tokens_seen", "bpb": "eval/bpb"])
    } throws: {
      ($0 as? InputError)?.hint == "did you mean --map bits_per_byte=eval/bpb?"
    }
  }
}
