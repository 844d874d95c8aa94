"""Laws: published ones, and fits of runs."""

from __future__ import annotations

import json as json_module
import os
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import _library, plots
from ._library import listed
from ._progress import ProgressOption
from ._shown import Shown, cell, table
from .errors import InputError, WorkError
from .options import FitOptions

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from typing_extensions import Unpack


def law_request(law: Any) -> Any:
    if law is None:
        return None
    if isinstance(law, Fit):
        if law.law is None:
            raise InputError(f"law: a fit by {law.method} gives no law (fit one by another method)", field="law")
        return law.law
    return os.fspath(law) if isinstance(law, os.PathLike) else law


def laws(*names: str) -> list[dict[str, Any]]:
    """The published laws with coefficients, units, ranges and sources; or those named.

    >>> laws("chinchilla")[0]["id"]
    'hoffmann_a3'
    """
    return list(_library.call("laws", {"names": list(names) or None}))


@dataclass(frozen=True)
class Prediction(Shown):
    """What a fit says of a budget, or of a scale and tokens."""

    compute: float
    scale: float
    tokens: float
    loss: float
    #: Of the loss; of scale and tokens where the law chose them. None without resamples.
    interval: tuple[float, float] | None
    scale_interval: tuple[float, float] | None
    tokens_interval: tuple[float, float] | None
    #: Powers of ten of compute beyond the nearest run; 0 within the data.
    decades_beyond: float


def _prediction(values: Mapping[str, Any]) -> Prediction:
    members: dict[str, Any] = {n: tuple(value) if isinstance(value, list) else value for n, value in values.items()}
    return Prediction(**members)


@dataclass(frozen=True)
class Fit:
    """A law through runs, with what there is to know about how far to believe it."""

    #: parametric, isoflop, hyperparameters or envelope.
    method: str
    #: The coefficients by name: E, A, B, alpha, beta, a, b; or base and exponent of the optimum.
    coefficients: Mapping[str, float]
    #: 95 % (or `level`) intervals by the same names.
    intervals: Mapping[str, tuple[float, float]]
    #: What a reader must know before using it.
    warnings: tuple[str, ...]
    #: Runs that were left out, and why.
    skipped: tuple[Mapping[str, Any], ...]
    #: What it says of what it was asked about: budgets (`at`), then scales and tokens (`predict`).
    predictions: tuple[Prediction, ...]
    #: The law as an object that `predict`, `allocate` and `plan` take; None for an envelope.
    law: Mapping[str, Any] | None = field(repr=False)
    #: The whole answer.
    json: Mapping[str, Any] = field(repr=False)

    def __getitem__(self, name: str) -> float:
        return self.coefficients[name]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the law to a file that the command line reads too."""
        text = json_module.dumps(law_request(self), indent=2)
        temporary = f"{os.fspath(path)}.partial-{os.getpid()}"
        try:
            with open(temporary, "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(temporary, path)
        except OSError as error:
            raise WorkError(f"{os.fspath(path)}: cannot be written: {error.strerror}", file=os.fspath(path)) from error
        finally:
            if os.path.exists(temporary):
                os.remove(temporary)

    def plot(self, axes: Axes | None = None) -> Axes:
        """Coefficients with their intervals, relative to the estimate."""
        spread = {
            name: (high - low) / 2 / abs(self.coefficients[name])
            for name, (low, high) in self.intervals.items()
            if self.coefficients.get(name)
        }
        return plots.bars(spread, f"{self.method} fit: half an interval over the estimate", "share", axes)

    def _repr_html_(self) -> str:
        rows = []
        for name, value in self.coefficients.items():
            interval = self.intervals.get(name)
            rows.append((name, value, f"{interval[0]:.4g} to {interval[1]:.4g}" if interval else ""))
        return table(rows, f"{self.method} fit") + cell(self.warnings)


#: A law's name, the path of a law file, the object of one, or a fit.
Law = str | os.PathLike[str] | Mapping[str, Any] | Fit


def runs_request(runs: Any) -> Any:
    """A path, or a list of objects, from whatever a script has."""
    if isinstance(runs, (str, os.PathLike)):
        return os.fspath(runs)
    if isinstance(runs, Mapping) or getattr(getattr(runs, "dtype", None), "names", None):
        return _rows_of(runs if isinstance(runs, Mapping) else {name: runs[name] for name in runs.dtype.names})
    for method in ("to_dicts", "to_pylist"):  # polars, pyarrow
        if hasattr(runs, method):
            return getattr(runs, method)()
    if hasattr(runs, "to_dict") and hasattr(runs, "columns"):  # pandas
        if not getattr(runs.columns, "is_unique", True):
            raise InputError("runs: has two columns of one name", field="runs")
        return runs.to_dict("records")
    if hasattr(runs, "df"):  # duckdb
        return runs.df().to_dict("records")
    wrong = f"a path, columns by name, a frame or a list of dicts, not {type(runs).__name__}"
    if hasattr(runs, "collect"):  # a lazy frame
        raise TypeError(f"{wrong} (collect() it)")
    if not isinstance(runs, Iterable) or hasattr(runs, "shape"):
        raise TypeError(wrong)
    rows = list(runs)
    for row in rows:
        if not isinstance(row, Mapping):
            raise TypeError(f"a list of dicts, one a run, not of {type(row).__name__}")
    return [dict(row) for row in rows]


def _rows_of(columns: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Objects, one a run; a text or a number stands in all of them."""
    for name, values in columns.items():
        if isinstance(values, Set):
            raise InputError(f"runs: {name} is a set, which has no order", field=str(name))
    lists = {name: _library.plain(values) for name, values in columns.items() if not isinstance(values, (str, int, float))}
    lists = {name: values for name, values in lists.items() if isinstance(values, list)}
    lengths = {len(values) for values in lists.values()}
    if len(lengths) > 1:
        told = ", ".join(f"{name} {len(values):,}" for name, values in lists.items())
        raise InputError(f"runs: columns of different lengths ({told})", field="runs")
    count = lengths.pop() if lengths else 0
    same = {name: values for name, values in columns.items() if name not in lists}
    return [{**same, **{name: values[row] for name, values in lists.items()}} for row in range(count)]


