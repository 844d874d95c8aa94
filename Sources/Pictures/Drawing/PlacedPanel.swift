/// A panel in its cell: the frame that the values are drawn in, and around it what the axes need.
struct PlacedPanel {
  let panel: Panel
  /// What the axes span.
  private(set) var frame = Box(x: 0, y: 0, width: 0, height: 0)
  let x: PlacedAxis
  let y: PlacedAxis
  private(set) var xTicks: [Tick] = []
  private(set) var yTicks: [Tick] = []
  /// Titles, labels of axes and of marks; those of ticks are where gnuplot puts them.
  private(set) var texts: [PlacedText] = []
  /// From the end of a mark to its label.
  private(set) var leaders: [Leader] = []
  private(set) var key: Box?

  /// What is left and right of the frame.
  private(set) var margins = Margins()

  struct Margins: Equatable {
    var left = 0.0
    var right = 0.0
  }

  /// - Parameter least: margins that are at least so wide.
  init(_ panel: Panel, in cell: Box, on canvas: Canvas, margins least: Margins = Margins()) {
    self.panel = panel
    x = PlacedAxis(panel.x, values: panel.marks.flatMap { $0.extent.x })
    y = PlacedAxis(panel.y, values: panel.marks.flatMap { $0.extent.y })
    let (font, line) = (canvas.font, canvas.lineHeight)

    // Above: the title, then what y is, and what the colours are at the right.
    var top = cell.y
    func add(_ text: String, from left: Double, width: Double, bold: Bool = false) {
      for part in canvas.fitted(text, width: bold ? width / PlacedText.bold : width) {
        let wide = canvas.width(of: part) * (bold ? PlacedText.bold : 1)
        texts.append(PlacedText(part, Box(x: left, y: top, width: wide, height: line), isBold: bold))
        top += line
      }
    }
    if !panel.title.isEmpty { add(panel.title, from: cell.x, width: cell.width, bold: true) }
    let keyLabel = panel.key.map { canvas.width(of: $0.label) } ?? 0
    let shared = canvas.width(of: panel.y.label) + keyLabel + 2 * font < cell.width
    if let key = panel.key, !canvas.isText {
      let line = top
      add(key.label, from: cell.right - keyLabel, width: cell.width)
      if shared { top = line }
    }
    add(panel.y.label, from: cell.x, width: cell.width)
    top += canvas.isText ? 0 : 0.5 * font

    // Beside: what the ticks of y and the labels at the ends of marks need. Ticks depend on the height, which does not
    // depend on them.
    let below = canvas.fitted(panel.x.label, width: cell.width)
    let bottom = cell.bottom - Double(below.count) * line - (canvas.isText ? 2 : 2.2 * font)
    let height = max(bottom - top, 4 * line)
    let widest = 0.36 * cell.width
    var apart = canvas.isText ? 2 : 1.7 * line
    // Every name counts, of numbers a few are enough.
    if case .names = panel.y.style { apart = canvas.isText ? 1 : 1.05 * line }
    yTicks = y.ticks { _ in apart / height }
    if case .names(let names) = panel.y.style {
      let short = canvas.shortened(names, to: widest)
      for index in yTicks.indices { yTicks[index].text = short[yTicks[index].text] ?? yTicks[index].text }
    }
    let left = max(
      (yTicks.map { canvas.width(of: $0.text) }.max() ?? 0) + (canvas.isText ? 2 : 0.8 * font), least.left)
    let ends = panel.marks.filter { $0.label?.place == .end && !$0.rows.isEmpty }
    let names = PlacedPanel.names(of: panel, canvas, to: widest)
    let endLines = ends.map { mark -> [String] in
      let text = mark.label?.text ?? ""
      return names[text].map { [$0] } ?? canvas.fitted(text, width: widest)
    }
    let endWidth = endLines.joined().map { canvas.width(of: $0) }.max() ?? 0
    let arm = canvas.isText ? 1 : 1.4 * font
    var right = endWidth > 0 ? endWidth + arm + 0.3 * font : 0
    if let key = panel.key, !canvas.isText {
      right = max(right, (key.ticks.map { canvas.width(of: $0.text) }.max() ?? 0) + 2.6 * font)
    }
    // Names of what ends at the frame.
    for case let (.near(px, _), text) in panel.marks.compactMap({ mark in mark.label.map { ($0.place, $0.text) } })
    where x.place(px) > 0.93 && panel.key == nil && !canvas.isText {
      right = max(right, min(canvas.width(of: text) + 0.8 * font, widest))
    }
    // The last tick of x is centred under its place.
    right = max(right, canvas.isText ? 3 : 2 * font, least.right)
    margins = Margins(left: left, right: right)
    frame = Box(x: cell.x + left, y: top, width: max(cell.width - left - right, 4 * font), height: height)
    let wide = frame.width
    if case .names(let names) = panel.x.style {
      xTicks = named(names, in: cell, canvas)
    } else {
      xTicks = x.ticks { text in (canvas.width(of: text) + 1.2 * font) / wide }
    }
    if panel.key != nil, !canvas.isText {
      key = Box(
        x: frame.right + 1.2 * font, y: frame.y + line, width: 0.7 * font, height: min(frame.height - line, 11 * font))
    }

    // Below.
    for (index, part) in below.enumerated() {
      let width = canvas.width(of: part)
      let start = (frame.x + (frame.width - width) / 2).clamped(to: cell.x...max(cell.x, cell.right - width))
      texts.append(
        PlacedText(
          part, Box(x: start, y: cell.bottom - Double(below.count - index) * line, width: width, height: line)))
    }
    placeEnds(ends, endLines, arm, canvas)
    placeNear(in: cell, canvas)
  }

