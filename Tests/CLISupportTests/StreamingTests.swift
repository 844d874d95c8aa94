import TestSupport
import Testing

@testable import CLISupport

/// Tables of real processes that are killed, or run out of room.
@Suite(.enabled(if: executable != nil, "the executable is not beside the tests")) struct StreamingTests {
  private static let grid =
    "--n-layers 1:40 --d-model 64:4096:64 --d-ff 256:4096:256 --sequence-length 512:4096:512"

  @Test(arguments: ["csv", "npy"])
  func aKilledRunGoesOnToTheSameFile(_ format: String) throws {
    try withTemporaryFolder { folder in
      let whole = try shell("\"$ISOFLOP\" sweep \(Self.grid) --rows \(folder)/whole.\(format)")
      #expect(whole.status == 0)
      // Killed as soon as the journal says that something is down, and again a little later.
      let result = try shell(
        """
        cd \(folder)
        for attempt in 1 2; do
          "$ISOFLOP" sweep \(Self.grid) --rows cut.\(format) --resume >/dev/null 2>&1 &
          job=$!
          tries=0
          while [ ! -s cut.\(format).partial.json ] && kill -0 $job 2>/dev/null && [ $tries -lt 200 ]; do
            sleep 0.05; tries=$((tries + 1))
          done
          sleep 0.2
          kill -9 $job 2>/dev/null && echo killed
          wait $job 2>/dev/null
          [ -e cut.\(format) ] && echo done
        done
        "$ISOFLOP" sweep \(Self.grid) --rows cut.\(format) --resume >/dev/null && cmp cut.\(format) whole.\(format)
        """)
      #expect(result.status == 0, "\(result)")
      #expect(try names(in: folder) == ["cut.\(format)", "whole.\(format)"])
    }
  }

  /// A limit on the size of files is a disk that is full, as a process sees it.
  @Test(arguments: ["csv", "npy"])
  func noRoomIsAClearErrorAndLeavesNoFile(_ format: String) throws {
    try withTemporaryFolder { folder in
      let result = try shell(
        "trap '' XFSZ; ulimit -f 64; \"$ISOFLOP\" sweep \(Self.grid) --rows \(folder)/t.\(format) 2>&1")
      #expect(result.status == 1)
      #expect(result.output.contains("t.\(format) cannot be written: File too large"), "\(result.output)")
      #expect(result.output.contains("--resume"))
      #expect(try !names(in: folder).contains("t.\(format)"))
      // With room again it goes on, or begins again, and ends with the whole.
      let again = try shell("\"$ISOFLOP\" sweep \(Self.grid) --rows \(folder)/t.\(format) --resume")
      #expect(again.status == 0, "\(again)")
      let whole = try shell(
        "\"$ISOFLOP\" sweep \(Self.grid) --rows \(folder)/w.\(format) && cmp \(folder)/t.\(format) \(folder)/w.\(format)"
      )
      #expect(whole.status == 0)
    }
  }

  /// A small file system of its own, where one may be mounted.
  @Test(.enabled(if: mayMount, "no file system can be mounted here"), arguments: ["csv", "npy"])
  func aFullDiskIsAClearErrorAndLeavesNoFile(_ format: String) throws {
    try withTemporaryFolder { folder in
      let result = try shell(
        """
        mkdir \(folder)/disk
        unshare -m sh -c 'mount -t tmpfs -o size=1m isoflop \(folder)/disk || exit 9
        "$ISOFLOP" sweep \(Self.grid) --rows \(folder)/disk/t.\(format) 2>&1
        status=$?
        ls \(folder)/disk | grep -x t.\(format)
        exit $status'
        """)
      #expect(result.status == 1, "\(result)")
      #expect(result.output.contains("t.\(format) cannot be written: No space left on device"), "\(result.output)")
      #expect(!result.output.split(separator: "\n").contains("t.\(format)"))
    }
  }

  private static let mayMount: Bool = {
    // Seen by nobody else, and gone with the process.
    let attempt = try? shell("unshare -m sh -c 'mount -t tmpfs -o size=64k isoflop /mnt' 2>/dev/null")
    return attempt?.status == 0
  }()

  @Test func aroundAModelToo() throws {
    try withTemporaryFolder { folder in
      let sweep = "\"$ISOFLOP\" sweep --around llama-2-7b --vary num_hidden_layers=1:40 hidden_size=1024:4096:128"
      let result = try shell("trap '' XFSZ; ulimit -f 8; \(sweep) --rows \(folder)/t.csv 2>&1")
      #expect(result.status == 1)
      #expect(result.output.contains("cannot be written: File too large"), "\(result.output)")
      #expect(try !names(in: folder).contains("t.csv"))
      let again = try shell(
        "\(sweep) --rows \(folder)/t.csv --resume && \(sweep) --rows \(folder)/w.csv && cmp \(folder)/t.csv \(folder)/w.csv"
      )
      #expect(again.status == 0, "\(again)")
    }
  }
}
