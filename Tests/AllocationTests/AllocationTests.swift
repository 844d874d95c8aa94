import Testing

@testable import Allocation

@Suite struct AllocationTests {}
