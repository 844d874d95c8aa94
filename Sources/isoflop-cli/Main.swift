import CLISupport

@main struct Main {
  static func main() { IsoflopCommand.main() }
}
