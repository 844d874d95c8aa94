/// The vocabulary in which every mixer, MLP and family is written down: weights with their shapes, and products of
/// activations with theirs. Counting needs no other words, so a new mixer or family never touches the counting.
public enum Part: Sendable, Equatable {
  case linear(Linear)
  case vector(Vector)
  case table(Table)
  case scores(Scores)
  case convolution(Convolution)
  case scan(Scan)
  case product(Product)
  case cache(Cache)
}

/// What a weight is for. Counts are summed by role.
public enum Role: String, Sendable, CaseIterable {
  /// Projections of token mixers, dense MLPs and whatever else multiplies activations with a dense weight.
  case projection, mlp
  case expert, sharedExpert = "shared_expert", router
  /// Projections of a sparse-attention indexer.
  case indexer
  /// The language-model head: the product with V x d.
  case head
  case inputEmbedding = "input_embedding"
  case positionEmbedding = "position_embedding"
  /// Norms, scalars, biases that stand alone.
  case norm
}

/// How many positions of a sequence a part runs on.
public enum Positions: Sendable, Equatable {
  /// Every position of its own stream.
  case sequence
  /// Every position and `n` more (a left padding that is computed too).
  case sequencePlus(Int)
  /// So many for every position (the frames of sound that one position stands for).
  case sequenceTimes(Int)
  /// Every position of the encoder's stream, in a decoder's cross-attention.
  case encoder
  /// A number of positions that does not depend on the sequence: image patches, a pooled token.
  case fixed(Int)
}

/// A product with a weight matrix: `output x input` weights, 2 x input x output FLOPs a position.
public struct Linear: Sendable, Equatable {
  public var name: String
  public var role: Role
  public var input: Int
  public var output: Int
  /// Bias weights of one stored copy (0: none).
  public var bias: Int
  /// Copies that are stored (experts; 0 where the weights belong to another part: a tied head).
  public var stored: Int
  /// Copies that a position goes through: top-k of the stored experts, or how often the one copy runs.
  public var visited: Int
  /// Where a router may choose nothing: `visited` of `visitedOutOf` choices are real (1 of 1 elsewhere).
  public var chance: Chance
  public var positions: Positions

  public init(
    _ name: String, _ role: Role = .projection, in input: Int, out output: Int, bias: Bool = false, stored: Int = 1,
    visited: Int = 1, chance: Chance = .certain, on positions: Positions = .sequence
  ) {
    self.name = name
    self.role = role
    self.input = input
    self.output = output
    self.bias = bias ? output : 0
    self.stored = stored
    self.visited = visited
    self.chance = chance
    self.positions = positions
  }
}

/// The expected share of visits that happen, as an exact fraction (LongCat's zero-computation experts).
public struct Chance: Sendable, Equatable {
  public var numerator: Int
  public var denominator: Int
  public init(_ numerator: Int, of denominator: Int) {
    self.numerator = numerator
    self.denominator = denominator
  }
  public static let certain = Chance(1, of: 1)
}

/// Weights that no matrix product uses: norms, sinks, decay rates, gates per channel. Parameters only.
public struct Vector: Sendable, Equatable {
  public var name: String
  public var count: Int
  public var role: Role
  public init(_ name: String, _ count: Int, role: Role = .norm) {
    self.name = name
    self.count = count
    self.role = role
  }
}

/// A table that is looked up, not multiplied: rows x columns parameters, 0 FLOPs.
public struct Table: Sendable, Equatable {
  public var name: String
  public var role: Role
  public var rows: Int
  public var columns: Int
  public init(_ name: String, role: Role, rows: Int, columns: Int) {
    self.name = name
    self.role = role
    self.rows = rows
    self.columns = columns
  }
}

/// Which keys a query sees.
public enum AttentionMask: Sendable, Equatable {
  /// Every key (encoders, cross-attention).
  case full
  /// Keys up to and including the query itself.
  case causal
  /// The last `window` keys up to and including the query itself.
  case sliding(window: Int)
  /// Keys of the same chunk, up to and including the query itself.
  case chunked(size: Int)
  /// Keys at most `reach` positions to either side.
  case band(reach: Int)
  /// At most `keys` of the keys up to and including the query, chosen by an indexer.
  case chosen(keys: Int)
  /// Whole blocks of keys chosen by an indexer, up to `keys` keys, and the unfinished block of the query itself.
  case chosenBlocks(keys: Int, block: Int)
  /// The query's own block up to the query, and whole blocks before it chosen by an indexer: `blocks` in all.
  case ownAndChosenBlocks(blocks: Int, size: Int)
}

/// How many keys a score matrix has.
public enum Keys: Sendable, Equatable {
  /// As many as queries.
  case sequence
  /// The encoder's length.
  case encoder
  /// The sequence, under the mask, and one compressed key for every `rate` finished positions, of which a query sees
  /// at most `chosen` (nil: all before it).
  case sequenceAndCompressed(rate: Int, chosen: Int? = nil)
}

