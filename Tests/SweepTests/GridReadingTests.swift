import Architectures
import Input
import Sweep
import Testing

@Suite struct GridReadingTests {
  private static let example = """
    axes:                                   # a list, a range, or a rule
      n_layers: {from: 1, to: 200, step: 1}
      d_model: {from: 64, to: 32000, step: 64}
      sequence_length: [2048, 4096, 8192]
      head_dim: [64, 128]
      n_kv_heads: {ratio_of: n_heads, values: [1, 1/4, 1/8]}
      d_ff: {ratio_of: d_model, values: [8/3, 4], multiple_of: 256}
      n_experts: 0
    mlp: gated
    vocab_size: 102400
    constraints:
      aspect_ratio: 64...160
      n_heads: {multiple_of: 8}
      parameters: 1e9...8e9
    """

  private static func grid(_ yaml: String) throws -> Grid { try Grid(JSON(yaml: Array(yaml.utf8))) }

  @Test func yaml() throws {
    let grid = try Self.grid(Self.example)
    #expect(grid.shapes == 200 * 500 * 3 * 2 * 3 * 2)
    #expect(grid.axes[.width] == .values(.range(first: 64, step: 64, count: 500)))
    let third = try #require(Rational(8, over: 3))
    #expect(grid.axes[.mlpWidth] == .ratio(of: .width, [third, Rational(4)], multipleOf: 256))
    #expect(grid.form == .general)
    #expect(grid.constraints.count == 3)
    #expect(
      grid.constraints.contains(Constraint(.parameters, from: Rational(1_000_000_000), to: Rational(8_000_000_000))))
  }

  @Test func jsonAndFlagsSayTheSame() throws {
    let yaml = try Self.grid(
      """
      axes: {n_layers: {from: 1, to: 9}, d_model: [64, 128], d_ff: {ratio_of: d_model, values: [8/3, 4], multiple_of: 256}}
      constraints: {aspect_ratio: 64...160}
      """)
    let json = try Grid(
      JSON(
        parsing: """
          {"axes": {"n_layers": {"from": 1, "to": 9}, "d_model": [128, 64],
            "d_ff": {"ratio_of": "d_model", "values": ["8/3", 4], "multiple_of": 256}},
           "constraints": {"aspect_ratio": {"from": 64, "to": 160.0}}}
          """))
    let flags = try Grid(
      axes: [("n-layers", "1:9"), ("d-model", "64:128:64"), ("d-ff", "8/3,4, multiple of 256")],
      constraints: [("aspect-ratio", "64...160")])
    #expect(yaml == json)
    #expect(json.axes[.layers] == flags.axes[.layers])
    #expect(json.axes[.mlpWidth] == flags.axes[.mlpWidth])
    #expect(json.constraints == flags.constraints)
  }

  @Test func roundingAndPlaces() throws {
    let grid = try Self.grid(
      """
      axes: {n_layers: [2], d_model: [8192, 8190], head_dim: [128], d_ff: {ratio_of: d_model, values: [8/3], multiple_of: 256}}
      """)
    let shape = try #require(grid.shape(at: [.width: 1]))
    #expect(shape.mlpWidth == 22016)
    #expect(shape.heads == 64)
    #expect(shape.keyValueHeads == 64)
    #expect(shape.vocabulary == 102_400)
    // 8190 is no multiple of 128.
    #expect(grid.shape(at: [.width: 0]) == nil)
  }

  @Test func withoutExpertsTheirSizesDoNotCount() throws {
    let grid = try Self.grid(
      """
      axes: {n_layers: [4], d_model: [64], d_ff: [128], n_experts: [0, 8], experts_per_token: [1, 2, 16], d_expert: [32, 64]}
      """)
    #expect(grid.shapes == 12)
    #expect(grid.shape(at: [:])?.expertsPerToken == 0)
    #expect(grid.shape(at: [.expertsPerToken: 1]) == nil)
    #expect(grid.shape(at: [.experts: 1, .expertsPerToken: 1, .expertWidth: 1])?.expertWidth == 64)
    #expect(grid.shape(at: [.experts: 1, .expertsPerToken: 2]) == nil)
  }

  @Test(arguments: [
    ("", "is empty"),
    ("axes: {n_layers: []}", "axes.n_layers: is an empty axis"),
    ("axes: {n_layers: {from: 5, to: 1}}", "is an empty axis"),
    ("axes: {n_layers: {from: 1, to: 9, step: 0}}", "axes.n_layers.step: 0"),
    ("axes: {n_layers: {from: 1, to: 9, step: -1}}", "goes backwards"),
    ("axes: {n_layers: {from: 1, to: 9, stepp: 1}}", "did you mean step?"),
    ("axes: {n_layer: [1]}", "did you mean n_layers?"),
    ("axs: {n_layers: [1]}", "did you mean axes?"),
    ("axes: {n_layers: [1], d_model: [64]}\nconstraint: {}", "did you mean constraints?"),
    ("axes: {n_layers: [1]}", "axes.d_model: is missing"),
    ("axes: {n_layers: [1, 1], d_model: [64]}", "given twice"),
    ("axes: {n_layers: [1], n_layers: [2], d_model: [64]}", "twice"),
    ("axes: {n_layers: [1], d_model: [64], vocab_size: 5}\nvocab_size: 6", "vocab_size: is given twice"),
    ("axes: {n_layers: [1.5], d_model: [64]}", "1.5 is not an integer"),
    ("axes: {n_layers: [x], d_model: [64]}", "axes.n_layers[0]: x"),
    ("axes: {n_layers: [0], d_model: [64]}", "is below 1"),
    ("axes: {n_layers: [-3], d_model: [64]}", "-3 is below 1"),
    ("axes: {n_layers: [99999999999999999999], d_model: [64]}", "99999999999999999999 is not an integer that fits"),
    ("axes: {n_layers: [1e15], d_model: [64]}", "is above 2^40"),
    ("axes: {n_layers: {from: 1, to: 1e12}, d_model: {from: 1, to: 1e12}}", "more shapes than fit Int64"),
    ("axes: {n_layers: [1], d_model: [64], d_ff: {ratio_of: d_mdel, values: [4]}}", "did you mean d_model?"),
    ("axes: {n_layers: [1], d_model: [64], d_ff: {ratio_of: d_ff, values: [4]}}", "ratio of itself"),
    ("axes: {n_layers: [1], d_model: [64], d_ff: {ratio_of: d_expert, values: [4]}}", "has no values"),
    ("axes: {n_layers: [1], d_model: [64], d_ff: {ratio_of: d_model, values: [-4]}}", "not a positive ratio"),
    ("axes: {n_layers: [1], d_model: [64], d_ff: {ratio_of: d_model, values: []}}", "empty axis"),
    ("axes: {n_layers: [1], d_model: [64], n_kv_heads: [2]}", "needs n_heads or head_dim"),
    ("axes: {n_layers: [1], d_model: [64], d_expert: [2]}", "needs n_experts"),
    ("axes: {n_layers: [1], d_model: [64], n_experts: [2]}", "is missing: experts need it"),
    ("axes: {n_layers: [1], d_model: [64]}\nmlp: gate", "gated or plain"),
    ("axes: {n_layers: [1], d_model: [64]}\nconstraints: {aspect_ratio: 160...64}", "is an empty range"),
    ("axes: {n_layers: [1], d_model: [64]}\nconstraints: {aspect_ratios: 1...64}", "did you mean aspect_ratio?"),
    ("axes: {n_layers: [1], d_model: [64]}\nconstraints: {aspect_ratio: a...64}", "is not a number"),
    ("axes: {n_layers: [1], d_model: [64]}\nconstraints: {M: {multiple_of: 0}}", "not a positive integer"),
    ("axes: {n_layers: [1], d_model: [64]}\nconstraints: {n_heads: {multiple_of: 8}}", "leaves open"),
    ("axes: [1]", "not axes by name"),
    ("- 1", "is an array, not a grid"),
    ("axes: {n_layers: [1", "is not YAML"),
    ("a: &a [1]\nb: *a", "anchor or alias"),
  ])
  func badGridsSayWhereAndWhy(_ yaml: String, _ part: String) {
    let error = #expect(throws: InputError.self) { try Self.grid(yaml) }
    #expect(error?.description.contains(part) == true, "\(error?.description ?? "no error")")
  }

  @Test(arguments: ["[", "- ", "{a: ", "? "])
  func deepNestingIsRefused(_ level: String) {
    let error = #expect(throws: InputError.self) { try Self.grid(String(repeating: level, count: 100_000)) }
    #expect(error?.description.contains("nests too deep") == true)
  }

  @Test(arguments: [
    ("0.25", 1, 4), ("8/3", 8, 3), ("1e9", 1_000_000_000, 1), ("4.3e10", 43_000_000_000, 1), ("1.50", 3, 2),
    ("-2", -2, 1), ("0.0", 0, 1), ("2/4", 1, 2), ("1.000e-3", 1, 1000), ("0.5/0.25", 2, 1),
  ])
  func rationals(_ text: String, _ numerator: Int, _ denominator: Int) {
    #expect(Rational(text) == Rational(numerator, over: denominator))
  }

  @Test(arguments: ["", ".", "e5", "1e", "1/0", "1/2/3", "nan", "inf", "0x10", "1e40", "1 2", "--1", "1e-400"])
  func whatIsNoRational(_ text: String) {
    #expect(Rational(text) == nil)
  }
}
