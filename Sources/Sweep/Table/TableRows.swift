import Architectures

/// Turns the rows of a walk into bytes. Along the last axis a column stays as it is or grows by the same step, so that a
/// row costs its own numbers only: text that does not change is made once.
struct TableRows: RowVisitor {
  private let layout: TableLayout
  private let memory: UnsafeMutablePointer<UInt8>
  private let most: Int
  private let decimal = Decimal()
  private(set) var count = 0
  private(set) var rows = 0
  /// Every column along the current row of the walk.
  private var columns: [Affine]
  /// The text between columns that change, one piece after the other, each with the commas around it; a piece ends where
  /// `ends` says.
  private let text: UnsafeMutablePointer<UInt8>
  private var ends: [Int] = []
  /// What changes after each piece but the last.
  private var changing: [Affine] = []

  /// Room behind the rows for text that is copied in whole chunks.
  static let slack = 64

  /// - Parameters:
  ///   - memory: room for the longest row `most` times, and the slack.
  ///   - text: room for the longest row and the slack.
  init(
    _ layout: TableLayout, _ memory: UnsafeMutablePointer<UInt8>, most: Int, text: UnsafeMutablePointer<UInt8>
  ) {
    self.layout = layout
    self.memory = memory
    self.most = most
    self.text = text
    columns = [Affine](repeating: Affine(a: 0, b: 0), count: layout.columns)
  }

  var isFinished: Bool { false }
  var window: (form: Form, low: Int, high: Int)? { nil }

  mutating func visit(_ walk: inout GridWalk) {
    let places = walk.rowPlaces()
    if places.isEmpty { return }
    precondition(rows + places.count <= most, "a block has no more rows than shapes")
    setColumns(walk)
    let values = walk.plan.inner.first?.values ?? .list([0])
    rows += places.count
    switch layout.format {
    case .npy: writeIntegers(places, values)
    case .csv:
      makeText()
      writeText(places, values)
    }
  }

  private mutating func setColumns(_ walk: borrowing GridWalk) {
    let box = walk.box()
    for (index, axis) in layout.axes.enumerated() {
      let isNone = box.E == 0 && axis.isOfExperts
      columns[index] =
        axis.index == walk.plan.firstInner && !isNone
        ? Affine(a: 0, b: 1) : Affine(a: isNone ? 0 : walk.sizes[axis.index], b: 0)
    }
    for (index, count) in layout.counts.enumerated() {
      columns[layout.axes.count + index] = walk.affine(.derived(count), box)
    }
  }

  private mutating func writeIntegers(_ places: Range<Int>, _ values: AxisValues) {
    // SAFETY: there is room for the longest row, `most` times.
    let out = UnsafeMutableRawPointer(memory)
    for place in places {
      let x = values[place]
      for column in columns {
        out.storeBytes(of: (column.a + column.b * x).littleEndian, toByteOffset: count, as: Int.self)
        count += 8
      }
    }
  }

  // MARK: Text

  private mutating func makeText() {
    ends.removeAll(keepingCapacity: true)
    changing.removeAll(keepingCapacity: true)
    // SAFETY: the room of the longest row: 19 digits and a comma for every column.
    var end = text
    for (index, column) in columns.enumerated() {
      if column.b == 0 {
        end += decimal.write(UInt(bitPattern: column.a), to: end)
      } else {
        ends.append(end - text)
        changing.append(column)
      }
      end[0] = index == columns.count - 1 ? 0x0A : UInt8(ascii: ",")
      end += 1
    }
    ends.append(end - text)
  }

  private mutating func writeText(_ places: Range<Int>, _ values: AxisValues) {
    // SAFETY: there is room for the longest row `most` times, numbers of a table are not negative and have at most 19
    // digits, and chunks go no further than the slack behind either text.
    var out = memory + count
    for place in places {
      let x = values[place]
      var from = 0
      for (index, column) in changing.enumerated() {
        let to = ends[index]
        copy(text + from, to - from, to: out)
        out += to - from
        from = to
        out += decimal.write(UInt(bitPattern: column.a + column.b * x), to: out)
      }
      let to = ends[changing.count]
      copy(text + from, to - from, to: out)
      out += to - from
    }
    count = out - memory
  }

  /// Copies in chunks of 32 bytes, the last one as whole as the others.
  @inline(__always)
  private func copy(_ from: UnsafeMutablePointer<UInt8>, _ count: Int, to out: UnsafeMutablePointer<UInt8>) {
    let (source, target) = (UnsafeRawPointer(from), UnsafeMutableRawPointer(out))
    var done = 0
    repeat {
      target.storeBytes(
        of: source.loadUnaligned(fromByteOffset: done, as: SIMD32<UInt8>.self), toByteOffset: done,
        as: SIMD32<UInt8>.self)
      done += 32
    } while done < count
  }
}
