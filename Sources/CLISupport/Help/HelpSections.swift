/// What options are about, where a command has them in one list: the parser knows titles of groups only, and a group is
/// a type, which would divide a command's code as its help is divided.
enum HelpSections {
  typealias Section = (title: String, options: [String])

  static let all: [String: [Section]] = [
    "count": [("Lists", ["--models", "--families"])],
    "compare": [
      ("Laws and runs", ["--laws", "--tokens", "--runs", "--style"]), ("Lists", ["--conventions"]),
    ],
    "mfu": [
      (
        "The run",
        ["--tokens-per-second", "--tokens", "--accelerator-hours", "--accelerators", "--peak", "--precision"]
      ),
      ("Lists", ["--peaks"]),
    ],
    "memory": [("Lists", ["--recipes"])],
    "allocate": [
      ("The law", ["--law", "--hyperparameter-law", "--all-laws", "--band"]),
      ("What is held", ["--model", "--size", "--tokens", "--unique-tokens", "--inference-tokens"]),
      ("The run", ["--length-schedule", "--batch-multiple"]),
      ("Shapes", ["--style", "--top", "--grid"]),
    ],
    "fit": [
      ("Which fit", ["--parametric", "--isoflop", "--hyperparameters", "--envelope", "--accounts"]),
      ("Predictions", ["--at", "--predict"]), ("Output", ["--save", "--picture"]),
    ],
    "predict": [
      ("A benchmark's score", ["--scores", "--form", "--chance"]),
      ("What more compute brings", ["--returns", "--target", "--value", "--price", "--backtest"]),
      (
        "A run under way",
        ["--curve", "--steps", "--schedule", "--drops", "--final-rate", "--warmup", "--annealing"]
      ),
      ("Images and text", ["--images", "--vision", "--frozen-vision"]),
      ("Output", ["--plot", "--plot-size", "--plot-data", "--json"]),
    ],
    "watch": [
      ("Results", ["--result", "--refit", "--runs", "--scale"]),
      ("Output", ["--plot", "--plot-size", "--plot-data", "--json"]),
    ],
  ]

  /// - Returns: nil where nothing is said of it.
  static func title(of names: [String], in command: String) -> String? {
    all[command]?.first { !Set($0.options).isDisjoint(with: names) }?.title
  }
}
