import Isoflop

/// The peers of a record as the table that the project's README shows, in Markdown.
func speedTable(of record: String) throws -> String {
  let sections = try JSON(parsing: readFile(record)).object?["sections"]?.array ?? []
  let jobs = sections.compactMap { $0.object?["jobs"]?.array }.flatMap { $0 }.compactMap(\.object)
  var rates: [String: [String: Double]] = [:]
  var programs: [String] = []
  let tasks = ["columns", "grid", "search"]
  for job in jobs {
    guard let name = job["name"]?.string, let rate = job["rate"]?.double,
      let task = tasks.first(where: { name.hasPrefix($0 + ": ") })
    else { continue }
    let program = String(name.dropFirst(task.count + 2))
    if !programs.contains(program) { programs.append(program) }
    rates[program, default: [:]][task] = rate
  }
  guard !programs.isEmpty else {
    throw InputError("holds no peers", file: record, hint: "make one: make bench BENCH=\"--record records\"")
  }
  var lines = [
    "| | columns in, M and 6N out | grid in, columns out | grid in, nearest shape out |", "|---|---:|---:|---:|",
  ]
  // Ours first, then the fastest at the search first.
  let others = programs.filter { $0 != "isoflop" }.sorted { (rates[$0]?["search"] ?? 0) > (rates[$1]?["search"] ?? 0) }
  for program in ["isoflop"] + others {
    let cells = tasks.map { task in
      rates[program]?[task].map { quantity($0) + (task == "search" ? " shapes/s" : " rows/s") } ?? ""
    }
    lines.append("| " + ([program] + cells).joined(separator: " | ") + " |")
  }
  return lines.joined(separator: "\n")
}
