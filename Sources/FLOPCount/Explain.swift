import Architectures
import Input

extension Component {
  /// One run's formula with the numbers in it: "2 x 4096 positions x 4096 in x 11008 out". Empty for parts without
  /// FLOPs.
  public func formula(_ lengths: Lengths, attention: Convention.Attention = .full) -> String {
    part.formula(lengths, attention: attention)
  }
}

extension ModelCount {
  /// Every component with its share of the count and the formula of one call: what `isoflop count --explain --json` adds.
  public func componentsJSON() throws -> JSON {
    .array(
      try components.map { component in
        let formula = component.formula(lengths, attention: convention.attention)
        var row = JSONObject([("component", .string(component.name))])
        row["role"] = component.role.map { .string($0.rawValue) } ?? .null
        row["calls"] = .integer(component.calls)
        row["parameters"] = .integer(try component.parameters.int(component.name))
        row["forward_flops_per_sequence"] = try JSON(component.forward)
        row["formula"] = .string(formula)
        return .object(row)
      })
  }
}

extension Part {
  func formula(_ lengths: Lengths, attention: Convention.Attention) -> String {
    switch self {
    case .linear(let p):
      var text = "2 x \(lengths.positions(p.positions)) positions x \(p.input) in x \(p.output) out"
      if p.visited != 1 { text += " x \(p.visited)" + (p.stored > 1 ? " of \(p.stored) visited" : " times") }
      if p.chance != .certain { text += " x \(p.chance.numerator) / \(p.chance.denominator) real" }
      return text
    case .vector(let p): return "\(p.count) weights, no product"
    case .table(let p): return "\(p.rows) x \(p.columns) looked up"
    case .scores(let p):
      let queries = lengths.positions(p.positions)
      let pairs: String
      switch attention {
      case .full, .none: pairs = "\(queries) x \(p.keyCount(lengths)) pairs"
      case .causal: pairs = "\((try? p.pairs(lengths).int("pairs")).map { "\($0)" } ?? "?") pairs (\(p.mask.words))"
      case .half: pairs = "\(queries) x \(p.keyCount(lengths)) / 2 pairs"
      }
      let times = p.times == 1 ? "" : "\(p.times) x "
      return times + "2 x \(pairs) x \(p.heads) heads x (\(p.keyWidth) key + \(p.valueWidth) value)"
    case .convolution(let p):
      let outputs = (lengths.positions(p.positions) + p.stride - 1) / p.stride
      return
        "2 x \(outputs) positions x \(p.outputChannels) channels x \(p.inputChannels / p.groups) in x \(p.kernel) kernel"
    case .scan(let p): return p.form.formula(lengths.sequence)
    case .product(let p):
      let times = p.times == 1 ? "" : "\(p.times) x "
      switch p.form {
      case .perPair(let width): return "\(times)2 x \(lengths.sequence) x \(lengths.sequence) pairs x \(width)"
      case .perFinishedBlock(let width, let block):
        let pairs = try? finishedBlocks(lengths.sequence, block).int("pairs")
        return "\(times)2 x \(pairs.map { "\($0)" } ?? "?") finished blocks x \(width)"
      case .perCompressedPair(let width, let rate):
        return "\(times)2 x \(lengths.sequence) x \(lengths.sequence / rate) compressed x \(width)"
      case .perPosition(let width): return "\(times)2 x \(lengths.sequence) positions x \(width)"
      case .unknown(let why): return "not counted: \(why)"
      }
    case .cache: return ""
    }
  }
}

extension AttentionMask {
  /// The mask in words.
  public var words: String {
    switch self {
    case .full: "every key"
    case .causal: "causal"
    case .sliding(let window): "causal, window \(window)"
    case .chunked(let size): "causal, chunks of \(size)"
    case .band(let reach): "\(reach) to either side"
    case .chosen(let keys): "at most \(keys) chosen keys"
    case .chosenBlocks(let keys, let block): "at most \(keys) keys in chosen blocks of \(block)"
    case .ownAndChosenBlocks(let blocks, let size): "the own block and others of \(size), \(blocks) in all"
    }
  }
}

extension Scan.Form {
  func formula(_ S: Int) -> String {
    func chunks(_ size: Int) -> Int { (S + size - 1) / size }
    switch self {
    case .selective(let width, let state): return "2 x \(S) positions x \(width) x \(state) state"
    case .stateSpaceDual(let C, let h, let P, let N):
      let n = chunks(C)
      return "\(n) chunks x \(h) heads x (2 x \(C)^2 x (\(N) + \(P)) + 4 x \(C) x \(P) x \(N))"
        + " + 2 x \(h) x (\(n) + 1)^2 x \(P) x \(N)"
    case .gatedDelta(let h, let K, let V):
      return "\(chunks(64)) chunks x \(h) heads x (4 x 64^2 x \(K) + 2 x 64^2 x \(V) + 6 x 64 x \(K) x \(V))"
    case .kimiDelta(let h, let D): return "\(chunks(64)) chunks x \(h) heads x (6 x 64^2 x \(D) + 6 x 64 x \(D)^2)"
    case .lightning(let B, let h, let D):
      func blocks(_ n: Int, of B: Int) -> String {
        "\(n) blocks x \(h) heads x (4 x \(B)^2 x \(D) + 4 x \(B) x \(D)^2)"
      }
      let whole = blocks(S / B, of: B)
      return S % B == 0 ? whole : whole + " + " + blocks(1, of: S % B)
    case .matrixMemory(let C, let h, let K, let V):
      return "\(chunks(C)) chunks x \(h) heads"
        + " x (2 x \(C)^2 x (\(K) + \(V)) + 4 x \(C) x \(K) x \(V) + 2 x \(C) x \(K))"
    case .elementwise: return "elementwise: 0"
    case .unknown(let why): return "not counted: \(why)"
    }
  }
}
