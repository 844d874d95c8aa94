import ArgumentParser
import Isoflop

/// `--write-configs`
struct ConfigFolderOption: ParsableArguments {
  @Option(
    help: ArgumentHelp("Write each shape's config.json below this folder.", valueName: "folder"), completion: .directory
  )
  var writeConfigs: String?
}

/// One config.json for each shape, in a folder named after it.
enum ConfigFolder {
  static func write(_ shapes: [Shape], to folder: String, on terminal: Terminal) throws {
    try writeConfigs(shapes.map { (name($0), $0) }, to: folder)
    terminal.note("note: \(Numbers.counted(shapes.count, "config")) written below \(folder)")
  }

  /// The varied configs of a sweep around one, whole, each in a folder named after what differs.
  static func write(_ result: ConfigResult, to folder: String, on terminal: Terminal) throws {
    let configs = result.results.map { found in
      let parts = found.fields.map { "\($0.name)-\($0.value.text(indent: nil).filter { $0.isLetter || $0.isNumber })" }
      return (parts.joined(separator: "-"), JSON.object(result.grid.config(found.index)))
    }
    try Isoflop.writeConfigs(configs, to: folder)
    terminal.note("note: \(Numbers.counted(result.results.count, "config")) written below \(folder)")
  }

  /// `30x4096-h32-kv8-f11008-v102400`
  static func name(_ shape: Shape) -> String {
    var name = "\(shape.layers)x\(shape.width)-h\(shape.heads)-kv\(shape.keyValueHeads)-f\(shape.mlpWidth)"
    if shape.experts > 0 { name += "-e\(shape.experts)x\(shape.expertWidth)-k\(shape.expertsPerToken)" }
    return name + "-v\(shape.vocabulary)"
  }
}
