import ArgumentParser
import Isoflop

/// `--plot`, for commands whose answer can be looked at.
struct PlotOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Draw a picture: a .svg, .png or .pdf file, or - for the terminal.", valueName: "file"),
    completion: .file(extensions: ["svg", "png", "pdf"]))
  var plot: String?
  @Option(
    help: ArgumentHelp("Its size in pixels (default: 900, and as high as suits it).", valueName: "width[xheight]"))
  var plotSize: String?
  @Flag(help: "Leave the data (.dat) and gnuplot's script (.gp) beside the picture.")
  var plotData = false

  /// What to draw on, checked before the work begins: nothing is computed for a picture that could not be made.
  ///
  /// - Returns: nil where no picture is asked for.
  func plotter(besides output: OutputForm, on terminal: Terminal) throws -> Plotter? {
    guard let plot else {
      for (option, given) in [("--plot-size", plotSize != nil), ("--plot-data", plotData)] where given {
        throw InputError("needs --plot", field: option, hint: "such as --plot picture.svg")
      }
      return nil
    }
    if plot == "-" {
      guard output == .text else {
        throw InputError(
          "would mix a picture with data", field: "--plot", value: "-", hint: "name a file: --plot picture.svg")
      }
      guard !plotData else {
        throw InputError("needs a file to stand beside", field: "--plot-data", hint: "such as --plot picture.svg")
      }
    }
    return Plotter(
      target: try Plotter.Target(plot), size: try plotSize.map(Self.size), leavesData: plotData,
      gnuplot: try Gnuplot(environment: terminal.environment))
  }

  private static func size(_ text: String) throws -> (width: Int, height: Int?) {
    let parts = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(parts.count), let width = parts[0], parts.count == 1 || parts[1] != nil else {
      throw InputError("is not a size", field: "--plot-size", value: text, hint: "such as 900 or 900x560")
    }
    for length in parts.compactMap({ $0 }) where !(160...8000).contains(length) {
      throw InputError("is not from 160 to 8,000 pixels", field: "--plot-size", value: text, hint: "900 is usual")
    }
    return (width, parts.count == 2 ? parts[1] : nil)
  }
}

/// Draws a picture where it was asked for.
struct Plotter {
  enum Target: Equatable {
    case svg(String)
    case png(String)
    case pdf(String)
    case terminal

    init(_ name: String) throws {
      if name == "-" {
        self = .terminal
        return
      }
      let file = name.split(separator: "/").last.map(String.init) ?? name
      let ending = file.contains(".") ? file.split(separator: ".").last.map { $0.lowercased() } ?? "" : ""
      switch ending {
      case "svg": self = .svg(name)
      case "png": self = .png(name)
      case "pdf": self = .pdf(name)
      default:
        throw InputError(
          "is no kind of picture that can be drawn", field: "--plot", value: name,
          hint: "name a file that ends in .svg, .png or .pdf, or - for the terminal")
      }
    }

    var file: String? {
      switch self {
      case .svg(let file), .png(let file), .pdf(let file): file
      case .terminal: nil
      }
    }
  }

  let target: Target
  let size: (width: Int, height: Int?)?
  let leavesData: Bool
  let gnuplot: Gnuplot

  /// - Parameter picture: nil where nothing was found that could be drawn.
  /// - Throws: `WorkError` for nil: the picture that was asked for is not there, and one that was is left as it was.
  func draw(_ picture: Picture?, on terminal: Terminal) throws {
    guard let picture else {
      guard let file = target.file else { throw WorkError("there is nothing to draw") }
      let before = FileCheck.exists(file) ? "it is as it was before" : nil
      throw WorkError("\(file) is not drawn: there is nothing to draw", hint: before)
    }
    switch target {
    case .svg(let file): try draw(picture, to: file, as: .svg(ground: true), on: terminal)
    case .png(let file): try draw(picture, to: file, as: .png, on: terminal)
    case .pdf(let file): try draw(picture, to: file, as: .pdf, on: terminal)
    case .terminal: try show(picture, on: terminal)
    }
  }

  private func draw(
    _ picture: Picture, to file: String, as kind: GnuplotScript.Terminal, on terminal: Terminal
  ) throws {
    var canvas = Canvas(width: Double(size?.width ?? 900), for: picture)
    if let height = size?.height { canvas.height = Double(height) }
    let script = GnuplotScript(picture, on: canvas, as: kind)
    // The letters of an SVG are drawn where it is looked at.
    let isSVG = if case .svg = kind { true } else { false }
    let whole = isSVG ? script.whole : Fonts.drawable(script.whole, environment: terminal.environment)
    try writeFile(file, gnuplot.run(whole))
    terminal.note("note: picture in \(file)")
    guard leavesData else { return }
    // The endings are those of gnuplot's own examples.
    let stem = file.dropLast(4)
    func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
    try writeFile("\(stem).dat", Array(script.data.utf8))
    let text = script.text(dataFile: name("\(stem).dat"), output: name(file))
    try writeFile("\(stem).gp", Array("# gnuplot \(name("\(stem).gp")), in this folder, draws it again\n\(text)".utf8))
    terminal.note("note: its data in \(stem).dat, its script in \(stem).gp")
  }

  /// A line in which every letter has a cell, for a terminal that gives some of them two: the spaces after them make up
  /// for it.
  static func narrowed(_ line: Substring) -> String {
    var out = ""
    var spare = 0
    for character in line {
      if character == " ", spare > 0, out.last == " " {
        spare -= 1
        continue
      }
      out.append(character)
      if Canvas.isWide(character) { spare += 1 }
    }
    return out
  }

  private func show(_ picture: Picture, on terminal: Terminal) throws {
    let (columns, lines) = (terminal.width ?? 80, terminal.height ?? 24)
    if terminal.showsSixel {
      let canvas = Canvas(width: min(900, Double(columns) * 9), for: picture)
      return try terminal.write(
        String(decoding: gnuplot.run(GnuplotScript(picture, on: canvas, as: .sixel).whole), as: UTF8.self) + "\n")
    }
    // Panels stand below each other where they do not fit beside each other, each row with a screen of its own.
    let canvas = Canvas(columns: max(40, columns), linesPerRow: max(16, min(lines - 2, 30)), for: picture)
    let script = GnuplotScript(picture, on: canvas, as: .dumb(colour: terminal.showsColour))
    let text = String(decoding: try gnuplot.run(script.whole), as: UTF8.self)
    let plain = terminal.showsColour ? "\u{1B}[0m" : ""
    try terminal.writeLine("")
    // gnuplot pads every line, begins with a form feed, and leaves the last colour on.
    for line in text.split(whereSeparator: \.isNewline) {
      var line = Plotter.narrowed(line.drop { $0 == "\u{0C}" })
      while line.last == " " { line.removeLast() }
      try terminal.writeLine(line)
    }
    try terminal.writeLine(plain)
    for line in canvas.wrapped(picture.words, width: Double(min(columns, 100))) { try terminal.writeLine(line) }
  }
}
