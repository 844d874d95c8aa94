import Foundation
import Isoflop

@testable import CLISupport

/// What one command line did.
struct Outcome: Equatable {
  var status: Int32
  var output: String
  var errors: String
}

/// Runs a command line in this process.
func isoflop(_ arguments: String..., environment: [String: String] = [:]) -> Outcome {
  isoflop(arguments, environment: environment)
}
func isoflop(_ arguments: [String], environment: [String: String] = [:]) -> Outcome {
  let terminal = Terminal(environment: environment)
  let status = Program.run(arguments, on: terminal)
  return Outcome(status: status.rawValue, output: terminal.output, errors: terminal.notes)
}

/// The built executable, which lies beside the test bundle; nil where it does not.
let executable: String? = {
  var folder = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
  // On macOS the bundle is a folder with the executable three levels down.
  for _ in 0..<4 {
    let path = folder.appendingPathComponent("isoflop").path
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue,
      FileManager.default.isExecutableFile(atPath: path)
    {
      return path
    }
    folder.deleteLastPathComponent()
  }
  return nil
}()

/// Runs a shell line in which `$ISOFLOP` is the executable: what needs a process of its own (signals, pipes, environment).
func shell(_ line: String, environment: [String: String] = [:]) throws -> Outcome {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/bin/sh")
  process.arguments = ["-c", line]
  var all = ProcessInfo.processInfo.environment.merging(environment) { $1 }
  all["ISOFLOP"] = executable
  process.environment = all
  let (out, err) = (Pipe(), Pipe())
  (process.standardOutput, process.standardError) = (out, err)
  process.standardInput = FileHandle.nullDevice
  try process.run()
  // What these commands write fits a pipe's buffer, so one after the other cannot block.
  let output = out.fileHandleForReading.readDataToEndOfFile()
  let errors = err.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return Outcome(
    status: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
    errors: String(decoding: errors, as: UTF8.self))
}

func object(_ text: String) throws -> JSONObject {
  guard let object = try JSON(parsing: text).object else { throw InputError("is no object", value: text) }
  return object
}
