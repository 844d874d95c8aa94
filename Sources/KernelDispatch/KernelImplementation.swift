import CKernels
import Input

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One build of all kernels for one instruction set: a value that can be listed, chosen and called.
///
/// Every implementation gives the same bits wherever the exact results are integers below 2^53, and for `exp`, `log`
/// and `parametricLoss` everywhere. `Kernels/README.md` has the formulas and the roofs.
public struct KernelImplementation: Sendable {
  /// What `ISOFLOP_KERNEL` and the command line call it: `baseline`, `x86-64-v3`, `x86-64-v4`, `arm64`.
  public let name: String
  public let description: String
  /// The instruction set extensions that it needs, as compilers spell them.
  public let requires: [String]
  /// Whether this CPU and its system have them.
  public let runsHere: Bool
  let table: Table

  /// The function pointers of one implementation.
  struct Table: @unchecked Sendable {
    // SAFETY: points to a constant with static storage; nobody can write to it, and it is never freed.
    let pointer: UnsafePointer<isoflop_kernels>
  }

  init(_ pointer: UnsafePointer<isoflop_kernels>) {
    // SAFETY: the table and its strings are constants of the C target.
    let kernels = pointer.pointee
    name = String(cString: kernels.name)
    description = String(cString: kernels.description)
    requires = String(cString: kernels.requires_).split(separator: " ").map(String.init)
    runsHere = kernels.runs_here()
    table = Table(pointer: pointer)
  }

  /// Doubles are exact integers below this; a result that is not below it has to be computed in integers.
  public static let exactLimit: Double = 0x1p53

  /// All that this binary holds, best first, whether they run here or not.
  public static let all: [KernelImplementation] = {
    var count: Int32 = 0
    let list = isoflop_all_kernels(&count)
    // SAFETY: `list` has `count` entries, none of them null.
    return UnsafeBufferPointer(start: list, count: Int(count)).compactMap { $0.map(KernelImplementation.init) }
  }()

  /// The implementation of this name.
  ///
  /// - Throws: `InputError` when there is none, or when this CPU cannot run it.
  public static func named(_ name: String) throws(InputError) -> KernelImplementation {
    let names = all.map(\.name)
    guard let found = all.first(where: { $0.name == name }) else {
      throw InputError(
        "is no kernel implementation of this program", value: name, hint: suggestion(for: name, among: names))
    }
    guard found.runsHere else {
      throw InputError(
        "needs \(found.requires.joined(separator: ", ")), which this CPU does not have", value: name,
        hint: "runs here: " + all.filter(\.runsHere).map(\.name).joined(separator: ", "))
    }
    return found
  }

  /// The best implementation that runs here, or the one that `ISOFLOP_KERNEL` forces.
  ///
  /// - Throws: `InputError` for a forced one that is unknown or does not run here: there is no silent second choice.
  public static func preferred() throws(InputError) -> KernelImplementation {
    try preferred(forced: getenv("ISOFLOP_KERNEL").map { String(cString: $0) })
  }

  static func preferred(forced: String?) throws(InputError) -> KernelImplementation {
    if let forced, !forced.isEmpty {
      do {
        return try named(forced)
      } catch {
        var error = error
        error.field = "ISOFLOP_KERNEL"
        throw error
      }
    }
    guard let best = all.first(where: \.runsHere) else {
      throw InputError("no kernel implementation runs on this CPU")
    }
    return best
  }
}

extension KernelImplementation: Equatable, CustomStringConvertible {
  public static func == (left: Self, right: Self) -> Bool { left.name == right.name }
}
