"""isoflop counts exactly what a token costs in any transformer, sweeps architectures at the speed of the machine, and
turns a budget into the model to train.

>>> import isoflop
>>> isoflop.count("deepseek-llm-67b").flops_per_token.M
432726343680
"""

from .allocating import (
    Allocation,
    CountingChoice,
    Plan,
    Sizes,
    allocate,
    compare_counting,
    compare_laws,
    laws_of_model,
    plan,
    size,
)
from .columns import Columns
from .counting import (
    Account,
    AttentionCost,
    Comparison,
    Component,
    Count,
    FLOPsPerToken,
    ForwardFLOPs,
    Parameters,
    Training,
    attention,
    compare,
    conventions,
    count,
    families,
    machine,
    models,
)
from .errors import CancelledError, InputError, IsoflopError, MisuseError, WorkError
from .forecasting import (
    BackTest,
    Ending,
    Forecast,
    FusionRun,
    Ledger,
    Returns,
    Score,
    backtest,
    predict,
    predict_end,
    predict_fusion,
    returns,
)
from .hardware import Memory, Utilisation, memory, mfu
from .histograms import Histogram
from .options import AllocateOptions, FitOptions, PlanOptions, SizeOptions, SweepOptions, TrainingOptions
from .scaling import AccountFit, Fit, Groups, Law, Prediction, compare_accounts, compare_groups, fit, laws
from .shapes import count_many
from .sweeping import Sweep, WrittenRows, merge, sweep, write_rows

__version__ = "0.1.0"

__all__ = [
    "Account",
    "AccountFit",
    "AllocateOptions",
    "Allocation",
    "AttentionCost",
    "BackTest",
    "CancelledError",
    "Columns",
    "Comparison",
    "Component",
    "Count",
    "CountingChoice",
    "Ending",
    "FLOPsPerToken",
    "Fit",
    "FitOptions",
    "Forecast",
    "ForwardFLOPs",
    "FusionRun",
    "Groups",
    "Histogram",
    "InputError",
    "IsoflopError",
    "Law",
    "Ledger",
    "Memory",
    "MisuseError",
    "Parameters",
    "Plan",
    "PlanOptions",
    "Prediction",
    "Returns",
    "Score",
    "SizeOptions",
    "Sizes",
    "Sweep",
    "SweepOptions",
    "Training",
    "TrainingOptions",
    "Utilisation",
    "WorkError",
    "WrittenRows",
    "allocate",
    "attention",
    "backtest",
    "compare",
    "compare_accounts",
    "compare_counting",
    "compare_groups",
    "compare_laws",
    "conventions",
    "count",
    "count_many",
    "families",
    "fit",
    "laws",
    "laws_of_model",
    "machine",
    "memory",
    "merge",
    "mfu",
    "models",
    "plan",
    "predict",
    "predict_end",
    "predict_fusion",
    "returns",
    "size",
    "sweep",
    "write_rows",
]
