import CKernels

/// An axis of the general form, in the order that is fixed everywhere in isoflop.
public enum GeneralAxis: Int, CaseIterable, Sendable {
  case layers, width, heads, headDimension, keyValueHeads, feedForward, experts, expertsPerToken, expertWidth
  case sharedWidth, vocabulary, sequenceLength

  /// As configs, grids and results spell it.
  public var name: String {
    switch self {
    case .layers: "n_layers"
    case .width: "d_model"
    case .heads: "n_heads"
    case .headDimension: "head_dim"
    case .keyValueHeads: "n_kv_heads"
    case .feedForward: "d_ff"
    case .experts: "n_experts"
    case .expertsPerToken: "experts_per_token"
    case .expertWidth: "d_expert"
    case .sharedWidth: "d_shared"
    case .vocabulary: "vocab_size"
    case .sequenceLength: "sequence_length"
    }
  }
}

/// What the general form takes along an axis: one value for all rows, or a column.
public enum GeneralInput {
  case value(Double)
  case column(UnsafePointer<Double>)
}

/// What is fixed for a whole call of the general form.
public struct GeneralForm: Sendable {
  /// Gated MLPs have three matrices, plain ones two.
  public var gated: Bool
  /// In a mixture, the first layers that keep the dense MLP.
  public var denseLayers: Int
  /// Whether the output head is the embedding.
  public var tied: Bool
  public init(gated: Bool = true, denseLayers: Int = 0, tied: Bool = false) {
    self.gated = gated
    self.denseLayers = denseLayers
    self.tied = tied
  }
}

/// Where the general form puts its results; nil is not stored.
public struct GeneralOutputs {
  /// M, training FLOPs per token.
  public var m: UnsafeMutablePointer<Double>?
  public var parameters: UnsafeMutablePointer<Double>?
  /// Parameters less the routed experts that a token does not visit.
  public var activeParameters: UnsafeMutablePointer<Double>?
  /// Elements of the key-value cache per token.
  public var kvElements: UnsafeMutablePointer<Double>?
  public init(
    m: UnsafeMutablePointer<Double>? = nil, parameters: UnsafeMutablePointer<Double>? = nil,
    activeParameters: UnsafeMutablePointer<Double>? = nil, kvElements: UnsafeMutablePointer<Double>? = nil
  ) {
    self.m = m
    self.parameters = parameters
    self.activeParameters = activeParameters
    self.kvElements = kvElements
  }
}

extension KernelImplementation {
  /// Doubles of a column of integers.
  ///
  /// - Parameter smallest: what none may be below.
  /// - Returns: Something below 0 where one is below `smallest`, else something from the largest of them to one less
  ///   than the next power of two. All doubles are exact if it is from 0 to 2^52 - 1.
  public func doubles(
    of integers: UnsafePointer<Int64>, count: Int, from smallest: Int64, into doubles: UnsafeMutablePointer<Double>
  ) -> Int64 {
    // SAFETY: the caller vouches for `count` elements behind both.
    table.pointer.pointee.integers_in(integers, smallest, Int64(count), doubles)
  }

  /// A column of doubles as integers: all are whole, >= 0 and below 2^52.
  ///
  /// - Parameter streaming: as for the paper's form, wherever the output lies.
  public func integers(
    of doubles: UnsafePointer<Double>, count: Int, into integers: UnsafeMutablePointer<Int64>, streaming: Bool = false
  ) {
    // SAFETY: as above.
    table.pointer.pointee.results_out(doubles, Int64(count), integers, true, streaming)
  }

  /// A column of doubles as it is.
  ///
  /// - Parameter streaming: as for the paper's form, wherever the output lies.
  public func copy(
    _ doubles: UnsafePointer<Double>, count: Int, to copy: UnsafeMutablePointer<Double>, streaming: Bool = false
  ) {
    // SAFETY: as above.
    table.pointer.pointee.results_out(doubles, Int64(count), copy, false, streaming)
  }

  /// The general form (grouped-query attention, gated or plain MLP, mixture of experts) of `count` rows; the formula
  /// is in `Kernels/README.md`.
  ///
  /// - Parameters:
  ///   - axes: the twelve inputs in the order of `GeneralAxis`: integers >= 0.
  ///   - form: which rules the general form follows.
  ///   - count: rows.
  ///   - outputs: where the results go.
  ///   - streaming: store past the caches: right for tables larger than the last of them. Needs outputs that are
  ///     aligned alike (a `ColumnArena` is); others are stored the usual way.
  /// - Returns: The largest of all four results, stored or not; NaN if one is no number. All results are exact if it
  ///   is below `exactLimit`.
  public func generalColumns(
    _ axes: [GeneralInput], form: GeneralForm, count: Int, into outputs: GeneralOutputs, streaming: Bool = false
  ) -> Double {
    precondition(axes.count == GeneralAxis.allCases.count, "the general form has twelve axes")
    var constants = [Double](repeating: 0, count: axes.count)
    for (index, axis) in axes.enumerated() {
      if case .value(let value) = axis { constants[index] = value }
    }
    return constants.withUnsafeBufferPointer { constants in
      var call = isoflop_general_columns()
      call.mlp_matrices = form.gated ? 3 : 2
      call.dense_layers = Double(form.denseLayers)
      call.vocabulary_tables = form.tied ? 1 : 2
      call.count = Int64(count)
      call.m = outputs.m
      call.parameters = outputs.parameters
      call.active_parameters = outputs.activeParameters
      call.kv_elements = outputs.kvElements
      call.streaming = streaming
      withUnsafeMutableBytes(of: &call.axis) { axis in
        withUnsafeMutableBytes(of: &call.varying) { varying in
          // SAFETY: C arrays import as tuples of the same layout; both have an element for each of the axes.
          let axis = axis.bindMemory(to: UnsafePointer<Double>?.self)
          let varying = varying.bindMemory(to: Bool.self)
          for (index, input) in axes.enumerated() {
            switch input {
            case .value:
              axis[index] = constants.baseAddress.map { $0 + index }
              varying[index] = false
            case .column(let column):
              axis[index] = column
              varying[index] = true
            }
          }
        }
      }
      // SAFETY: the caller vouches for `count` elements behind each column and output; `constants` outlives the call.
      return table.pointer.pointee.general(&call)
    }
  }
}
