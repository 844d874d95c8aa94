import TestSupport
import Testing

@testable import Input

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct FilesTests {
  @Test func whatIsWrittenIsReadBack() throws {
    try withTemporaryFolder { folder in
      for count in [0, 1, 65_535, 65_536, 200_001] {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try writeFile(folder + "/data", bytes)
        #expect(try readFile(folder + "/data") == bytes)
      }
      #expect(try names(in: folder) == ["data"], "nothing is left beside it")
    }
  }

  @Test func aFolderAndAMissingFileAreNamed() throws {
    try withTemporaryFolder { folder in
      #expect(throws: InputError("is a folder, not a file", file: folder)) { try readFile(folder) }
      #expect(throws: InputError("cannot be read: No such file or directory", file: folder + "/x")) {
        try readFile(folder + "/x")
      }
      #expect(
        throws: WorkError(
          "\(folder)/no/x cannot be written: No such file or directory", hint: "make the folder first, or name another")
      ) {
        try writeFile(folder + "/no/x", [1])
      }
    }
  }

  @Test func aFileOfNearlyThatNameIsNamed() throws {
    try withTemporaryFolder { folder in
      for name in ["grid.yaml", "other.csv", ".hidden"] { try writeFile("\(folder)/\(name)", [1]) }
      #expect(fileNames(in: folder) == [".hidden", "grid.yaml", "other.csv"])
      #expect(nearbyFile(folder + "/grid.yml") == folder + "/grid.yaml")
      #expect(nearbyFile(folder + "/.hiden") == nil)
      #expect(nearbyFile(folder + "/no/grid.yml") == nil)
      #expect(
        throws: InputError(
          "cannot be read: No such file or directory", file: folder + "/othr.csv",
          hint: "did you mean \(folder)/other.csv?")
      ) {
        try readFile(folder + "/othr.csv")
      }
    }
  }

  @Test func aFullDiskIsAnErrorAndADeviceStaysADevice() throws {
    guard access("/dev/full", W_OK) == 0 else { return }
    #expect(throws: WorkError("/dev/full cannot be written: No space left on device")) {
      try writeFile("/dev/full", [1])
    }
    try writeFile("/dev/null", [1, 2, 3])
    var status = stat()
    #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
  }

  @Test func throughALinkTheFileItselfIsReplaced() throws {
    try withTemporaryFolder { folder in
      try writeFile(folder + "/real", [1])
      try #require(symlink(folder + "/real", folder + "/link") == 0)
      try writeFile(folder + "/link", [2])
      #expect(try readFile(folder + "/real") == [2])
      #expect(try names(in: folder) == ["link", "real"])
    }
  }
}

@Suite struct MessageTests {
  @Test func anErrorReadsAsOneSentence() {
    let error = InputError(
      "is not a positive integer", file: "config.json", field: "n_head", value: "-3", hint: "use 1 or more")
    #expect(error.description == "config.json: n_head: -3 is not a positive integer (use 1 or more)")
    #expect(InputError("is empty").from(file: "a").file == "a")
    #expect(InputError("is empty", file: "b").from(file: "a").file == "b")
    #expect(WorkError("the disk is full").description == "the disk is full")
  }

  @Test func aLongOrStrangeValueIsCutAndMadeVisible() {
    #expect(InputError("x", value: "\u{1B}[31m\n").value == "\\u{1b}[31m\\u{a}")
    #expect(InputError("x", value: String(repeating: "a", count: 1000)).value?.count == 61)
  }

  @Test(arguments: [
    ("lama", "llama"), ("qwen22", "qwen2"), ("gtp2", "gpt2"), ("LLAMA", "llama"), ("mitsral", "mistral"),
  ])
  func aSlipIsRecognised(_ word: String, _ meant: String) {
    #expect(closest(to: word, among: ["llama", "qwen2", "gpt2", "mistral"]) == meant)
  }

  @Test func aDifferentWordIsNot() {
    #expect(closest(to: "transformer", among: ["llama", "gpt2"]) == nil)
    #expect(closest(to: "", among: ["llama"]) == nil)
    #expect(suggestion(for: "zzz", among: ["llama", "gpt2"]) == "one of: llama, gpt2")
    #expect(
      suggestion(for: "llama3", among: ["llama-3-8b", "llama-3-70b"]) == "did you mean llama-3-8b or llama-3-70b?")
    #expect(
      suggestion(for: "layers", among: ["hidden_size", "num_hidden_layers"]) == "did you mean num_hidden_layers?")
    #expect(suggestion(for: "gpt", among: ["llama", "gpt2"]) == "did you mean gpt2?")
    #expect(suggestion(for: "zzz", among: (0..<17).map { "candidate\($0)" }) == nil)
  }
}
