import Testing

@testable import ScalingLaws

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

@Suite struct ElementaryTests {
  @Test func exponentialIsWithinTwoUlpOfTheSystemLibrary() {
    var worst = 0.0
    var x = -700.0
    while x < 705 {
      let truth = exp(x)
      worst = max(worst, abs(exponential(x) - truth) / truth.ulp)
      x += 0.0371
    }
    #expect(worst <= 2)
  }

  @Test func logarithmIsWithinTwoUlpOfTheSystemLibrary() {
    var worst = 0.0
    var x = 3e-300
    while x < 1e300 {
      let truth = log(x)
      worst = max(worst, abs(logarithm(x) - truth) / truth.ulp)
      x *= 1.00917
    }
    // Around 1 the logarithm passes through 0 and a lost bit would show.
    for step in 1...2000 {
      let near = 1 + (Double(step) - 1000.5) / 4000
      worst = max(worst, abs(logarithm(near) - log(near)) / log(near).ulp)
    }
    #expect(worst <= 2)
  }

  @Test func edges() {
    #expect(exponential(0) == 1)
    #expect(exponential(-1e9) == 0)
    #expect(exponential(-.infinity) == 0)
    #expect(exponential(1e9) == .infinity)
    #expect(exponential(.nan).isNaN)
    #expect(logarithm(1) == 0)
    #expect(logarithm(0) == -.infinity)
    #expect(logarithm(.infinity) == .infinity)
    #expect(logarithm(-1).isNaN)
    #expect(logarithm(.nan).isNaN)
  }
}
