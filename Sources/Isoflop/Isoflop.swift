// Re-exports the public modules: `import Isoflop` is all that a user needs. No code of its own.
@_exported import Allocation
@_exported import Architectures
@_exported import FLOPCount
@_exported import Input
@_exported import KernelDispatch
@_exported import Pictures
@_exported import ScalingLaws
@_exported import Sweep
@_exported import Topology
