import Testing

@testable import Topology

@Suite struct TopologyTests {}
