import Testing

@testable import FLOPCount

@Suite struct FLOPCountTests {}
