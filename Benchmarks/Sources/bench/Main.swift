import Foundation
import Isoflop

let usage = """
  usage: bench [--rounds N] [--only SECTION] [--job TEXT] [--json FILE] [--record FOLDER] [--peers FOLDER]
               [--python PROGRAM] [--grids FOLDER]
         bench --table RECORD.json      the table of the project's README from a record; measures nothing

  Sections: arithmetic and memory (this machine's limits and each kernel's share of them), search (without enumerating,
  up to 1e12 shapes), threads (one thread against all, pinned against unpinned), rows (tables to the disk), peers (the same
  work by NumPy, numba, JAX, polars and C, where they are installed), python (isoflop's own package against the Swift
  library). --job takes only the jobs that have TEXT in their
  name, and what they are compared with. --grids has grids of your own in place of ours: regular-1e12.yaml, …
  ISOFLOP_KERNEL forces a kernel implementation. Data goes to stdout, progress to stderr.
  """

struct Options {
  var rounds = 11
  var only: String?
  var job: String?
  var json: String?
  var record: String?
  /// The folder of this package's peers, as it was when this was built.
  var peers = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../peers").path
  var python = "python3"
  var grids: String?
  /// A record of which only the table of the README is wanted.
  var table: String?
  static let sections = ["arithmetic", "memory", "search", "threads", "rows", "peers", "python"]

  init(_ arguments: [String]) throws {
    var rest = arguments[...]
    while let flag = rest.popFirst() {
      guard let value = rest.popFirst() else { throw InputError("needs a value", value: flag, hint: usage) }
      switch flag {
      case "--rounds":
        guard let number = Int(value), (1...1000).contains(number) else {
          throw InputError("is no number of rounds from 1 to 1000", field: flag, value: value)
        }
        rounds = number
      case "--only":
        guard Options.sections.contains(value) else {
          throw InputError(
            "is no section", field: flag, value: value, hint: "one of: " + Options.sections.joined(separator: ", "))
        }
        only = value
      case "--job": job = value
      case "--json": json = value
      case "--record": record = value
      case "--peers": peers = value
      case "--python": python = value
      case "--grids": grids = value
      case "--table": table = value
      default: throw InputError("is no option of the benchmarks", value: flag, hint: usage)
      }
    }
  }
}

func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

func measureSection(_ title: String, _ all: [Job], against: String, _ options: Options, rounds: Int) throws -> Section {
  let asked = all.filter { job in options.job.map { job.name.contains($0) } ?? true }
  let compared = Set(asked.flatMap { [$0.name, $0.against ?? ""] })
  let jobs = all.filter { compared.contains($0.name) }
  say("\(title): \(jobs.count) jobs, \(rounds) rounds")
  return Section(title: title, comparison: against, outcomes: try measure(jobs, rounds: rounds) { _ in })
}

