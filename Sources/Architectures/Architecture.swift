import Input

/// What a transformer is: a composition of embedding, groups of layers, and head, with every weight's shape. It says
/// nothing of FLOPs; `FLOPCount` counts it.
public struct Architecture: Sendable {
  public enum Kind: String, Sendable {
    case decoder, encoder
    case encoderDecoder = "encoder-decoder"
    case vision
  }

  /// A name for people: the file it came from, or the name it is known by.
  public var name: String = ""
  /// The model_type of its config.json.
  public var family: String
  public var kind: Kind
  /// d_model.
  public var width: Int
  public var vocabulary: Int
  /// Hidden layers as people count them (the config's number, not the executed ones).
  public var layerCount: Int
  /// Tables and projections before the layers.
  public var embedding: Block
  /// Layers in the order in which they run.
  public var groups: [LayerGroup]
  /// Norms and products after the layers, and the language-model head.
  public var head: Block
  /// Extra prediction modules (MTP) that the config announces; counted only when asked for.
  public var extraPrediction: [LayerGroup] = []
  /// Positions it was made for (max_position_embeddings), where the config says so.
  public var maxPositions: Int?
  /// The length it was trained at, where that is known (named models).
  public var trainingLength: Int?
  /// What a reader should know of this count: oddities of reference code, parts left out.
  public var notes: [String] = []
  /// Fields of the config that no decoder knows.
  public var unknownFields: [String] = []

  public init(
    family: String, kind: Kind = .decoder, width: Int, vocabulary: Int, layerCount: Int, embedding: Block,
    groups: [LayerGroup], head: Block
  ) {
    self.family = family
    self.kind = kind
    self.width = width
    self.vocabulary = vocabulary
    self.layerCount = layerCount
    self.embedding = embedding
    self.groups = groups
    self.head = head
  }
}

/// A module of a layer: an attention, an MLP, a norm.
public struct Block: Sendable, Equatable {
  public var name: String
  public var parts: [Part]
  /// The weights are those of an earlier block: run again, not stored again.
  public var sharesWeights: Bool

  public init(_ name: String, _ parts: [Part], sharesWeights: Bool = false) {
    self.name = name
    self.parts = parts
    self.sharesWeights = sharesWeights
  }

  /// A norm over `width` channels (or whatever a family's norm stores).
  public static func norm(_ name: String, _ width: Int) -> Block { Block(name, [.vector(Vector("weight", width))]) }
}

/// One layer: its modules in the order in which they run.
public struct Layer: Sendable, Equatable {
  public var blocks: [Block]
  public init(_ blocks: [Block]) { self.blocks = blocks }
}

/// `count` layers of the same make, one after the other.
public struct LayerGroup: Sendable, Equatable {
  /// Which stack it belongs to, as the reference names it: "layers", "encoder.layers".
  public var name: String
  public var layer: Layer
  public var count: Int
  /// The layers run over the encoder's stream.
  public var onEncoder: Bool
  /// The weights are those of an earlier group (cycles): run again, not stored again.
  public var sharesWeights: Bool

  public init(
    _ name: String = "layers", _ layer: Layer, count: Int, onEncoder: Bool = false, sharesWeights: Bool = false
  ) {
    self.name = name
    self.layer = layer
    self.count = count
    self.onEncoder = onEncoder
    self.sharesWeights = sharesWeights
  }
}

extension [LayerGroup] {
  /// Groups from one layer after the other: equal neighbours become one group.
  public init(_ name: String = "layers", layers: some Sequence<Layer>, onEncoder: Bool = false) {
    self = []
    for layer in layers {
      if let last, last.layer == layer {
        self[count - 1].count += 1
      } else {
        append(LayerGroup(name, layer, count: 1, onEncoder: onEncoder))
      }
    }
  }
}
