import Isoflop

extension HelpTopic {
  static let fits = HelpTopic(
    name: "fits", summary: "Which fit for which runs, and what its interval means.",
    blocks: [
      .list([
        (
          "--isoflop",
          "Several sizes at each of several budgets: a parabola in ln(size) through each budget's losses, its minimum, "
            + "and power laws through the minima (Chinchilla's approach 2). Needs at least 3 runs on both sides of each "
            + "optimum, better 7; budgets a factor of 10 apart in all, better 1000. Robust, and the one to trust first."
        ),
        (
          "--parametric",
          "Any finished runs of various N and D: L = E + A/N^alpha + B/D^beta over all of them (approach 3). Uses every "
            + "run and gives a loss for any N and D, but an additive surface is an assumption, and short runs bend it."
        ),
        (
          "--envelope",
          "Training curves (checkpoints, --keep-checkpoints): the lowest loss at each compute (approach 1). Curves that "
            + "were stopped in mid-schedule favour small models."
        ),
        ("--hyperparameters", "Grids of learning rate and batch at several sizes: power laws of the best setting."),
        ("--accounts", "The IsoFLOP fit by M, by 6 N1 and by 6 N2, to see what the way to count does."),
        ("no choice", "The parametric fit, and the IsoFLOP fit where the runs form profiles; they ought to agree."),
      ]),
      .heading("what the interval means"),
      .text(
        "The fit is repeated on resamples of the runs (--bootstrap says how many), and the interval holds the middle 95 % "
          + "of what comes out (--level). Runs are drawn with replacement; for IsoFLOP profiles, whose grid is part of the "
          + "method, it is their residuals (--scheme). --resample model or budget draws together what belongs together. "
          + "An interval covers the luck of these runs. It does not cover a wrong form of the law, other data, or "
          + "extrapolation: of those the diagnostics speak."),
      .heading("what is never printed as a result"),
      .text(
        "The optimum of a budget whose losses have no minimum, or whose lowest loss is at the edge of its sizes: the budget "
          + "is named and left out. isoflop help diagnostics explains every remark that a fit can make."),
      .text("--save FILE writes the law, with its noise and resamples, for allocate, predict, plan and watch."),
      .examples([
        "isoflop fit runs.csv --isoflop --scale flops_per_token --at 1e22",
        "isoflop fit runs.csv --parametric --scale flops_per_token --bootstrap 200",
        "isoflop fit runs.csv --isoflop --save fitted.law.json",
      ]),
    ])

  static let diagnostics = HelpTopic(
    name: "diagnostics", summary: "Every remark that a fit can make, and what to do about it.",
    blocks: [
      .text(
        "A remark with ! is a reason not to believe the interval, or the estimate; one with - is worth knowing. In --json "
          + "each has a stable code, which is its name here."),
      .list(FitWarning.Code.allCases.map { ($0.rawValue, "\($0.meaning) \($0.remedy)") }),
    ])
}