def _pairs(values: Any) -> dict[str, tuple[float, float]]:
    return {name: (pair[0], pair[1]) for name, pair in (values or {}).items() if isinstance(pair, list)}


def fit(
    runs: Any,
    method: str = "parametric",
    *,
    at: float | Sequence[float] = (),
    predict: Sequence[tuple[float, float]] = (),
    progress: ProgressOption = None,
    **options: Unpack[FitOptions],
) -> Fit:
    """A law from training runs.

    >>> round(fit("runs.csv", "isoflop").coefficients["model_exponent"], 3)
    0.469

    :param runs: a path (CSV, JSON lines), columns by name, a frame of pandas, polars or pyarrow, or a list of dicts;
        columns are params_total, flops_per_token (M), tokens, loss …, as in `isoflop fit`.
    :param method: ``"parametric"`` (L = E + A/N^alpha + B/D^beta), ``"isoflop"`` (optima of budgets and laws through
        them), ``"hyperparameters"`` (learning rate and batch), ``"envelope"`` (of training curves, with their
        checkpoints).
    :param at: budgets in FLOPs to say the optimum of.
    :param predict: scales and tokens to say the loss of (parametric).
    :param options: see `FitOptions`.
    :raises InputError: for runs or options that cannot be fitted.
    :raises WorkError: for a fit that did not converge: it is never given as one.
    """
    return _fit(runs, method, {"at": listed(at) or None, "predict": list(predict) or None, **options}, progress)


def _fit(runs: Any, method: str, options: Mapping[str, Any], progress: ProgressOption) -> Fit:
    _refuse_others(method, options)
    answer = _library.long_call("fit", {"runs": runs_request(runs), "method": method, **options}, progress)
    found = answer[method]
    coefficients, intervals = _COEFFICIENTS[method](found)
    warnings = tuple(item["message"] if isinstance(item, dict) else item for item in found.get("warnings", ()))
    return Fit(
        method,
        coefficients,
        intervals,
        warnings,
        tuple(answer.get("skipped", ())),
        tuple(_prediction(values) for values in answer.get("predictions", ())),
        answer["law"],
        json=answer,
    )


def _refuse_others(method: str, options: Mapping[str, Any]) -> None:
    if not isinstance(method, str):
        raise TypeError(f"method: a name, not {type(method).__name__}")
    if method == "accounts":
        raise InputError("method: accounts is compare_accounts() here", field="method", value=method)
    if options.get("group") is not None:
        raise InputError("group: is compare_groups() here", field="group", value=str(options["group"]))


_Found = tuple[dict[str, float], dict[str, tuple[float, float]]]


def _of_surface(found: Mapping[str, Any]) -> _Found:
    return {name: found[name] for name in ("E", "A", "B", "alpha", "beta", "a", "b")}, _pairs(found["interval"])


