import Isoflop

extension HelpTopic {
  static let laws = HelpTopic(
    name: "laws", summary: "What a law is here, which to choose, and how to write one's own.",
    blocks: [
      .text(
        "A law is data: relations with their coefficients, the unit that a model's size is in, the budgets it was fitted "
          + "on, and its source. It may split a budget (M_opt, D_opt), give a loss, a learning rate, a batch, or some of "
          + "these; what it does not say nothing makes up for. isoflop laws lists them, isoflop laws NAME shows one."),
      .heading("which law"),
      .list([
        ("deepseek", "The default: size in M, so attention and sequence length count. It states no loss."),
        (
          "deepseek_fig4a",
          "Fitted for isoflop to points read off the paper's Figure 4(a): nearly the same allocation, with a loss."
        ),
        ("besiroglu", "Chinchilla's surface with its parametric fit redone; size in total parameters."),
        (
          "--all-laws",
          "allocate shows them all beside each other. They were fitted on other data, tokenizers and counts: how far they "
            + "disagree is what you do not know."
        ),
        ("your own", "Runs of your own data beat all of them: isoflop plan, then isoflop fit --save."),
      ]),
      .text(
        "Beyond the range that a law was fitted on, commands warn and say how far. A law marked second-hand was read in "
          + "other people's transcriptions."),
      .heading("a law file"),
      .text(
        "Wherever a law's name is expected, a path that ends in .json is read as a law; isoflop fit --save and "
          + "isoflop laws NAME --json write one. Needed are id, scale and one relation."),
      .literal([
        "{\"id\": \"mine\", \"scale\": \"M\",",
        " \"model\": {\"base\": 0.1715, \"exponent\": 0.5243},",
        " \"data\": {\"base\": 5.8316, \"exponent\": 0.4757},",
        " \"range_allocation\": [1e17, 3e20], \"source\": \"...\"}",
      ]),
      .list([
        ("scale", ModelScale.allCases.map { "\($0.rawValue) (\($0.words))" }.joined(separator: ", ")),
        ("model, data", "{base, exponent}: size and tokens as base C^exponent"),
        ("surface", "{E, A, B, alpha, beta}: L = E + A/N^alpha + B/D^beta"),
        ("loss_curve", "{E, k, gamma, compute_unit}: L = E + k (C/unit)^-gamma along the optimum"),
        (
          "learning_rate, batch_tokens",
          "{coefficient, compute, scale, tokens}: coefficient C^compute N^scale D^tokens"
        ),
        ("flops_per_scale", "FLOPs a token for a unit of size: 1 for M, 6 for parameters, if not given"),
        (
          "range_allocation, range_hyperparameters",
          "[lowest C, highest C] that it was fitted on; beyond it there is a warning"
        ),
        ("log_noise, draws", "what isoflop fit --save adds, for intervals"),
      ]),
      .examples([
        "isoflop laws", "isoflop laws deepseek", "isoflop allocate --compute 1e22 --all-laws",
        "isoflop allocate --compute 1e20 --law my.law.json",
      ]),
    ])

  static let runs = HelpTopic(
    name: "runs", summary: "The table of training runs that fit, watch and predict read.",
    blocks: [
      .text(
        "CSV with a header, JSON lines, or a JSON array; - is standard input. One row a run. isoflop plan --write-runs "
          + "makes such a table with the loss left empty."),
      .heading("columns"),
      .list([
        ("params_total", "all parameters"), ("params_nonembedding", "those outside the vocabulary"),
        ("flops_per_token", "M, training FLOPs per token"), ("tokens", "training tokens"),
        ("compute_flops", "C; where it is missing, M x tokens, else 6 x params_total x tokens"),
        ("loss", "nats per token"), ("bits_per_byte", "or the loss in bits per byte of text"),
        ("budget", "the label of an IsoFLOP profile; without it, runs of equal compute are one profile"),
        ("batch_size_tokens, learning_rate", "for --hyperparameters, and to tell how many steps a run had"),
        ("dataset, validation_set, unique_tokens", "what must not be mixed is noticed by these"),
        ("run_id", "rows of one run are its checkpoints, of which the last counts"),
      ]),
      .text(
        "Other columns are kept and can be named: --map tokens=my_column renames, --where dataset=c4 or "
          + "'compute_flops<=1e20' selects, --group compares, --scale chooses the model's size, --best-per keeps the lowest "
          + "loss of each setting. A row that cannot be used is skipped, with its line and reason in the output."),
      .examples(["isoflop plan --budgets 1e17...1e19 --count 4 --shapes 5 --write-runs planned.csv"]),
    ])
}
