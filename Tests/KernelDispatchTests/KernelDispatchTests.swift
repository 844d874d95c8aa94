import Testing

@testable import KernelDispatch

@Suite struct KernelDispatchTests {}
