import Foundation
import Isoflop
import TestSupport
import Testing

@testable import CLISupport

/// What only a process of its own shows: pipes, environment, the real machine.
@Suite(.enabled(if: executable != nil, "the executable is not beside the tests")) struct ProcessTests {
  @Test func aClosedPipeIsSuccess() throws {
    let result = try shell("{ \"$ISOFLOP\" laws --json; echo status $? >&2; } | head -n 1")
    #expect(result.errors == "status 0\n")
    #expect(result.output == "[\n")
  }

  @Test func aFullDiskIsFailure() throws {
    let result = try shell("\"$ISOFLOP\" laws >/dev/full")
    #expect(
      result
        == Outcome(status: 1, output: "", errors: "error: standard output cannot be written: No space left on device\n")
    )
  }

  @Test func noColourWithoutATerminal() throws {
    let result = try shell("\"$ISOFLOP\" nothing", environment: ["TERM": "xterm-256color"])
    #expect(result.status == 2)
    #expect(!result.errors.contains("\u{1B}"))
  }

  @Test func standardInputIsAConfig() throws {
    let model = try #require(KnownModel.named("gpt2"))
    try withTemporaryFolder { folder in
      try writeFile(folder + "/c.json", Array(model.config.utf8))
      let result = try shell("\"$ISOFLOP\" count - -s 1024 --json <\(folder)/c.json")
      #expect(result.status == 0)
      #expect(try object(result.output)["parameters"]?.object?["total"] == 124_439_808)
    }
  }

  @Test func aSyntheticMachineIsPlannedAsItIs() throws {
    let result = try shell(
      "\"$ISOFLOP\" machine --json",
      environment: ["HWLOC_SYNTHETIC": "package:2 numanode:1 l3:2 core:8 pu:2", "ISOFLOP_KERNEL": ""])
    let machine = try object(result.output)
    #expect(machine["binding"] == "not tried")
    let plan = try #require(machine["plan"]?.array).compactMap(\.object)
    #expect(plan.count == 32)
    #expect(Set(plan.compactMap { $0["core"]?.double }).count == 32)
    #expect(plan.map { $0["numa"] } == (0..<32).map { .integer($0 % 2) })
    #expect(plan.prefix(4).map { $0["l3"] } == [0, 2, 1, 3])
  }

  @Test(.enabled(if: shellHas("taskset"), "taskset is not here"))
  func aBoundProcessPlansOneWorker() throws {
    let allowed = try shell("\"$ISOFLOP\" machine --json")
    let usable = try #require(object(allowed.output)["topology"]?.object?["usable"]?.array)
    let cpu = try #require(usable.last)
    let result = try shell("taskset -c \(cpu.text()) \"$ISOFLOP\" machine --json")
    let plan = try #require(object(result.output)["plan"]?.array).compactMap(\.object)
    #expect(plan.map { $0["cpu"] } == [cpu])
  }

  @Test func aForcedKernelThatIsNotThereIsAnError() throws {
    let result = try shell("\"$ISOFLOP\" machine", environment: ["ISOFLOP_KERNEL": "sse9"])
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    #expect(result.errors.hasPrefix("error: ISOFLOP_KERNEL: sse9 is no kernel implementation of this program\nhint: "))
  }

  @Test func exactlyOneKernelIsChosen() throws {
    for name in KernelImplementation.all.filter(\.runsHere).map(\.name) {
      let result = try shell("\"$ISOFLOP\" machine --json", environment: ["ISOFLOP_KERNEL": name])
      let list = try #require(object(result.output)["implementations"]?.array).compactMap(\.object)
      #expect(list.filter { $0["chosen"] == true }.map { $0["name"] } == [.string(name)])
    }
  }
}

/// Ctrl-C at a terminal: the work ends soon, with a line that says so, 130, and no file that is half done.
@Suite(
  .enabled(if: executable != nil && shellHas("script && env --default-signal true"), "no executable, script or env"))
struct InterruptTests {
  private static let runs: String = {
    var text = "params_total,tokens,loss\n"
    for size in 1...12 {
      for tokens in 1...12 {
        let (N, D) = (1e7 * Double(size * size), 1e9 * Double(tokens * tokens))
        let wobble = 1 + 0.001 * Double((size * 7 + tokens * 13) % 5 - 2)
        text += "\(N),\(D),\((1.8 + 400 / pow(N, 0.34) + 2000 / pow(D, 0.37)) * wobble)\n"
      }
    }
    return text
  }()

  /// Each would take minutes.
  @Test(arguments: [
    "fit runs.csv --parametric --bootstrap 1000000 --save out.json",
    "plan --budgets 1e17...3e20 --simulate 100000 -o out.csv",
    "plan --budgets 1e17...3e20 --against-6n 8e22 --worlds 100000 -o out.csv",
    "report runs.csv --bootstrap 1000000 -o out.html",
    "sweep --n-layers 1:100000 --d-model 64:1000000:64 --n-kv-heads 1,1/2,1/4 --head-dim 64,128 --summary",
    "sweep --around deepseek-v3 --vary num_hidden_layers=10:61 hidden_size=1024:7168:128 kv_lora_rank=128:512:64 moe_intermediate_size=512:4096:128 --nearest 1e11",
  ]) func controlC(_ line: String) throws {
    try withTemporaryFolder { folder in
      try writeFile(folder + "/runs.csv", Array(Self.runs.utf8))
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = [
        "script", "-qec", "ulimit -t 60; exec env --default-signal=INT \"$ISOFLOP\" \(line)", "/dev/null",
      ]
      // Foundation starts a child with its signals blocked: env undoes that.
      process.currentDirectoryURL = URL(fileURLWithPath: folder)
      var environment = ProcessInfo.processInfo.environment.merging(["TERM": "xterm", "NO_COLOR": "1"]) { $1 }
      environment["ISOFLOP"] = executable
      process.environment = environment
      let (keys, screen) = (Pipe(), Pipe())
      (process.standardInput, process.standardOutput, process.standardError) = (keys, screen, screen)
      try process.run()
      var seen = ""
      var isPressed = false
      while true {
        let data = screen.fileHandleForReading.availableData
        guard !data.isEmpty else { break }
        seen += String(decoding: data, as: UTF8.self)
        // Once it says how long it will take, it is stopped as a person would.
        if !isPressed, seen.contains(" left") {
          keys.fileHandleForWriting.write(Data([3]))
          isPressed = true
        }
      }
      process.waitUntilExit()
      #expect(isPressed, "\(seen)")
      #expect(process.terminationStatus == 130, "\(seen.suffix(300))")
      #expect(seen.contains("stopped"), "\(seen.suffix(300))")
      // The line of progress is taken away before anything is said.
      let last = seen.split(separator: "\r\u{1B}[K").last ?? ""
      #expect(!last.contains(" left"), "\(last)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["runs.csv"])
    }
  }
}

/// Whether a program is on the path.
func shellHas(_ program: String) -> Bool { (try? shell("command -v \(program)").status) == 0 }
