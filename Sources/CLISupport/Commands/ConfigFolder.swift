import Isoflop

/// `--write-configs`: one config.json for each shape, in a folder named after it.
enum ConfigFolder {
  static func write(_ shapes: [Shape], to folder: String, on terminal: Terminal) throws {
    try writeConfigs(shapes.map { (name($0), $0) }, to: folder)
    terminal.note("note: \(shapes.count) configs written below \(folder)")
  }

  /// `30x4096-h32-kv8-f11008-v102400`
  static func name(_ shape: Shape) -> String {
    var name = "\(shape.layers)x\(shape.width)-h\(shape.heads)-kv\(shape.keyValueHeads)-f\(shape.mlpWidth)"
    if shape.experts > 0 { name += "-e\(shape.experts)x\(shape.expertWidth)-k\(shape.expertsPerToken)" }
    return name + "-v\(shape.vocabulary)"
  }
}
