import Testing

@testable import Input

@Suite struct InputTests {}
