import Foundation
import Isoflop
import TestSupport
import Testing

@testable import CLISupport

private let python: String? = {
  let environment = ProcessInfo.processInfo.environment
  guard environment["ISOFLOP_TRANSFORMERS"] != nil || environment["ISOFLOP_CHECK"] == "1" else { return nil }
  let python = environment["ISOFLOP_TRANSFORMERS"] ?? "python3"
  return (try? shell("'\(python)' -c 'import transformers'"))?.status == 0 ? python : nil
}()

/// Configs that the commands write, read by transformers: in a Python that has it, which `ISOFLOP_TRANSFORMERS` names
/// (python3 otherwise).
@Suite(.enabled(if: python != nil, "a Python with transformers, named by ISOFLOP_TRANSFORMERS"))
struct TransformersTests {
  /// AutoConfig takes every file, and every field in it keeps its value; what it calls the class is what the file says.
  @Test func everyConfigIsRead() throws {
    try withTemporaryFolder { folder in
      for style in ModelStyle.known.map(\.name) {
        for command in [["size", "1B", "--top", "4"], ["allocate", "--compute", "1e20", "--top", "3"]] {
          let result = isoflop(command + ["--style", style, "--write-configs", "\(folder)/\(command[0])-\(style)"])
          #expect(result.status == 0, "\(result.errors)")
        }
      }
      for command in [
        ["plan", "--budgets", "1e18,1e19", "--shapes", "3", "--simulate", "0"],
        [
          "sweep", "--n-layers", "8:16", "--d-model", "512:1024:128", "--head-dim", "64", "--n-kv-heads",
          "1,1/2 of n_heads", "--d-ff", "8/3 multiple of 256", "--nearest", "1e9", "--top", "3",
        ],
        ["sweep", "--around", "deepseek-v3", "--vary", "num_hidden_layers=40:61:3", "--nearest", "1e11", "--top", "2"],
      ] {
        let result = isoflop(command + ["--write-configs", "\(folder)/\(command[0])\(command.count)"])
        #expect(result.status == 0, "\(result.errors)")
      }
      let script = """
        import glob, json, os, sys
        from transformers import AutoConfig
        renamed = {"architectures", "torch_dtype", "rope_theta", "rope_scaling", "use_cache", "auto_map", "quantization_config"}
        files = sorted(glob.glob(sys.argv[1] + "/*/*/config.json"))
        for file in files:
            raw = json.load(open(file))
            config = AutoConfig.from_pretrained(os.path.dirname(file))
            assert config.model_type == raw["model_type"], file
            for name in raw.keys() - renamed:
                assert getattr(config, name) == raw[name], (file, name, raw[name], getattr(config, name))
        print(len(files))
        """
      try writeFile(folder + "/read.py", Array(script.utf8))
      let read = try shell("'\(python ?? "")' '\(folder)/read.py' '\(folder)'")
      #expect(read.status == 0, "\(read.errors)")
      #expect(Int(read.output.split(separator: "\n").last ?? "") ?? 0 >= 40, "\(read.output)")
    }
  }
}
