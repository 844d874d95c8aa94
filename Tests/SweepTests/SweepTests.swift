import Testing

@testable import Sweep

@Suite struct SweepTests {}
