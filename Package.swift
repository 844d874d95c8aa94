// swift-tools-version: 6.2
import PackageDescription

/// The house: targets in dependency order, left to right only. `Sources/README.md` says which way the arrows go
/// and why four of them are missing.
let package = Package(
  name: "isoflop",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Isoflop", targets: ["Isoflop"]),
    .library(name: "IsoflopC", type: .dynamic, targets: ["IsoflopC"]),
    .executable(name: "isoflop", targets: ["isoflop-cli"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
  ],
  targets: [
    // MARK: Leaves
    .target(name: "Input"),
    .target(name: "CKernels", path: "Kernels", exclude: ["README.md", "generic"]),
    .systemLibrary(
      name: "CHwloc", pkgConfig: "hwloc", providers: [.apt(["libhwloc-dev"]), .brew(["hwloc"])]),

    // MARK: What a transformer is, and what it costs
    .target(name: "Architectures", dependencies: ["Input"], plugins: ["ListFamilies"]),
    .target(name: "FLOPCount", dependencies: ["Architectures", "Input"]),

    // Makes the list of families from the files in Architectures/Families: a new family is a new file.
    .executableTarget(name: "list-families"),
    .plugin(
      name: "ListFamilies", capability: .buildTool(), dependencies: ["list-families"], path: "Sources/ListFamilies"),

    // MARK: The machine
    .target(name: "KernelDispatch", dependencies: ["CKernels", "Input"]),
    .target(name: "Topology", dependencies: ["CHwloc", "Input"]),

    // MARK: Sweeps, laws, the solver
    .target(
      name: "Sweep",
      dependencies: ["Input", "FLOPCount", "KernelDispatch", "Topology", .product(name: "Yams", package: "Yams")]),
    .target(name: "ScalingLaws", dependencies: ["Input", "KernelDispatch"]),
    .target(name: "Allocation", dependencies: ["Input", "FLOPCount", "ScalingLaws", "Sweep"]),

    // MARK: Pictures, as values and as gnuplot scripts
    .target(name: "Pictures", dependencies: ["Input", "Architectures", "FLOPCount", "ScalingLaws", "Sweep"]),

    // MARK: Faces
    .target(
      name: "Isoflop",
      dependencies: [
        "Input", "Architectures", "FLOPCount", "KernelDispatch", "Topology", "Sweep", "ScalingLaws", "Allocation",
        "Pictures",
      ]),
    .systemLibrary(name: "CIsoflop", path: "Sources/IsoflopC/include"),
    .target(
      name: "IsoflopC", dependencies: ["CIsoflop", "Isoflop"], exclude: ["include", "exports.map"]),
    .target(
      name: "CLISupport",
      dependencies: ["Isoflop", .product(name: "ArgumentParser", package: "swift-argument-parser")]),
    .executableTarget(name: "isoflop-cli", dependencies: ["CLISupport"]),

    // MARK: Tests
    .target(name: "TestSupport", dependencies: ["Input"], path: "Tests/TestSupport"),
    .testTarget(name: "InputTests", dependencies: ["Input", "TestSupport"]),
    .testTarget(name: "ArchitecturesTests", dependencies: ["Architectures", "FLOPCount", "TestSupport"]),
    .testTarget(name: "FLOPCountTests", dependencies: ["FLOPCount", "TestSupport"]),
    .testTarget(name: "KernelDispatchTests", dependencies: ["KernelDispatch", "TestSupport"]),
    .testTarget(name: "TopologyTests", dependencies: ["Topology", "TestSupport"]),
    .testTarget(name: "SweepTests", dependencies: ["Sweep", "TestSupport"]),
    .testTarget(name: "ScalingLawsTests", dependencies: ["ScalingLaws", "TestSupport"]),
    .testTarget(name: "AllocationTests", dependencies: ["Allocation", "TestSupport"]),
    .testTarget(name: "IsoflopCTests", dependencies: ["IsoflopC", "CIsoflop", "Isoflop", "TestSupport"]),
    .target(name: "PictureSamples", dependencies: ["Pictures", "TestSupport"], path: "Tests/PictureSamples"),
    .testTarget(name: "PicturesTests", dependencies: ["Pictures", "PictureSamples", "TestSupport"]),
    .testTarget(name: "CLISupportTests", dependencies: ["CLISupport", "PictureSamples", "TestSupport", "isoflop-cli"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c17
)
