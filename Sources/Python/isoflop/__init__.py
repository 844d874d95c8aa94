"""isoflop counts exactly what a token costs in any transformer, sweeps architectures at the speed of the machine, and
turns a budget into the model to train.

>>> import isoflop
>>> isoflop.count("deepseek-llm-67b").flops_per_token.M
432726343680
"""

from .columns import Columns
from .counting import (
    Account,
    Comparison,
    Count,
    FLOPsPerToken,
    ForwardFLOPs,
    Memory,
    Parameters,
    compare,
    conventions,
    count,
    families,
    machine,
    memory,
    models,
)
from .errors import CancelledError, InputError, IsoflopError, MisuseError, WorkError
from .scaling import Allocation, Fit, Forecast, Plan, Sizes, allocate, compare_laws, fit, laws, plan, predict, size
from .shapes import count_many
from .sweeping import Histogram, Sweep, merge, sweep, write_rows

__version__ = "0.1.0"

__all__ = [
    "Account",
    "Allocation",
    "CancelledError",
    "Columns",
    "Comparison",
    "Count",
    "FLOPsPerToken",
    "Fit",
    "Forecast",
    "ForwardFLOPs",
    "Histogram",
    "InputError",
    "IsoflopError",
    "Memory",
    "MisuseError",
    "Parameters",
    "Plan",
    "Sizes",
    "Sweep",
    "WorkError",
    "allocate",
    "compare",
    "compare_laws",
    "conventions",
    "count",
    "count_many",
    "families",
    "fit",
    "laws",
    "machine",
    "memory",
    "merge",
    "models",
    "plan",
    "predict",
    "size",
    "sweep",
    "write_rows",
]
