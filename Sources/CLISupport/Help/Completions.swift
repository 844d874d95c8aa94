import ArgumentParser
import Isoflop

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What a shell may offer for a value.
enum Completions {
  static let laws = CompletionKind.custom { _, _, prefix in Law.published.map(\.name) + files(prefix, ending: ".json") }
  static let models = CompletionKind.custom { _, _, prefix in
    KnownModel.all.map(\.name) + files(prefix, ending: ".json")
  }
  static let runsOrModels = CompletionKind.custom { _, _, prefix in
    KnownModel.all.map(\.name) + files(prefix, ending: ".csv", ".jsonl", ".json")
  }
  static let conventions = CompletionKind.custom { _, _, _ in Convention.known.map(\.name) + ["all"] }
  static let accelerators = CompletionKind.custom { _, _, _ in Accelerator.known.map(\.name) }
  static let kernels = CompletionKind.custom { _, _, _ in
    KernelImplementation.all.filter(\.runsHere).map(\.name)
  }
  static let styles = CompletionKind.list(ModelStyle.known.map(\.name))

  /// Files of one of those endings, and folders, whose path begins with `prefix`.
  static func files(_ prefix: String, ending endings: String...) -> [String] {
    let slash = prefix.lastIndex(of: "/")
    let folder = slash.map { String(prefix[...$0]) } ?? ""
    var found: [String] = []
    for name in fileNames(in: folder) {
      guard !name.hasPrefix("."), (folder + name).hasPrefix(prefix) else { continue }
      var status = stat()
      let isFolder = stat(folder + name, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      if isFolder {
        found.append(folder + name + "/")
      } else if endings.contains(where: name.hasSuffix) {
        found.append(folder + name)
      }
    }
    return found.sorted()
  }
}
