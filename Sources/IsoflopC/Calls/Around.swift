import Isoflop

/// Sweeps of a config.json's own fields: what can be counted can be swept.
extension Request {
  private static let aroundOptions =
    [
      "around", "name", "vary", "sequence_length", "attention", "constraints", "of", "top", "within", "resume",
      "nearest", "count", "pareto", "rows",
    ] + searchOptions

  func sweepAround(_ control: Control?) throws -> JSON {
    try allow(Self.aroundOptions)
    let search = ConfigSearch(try configGrid(), try searchOptions(control))
    do {
      switch try job(of: ["nearest", "count", "pareto", "rows"]) {
      case "nearest"?:
        let (target, top) = try target()
        return try search.nearest(to: target, of: quantity(), top: top, within: integer("within")).json
      case "count"?: return try search.count(of: quantity(), in: range()).json
      case "pareto"?:
        let (first, second) = try objectives()
        return try search.pareto(first, second).json
      case "rows"?:
        let (path, resume) = (try text("rows") ?? "", try flag("resume") ?? false)
        // Before a file is written.
        try refuseUnread()
        return try search.writeTable(to: path, resume: resume).json
      default: return try search.all().json
      }
    } catch let error as InputError {
      throw error.file == nil ? error.from(file: search.grid.name) : error
    }
  }

  /// Joins the answers for all shards of this request.
  func mergeAround(_ parts: [JSON]) throws -> JSON {
    try allow(Self.aroundOptions)
    let grid = try configGrid()
    let results = try parts.map { try ConfigResult($0, grid: grid) }
    switch try job(of: ["nearest", "count", "pareto", "rows"]) {
    case "nearest"?:
      let (target, top) = try target()
      return try ConfigResult.merged(results, nearestTo: target, of: quantity(), top: top).json
    case "pareto"?:
      let (first, second) = try objectives()
      return try ConfigResult.merged(results, front: first, second).json
    default: return try ConfigResult.merged(results).json
    }
  }

  private func configGrid() throws -> ConfigGrid {
    let config = try baseConfig()
    guard let vary = self["vary"]?.object else {
      throw missing("vary", hint: "fields with their values: {\"hidden_size\": [2048, 4096]}")
    }
    var axes = try vary.members.map { try ConfigAxis($0.name, json: $0.value) }
    var length = config.trainingLength ?? 1
    if let asked = self["sequence_length"] {
      axes.append(try ConfigAxis(ConfigAxis.sequenceLength, json: asked))
    } else if !axes.contains(where: { $0.field == ConfigAxis.sequenceLength }) {
      // A length that is not varied is that of a count of the config.
      var model = try Architecture(config: config.object)
      model.trainingLength = config.trainingLength
      length = model.usualLength.length
    }
    let attention = try choice("attention", [Convention.Attention.full, .causal]) ?? .full
    return try ConfigGrid(
      config.object, name: config.name, axes: axes, sequenceLength: length,
      convention: Convention.deepseek.with(attention: attention),
      constraints: self["constraints"].map { try Constraint.list($0) } ?? [])
  }

  private func baseConfig() throws -> (name: String, object: JSONObject, trainingLength: Int?) {
    switch self["around"] {
    case .string(let text)?:
      let config = try NamedConfig.resolve(text)
      return (try self.text("name") ?? config.name, config.object, config.trainingLength)
    case .object(let object)?: return (try text("name") ?? "config", object, nil)
    default: throw missing("around", hint: "a known model's name, a path, or the object of a config.json")
    }
  }
}
