import Architectures
import FLOPCount
import Input
import Pictures
import ScalingLaws
import Sweep
import TestSupport

/// One picture of every kind, from data that are part of the project: for golden files, and to be drawn.
public enum PictureSamples {
  public static let all: [Picture] = {
    do {
      return try models() + sweeps() + runs() + hyperparameters() + [try .ledger(ledger()), try laws()]
    } catch {
      // A test that needs them says that there are none.
      return []
    }
  }()

  /// What a file is called: two kinds of confidence, one and several models.
  public static let names = [
    "ratios-one", "ratios-several", "attention-one", "attention-several", "components-one", "components-several",
    "front", "nearest", "histogram", "profiles",
    "loss", "loss-law", "confidence-isoflop", "confidence-parametric", "grids", "hyperparameters",
    "hyperparameters-two", "ledger", "laws",
  ]

  /// What pictures have to hold out that are not made for show: long names, one of a thing, and many.
  public static let hard: [(name: String, picture: Picture)] = {
    do {
      return try longNames() + lonely() + [
        ("ledger-long", try .ledger(longLedger(24))), ("ledger-one", try .ledger(longLedger(1))),
        ("ledger-waiting", try .ledger(longLedger(1, results: false))), ("exact", try exact()), ("wide", try wide()),
        ("budgets-that-meet", try meeting()),
      ]
        + [20, 40].map { count in
          let set = budgets(count)
          return ("budgets-\(count)", .profiles(try IsoFLOPFit.fit(set, options: quick), of: set))
        }
    } catch {
      return []
    }
  }()

  private static var quick: IsoFLOPOptions {
    var options = IsoFLOPOptions()
    options.resampling.count = 20
    return options
  }

  private static func longNames() throws -> [(String, Picture)] {
    let names = [
      "/home/somebody/experiments/2026-ladder/checkpoints/deepseek-llm-7b-at-a-longer-context/config.json",
      "/home/somebody/experiments/2026-ladder/checkpoints/deepseek-llm-67b-at-a-longer-context/config.json",
      "a-name-without-any-place-to-break-it-that-goes-on-and-on-and-on-and-ends-with-its-version-0007",
    ]
    let models = try zip(["deepseek-llm-7b", "deepseek-llm-67b", "gpt2"], names).map { known, name in
      var model = try model(known)
      model.architecture.name = name
      return model
    }
    return [
      ("ratios-one-long", try .ratios([models[0]])), ("ratios-long", try .ratios(models)),
      ("attention-long", try .attention(models)), ("components-one-long", try .components([models[2]])),
      ("components-long", try .components(models)), ("components-two-long", try .components(Array(models.prefix(2)))),
    ]
  }

  /// A grid of one shape.
  private static func lonely() throws -> [(String, Picture)] {
    let grid = try Grid(["axes": ["n_layers": [12], "d_model": [768], "sequence_length": [1024]]])
    let search = GridSearch(grid)
    let nearest = try search.nearest(to: 500_000_000, top: 10).results
    guard let histogram = try search.histogram(of: .M, perDecade: 10) else {
      throw InputError("has no feasible shape", field: "grid")
    }
    return [
      (
        "front-of-one",
        .shapes(
          try search.pareto(.minimise(.M), .maximise(.parameters)).results, front: true, among: try grid.sample(300))
      ), ("nearest-of-one", .shapes(nearest, target: (.M, 500_000_000))),
      ("nearest-of-one-by-size", .shapes(nearest, target: (.parameters, 120_000_000))),
      ("histogram-of-one", .histogram(histogram)),
    ]
  }

  /// Profiles of as many budgets, from a made-up loss.
  private static func budgets(_ count: Int, from first: Double = 1e18, times range: Double = 1000) -> RunSet {
    var runs: [Run] = []
    for index in 0..<count {
      let compute = first * exponential(logarithm(range) * Double(index) / Double(count - 1))
      let best = 0.1 * exponential(0.5 * logarithm(compute))
      for step in -3...3 {
        let away = Double(step) * 0.45
        let scale = best * exponential(away)
        runs.append(
          Run(
            row: runs.count, line: runs.count + 2, scale: scale, tokens: compute / scale, compute: compute,
            loss: 1.5 + 900 * exponential(-0.16 * logarithm(compute)) + 0.04 * away * away))
      }
    }
    return RunSet(runs: runs, scale: "flops_per_token", flopsPerScale: 1)
  }