def _of_lines(found: Mapping[str, Any]) -> _Found:
    coefficients: dict[str, float] = {}
    between: dict[str, Any] = {}
    for name in ("model", "data"):
        line = found[name]
        coefficients |= {f"{name}_base": line["base"], f"{name}_exponent": line["exponent"]}
        between |= {f"{name}_exponent": line.get("interval"), f"{name}_base": line.get("base_interval")}
    return coefficients, _pairs(between)


def _of_hyperparameters(found: Mapping[str, Any]) -> _Found:
    coefficients: dict[str, float] = {}
    between: dict[str, Any] = {}
    for name in ("learning_rate", "batch_tokens"):
        law = found.get(name)
        if law:
            coefficients[f"{name}_coefficient"] = law["coefficient"]
            coefficients |= {f"{name}_{key}": value for key, value in law["exponents"].items()}
            between[f"{name}_coefficient"] = law["coefficient_interval"]
            between |= {f"{name}_{key}": value for key, value in law["interval"].items()}
    return coefficients, _pairs(between)


_COEFFICIENTS: Mapping[str, Callable[[Mapping[str, Any]], _Found]] = {
    "parametric": _of_surface,
    "isoflop": _of_lines,
    "envelope": _of_lines,
    "hyperparameters": _of_hyperparameters,
}


@dataclass(frozen=True)
class AccountFit(Shown):
    """The IsoFLOP fit of runs whose compute is counted in one way."""

    #: M, 6N1 or 6N2, and the column that it comes from.
    account: str
    column: str
    model_exponent: float
    data_exponent: float
    interval: tuple[float, float] | None
    #: Of the two; by an account that leaves something out they do not sum to 1.
    exponent_sum: float
    #: What it says of the budget that was asked about, counted its own way.
    prediction: Prediction | None
    json: Mapping[str, Any] = field(repr=False)


def compare_accounts(
    runs: Any, *, compute: float | None = None, progress: ProgressOption = None, **options: Unpack[FitOptions]
) -> tuple[AccountFit, ...]:
    """The same IsoFLOP runs counted by M, by 6 N1 and by 6 N2: each gives its own exponents, and its own forecast.

    >>> [fitted.account for fitted in compare_accounts("runs.csv")]
    ['M', '6N1', '6N2']

    :param compute: a later budget, in FLOPs, to predict the loss of.
    :raises InputError: where fewer than two of flops_per_token, params_nonembedding and params_total are filled.
    """
    _refuse_others("", options)
    request = {"runs": runs_request(runs), "method": "accounts", "at": compute, **options}
    answer = _library.long_call("fit", request, progress)
    return tuple(
        AccountFit(
            row["account"],
            row["column"],
            row["isoflop"]["model"]["exponent"],
            row["isoflop"]["data"]["exponent"],
            _pairs({"a": row["isoflop"]["model"]["interval"]}).get("a"),
            row["exponent_sum"],
            None if row["prediction"] is None else _prediction(row["prediction"]),
            json=row,
        )
        for row in answer["accounts"]["accounts"]
    )


@dataclass(frozen=True)
class Groups(Shown):
    """The same fit for each group of runs, and what one group's data is worth in another's."""

    column: str
    #: The budget at which multipliers are stated.
    compute: float
    groups: tuple[Mapping[str, Any], ...]
    pairs: tuple[Mapping[str, Any], ...]
    warnings: tuple[str, ...]
    json: Mapping[str, Any] = field(repr=False)


def compare_groups(
    runs: Any,
    group: str,
    method: str = "parametric",
    *,
    compute: float | None = None,
    progress: ProgressOption = None,
    **options: Unpack[FitOptions],
) -> Groups:
    """Each value of a column (a data set, say) fitted apart, with how many tokens of one another is worth.

    >>> [group["name"] for group in compare_groups("runs.csv", "data", "isoflop").groups]
    ['new', 'old']

    :param group: the column.
    :param method: ``"parametric"`` or ``"isoflop"``.
    :param compute: the budget for multipliers; by default the middle of what the groups share.
    :raises InputError: for a single group, or where no group can be fitted.
    """
    request = {"runs": runs_request(runs), "method": method, "group": group, "at": compute, **options}
    found = _library.long_call("fit", request, progress)["groups"]
    warnings = tuple(item["message"] for item in found["warnings"])
    return Groups(group, found["compute"], tuple(found["groups"]), tuple(found["pairs"]), warnings, json=found)
