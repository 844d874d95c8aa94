import Architectures

extension AttentionMask {
  /// Pairs of one query and one key that the mask lets through, over a whole sequence of one head.
  ///
  /// Causal: S (S + 1) / 2. A sliding window of W keys, the query's own included: sum of min(i + 1, W). Chunks of C:
  /// blocks on the diagonal, each c (c + 1) / 2. Measured on the softmax output of the reference (families.md, 6).
  public func pairs(queries: Int, keys: Int) -> Exact {
    switch self {
    case .full: return Exact(queries) * Exact(keys)
    case .causal: return triangle(queries)
    case .sliding(let window), .chosen(let window):
      let ramp = min(window, queries)
      return triangle(ramp) + Exact(queries - ramp) * Exact(window)
    case .chosenBlocks(let keys, let block):
      // Up to keys / block finished blocks fit; beyond them a query sees `keys` keys and its own unfinished block.
      let ramp = min(queries, (keys / block + 1) * block - 1)
      let later = queries - ramp
      return triangle(ramp) + Exact(later) * Exact(keys) + Exact(later / block) * triangle(block - 1)
        + triangle(max(later % block - 1, 0))
    case .ownAndChosenBlocks(let blocks, let size):
      // In block b: its own pairs, and min(b, blocks - 1) whole blocks before it.
      let (whole, rest) = (queries / size, queries % size)
      let growing = min(whole, blocks)
      let before = triangle(max(growing - 1, 0)) + Exact(whole - growing) * Exact(blocks - 1)
      return Exact(whole) * triangle(size) + before * Exact(size) * Exact(size) + triangle(rest)
        + Exact(rest) * Exact(min(whole, blocks - 1)) * Exact(size)
    case .chunked(let size):
      return Exact(queries / size) * triangle(size) + triangle(queries % size)
    case .band(let reach):
      // Every query sees itself and `reach` keys to either side, fewer at the two ends.
      let near = min(reach, max(queries - 1, 0))
      return Exact(queries) * Exact(2 * near + 1) - Exact(near) * Exact(near + 1)
    }
  }
}

/// n (n + 1) / 2.
private func triangle(_ n: Int) -> Exact {
  n % 2 == 0 ? Exact(n / 2) * Exact(n + 1) : Exact(n) * Exact((n + 1) / 2)
}