  /// Where a value is drawn.
  func point(_ px: Double, _ py: Double) -> (x: Double, y: Double) {
    (frame.x + x.place(px) * frame.width, frame.bottom - y.place(py) * frame.height)
  }

  /// The same on a terminal: the middle of the character that shows it. gnuplot's frame goes from the first column and row
  /// that are wholly inside to the last.
  private func drawn(_ at: (x: Double, y: Double), _ canvas: Canvas) -> (x: Double, y: Double) {
    guard canvas.isText else { return at }
    func character(_ value: Double, _ low: Double, _ high: Double, of whole: Double) -> Double {
      let (first, last) = ((low * (1 - 1 / whole)).rounded(.up), (high * (1 - 1 / whole)).rounded(.down))
      return (first + (value - low) / (high - low) * (last - first)).rounded()
    }
    // Rows are counted from below.
    let up = character(
      canvas.height - at.y, canvas.height - frame.bottom, canvas.height - frame.y, of: canvas.height)
    return (character(at.x, frame.x, frame.right, of: canvas.width) + 0.5, canvas.height - 1 - up + 0.5)
  }

  /// Names below the frame, each centred under its place: as many as have room for a few letters. Where too few fit, what
  /// they have in common goes first.
  private func named(_ whole: [String], in cell: Box, _ canvas: Canvas) -> [Tick] {
    let apart = (canvas.isText ? 2 : 1.2) * canvas.font
    let one = (x.place(2) - x.place(1)) * frame.width
    func widest(_ names: [String]) -> Double { names.map { canvas.width(of: $0) }.max() ?? 0 }
    func step(_ names: [String]) -> Int {
      let wanted = min(widest(names), 8 * canvas.font) + apart
      return ([1, 2, 3, 4] + PlacedAxis.steps(to: names.count)).sorted().first { Double($0) * one >= wanted }
        ?? max(1, names.count)
    }
    let isWhole = widest(whole) + apart <= Double(step(whole)) * one && whole.count >= min(whole.count, 4) * step(whole)
    let names = isWhole ? whole : Canvas.differences(whole)
    let step = step(names)
    return stride(from: 0, to: names.count, by: step).map { index in
      let place = Double(index + 1)
      let at = frame.x + x.place(place) * frame.width
      let beside = min(at - cell.x, cell.right - at)
      return Tick(value: place, text: canvas.shortened(names[index], to: min(Double(step) * one - apart, 2 * beside)))
    }
  }

  // MARK: Labels

  /// Beside the last values, in their order, pushed apart as far as they must be.
  private mutating func placeEnds(_ marks: [Mark], _ lines: [[String]], _ arm: Double, _ canvas: Canvas) {
    let line = canvas.lineHeight
    func above(_ mark: Mark) -> Double {
      mark.end.map { point($0.x, $0.y).y.clamped(to: frame.y...frame.bottom) } ?? 0
    }
    var wanted: [(mark: Mark, lines: [String], at: (x: Double, y: Double), top: Double)] = []
    for (mark, lines) in zip(marks, lines) {
      guard let end = mark.end else { continue }
      let at = drawn(point(end.x, end.y), canvas)
      let inside = (x: min(at.x, frame.right), y: at.y.clamped(to: frame.y...frame.bottom))
      wanted.append((mark, lines, inside, inside.y - Double(lines.count) * line / 2))
    }
    // In the order of the values, also of those that one character shows.
    wanted.sort { above($0.mark) < above($1.mark) }
    let tops = spread(
      wanted.map(\.top), heights: wanted.map { Double($0.lines.count) * line }, from: frame.y - line,
      to: frame.bottom + (canvas.isText ? 0 : 0.5 * line))
    for (label, top) in zip(wanted, tops) {
      let left = frame.right + arm
      for (index, text) in label.lines.enumerated() {
        texts.append(
          PlacedText(
            text,
            Box(x: left, y: top + Double(index) * line, width: canvas.width(of: text), height: line)))
      }
      let middle = top + Double(label.lines.count) * line / 2
      leaders.append(
        Leader(
          from: (frame.right + 0.15 * arm, label.at.y), to: (left - 0.2 * arm, middle), colour: label.mark.colour))
    }
  }