  /// Budgets over thirty powers of ten.
  private static func wide() throws -> Picture {
    let set = budgets(10, from: 1e6, times: 1e30)
    return .profiles(try IsoFLOPFit.fit(set, options: quick), of: set)
  }

  /// Budgets of which the larger ones come close to each other at the lower edge, where they end together.
  private static func meeting() throws -> Picture {
    var runs: [Run] = []
    for (index, rise) in [5, 4.2, 3.4, 2.4, 1.3, 0.8, 0.45, 0.2, 0.05].enumerated() {
      let compute = 1e17 * Double(1 << index)
      for step in 0...8 {
        let scale = 3e7 * exponential(0.65 * Double(step))
        let away = logarithm(scale / (1e8 * exponential(0.4 * Double(index))))
        runs.append(
          Run(
            row: runs.count, line: runs.count + 2, scale: scale, tokens: compute / scale, compute: compute,
            loss: 3.1 + rise * (0.2 + 0.05 * away * away)))
      }
    }
    let set = RunSet(runs: runs, scale: "flops_per_token", flopsPerScale: 1)
    return .profiles(try IsoFLOPFit.fit(set, options: quick), of: set)
  }

  /// A surface through every run: resamples and profile have no width.
  private static func exact() throws -> Picture {
    var set = budgets(5)
    for index in set.runs.indices {
      let run = set.runs[index]
      set.runs[index].loss =
        1.7 + 400 * exponential(-0.34 * logarithm(run.scale)) + 400 * exponential(-0.28 * logarithm(run.tokens))
    }
    var options = ParametricOptions()
    options.resampling.count = 20
    options.starts = 16
    return try .confidence(ParametricFit.fit(set, options: options), of: set)
  }

  private static func longLedger(_ count: Int, results: Bool = true) throws -> Ledger {
    let lines = (1...count).flatMap { index in
      let id = "my-ladder-2026-of-dense-models-at-a-constant-width-run-\(index)"
      return [
        #"{"event":"forecast","id":"\#(id)","law":"my","size":1e9,"tokens":2e10,"compute":1.2e20,"loss":\#(3 - 0.02 * Double(index)),"deviation":0.004}"#,
        #"{"event":"result","id":"\#(id)","loss":\#(3.002 - 0.02 * Double(index))}"#,
      ].prefix(results ? 2 : 1)
    }
    return try Ledger(parsing: Array(lines.joined(separator: "\n").utf8), file: "runs.ledger")
  }

  private static func model(_ name: String) throws -> CountedModel {
    guard let known = KnownModel.named(name) else { throw InputError("is no known model", value: name) }
    let model = try known.architecture()
    return CountedModel(model, sequenceLength: model.usualLength.length)
  }

  private static func models() throws -> [Picture] {
    let one = [try model("deepseek-llm-67b")]
    let several = try ["deepseek-llm-7b", "deepseek-llm-67b", "gpt2"].map(model)
    return [
      try .ratios(one), try .ratios(several), try .attention(one), try .attention(several), try .components(one),
      try .components(["deepseek-llm-67b", "deepseek-v2"].map(model)),
    ]
  }

  private static func sweeps() throws -> [Picture] {
    let grid = try Grid(
      [
        "axes": [
          "n_layers": ["from": 8, "to": 40], "d_model": ["from": 512, "to": 6144, "step": 64],
          "sequence_length": [4096],
        ]
      ])
    let search = GridSearch(grid)
    guard let histogram = try search.histogram(of: .M, perDecade: 10) else {
      throw InputError("has no feasible shape", field: "grid")
    }
    return [
      .shapes(
        try search.pareto(.minimise(.M), .maximise(.parameters)).results, front: true, among: try grid.sample(300)),
      .shapes(try search.nearest(to: 43_000_000_000, top: 10).results, target: (.M, 43_000_000_000)),
      .histogram(histogram),
    ]
  }

