"""Laws: published ones, fits of runs, what they predict and what they say to train."""

from __future__ import annotations

import html
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import _library, plots
from ._progress import ProgressOption
from .counting import Config, config_request
from .errors import InputError
from .sweeping import Grid, grid_request


def law_request(law: Any) -> Any:
    if law is None:
        return None
    if isinstance(law, Fit):
        return law.law
    return os.fspath(law) if isinstance(law, os.PathLike) else law


def laws(*names: str) -> list[dict[str, Any]]:
    """The published laws with coefficients, units, ranges and sources; or those named."""
    return list(_library.call("laws", {"names": list(names) or None}))


@dataclass(frozen=True)
class Fit:
    """A law through runs, with what there is to know about how far to believe it."""

    #: parametric, isoflop or hyperparameters.
    method: str
    #: The coefficients by name: E, A, B, alpha, beta, a, b; or base and exponent of the optimum.
    coefficients: Mapping[str, float]
    #: 95 % (or `level`) intervals by the same names.
    intervals: Mapping[str, tuple[float, float]]
    #: What a reader must know before using it.
    warnings: tuple[str, ...]
    #: Runs that were left out, and why.
    skipped: tuple[Mapping[str, Any], ...]
    #: The law as an object that `predict`, `allocate` and `plan` take.
    law: Mapping[str, Any] = field(repr=False)
    #: The whole answer.
    json: Mapping[str, Any] = field(repr=False)

    def __getitem__(self, name: str) -> float:
        return self.coefficients[name]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the law to a file that the command line reads too."""
        import json

        temporary = f"{os.fspath(path)}.partial-{os.getpid()}"
        with open(temporary, "w", encoding="utf-8") as file:
            json.dump(self.law, file, indent=2)
        os.replace(temporary, path)

    def plot(self, axes: Any = None) -> Any:
        """Coefficients with their intervals, relative to the estimate."""
        spread = {
            name: (high - low) / 2 / abs(self.coefficients[name])
            for name, (low, high) in self.intervals.items()
            if self.coefficients.get(name)
        }
        return plots.bars(spread, f"{self.method} fit: half an interval over the estimate", "share", axes)

    def _repr_html_(self) -> str:
        rows = ""
        for name, value in self.coefficients.items():
            interval = self.intervals.get(name)
            between = f"{interval[0]:.4g} to {interval[1]:.4g}" if interval else ""
            rows += f"<tr><th>{html.escape(name)}</th><td>{value:.6g}</td><td>{between}</td></tr>"
        notes = "".join(f"<li>{html.escape(text)}</li>" for text in self.warnings)
        return f"<table><caption>{self.method} fit</caption>{rows}</table><ul>{notes}</ul>"


#: A law's name, the path of a law file, the object of one, or a fit.
Law = str | os.PathLike[str] | Mapping[str, Any] | Fit


def _runs(runs: Any) -> Any:
    """A path, or a list of objects, from whatever a script has."""
    if isinstance(runs, (str, os.PathLike)):
        return os.fspath(runs)
    if isinstance(runs, Mapping):
        columns = {name: list(values) for name, values in runs.items()}
        lengths = {len(values) for values in columns.values()}
        if len(lengths) > 1:
            raise InputError(f"runs: columns of different lengths {sorted(lengths)}", field="runs")
        return [dict(zip(columns, row)) for row in zip(*columns.values())]
    for method in ("to_dicts", "to_pylist"):  # polars, pyarrow
        if hasattr(runs, method):
            return getattr(runs, method)()
    if hasattr(runs, "to_dict"):  # pandas
        return runs.to_dict("records")
    if hasattr(runs, "df"):  # duckdb
        return runs.df().to_dict("records")
    if isinstance(runs, Sequence):
        return [dict(row) for row in runs]
    raise TypeError(f"a path, columns by name, a frame or a list of dicts, not {type(runs).__name__}")


def _pairs(values: Any) -> dict[str, tuple[float, float]]:
    return {name: (pair[0], pair[1]) for name, pair in (values or {}).items() if isinstance(pair, list)}


def fit(
    runs: Any,
    method: str = "parametric",
    *,
    progress: ProgressOption = None,
    **options: Any,
) -> Fit:
    """A law from training runs.

    :param runs: a path (CSV, JSON lines), columns by name, a frame of pandas, polars or pyarrow, or a list of dicts;
        columns are params_total, flops_per_token (M), tokens, loss …, as in `isoflop fit`.
    :param method: ``"parametric"`` (L = E + A/N^alpha + B/D^beta), ``"isoflop"`` (optima of budgets and laws through
        them), ``"hyperparameters"`` (learning rate and batch).
    :param options: those of ``isoflop fit``: map, scale, where, drop_highest, loss, delta, bootstrap, seed, level, …
    :raises InputError: for runs or options that cannot be fitted.
    :raises WorkError: for a fit that did not converge: it is never given as one.
    """
    answer = _library.long_call("fit", {"runs": _runs(runs), "method": method, **options}, progress)
    found = answer[method]
    coefficients: dict[str, float]
    intervals: dict[str, tuple[float, float]] = {}
    if method == "parametric":
        coefficients = {name: found[name] for name in ("E", "A", "B", "alpha", "beta", "a", "b")}
        intervals = _pairs(found["interval"])
    elif method == "isoflop":
        coefficients = {}
        for name, key in (("model", "model"), ("data", "data")):
            line = found[key]
            coefficients |= {f"{name}_base": line["base"], f"{name}_exponent": line["exponent"]}
            between = line.get("interval")
            if isinstance(between, list):
                intervals[f"{name}_exponent"] = (between[0], between[1])
    else:
        coefficients = {}
        for name in ("learning_rate", "batch_tokens"):
            law = found.get(name)
            if law:
                coefficients[f"{name}_coefficient"] = law["coefficient"]
                coefficients |= {f"{name}_{key}": value for key, value in law["exponents"].items()}
    warnings = tuple(item["message"] if isinstance(item, dict) else item for item in found.get("warnings", ()))
    return Fit(
        method, coefficients, intervals, warnings, tuple(answer.get("skipped", ())), answer["law"], json=answer
    )


@dataclass(frozen=True)
class Forecast:
    """The loss of a planned run."""

    law: str
    size: float
    size_unit: str
    tokens: float
    compute: float
    loss: float
    low: float | None
    high: float | None
    unit: str | None
    #: Powers of ten of compute beyond what the law was fitted on; None where it states no range.
    extrapolation_decades: float | None
    json: Mapping[str, Any] = field(repr=False)


def predict(
    law: Law,
    config: Config | None = None,
    *,
    tokens: float | str,
    size: float | str | None = None,
    sequence_length: int | None = None,
    **options: Any,
) -> Forecast:
    """The loss that a law predicts for a model (or a size in the law's own unit) and its training tokens."""
    model = config_request(config) if config is not None else {}
    request = {"law": law_request(law), "tokens": tokens, "size": size, "sequence_length": sequence_length, **options}
    answer = _library.call("predict", {**model, **request})
    loss = answer["loss"]
    return Forecast(
        law=answer["law"],
        size=answer["size"],
        size_unit=answer["size_unit"],
        tokens=answer["tokens"],
        compute=answer["compute"],
        loss=loss["value"],
        low=loss["low"],
        high=loss["high"],
        unit=loss["unit"],
        extrapolation_decades=answer["extrapolation_decades"],
        json=answer,
    )


@dataclass(frozen=True)
class Allocation:
    """What to train for a budget."""

    compute: float
    law: str
    #: FLOPs per token and tokens of the optimum.
    M_opt: float | None
    D_opt: float
    learning_rate: float | None
    batch_tokens: float | None
    loss: Mapping[str, Any] | None
    #: Real shapes nearest the optimum, each with its own tokens.
    architectures: tuple[Mapping[str, Any], ...]
    warnings: tuple[str, ...]
    json: Mapping[str, Any] = field(repr=False)

    def plot(self, axes: Any = None) -> Any:
        """The real shapes by M, with the tokens that the budget buys for each."""
        x = [shape["M"] for shape in self.architectures]
        y = [shape["tokens"] for shape in self.architectures]
        return plots.points(x, y, ("M, FLOPs per token", "tokens"), f"C = {self.compute:.3g}", axes)

    def _repr_html_(self) -> str:
        return _shapes_html(self.architectures, f"C = {self.compute:.4g} FLOPs, law {self.law}")


def _shapes_html(shapes: Sequence[Mapping[str, Any]], title: str) -> str:
    names = ["n_layers", "d_model", "n_heads", "n_kv_heads", "d_ff", "M", "parameters", "tokens"]
    names = [name for name in names if any(name in shape for shape in shapes)]
    head = "".join(f"<th>{name}</th>" for name in names)
    body = ""
    for shape in shapes:
        cells = "".join(f"<td>{shape.get(name, ''):,}</td>" if name in shape else "<td></td>" for name in names)
        body += f"<tr>{cells}</tr>"
    return f"<table><caption>{html.escape(title)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def allocate(
    compute: float | None = None,
    *,
    law: Law | None = None,
    grid: Grid | None = None,
    progress: ProgressOption = None,
    **options: Any,
) -> Allocation:
    """Size, tokens, learning rate, batch and real architectures for a budget.

    >>> round(allocate(1e20).M_opt / 1e9, 4)
    5.2513

    :param compute: FLOPs; or give accelerators, accelerator (or peak), mfu and hours.
    :param law: a law's name (``"deepseek"`` by default), file or object, or a `Fit`.
    :param grid: a grid to take shapes from; by default those of a style.
    :param options: those of ``isoflop allocate``: hyperparameter_law, style, top, size, tokens, unique_tokens,
        inference_tokens, tensor_parallel, max_parameters, …
    """
    shapes = None if grid is None else grid_request(grid)
    request = {"compute": compute, "law": law_request(law), "grid": shapes, **options}
    if options.get("all_laws"):
        raise InputError("all_laws: is compare_laws() here", field="all_laws")
    answer = _library.long_call("allocate", request, progress)
    return Allocation(
        compute=answer["compute"],
        law=answer["law"],
        M_opt=answer["M_opt"],
        D_opt=answer["D_opt"],
        learning_rate=answer["learning_rate"],
        batch_tokens=answer["batch_tokens"],
        loss=answer["loss"],
        architectures=tuple(answer["architectures"]),
        warnings=tuple(answer["warnings"]),
        json=answer,
    )


