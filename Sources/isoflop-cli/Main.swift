import CLISupport

@main struct Main {
  static func main() { Program.main() }
}