  private static func runs() throws -> [Picture] {
    var selection = RunSelection()
    selection.scale = "flops_per_token"
    let set = try RunTable.read(Golden.path("runs/deepseek-fig4a.csv")).select(selection)
    var options = IsoFLOPOptions()
    options.resampling.count = 200
    let profiles = try IsoFLOPFit.fit(set, options: options)
    var surface = ParametricOptions()
    surface.resampling.count = 200
    surface.starts = 16
    surface.drawsPerResample = 1
    let parametric = try ParametricFit.fit(set, options: surface)
    let law = try Law.resolve("deepseek_fig4a:surface")
    return [
      .profiles(profiles, of: set), .lossCurve(profiles, of: set, at: [4.2e22, 9.9e23]),
      try .lossCurve(law, forecasts: [law.forecast(size: 4.327e11, tokens: 2e12)]), .confidence(profiles),
      try .confidence(parametric, of: set),
    ]
  }

  private static func laws() throws -> Picture {
    try .tokens(by: ["deepseek", "besiroglu", "deepseek_fig4a:surface"].map { try Law.resolve($0) }, at: 1e23)
  }

  /// Grids of a made-up world: the loss is a bowl in the logarithms of learning rate and batch, whose lowest point moves
  /// with size and tokens.
  public static func grid() throws -> RunSet {
    var runs: [Run] = []
    for (size, tokens) in [(1e8, 4e9), (1e8, 1.6e10), (4e8, 8e9), (4e8, 3.2e10), (1.6e9, 1.6e10), (1.6e9, 6.4e10)] {
      let bestRate = 1.8 * exponential(-0.7 * logarithm(size) + 0.3 * logarithm(tokens))
      let bestBatch = 0.6 * exponential(0.57 * logarithm(tokens))
      for i in -5...5 {
        for j in -4...4 {
          let (u, v) = (Double(i) * 0.4, Double(j) * 0.45)
          let lowest = 1.7 + 400 * exponential(-0.34 * logarithm(size)) + 400 * exponential(-0.28 * logarithm(tokens))
          var run = Run(
            row: runs.count, line: runs.count + 2, scale: size, tokens: tokens, compute: 6 * size * tokens,
            loss: lowest + 0.012 * (u - 0.1) * (u - 0.1) + 0.009 * (v + 0.07) * (v + 0.07) + 0.004 * u * v)
          run.learningRate = bestRate * exponential(u)
          run.batchTokens = bestBatch * exponential(v)
          runs.append(run)
        }
      }
    }
    return RunSet(runs: runs, scale: "params_nonembedding", flopsPerScale: 6)
  }

  private static func hyperparameters() throws -> [Picture] {
    let set = try grid()
    var options = HyperparameterOptions()
    options.resampling.count = 100
    let two = try HyperparameterFit.fit(set, options: options)
    options.learningRatePredictors = [.compute]
    options.batchPredictors = [.compute]
    options.method = .nearOptimal
    let one = try HyperparameterFit.fit(set, options: options)
    return [try .grids(two, of: set), .hyperparameterLaws(one, of: set), .hyperparameterLaws(two, of: set)]
  }

  private static func ledger() throws -> Ledger {
    let text = """
      {"event":"forecast","id":"1b-a","law":"my","size":1e9,"tokens":2e10,"compute":1.2e20,"loss":2.871,"deviation":0.004}
      {"event":"forecast","id":"1b-b","law":"my","size":1e9,"tokens":4e10,"compute":2.4e20,"loss":2.80,"deviation":0.004}
      {"event":"forecast","id":"3b-a","law":"my","size":3e9,"tokens":6e10,"compute":1e21,"loss":2.61,"deviation":0.006}
      {"event":"forecast","id":"7b-a","law":"my","size":7e9,"tokens":1e11,"compute":4e21,"loss":2.40,"deviation":0.008}
      {"event":"result","id":"1b-a","loss":2.879}
      {"event":"result","id":"1b-b","loss":2.77}
      {"event":"refit","law":"new","results":2}
      {"event":"result","id":"3b-a","loss":2.66}
      """
    return try Ledger(parsing: Array(text.utf8), file: "runs.ledger")
  }
}