def compare_laws(compute: float, **options: Any) -> dict[str, Any]:
    """The same budget under every law that splits one: the spread is the message."""
    return dict(_library.call("allocate", {"compute": compute, "all_laws": True, **options}))


@dataclass(frozen=True)
class Sizes:
    """Real shapes of a size and style, best first."""

    size: float
    measure: str
    style: str
    candidates: int
    shapes: tuple[Mapping[str, Any], ...]

    def _repr_html_(self) -> str:
        return _shapes_html(self.shapes, f"{self.size:.4g} {self.measure}, style {self.style}")


def size(size: float | str, *, style: str | None = None, by: str | None = None, top: int = 10, **options: Any) -> Sizes:
    """Real shapes within 5 % of a size (``"7B"``), ranked by one documented score."""
    answer = _library.call("size", {"size": size, "style": style, "by": by, "top": top, **options})
    return Sizes(
        answer["size"], answer["measure"], answer["style"], answer["candidates"], shapes=tuple(answer["results"])
    )


@dataclass(frozen=True)
class Plan:
    """An IsoFLOP experiment: what each run trains."""

    law: str
    compute: float
    runs: tuple[Mapping[str, Any], ...] = field(repr=False)
    warnings: tuple[str, ...]
    #: The same as a runs.csv with an empty loss column, for `fit`.
    csv: str = field(repr=False)
    json: Mapping[str, Any] = field(repr=False)

    def plot(self, axes: Any = None) -> Any:
        """Each run's M and tokens."""
        x, y = [run["M"] for run in self.runs], [run["tokens"] for run in self.runs]
        return plots.points(x, y, ("M, FLOPs per token", "tokens"), f"{len(self.runs)} runs", axes)

    def _repr_html_(self) -> str:
        return _shapes_html(self.runs, f"{len(self.runs)} runs, {self.compute:.4g} FLOPs")


def plan(
    budgets: Sequence[float] | tuple[float, float],
    *,
    count: int | None = None,
    shapes: int | None = None,
    law: Law | None = None,
    progress: ProgressOption = None,
    **options: Any,
) -> Plan:
    """An IsoFLOP experiment: for each budget, shapes on both sides of the optimum, with tokens, batch, learning rate.

    :param budgets: budgets in FLOPs; with `count`, the lowest and the highest of so many.
    :param options: span, style, simulate, optimise, against_6n, seed, …
    """
    spread: Any = list(budgets)
    if count is not None:
        if len(spread) != 2:
            raise InputError("budgets: count goes with the lowest and the highest", field="budgets")
        spread = {"from": spread[0], "to": spread[1]}
    request = {"budgets": spread, "count": count, "shapes": shapes, "law": law_request(law), **options}
    answer = _library.long_call("plan", request, progress)
    return Plan(
        answer["law"], answer["compute"], tuple(answer["runs"]), tuple(answer["warnings"]), answer["csv"], answer
    )
