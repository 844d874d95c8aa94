import Testing

@testable import CLISupport

@Suite struct CLISupportTests {}