/// Softmax attention between activations: Q K^T and A V of `heads` heads,
/// 2 x queries x keys x heads x (keyWidth + valueWidth) FLOPs.
public struct Scores: Sendable, Equatable {
  public var name: String
  public var heads: Int
  /// Width of one query and key.
  public var keyWidth: Int
  /// Width of one value.
  public var valueWidth: Int
  public var mask: AttentionMask
  public var keys: Keys
  /// Score matrices of this shape that run one after the other (2 in differential attention).
  public var times: Int
  public var positions: Positions
  /// Latent attention can work on its compressed cache: then a key is this wide, and a value that.
  public var absorbed: Absorbed?

  public struct Absorbed: Sendable, Equatable {
    public var keyWidth: Int
    public var valueWidth: Int
    public init(keyWidth: Int, valueWidth: Int) {
      self.keyWidth = keyWidth
      self.valueWidth = valueWidth
    }
  }

  public init(
    _ name: String = "scores", heads: Int, keyWidth: Int, valueWidth: Int, mask: AttentionMask, keys: Keys = .sequence,
    times: Int = 1, on positions: Positions = .sequence
  ) {
    self.name = name
    self.heads = heads
    self.keyWidth = keyWidth
    self.valueWidth = valueWidth
    self.mask = mask
    self.keys = keys
    self.times = times
    self.positions = positions
  }
}

/// A convolution. Along the sequence it computes its left padding too (kernel - 1 positions more), of which `used`
/// positions count.
public struct Convolution: Sendable, Equatable {
  public var name: String
  public var inputChannels: Int
  public var outputChannels: Int
  /// Groups that do not see each other: as many as channels when depthwise.
  public var groups: Int
  /// Weights along the kernel, over all its dimensions (p x p for a patch).
  public var kernel: Int
  public var bias: Bool
  public var positions: Positions
  /// Positions are divided by the stride, rounded up.
  public var stride: Int

  public init(
    _ name: String, in inputChannels: Int, out outputChannels: Int, groups: Int = 1, kernel: Int, bias: Bool,
    stride: Int = 1, on positions: Positions = .sequence
  ) {
    self.name = name
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.groups = groups
    self.kernel = kernel
    self.bias = bias
    self.stride = stride
    self.positions = positions
  }

  /// A convolution in which every channel sees only itself.
  public static func depthwise(_ name: String, channels: Int, kernel: Int, bias: Bool) -> Convolution {
    Convolution(name, in: channels, out: channels, groups: channels, kernel: kernel, bias: bias)
  }
}

/// Products of activations inside a recurrent or linear-attention mixer, as the plain chunked form computes them.
public struct Scan: Sendable, Equatable {
  public enum Form: Sendable, Equatable {
    /// Mamba 1: only the product with C is a matrix product. 2 S width state.
    case selective(width: Int, state: Int)
    /// Mamba 2 (SSD) in chunks.
    case stateSpaceDual(chunk: Int, heads: Int, headWidth: Int, state: Int)
    /// Gated DeltaNet in chunks of 64.
    case gatedDelta(heads: Int, keyWidth: Int, valueWidth: Int)
    /// Kimi delta attention in chunks of 64.
    case kimiDelta(heads: Int, width: Int)
    /// Lightning attention in blocks.
    case lightning(block: Int, heads: Int, width: Int)
    /// Every product is elementwise: 0 FLOPs by the matmul count.
    case elementwise
    /// mLSTM in chunks: a matrix memory and its normaliser a head.
    case matrixMemory(chunk: Int, heads: Int, keyWidth: Int, valueWidth: Int)
    /// No closed formula is known: the count says so instead of a number.
    case unknown(String)
  }
  public var name: String
  public var form: Form
  public init(_ name: String, _ form: Form) {
    self.name = name
    self.form = form
  }
}

/// Any other product of activations, with no weight in it.
public struct Product: Sendable, Equatable {
  public enum Form: Sendable, Equatable {
    /// `width` multiply-adds for every pair of positions (an indexer's scores).
    case perPair(Int)
    /// `width` multiply-adds for every position and every finished block of positions before it.
    case perFinishedBlock(Int, block: Int)
    /// `width` multiply-adds for every position and every one of the sequence's compressed keys, one a `rate`.
    case perCompressedPair(Int, rate: Int)
    /// `width` multiply-adds for every position.
    case perPosition(Int)
    /// No closed formula is known.
    case unknown(String)
  }
  public var name: String
  public var form: Form
  /// How often it runs.
  public var times: Int
  public init(_ name: String, _ form: Form, times: Int = 1) {
    self.name = name
    self.form = form
    self.times = times
  }
}

/// What a layer keeps of the past when it generates.
public struct Cache: Sendable, Equatable {
  /// Elements kept for every position.
  public var perPosition: Int
  /// At most this many positions are kept (a window); nil keeps all.
  public var window: Int?
  /// Elements kept whatever the length (a recurrent state).
  public var state: Int
  /// Only one position in `rate` is kept: the compressed ones.
  public var rate: Int
  /// The positions are the encoder's: what cross-attention reads.
  public var onEncoder: Bool
  public init(perPosition: Int = 0, window: Int? = nil, state: Int = 0, rate: Int = 1, onEncoder: Bool = false) {
    self.rate = rate
    self.onEncoder = onEncoder
    self.perPosition = perPosition
    self.window = window
    self.state = state
  }
}
