extension FitWarning.Code {
  /// What a remark of this code says about the fit, in a sentence.
  public var meaning: String { explanation.meaning }
  /// What to do about it, in a sentence.
  public var remedy: String { explanation.remedy }

  private var explanation: (meaning: String, remedy: String) {
    switch self {
    // What the runs say about themselves.
    case .skippedRows: ("Some rows could not be used.", "Look at the line that is named; the rest was fitted.")
    case .computeMismatch:
      (
        "compute_flops was derived, or does not agree with size x tokens.",
        "Find out what the column counts, or drop it: with M and tokens given it is not needed."
      )
    case .budgetLabelMismatch:
      (
        "Runs of a budget did not spend what its label says.",
        "Nothing, where labels are round numbers; --budget COLUMN takes the label for C."
      )
    case .checkpointsDropped:
      (
        "Rows are checkpoints: a run in mid-schedule has a higher loss than one that ended there.",
        "Train a run for each point; --keep-checkpoints only for --envelope."
      )
    case .repeatedData:
      ("Runs saw their data more than once.", "Fit fresh and repeated data apart.")
    case .normalisedLoss:
      (
        "The losses are smaller than nats per token usually are, or their column has the name of another unit.",
        "Say what they are: --map bits_per_byte=COLUMN, or a column loss_unit."
      )
    case .mixedDatasets:
      ("One law was fitted to several datasets.", "--group dataset compares them; --where dataset=NAME chooses one.")
    case .scaleChosen:
      ("The size is in the only unit that the file has.", "Add flops_per_token (isoflop count --json) to fit in M.")
    case .convertedUnits: ("Losses were converted.", "Check the bytes per token: the offset E scales with it.")
    // What the design of the experiment does to an estimate.
    case .shortRuns:
      (
        "Some runs are, or may be, so short that warm-up and decay shape their loss.",
        "Give steps or batch_size_tokens; compare the fit without them (--where steps>=4000, or without the smallest budgets) and believe that one."
      )
    case .edgeOptimum:
      (
        "The lowest loss of a budget is at the end of its sizes, so the optimum was not seen.",
        "Add runs beyond that end; the budget is not used."
      )
    case .offCentre:
      (
        "Optima lie to one side of their runs, where a parabola is biased.",
        "Add sizes on the other side: isoflop plan centres them."
      )
    case .asymmetric:
      (
        "The losses rise more steeply on one side of the optimum than a parabola does.",
        "Keep to a window about the optimum (--window 1.2), or use --method cubic."
      )
    case .tooFewPoints:
      ("A curve through so few runs fits anything.", "Add runs: 7 a budget and 5 budgets are a good start.")
    case .wrongCurvature:
      (
        "The losses of a budget have no minimum.",
        "Look for a run that failed or did not converge; the budget is not used."
      )
    case .unequalBudgets:
      (
        "Runs that were taken for one budget, because no gap parts their compute, did not spend the same.",
        "Name the column of budgets with --budget, or keep to budgets that are: --where 'compute_flops<=7e18'."
      )
    case .narrowRange:
      ("The runs span too little for an exponent to carry far.", "Add a budget, or a size, a factor of 10 away.")
    case .windowSensitive:
      (
        "Other ways to find the minimum give an exponent outside the interval.",
        "Take the spread of the methods for the uncertainty, not the interval."
      )
    case .correlatedDesign:
      (
        "Size and tokens grow together, so the surface cannot tell them apart.",
        "Add runs off that line, or use --isoflop."
      )
    // What the fit found.
    case .startsDisagree:
      ("Few starts of the search reached the lowest minimum.", "More of them: --starts 20000; or fix E (--fix-E).")
    case .methodsDisagree:
      ("A second search, by variable projection, ended elsewhere.", "Do not use the fit before the reason is found.")
    case .onBound:
      ("A coefficient ran into the bound of the search.", "The runs do not determine it: fix it or add runs.")
    case .unidentifiedE:
      (
        "The irreducible loss could be almost anything, and losses beyond the runs with it.",
        "Use the exponents; for losses far away show the range that is named."
      )
    case .lossChoice:
      (
        "Squared, absolute and Huber loss give exponents outside each other's interval.",
        "Look for runs that do not belong: isoflop fit names those that matter."
      )
    case .influentialRuns:
      ("A few runs move a coefficient by more than its standard error.", "Look at those lines first.")
    case .residualPattern:
      (
        "What the law leaves has a shape: its form is wrong for these runs.",
        "Prefer --isoflop, or fit a narrower range."
      )
    case .failedResamples:
      ("Some resamples gave no fit, and the interval is of those that did.", "Above 5 % the interval is too narrow.")
    case .exponentSum:
      (
        "The exponents of size and tokens do not sum to 1, as they must where C is size x tokens.",
        "Fit in M: --scale flops_per_token."
      )
    case .weakPredictor:
      ("The quantity hardly varies with what it was fitted to.", "Try the predictors that are named: --predictors.")
    case .differentValidation:
      (
        "Losses on different, or unknown, validation sets are not comparable.",
        "Evaluate on one set; exponents compare all the same."
      )
    }
  }
}