  /// Near their points, where they cover least: no other text, and few values.
  private mutating func placeNear(in cell: Box, _ canvas: Canvas) {
    // Half a line above the frame and the margin beside it are free as well, where no other text is.
    let above = canvas.isText ? 0 : 0.6 * canvas.lineHeight
    let inset = canvas.isText ? 1 : 0.2 * canvas.font
    let free = Box(
      x: frame.x + inset, y: frame.y - above, width: (key == nil ? cell.right : frame.right) - frame.x - inset,
      height: frame.height + above + (canvas.isText ? 0 : 0.2 * canvas.lineHeight))
    // Beside the frame there are no ticks: what ends at its lower edge has its name beside it all the same.
    let beside = Box(
      x: frame.right, y: free.y, width: max(0, free.right - frame.right), height: free.height + above)
    let widest = 0.45 * free.width
    let names = PlacedPanel.names(of: panel, canvas, to: widest)
    let dots = panel.marks.flatMap { obstacles($0, step: canvas.font / 3) }.map { drawn($0, canvas) }
    /// A name belongs to what can be seen: of a place outside the frame, to its edge.
    func anchor(_ px: Double, _ py: Double) -> (x: Double, y: Double) {
      let at = point(px, py)
      return drawn((at.x.clamped(to: frame.x...frame.right), at.y.clamped(to: frame.y...frame.bottom)), canvas)
    }
    let places = panel.marks.compactMap { mark -> (text: String, at: (x: Double, y: Double))? in
      guard let label = mark.label, case .near(let px, let py) = label.place else { return nil }
      return (label.text, anchor(px, py))
    }
    // A cloud is named where there is still room.
    func order(_ mark: Mark) -> Int { mark.kind == .cloud ? .max : mark.label?.rank ?? 0 }
    let ordered = panel.marks.enumerated().sorted { (order($0.element), $0.offset) < (order($1.element), $1.offset) }
    for (_, mark) in ordered {
      guard let label = mark.label, case .near(let px, let py) = label.place else { continue }
      let text = names[label.text] ?? label.text
      let (width, height) = (canvas.width(of: text), canvas.lineHeight)
      let away = canvas.isText ? 1 : 0.7 * canvas.font
      let at = anchor(px, py)
      let isSpare = label.rank > 0
      let others = places.filter { $0.text != label.text }.map(\.at)
      var best: (box: Box, cost: Double, covered: Int, leader: Leader?)?
      func tryAround(_ anchor: (x: Double, y: Double), _ distances: [Double], cost extra: Double = 0) {
        for distance in distances {
          for (dx, dy) in [
            (1.0, 0.0), (1, -1), (0, -1), (-1, -1), (-1, 0), (1, 1), (0, 1), (-1, 1), (1, -0.5), (1, 0.5), (-1, -0.5),
            (-1, 0.5), (0.4, -1), (-0.4, -1), (0.4, 1), (-0.4, 1),
          ] {
            let box = canvas.drawn(
              Box(
                x: anchor.x + dx * away * distance - (dx < 0 ? width : dx == 0 ? width / 2 : 0),
                y: anchor.y + dy * away * distance - (dy < 0 ? height : dy == 0 ? height / 2 : 0), width: width,
                height: height))
            guard free.contains(box) || beside.contains(box), !texts.contains(where: { $0.box.overlaps(box) }),
              !leaders.contains(where: { $0.meets(box) })
            else { continue }
            // Too far away to be seen as its own, or of no one point.
            let leader = distance > 2.5 || mark.kind == .cloud ? Leader(from: anchor, to: box, colour: .faint) : nil
            if let leader {
              guard !texts.contains(where: { leader.meets($0.box) }), !leaders.contains(where: { leader.crosses($0) })
              else { continue }
            }
            // A point has a width too; the nearest place of all leaves room for it.
            let wide = box.wider(by: canvas.isText ? 0 : 0.4 * away)
            let covered = min(10, dots.count { wide.contains(x: $0.x, y: $0.y) })
            if isSpare, covered > 0 || texts.contains(where: { $0.box.overlaps(box.wider(by: canvas.font)) }) {
              continue
            }
            // Two names that touch read as one.
            let touching = texts.contains { $0.box.overlaps(box.wider(by: canvas.isText ? 1 : 0.5 * canvas.font)) }
            // Without a leader a name belongs to the nearest of the points that have one.
            let isOthers = leader == nil && others.contains { box.distance(to: $0) < box.distance(to: anchor) - 1e-9 }
            if isSpare, isOthers { continue }
            let cost = Double(covered + (isOthers ? 3 : 0)) * 2 + (touching ? 6 : 0) + distance + extra
            if cost < best?.cost ?? .infinity { best = (box, cost, covered, leader) }
          }
        }
      }
      let near = [0.5, 1, 1.5, 2]
      tryAround(at, isSpare ? [0.5, 1] : near + [3.5, 5.5, 8, 11, 14])
      // The name of a line may stand anywhere along it: where it covers something, farther along is better.
      if best?.covered != 0, !isSpare, mark.kind == .line || mark.kind == .dashes {
        for place in obstacles(mark, step: 1.2 * canvas.lineHeight) where frame.contains(x: place.x, y: place.y) {
          tryAround(drawn(place, canvas), near, cost: 0.5)
        }
      }
      guard let best else { continue }
      texts.append(PlacedText(text, best.box))
      if let leader = best.leader { leaders.append(leader) }
    }
  }

