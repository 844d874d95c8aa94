import Isoflop

extension HelpTopic {
  static let words = HelpTopic(
    name: "words", summary: "What M, N, C, D and S stand for here.",
    blocks: [
      .list([
        (
          "M",
          "Non-embedding training FLOPs per token: forward and backward (three times the forward pass), attention "
            + "included, vocabulary left out. \"M (paper)\" is 72 L d^2 + 12 L d S; M alone is the same convention from "
            + "the model's real products."
        ),
        (
          "N1, N2",
          "Non-embedding parameters, and all parameters. 6 N1 and 6 N2 are the usual estimates of the training FLOPs per "
            + "token. In the paper's form N1 = 12 L d^2 and N2 = N1 + V d."
        ),
        ("C", "Training compute in FLOPs. C = M D."), ("D", "Training tokens."),
        ("S", "Tokens of a sequence: attention costs more per token in a longer one."),
        ("L, d, V", "Layers (n_layers), width (d_model), vocabulary (vocab_size)."),
        ("M_opt, D_opt", "The size and the tokens that a law calls optimal for a budget."),
        ("a, b", "Their exponents: M_opt goes as C^a, D_opt as C^b. With C = M D, a + b = 1."),
        ("MFU", "The share of an accelerator's peak that a training run uses: isoflop mfu."),
      ]),
      .text(
        "A multiply-add is 2 FLOPs. Only products are counted, with weight matrices and between activations: norms, "
          + "softmax and activation functions are 0, as in all common conventions."),
      .text("The words are those of DeepSeek LLM (arXiv 2401.02954), section 3.2."),
      .examples(["isoflop count deepseek-llm-7b", "isoflop compare deepseek-llm-7b"]),
    ])

  static let conventions = HelpTopic(
    name: "conventions", summary: "Which counting convention should I use?",
    blocks: [
      .text(
        "A convention says what \"FLOPs per token\" counts: which attention, with or without the output head, 6N or real "
          + "products. Two numbers compare only within one convention."),
      .list([
        (
          "to use a law",
          "The law's own unit. allocate, plan and predict convert by themselves; isoflop laws NAME says which unit it is."
        ),
        (
          "to fit your own law",
          "M (column flops_per_token, convention deepseek). 6N leaves attention out, and errs most in the small models "
            + "that a law is fitted to; isoflop fit --accounts fits your runs by M, 6 N1 and 6 N2 side by side."
        ),
        (
          "to log an MFU",
          "The convention of the number you compare with: palm for published MFUs in PaLM's sense, megatron beside "
            + "Megatron-LM's log. For what the accelerator really has to do: exact."
        ),
        ("for what training costs", "exact: the pairs that the masks let through, and the output head."),
        ("to compare models", "M: it does not depend on the vocabulary, and counts long sequences."),
      ]),
      .heading("the conventions"),
      .list(
        Convention.known.map { convention in
          let attention = convention.attentionWord
          return (
            convention.name,
            "\(attention == "none" ? "no" : attention) attention, output head "
              + "\(convention.countsHead ? "counted" : "left out"): \(convention.source)"
          )
        }),
      .text(
        "Attention is full (S x S pairs), causal (the pairs that the masks let through, exactly), half (S^2 / 2) or none. "
          + "--attention causal makes deepseek+causal. Conventions of tools are as their sources had them at the snapshots "
          + "that were read; where one differs from the exact count, compare --as NAME lists every step with its size "
          + "and says whether it is a choice or an error."),
      .examples([
        "isoflop compare --conventions", "isoflop compare llama-3-8b --as megatron",
        "isoflop count deepseek-llm-7b --as palm --as exact",
        "isoflop count deepseek-llm-7b --attention causal",
      ]),
    ])

  static let models = HelpTopic(
    name: "models", summary: "What a model can be given as.",
    blocks: [
      .list([
        ("a name", "One of the built-in models: isoflop count --models lists them."),
        ("a config.json", "As the hub has it, by its path. No network is used and no weights are read."),
        ("a folder", "One that holds a config.json, such as a checkpoint."),
        ("-", "A config.json on standard input."),
      ]),
      .text(
        "The model_type of a config must be one of isoflop count --families, each of which is checked against the "
          + "reference implementation to the parameter and to the FLOP. Any other is an error, not a guess. Fields that "
          + "the count does not use are named in a note, so that a misspelt one does not pass."),
      .text(
        "Without --sequence-length a built-in model is counted at the length it was trained at, and a config at the "
          + "smaller of its max_position_embeddings and 4096; a note says which."),
      .examples([
        "isoflop count --models", "isoflop count --families", "isoflop count llama-3-8b -s 8192",
        "isoflop count config.json --json",
      ]),
    ])
}
