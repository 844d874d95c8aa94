import Foundation
import Isoflop
import TestSupport
import Testing

@testable import CLISupport

/// Reports in a real browser: no message on its console, the same without JavaScript, readable on a phone and on a wide
/// screen. Under `make check`, which installs chromium where it can.
@Suite(
  .enabled(if: ProcessInfo.processInfo.environment["ISOFLOP_CHECK"] == "1", "a long check: make check"),
  .enabled(if: shellHas("chromium"), "chromium is not here"), .enabled(if: hasGnuplot, "gnuplot is not here"),
  .serialized)
struct BrowserTests {
  /// Opens a page; what the browser says on its console, and the page as it then is.
  private func open(_ page: String, _ options: String, in folder: String, profile: String = "profile") throws -> (
    console: [Substring], dom: String
  ) {
    let result = try shell(
      "chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --allow-file-access-from-files "
        + "--user-data-dir=\(folder)/\(profile) --enable-logging=stderr --virtual-time-budget=3000 \(options) \"file://\(page)\" "
        + "2>\(folder)/log")
    let log = String(decoding: try readFile(folder + "/log"), as: UTF8.self)
    return (log.split(separator: "\n").filter { $0.contains("CONSOLE") }, result.output)
  }

  @Test func aMessageWouldBeSeen() throws {
    try withTemporaryFolder { folder in
      let page = folder + "/p.html"
      try writeFile(page, Array("<!DOCTYPE html><title>x</title><script>console.error('seen')</script><p>x".utf8))
      #expect(try open(page, "--dump-dom", in: folder).console.count == 1)
    }
  }

  /// A profile in which no page may run a script; returns its name.
  private static func withoutScripts(in folder: String) throws -> String {
    let settings = folder + "/off/Default"
    try FileManager.default.createDirectory(atPath: settings, withIntermediateDirectories: true)
    let never = #"{"profile": {"default_content_setting_values": {"javascript": 2}}}"#
    try writeFile(settings + "/Preferences", Array(never.utf8))
    return "off"
  }

  @Test func scriptsCanBeForbidden() throws {
    try withTemporaryFolder { folder in
      let page = folder + "/p.html"
      try writeFile(page, Array("<p id=a>off</p><script>document.getElementById('a').textContent = 'on'</script>".utf8))
      #expect(try open(page, "--dump-dom", in: folder).dom.contains(">on<"))
      let off = try Self.withoutScripts(in: folder)
      #expect(try open(page, "--dump-dom", in: folder, profile: off).dom.contains(">off<"))
    }
  }

  @Test(arguments: 0..<3)
  func aPageIsReadable(_ index: Int) throws {
    let (name, text) = ReportTests.pages[index]
    try withTemporaryFolder { folder in
      let page = folder + "/report.html"
      try writeFile(page, Array(text.utf8))
      for scheme in ["", "--blink-settings=preferredColorScheme=0"] {
        let wide = try open(page, "--window-size=1920,1080 --screenshot=\(folder)/wide.png \(scheme)", in: folder)
        #expect(wide.console == [], "\(name)")
      }
      // Without JavaScript the page is the same, and it is drawn.
      let off = try Self.withoutScripts(in: folder)
      let (with, without) = (
        try open(page, "--dump-dom", in: folder), try open(page, "--dump-dom", in: folder, profile: off)
      )
      #expect(with.dom.count > 10_000 && with.dom == without.dom, "\(name)")
      _ = try open(page, "--window-size=1920,1080 --screenshot=\(folder)/off.png", in: folder, profile: off)
      let rows = try shell("python3 - \(folder)/off.png <<'END'\n\(PlotTests.countRows)\nEND").output
      #expect((rows.split { !$0.isNumber }.last.flatMap { Int($0) } ?? 0) > 100, "\(name): \(rows)")

      // In a frame as wide as a phone: nothing makes the page scroll sideways, the narrow pictures are shown, and their
      // letters are at least nine pixels high.
      for width in [320, 1920] {
        let frame = folder + "/frame.html"
        try writeFile(frame, Array(Self.frame(page, width: width).utf8))
        let (console, dom) = try open(frame, "--window-size=2000,900 --dump-dom", in: folder)
        #expect(console == [], "\(name)")
        let measured = dom.firstRange(of: "<title>").map { dom[$0.upperBound...].prefix { $0 != "<" } } ?? ""
        let numbers = measured.split(separator: " ").compactMap { Double($0) }
        #expect(numbers.count == 3, "\(name): \(measured)")
        guard numbers.count == 3 else { continue }
        #expect(numbers[0] <= Double(width), "\(name) scrolls sideways at \(width)")
        #expect(numbers[1] >= 9, "\(name): letters of \(numbers[1]) pixels at \(width)")
        #expect(numbers[2] == (width == 320 ? 0 : 1), "\(name) shows the wrong pictures at \(width)")
      }
    }
  }

  /// A page around the page that measures it: its width, the smallest letters in its pictures, whether the wide ones
  /// are shown.
  private static func frame(_ page: String, width: Int) -> String {
    """
    <!DOCTYPE html><title>nothing</title>
    <iframe id="f" src="file://\(page)" width="\(width)" height="900" style="border:0"></iframe>
    <script>
    window.onload = () => {
      const page = document.getElementById('f').contentDocument;
      const shown = [...page.querySelectorAll('svg')].filter(s => s.getBoundingClientRect().width > 0);
      const sizes = shown.flatMap(s => [...s.querySelectorAll('g[font-size]')].map(
        g => parseFloat(g.getAttribute('font-size')) * s.getBoundingClientRect().width / s.viewBox.baseVal.width));
      const wide = shown.some(s => s.classList.contains('wide')) ? 1 : 0;
      document.title = page.documentElement.scrollWidth + ' ' + Math.min(...sizes) + ' ' + wide;
    };
    </script>
    """
  }
}
