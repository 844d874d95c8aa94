import Testing

@testable import ScalingLaws

@Suite struct ScalingLawsTests {}
