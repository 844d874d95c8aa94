import Architectures
import Input

/// Element types by name, with their size.
public enum ElementType: String, Sendable, CaseIterable {
  case fp32, bf16, fp16, fp8, int8, int4

  /// Bits of one element.
  public var bits: Int {
    switch self {
    case .fp32: 32
    case .bf16, .fp16: 16
    case .fp8, .int8: 8
    case .int4: 4
    }
  }

  /// Bytes of `elements`, rounded up to whole bytes.
  func bytes(_ elements: Exact) -> Exact {
    (elements * Exact(bits)).dividedRoundingUp(by: 8)
  }

  public static func named(_ name: String) throws -> ElementType {
    if let type = ElementType(rawValue: name.lowercased()) { return type }
    throw InputError(
      "is not an element type", value: name, hint: suggestion(for: name, among: allCases.map(\.rawValue)))
  }
}

/// What generation keeps of the past: the key/value cache of attention layers and the state of recurrent ones.
public struct CacheMemory: Sendable {
  /// Elements that one more token adds while no window is full, over all layers.
  public let elementsPerToken: Exact
  /// Elements kept whatever the length.
  public let stateElements: Exact
  /// Keys and values of the encoder's stream, which cross-attention keeps.
  public let crossElements: Exact
  /// Elements at `length` tokens: windows keep at most their own width.
  public let elements: Exact
  public let length: Int

  /// - Parameters:
  ///   - architecture: the model whose cache it is.
  ///   - length: tokens in the cache.
  ///   - encoderLength: the encoder's tokens in an encoder-decoder model (nil: as many).
  public init(_ architecture: Architecture, length: Int, encoderLength: Int? = nil) throws {
    guard length >= 0, length <= Config.largestSize else {
      throw InputError(
        "is not a length from 0 to \(Numbers.grouped(Config.largestSize))", field: "length", value: "\(length)")
    }
    var (perToken, state, kept, cross): (Exact, Exact, Exact, Exact) = (0, 0, 0, 0)
    for group in architecture.groups where !group.onEncoder {
      for case .cache(let cache) in group.layer.blocks.flatMap(\.parts) {
        let count = Exact(group.count)
        if cache.onEncoder {
          cross += count * Exact(cache.perPosition) * Exact(encoderLength ?? length)
          continue
        }
        // Compressed entries that do not divide evenly count as begun.
        perToken += count * Exact((cache.perPosition + cache.rate - 1) / cache.rate)
        state += count * Exact(cache.state)
        kept += count * Exact(cache.perPosition) * Exact(min(length, cache.window ?? length) / cache.rate)
      }
    }
    elementsPerToken = perToken
    stateElements = state
    crossElements = cross
    elements = kept + state + cross
    self.length = length
  }

  public func bytesPerToken(_ type: ElementType) throws -> Int {
    try type.bytes(elementsPerToken).int("kv_bytes_per_token")
  }
  public func stateBytes(_ type: ElementType) throws -> Int { try type.bytes(stateElements).int("state_bytes") }
  public func crossBytes(_ type: ElementType) throws -> Int { try type.bytes(crossElements).int("kv_bytes") }
  /// Bytes of one sequence at `length`.
  public func bytes(_ type: ElementType) throws -> Int { try type.bytes(elements).int("kv_bytes") }
}
