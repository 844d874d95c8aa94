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

/// Whether a program is on the path.
func shellHas(_ program: String) -> Bool { (try? shell("command -v \(program)").status) == 0 }
