import Testing

@testable import Architectures

@Suite struct ArchitecturesTests {}
