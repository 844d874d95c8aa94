import Isoflop

extension HelpTopic {
  static let grids = HelpTopic(
    name: "grids", summary: "How shapes to search are written down.",
    blocks: [
      .text(
        "A grid has axes, every combination of which is a shape, and conditions that a shape has to meet. It is a YAML or "
          + "JSON file, flags, or a file whose axes flags replace."),
      .literal([
        "axes:",
        "  n_layers: {from: 8, to: 48}            # --n-layers 8:48",
        "  d_model: {from: 1024, to: 8192, step: 128}  # 1024:8192:128",
        "  head_dim: [64, 128]                    # --head-dim 64,128",
        "  n_kv_heads: {ratio_of: n_heads, values: [1, 1/4]}",
        "  d_ff: {ratio_of: d_model, values: [8/3, 4], multiple_of: 256}",
        "vocab_size: 102400",
        "mlp: gated                               # or plain",
        "constraints:",
        "  aspect_ratio: 64...160                 # d_model / n_layers",
        "  n_heads: {multiple_of: 8}",
        "  parameters: 1e9...8e9",
      ]),
      .heading("axes"),
      .list([
        ("a list", "8,16,32"), ("a range", "from:to or from:to:step, both ends included"),
        (
          "ratios",
          "\"8/3,4 multiple of 256\" of the axis it usually follows (d_ff of d_model, n_kv_heads of n_heads), or "
            + "\"1,1/4 of n_heads\". A multiple rounds up; a ratio that gives no integer makes no shape."
        ),
      ]),
      .text(
        "The axes: " + Shape.Axis.allCases.map(\.rawValue).joined(separator: ", ")
          + ". One that is not named takes the paper's value: multi-head attention, 12 d_model^2 weights a layer, "
          + "vocabulary 102400, sequence length 4096, no experts. As soon as d_ff, head_dim, n_kv_heads or n_experts is "
          + "named, counts are those of a llama-like model, exactly."),
      .heading("conditions"),
      .text(
        "--where QUANTITY=RANGE, any number of times. A range is 64...160, 1e9..., ...8B, one number, or "
          + "\"multiple of 8\"; \"M<=1e10\" and \"M>=1e9\" say the same as M=...1e10 and M=1e9.... A quantity is any axis, or one of "
          + Quantity.Derived.allCases.map(\.rawValue).joined(separator: ", ") + "."),
      .heading("the answer"),
      .text(
        "Ties come in the order of the axes above, so that every method, kernel and number of threads gives the same "
          + "list. isoflop sweep evaluates the grid or skips what bounds rule out (--method); neither changes the answer."
      ),
      .examples([
        "isoflop sweep --n-layers 8:48 --d-model 1024:8192:128 --nearest 4.3e10 --top 3",
        "isoflop sweep --n-layers 8:48 --d-model 1024:8192:128 --head-dim 128 --d-ff \"8/3,4 multiple of 256\" --where n_heads=8... --nearest 7B --of parameters",
      ]),
    ])
}