func sections(_ options: Options, _ kernels: KernelImplementation) throws -> [Section] {
  func wanted(_ name: String) -> Bool { options.only == nil || options.only == name }
  let team = try WorkerTeam.forThisMachine()
  let constrained = BaselineGrid(layers: 200, constrained: true)
  var list: [Section] = []
  if wanted("arithmetic") {
    let jobs =
      arithmeticLimits(try limitTable(kernels)) + searchJobs(kernels, constrained) + (try sweepJobs(kernels))
      + cachedJobs(kernels)
    list.append(
      try measureSection(
        "Searches and the arithmetic of this machine, one thread", jobs, against: "share of limit", options,
        rounds: options.rounds))
  }
  if wanted("memory") {
    // One thread, and its memory touched by that thread.
    let table = try Table(layers: 64, team: .forThisMachine(threads: 1))
    let jobs =
      memoryLimits(try limitTable(kernels), table)
      + columnJobs(kernels, table, BaselineGrid(layers: 64, constrained: false))
    list.append(
      try measureSection(
        "Columns and the memory of this machine, one thread", jobs, against: "share of limit", options,
        rounds: options.rounds))
  }
  if wanted("search") {
    let (jobs, growth) = try boundJobs(SearchGrid.all(in: options.grids))
    var section = try measureSection(
      "Without enumerating, one thread, median of five targets", jobs, against: "", options,
      rounds: min(options.rounds, 3))
    section.growth = growth
    list.append(section)
  }
  if wanted("threads") {
    let jobs = try TeamJobs(kernels, constrained)
    list.append(
      try measureSection("Threads, time on the wall", jobs.all, against: "ratio", options, rounds: options.rounds))
    let busy = try BusyProcess()
    defer { busy.end() }
    list.append(
      try measureSection(
        "Threads beside another process", jobs.besideAnother, against: "ratio", options, rounds: options.rounds))
  }
  if wanted("rows") {
    let rows = try RowJobs(kernels, team)
    defer { rows.end() }
    list.append(
      try measureSection(
        "Rows to the disk, time on the wall", rows.jobs(), against: "share of disk", options,
        rounds: min(options.rounds, 5)))
  }
  if wanted("peers") {
    let temporary = FileManager.default.temporaryDirectory.appendingPathComponent("isoflop-peers-\(getpid())")
    try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: temporary) }
    let peers = Peer.all(
      in: options.peers, python: options.python, threads: team.workers, temporary: temporary.path)
    defer { for peer in peers { peer.end() } }
    say("peers that run here: " + (peers.isEmpty ? "none" : peers.map(\.name).joined(separator: "; ")))
    let table = try Table(layers: 64, team: team)
    let jobs = try peerJobs(peers, kernels, table, BaselineGrid(layers: 64, constrained: false), team)
    list.append(
      try measureSection(
        "Against other programs, \(team.workers) threads, time on the wall", jobs, against: "isoflop faster", options,
        rounds: min(options.rounds, 7)))
  }
  if wanted("python") {
    guard let jobs = try PythonJobs(options, threads: team.workers) else {
      say("python: isoflop's package cannot be imported here (Benchmarks/run builds its library): left out")
      return list
    }
    defer { jobs.end() }
    list.append(
      try measureSection(
        "The Python package against the Swift library, \(team.workers) threads, time on the wall",
        jobs.all(), against: "ratio", options,
        // Calls take ten milliseconds, and how fast memory is changes more often than once a second.
        rounds: 3 * options.rounds))
  }
  return list
}

func bench() throws {
  let arguments = Array(CommandLine.arguments.dropFirst())
  if arguments == ["--keep-busy"] { return try BusyProcess.keepBusy() }
  if arguments == ["--serve-columns"] { return try ColumnServer.serve() }
  if arguments == ["--help"] { return print(usage) }
  let options = try Options(arguments)
  if let record = options.table { return print(try speedTable(of: record)) }
  // What cannot be kept is said before anything is measured.
  if let folder = options.record {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }
  let kernels = try KernelImplementation.preferred()
  let day = ISO8601DateFormatter.string(from: Date(), timeZone: .gmt, formatOptions: [.withFullDate])
  let report = Report(
    implementation: kernels.name, rounds: options.rounds, date: day,
    commit: output(of: ["git", "rev-parse", "--short", "HEAD"]) ?? "unknown",
    compiler: output(of: ["swift", "--version"])?.split(separator: "\n").first.map(String.init) ?? "unknown compiler",
    machine: Report.machine(try Machine().topology), sections: try sections(options, kernels))
  print(report.table)
  if let path = options.json { try writeFile(path, Array(report.json.text().utf8)) }
  if let folder = options.record {
    try writeFile("\(folder)/\(day)-\(kernels.name).json", Array(report.json.text().utf8))
    try writeFile("\(folder)/\(day)-\(kernels.name).txt", Array((report.table + "\n").utf8))
  }
}

@main struct Bench {
  static func main() {
    do {
      try bench()
    } catch {
      say("bench: \(error)")
      exit(error is InputError ? 2 : 1)
    }
  }
}
