import TestSupport
import Testing

@testable import KernelDispatch

@Suite struct GeneralColumnTests {
  struct Row: Equatable { var m, parameters, active, kv: Int128 }

  func reference(_ axis: [Int], _ form: GeneralForm) -> Row {
    let v = axis.map { Int128($0) }
    func at(_ axis: GeneralAxis) -> Int128 { v[axis.rawValue] }
    let (layers, d, hd) = (at(.layers), at(.width), at(.headDimension))
    let (query, key) = (at(.heads) * hd, at(.keyValueHeads) * hd)
    let projections = d * query + 2 * d * key + query * d
    let matrices: Int128 = form.gated ? 3 : 2
    let experts = at(.experts)
    let dense = experts > 0 ? min(Int128(form.denseLayers), layers) : layers
    let mixture = layers - dense
    let expert = matrices * d * at(.expertWidth)
    let shared = matrices * d * at(.sharedWidth) + d * experts
    let denseMLP = dense * matrices * d * at(.feedForward)
    let perToken = layers * projections + denseMLP + mixture * (at(.expertsPerToken) * expert + shared)
    let scores = layers * 2 * at(.sequenceLength) * at(.heads) * (2 * hd)
    let rest = layers * 2 * d + d + at(.vocabulary) * d * (form.tied ? 1 : 2)
    return Row(
      m: 3 * (2 * perToken + scores),
      parameters: layers * projections + denseMLP + mixture * (experts * expert + shared) + rest,
      active: perToken + rest, kv: 2 * layers * key)
  }

  func randomAxes(_ random: inout SplitMix) -> [Int] {
    let mixture = Bool.random(using: &random)
    let experts = mixture ? Int.random(in: 1...256, using: &random) : 0
    return [
      Int.random(in: 1...128, using: &random), Int.random(in: 1...16384, using: &random),
      Int.random(in: 1...128, using: &random), Int.random(in: 1...256, using: &random),
      Int.random(in: 1...32, using: &random), Int.random(in: 0...65536, using: &random), experts,
      mixture ? Int.random(in: 1...experts, using: &random) : 0, mixture ? Int.random(in: 1...8192, using: &random) : 0,
      mixture ? Int.random(in: 0...8192, using: &random) : 0, Int.random(in: 1...262144, using: &random),
      Int.random(in: 1...131072, using: &random),
    ]
  }

  func run(
    _ kernels: KernelImplementation, _ rows: [[Int]], _ form: GeneralForm, constant: [Bool], offset: Int,
    streaming: Bool
  ) -> (top: Double, results: [[Double]], intact: Bool) {
    let n = rows.count
    let columns = (0..<12).map { axis in Guarded(n, offset: axis % 3) }
    for axis in 0..<12 { for (index, row) in rows.enumerated() { columns[axis].data[index] = Double(row[axis]) } }
    let inputs = (0..<12).map { axis -> GeneralInput in
      constant[axis] ? .value(Double(rows.first?[axis] ?? 1)) : .column(columns[axis].data)
    }
    let out = (0..<4).map { _ in Guarded(n, offset: offset) }
    // The inputs are pointers into the columns, which nothing else keeps until the kernel is done.
    let top = withExtendedLifetime(columns) {
      kernels.generalColumns(
        inputs, form: form, count: n,
        into: GeneralOutputs(
          m: out[0].data, parameters: out[1].data, activeParameters: out[2].data, kvElements: out[3].data),
        streaming: streaming)
    }
    return (top, out.map(\.values), out.allSatisfy(\.isIntactAround))
  }

  @Test(arguments: KernelImplementation.here) func everyLengthEqualsTheIntegers(_ kernels: KernelImplementation) {
    var random = SplitMix(seed: 3)
    for n in lengths {
      for streaming in [false, true] {
        let form = GeneralForm(
          gated: .random(using: &random), denseLayers: .random(in: 0...4, using: &random), tied: .random(using: &random)
        )
        var rows = (0..<n).map { _ in randomAxes(&random) }
        let constant = (0..<12).map { _ in Bool.random(using: &random) }
        for axis in 0..<12 where constant[axis] { for row in 0..<n { rows[row][axis] = rows[0][axis] } }
        let expected = rows.map { reference($0, form) }
        let (top, results, intact) = run(
          kernels, rows, form, constant: constant, offset: n % 8, streaming: streaming)
        #expect(results[0] == expected.map { Double($0.m) })
        #expect(results[1] == expected.map { Double($0.parameters) })
        #expect(results[2] == expected.map { Double($0.active) })
        #expect(results[3] == expected.map { Double($0.kv) })
        #expect(top == expected.map { Double(max($0.m, $0.parameters, $0.kv)) }.max() ?? 0)
        #expect(intact)
      }
    }
  }

  @Test(arguments: KernelImplementation.here) func inexactResultsAreReported(_ kernels: KernelImplementation) {
    var random = SplitMix(seed: 4)
    var (exact, past) = (0, 0)
    for _ in 0..<1000 {
      var axes = randomAxes(&random)
      axes[Int.random(in: 0..<12, using: &random)] *= Int.random(in: 1...200_000, using: &random)
      axes[GeneralAxis.expertsPerToken.rawValue] = min(axes[7], axes[6])
      let form = GeneralForm(denseLayers: 1)
      let truth = reference(axes, form)
      let (top, results, _) = run(
        kernels, [axes], form, constant: [Bool](repeating: false, count: 12), offset: 0, streaming: false)
      if top < KernelImplementation.exactLimit {
        exact += 1
        #expect(results.map { Int128(exactly: $0[0]) } == [truth.m, truth.parameters, truth.active, truth.kv])
      } else {
        past += 1
      }
      // Nothing below the limit is reported as past it: rounding is monotone.
      if max(truth.m, truth.parameters, truth.kv) < 1 << 52 { #expect(top < KernelImplementation.exactLimit) }
    }
    #expect(exact > 200 && past > 100)
  }

  @Test func namesAreTheFixedOnes() {
    #expect(
      GeneralAxis.allCases.map(\.name) == [
        "n_layers", "d_model", "n_heads", "head_dim", "n_kv_heads", "d_ff", "n_experts", "experts_per_token",
        "d_expert", "d_shared", "vocab_size", "sequence_length",
      ])
  }
}
