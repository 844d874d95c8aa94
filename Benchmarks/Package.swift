// swift-tools-version: 6.2
import PackageDescription

/// Benchmarks, a package of their own: `make bench` in the folder above runs them. README.md says what is measured.
let package = Package(
  name: "isoflop-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "isoflop", path: "..")],
  targets: [
    .target(name: "CLimits", exclude: ["generic"]),
    .executableTarget(name: "bench", dependencies: ["CLimits", .product(name: "Isoflop", package: "isoflop")]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c17
)
