import Architectures
import Input

/// What a shape costs, in closed form: exact integers, or an error where one is beyond Int64. This is what the compute
/// kernels are checked against.
///
/// A multiply-add is 2 FLOPs; training is 3 x forward. With d = d_model, L = n_layers, S = sequence_length,
/// A = n_heads head_dim, K = n_kv_heads head_dim, g = 3 (gated) or 2 (plain) matrices in an MLP, E experts of width m
/// of which a token visits k, shared width s, f = d_ff:
///
///     attention weights a layer  = 2 d A + 2 d K
///     dense MLP                  = g d f                      (8 d^2 where f is open)
///     experts, stored            = g d (E m + s) + d E        (d E: the router)
///     experts, visited           = g d (k m + s) + d E
///     M = 3 (2 (weights a token visits in the layers) + 4 L S A)
///
/// 4 S A: scores and their product with the values, S keys for each of S positions (full attention), per token.
public struct ShapeCount: Sendable, Equatable {
  /// Non-embedding training FLOPs per token, attention included. Of a shape that leaves its open sizes open this is
  /// DeepSeek LLM's M = 72 n_layer d_model^2 + 12 n_layer d_model l_seq (arXiv 2401.02954, eq. 2).
  public let M: Int
  /// N2 in the paper's form, all parameters in the general one.
  public let parameters: Int
  /// `parameters` less the routed experts that a token does not visit.
  public let activeParameters: Int
  /// `parameters` less embedding and head: the paper's N1 = 12 n_layer d_model^2, or with the norms.
  public let nonEmbeddingParameters: Int
  /// Elements of the key-value cache that one token adds: 2 n_layers n_kv_heads head_dim.
  public let keyValueElementsPerToken: Int
  /// 6 N1.
  public let sixN1: Int
  /// 6 N2.
  public let sixN2: Int
  /// DeepSeek LLM's M from n_layers, d_model and the sequence length alone, whatever the other sizes are.
  public let paperM: Int

  /// - Throws: `InputError` where the shape is not valid, or a count is beyond Int64.
  public init(_ shape: Shape) throws {
    guard shape.isValid else {
      throw InputError("is not a model: \(shape)", field: "shape", hint: "sizes must be positive and divide")
    }
    let L = Exact(shape.layers)
    let d = Exact(shape.width)
    let S = Exact(shape.sequenceLength)
    let A = shape.heads == 0 ? d : Exact(shape.heads) * Exact(shape.headWidth)
    let K = shape.heads == 0 ? d : Exact(shape.keyValueHeads) * Exact(shape.headWidth)
    let g = Exact(shape.mlp.matrices)
    let E = Exact(shape.experts)
    let dense = Exact(shape.denseLayerCount)
    let mixture = Exact(shape.mixtureLayerCount)

    let attention = L * (2 * d * A + 2 * d * K)
    let denseMLPs = dense * (shape.mlpWidth == 0 ? 8 * d * d : g * d * Exact(shape.mlpWidth))
    let shared = g * d * Exact(shape.sharedWidth) + d * E
    let stored = mixture * (E * g * d * Exact(shape.expertWidth) + shared)
    let visited = mixture * (Exact(shape.expertsPerToken) * g * d * Exact(shape.expertWidth) + shared)

    let norms = shape.form == .paper ? 0 : 2 * L * d + d
    let tables = Exact(shape.vocabulary) * d * (shape.form == .paper || shape.tied ? 1 : 2)
    let nonEmbedding = attention + denseMLPs + stored + norms

    M = try (3 * (2 * (attention + denseMLPs + visited) + 4 * L * S * A)).int("M")
    parameters = try (nonEmbedding + tables).int("parameters")
    activeParameters = try (attention + denseMLPs + visited + norms + tables).int("active_parameters")
    nonEmbeddingParameters = try nonEmbedding.int("non_embedding_parameters")
    keyValueElementsPerToken = try (2 * L * K).int("kv_elements_per_token")
    sixN1 = try (6 * nonEmbedding).int("six_n1")
    sixN2 = try (6 * (nonEmbedding + tables)).int("six_n2")
    paperM = try (72 * L * d * d + 12 * L * d * S).int("M_paper")
  }
}