  /// What the names beside marks are shortened to. A formula, which has spaces, cannot be cut.
  private static func names(of panel: Panel, _ canvas: Canvas, to widest: Double) -> [String: String] {
    canvas.shortened(panel.marks.compactMap { $0.label?.text }.filter { !$0.contains(" ") }, to: widest)
  }

  /// Points along what a mark draws.
  private func obstacles(_ mark: Mark, step: Double) -> [(x: Double, y: Double)] {
    let places = mark.outline.map { $0.map { point($0.x, $0.y) } }
    return places.flatMap { path -> [(x: Double, y: Double)] in
      guard mark.isJoined else { return path }
      return zip(path, path.dropFirst()).flatMap { a, b -> [(x: Double, y: Double)] in
        let (dx, dy) = (b.x - a.x, b.y - a.y)
        let length = (dx * dx + dy * dy).squareRoot()
        // What is no number is not drawn.
        guard length.isFinite else { return [] }
        let parts = max(1, Int(min(600, length / step)))
        return (0...parts).map { (a.x + dx * Double($0) / Double(parts), a.y + dy * Double($0) / Double(parts)) }
      }
    }
  }
}

/// Intervals in ascending order moved so that none overlap, each as little as can be, between two ends.
func spread(_ starts: [Double], heights: [Double], from: Double, to: Double) -> [Double] {
  var tops = starts
  for _ in 0..<60 {
    var moved = false
    for i in tops.indices.dropFirst() {
      let overlap = tops[i - 1] + heights[i - 1] - tops[i]
      guard overlap > 1e-9 else { continue }
      tops[i - 1] -= overlap / 2
      tops[i] += overlap / 2
      moved = true
    }
    if !moved { break }
  }
  // What is left of an overlap, and of the ends, in one pass each way.
  var lowest = from
  for i in tops.indices {
    tops[i] = max(tops[i], lowest)
    lowest = tops[i] + heights[i]
  }
  var highest = to
  for i in tops.indices.reversed() {
    tops[i] = min(tops[i], highest - heights[i])
    highest = tops[i]
  }
  return tops
}

extension Mark {
  /// The values along each axis.
  var extent: (x: [Double], y: [Double]) {
    switch kind {
    case .line, .dashes, .points, .rings, .stars, .shaded, .cloud: (rows.map { $0[0] }, rows.map { $0[1] })
    case .band, .area: (rows.map { $0[0] }, rows.flatMap { [$0[1], $0[2]] })
    case .intervals: (rows.map { $0[0] }, rows.flatMap { [$0[1], $0[2], $0[3]] })
    case .bars: (rows.flatMap { [$0[0], $0[1]] }, rows.flatMap { [$0[2], $0[3]] })
    }
  }

  /// The place that a label at the end belongs to.
  var end: (x: Double, y: Double)? {
    guard let last = rows.max(by: { $0[0] < $1[0] }) else { return nil }
    switch kind {
    case .band, .area: return (last[0], (last[1] + last[2]) / 2)
    case .bars: return (last[1], last[3])
    default: return (last[0], last[1])
    }
  }

  var isJoined: Bool { [.line, .dashes, .band, .area, .bars, .intervals].contains(kind) }

  /// What is drawn, as paths or as points.
  var outline: [[(x: Double, y: Double)]] {
    switch kind {
    case .line, .dashes, .points, .rings, .stars, .shaded, .cloud: [rows.map { ($0[0], $0[1]) }]
    case .band, .area: [rows.map { ($0[0], $0[1]) }, rows.map { ($0[0], $0[2]) }]
    case .intervals: rows.map { [($0[0], $0[2]), ($0[0], $0[3])] }
    case .bars: rows.map { [($0[0], $0[3]), ($0[1], $0[3])] }
    }
  }
}
