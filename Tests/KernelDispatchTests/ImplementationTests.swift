import Input
import Testing

@testable import KernelDispatch

@Suite struct ImplementationTests {
  @Test func theListIsBestFirstAndEndsWithTheBaseline() throws {
    let names = KernelImplementation.all.map(\.name)
    #if arch(x86_64)
      #expect(names == ["x86-64-v4", "x86-64-v3", "baseline"])
    #elseif arch(arm64)
      #expect(names == ["arm64", "baseline"])
    #endif
    let baseline = try #require(KernelImplementation.all.last)
    #expect(baseline.runsHere && baseline.requires.isEmpty)
    #expect(try KernelImplementation.preferred(forced: nil) == KernelImplementation.here.first)
    #expect(try KernelImplementation.preferred(forced: "") == KernelImplementation.here.first)
  }

  @Test(arguments: KernelImplementation.all) func anImplementationIsFoundByNameOrRefused(_ one: KernelImplementation)
    throws
  {
    if one.runsHere {
      #expect(try KernelImplementation.preferred(forced: one.name) == one)
    } else {
      let error = #expect(throws: InputError.self) { try KernelImplementation.named(one.name) }
      #expect(error?.description.contains(one.requires[0]) == true)
    }
  }

  @Test func anUnknownNameIsAnErrorNotASecondChoice() {
    let error = #expect(throws: InputError.self) { try KernelImplementation.preferred(forced: "baselin") }
    #expect(
      error?.description
        == "ISOFLOP_KERNEL: baselin is no kernel implementation of this program (did you mean baseline?)")
    #expect(throws: InputError.self) { try KernelImplementation.named("avx1024") }
  }
}
