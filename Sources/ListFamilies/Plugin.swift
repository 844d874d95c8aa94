import Foundation
import PackagePlugin

/// Makes `Family.all` from the files in Families/, so that a new family changes no other file.
@main struct ListFamilies: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    guard let sources = target.sourceModule?.sourceFiles(withSuffix: "swift") else { return [] }
    let families = sources.map(\.url).filter { $0.deletingLastPathComponent().lastPathComponent == "Families" }
      .sorted { $0.path < $1.path }
    let output = context.pluginWorkDirectoryURL.appending(path: "FamilyList.swift")
    return [
      .buildCommand(
        displayName: "Listing the model families", executable: try context.tool(named: "list-families").url,
        arguments: [output.path] + families.map(\.path), inputFiles: families, outputFiles: [output])
    ]
  }
}
