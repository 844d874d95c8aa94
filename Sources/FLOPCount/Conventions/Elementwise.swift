extension Convention {
  /// FLOPs that are no product, as the tool adds them: for training where it counts training.
  public struct Elementwise: Sendable, Equatable {
    /// In words, for the steps of a reconciliation.
    public var name: String
    /// For every score of a query and a key.
    public var score: Int = 0
    /// Scores are all S x S of them, not only those that are counted as attention.
    public var allScores: Bool = false
    /// For every hidden channel of an MLP behind a gate, and of one without.
    public var gatedChannel: Int = 0
    public var plainChannel: Int = 0
    /// For every channel of queries and keys.
    public var rotatedChannel: Int = 0
    /// For every channel of d_model, once a layer and once at the end.
    public var layerChannel: Int = 0
    public var endChannel: Int = 0

    public static let none = Elementwise(name: "not counted")
    /// Mask and softmax, forward and backward.
    public static let softmax = Elementwise(name: "3 a score", score: 9, allScores: true)
    /// llm-flops: softmax 5, rotation 6, activation 8 (2 without a gate), two norms of 4; three times for training.
    public static let llmFlops = Elementwise(
      name: "softmax, rotation, activation, norms", score: 15, gatedChannel: 24, plainChannel: 6, rotatedChannel: 18,
      layerChannel: 24, endChannel: 12)
    /// calflops: the activation function, forward.
    public static let activation = Elementwise(name: "activation", gatedChannel: 1, plainChannel: 1)
    /// Calculon, forward and both backward passes: softmax 5 + 8 and dropout 1 + 1 a score, GeLU 8 + 13, and a layer's two
    /// norms (9 + 14 + 7 each), two dropouts (2 each), two sums (3 each) and forks (2 + 2 + 3).
    public static let calculon = Elementwise(
      name: "every layer's vector operations", score: 15, allScores: true, gatedChannel: 21, plainChannel: 21,
      layerChannel: 77)
  }
}
