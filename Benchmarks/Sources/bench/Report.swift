import Foundation
import Isoflop

/// A group of jobs that were measured together.
struct Section {
  var title: String
  /// What the last column compares with.
  var comparison: String
  var outcomes: [Outcome]
  /// How times grow, where the section has grids of several sizes.
  var growth: [Growth] = []
}

/// What was measured, where, with what.
struct Report {
  var implementation: String
  var rounds: Int
  var date: String
  var commit: String
  var compiler: String
  var machine: String
  var sections: [Section]

  // MARK: For people

  var table: String {
    var lines = [
      "isoflop benchmarks, \(date), commit \(commit)", machine, compiler,
      "kernels \(implementation), medians of \(rounds) rounds",
    ]
    for section in sections {
      lines += ["", section.title + ":"]
      lines.append(row(["", "rate", "GB/s", "spread", section.comparison, "promised"]))
      lines += section.outcomes.map(line)
      for growth in section.growth {
        guard let exponent = growth.exponent(section.outcomes) else { continue }
        let promise = growth.atMost.map { "^\(digits($0, 2)) \(exponent <= $0 ? "kept" : "MISSED")" } ?? ""
        lines.append(
          row([
            "\(growth.name), growth from 1e9 to 1e12 shapes", "shapes^" + digits(exponent, 2), "", "", "",
            promise,
          ]))
      }
    }
    return lines.joined(separator: "\n")
  }

  private func line(_ outcome: Outcome) -> String {
    let job = outcome.job
    let promise = job.within.map { seconds($0) } ?? job.promised.map { digits($0, 2) } ?? ""
    return row([
      job.name,
      job.unit == "searches" ? seconds(job.work / outcome.rate) : quantity(outcome.rate) + " " + job.unit + "/s",
      job.bytes.map { digits($0 * outcome.rate / 1e9, 1) } ?? "",
      digits(100 * outcome.spread, 0) + " %", outcome.ratio.map { digits($0, 2) } ?? "",
      outcome.isKept.map { "\(promise) \($0 ? "kept" : "MISSED")" } ?? "",
    ])
  }

  private func row(_ cells: [String]) -> String {
    let widths = [52, 18, 7, 7, 16, 12]
    return zip(cells, widths).enumerated().map { column, cell in
      let (text, width) = cell
      let space = String(repeating: " ", count: max(0, width - text.count))
      return column == 0 ? text + space : space + text
    }.joined(separator: " ")
  }

  // MARK: For programs

  var json: JSON {
    [
      "date": .string(date), "commit": .string(commit), "compiler": .string(compiler), "machine": .string(machine),
      "implementation": .string(implementation), "rounds": .integer(rounds),
      "sections": .array(
        sections.map { section in
          [
            "title": .string(section.title), "comparison": .string(section.comparison),
            "jobs": .array(section.outcomes.map(Report.json)),
            "growth": .array(
              section.growth.map { growth in
                [
                  "name": .string(growth.name), "promised": growth.atMost.map { .number($0) } ?? .null,
                  "exponent": growth.exponent(section.outcomes).map { .number($0) } ?? .null,
                ]
              }),
          ]
        }),
    ]
  }

  private static func json(_ outcome: Outcome) -> JSON {
    let job = outcome.job
    return [
      "name": .string(job.name), "unit": .string(job.unit), "rate": .number(outcome.rate),
      "spread": .number(outcome.spread), "bytes": job.bytes.map { .number($0) } ?? .null,
      "against": job.against.map { .string($0) } ?? .null, "ratio": outcome.ratio.map { .number($0) } ?? .null,
      "within": job.within.map { .number($0) } ?? .null,
      "promised": job.promised.map { .number($0) } ?? .null, "kept": outcome.isKept.map { .bool($0) } ?? .null,
      "rates": .array(outcome.rates.map { .number($0) }),
    ]
  }
}

func digits(_ value: Double, _ count: Int) -> String { String(format: "%.\(count)f", value) }

/// 12.3 G, 456 M: three digits.
func quantity(_ value: Double) -> String {
  for (power, letter) in [(1e9, "G"), (1e6, "M"), (1e3, "k")] where value >= power {
    let scaled = value / power
    return digits(scaled, scaled < 10 ? 2 : scaled < 100 ? 1 : 0) + " " + letter
  }
  return digits(value, 0)
}

/// 1.23 s, 45.6 ms, 789 us.
func seconds(_ value: Double) -> String {
  for (unit, name) in [(1.0, "s"), (1e-3, "ms")] where value >= unit { return digits(value / unit, 2) + " " + name }
  return digits(value * 1e6, 0) + " us"
}

/// What another program prints, without the end of the line; nil where it cannot be run.
func output(of command: [String]) -> String? {
  let process = Process()
  let pipe = Pipe()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = command
  process.standardOutput = pipe
  process.standardError = FileHandle.nullDevice
  guard (try? process.run()) != nil else { return nil }
  let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  return process.terminationStatus == 0 ? text.trimmingCharacters(in: .whitespacesAndNewlines) : nil
}

extension Report {
  /// The machine as its system describes it.
  static func machine(_ topology: MachineTopology) -> String {
    let model =
      (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n")
      .first { $0.hasPrefix("model name") }?.split(separator: ":").last.map {
        $0.trimmingCharacters(in: .whitespaces)
      } ?? output(of: ["sysctl", "-n", "machdep.cpu.brand_string"]) ?? "unknown CPU"
    let l3 = topology.caches(level: 3).reduce(0) { $0 + $1.sizeBytes } >> 20
    let memory = topology.numaNodes.reduce(0) { $0 + $1.memoryBytes } >> 30
    return "\(model), \(topology.cores.count) cores, L3 \(l3) MiB, memory \(memory) GiB"
  }
}
