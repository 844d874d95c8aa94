"""What to train for a budget, of which shape, and which experiment to make first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import _library, plots
from ._library import listed
from ._progress import ProgressOption
from ._shown import Shown, table
from .counting import Config, config_request
from .errors import InputError
from .options import AllocateOptions, PlanOptions, SizeOptions
from .scaling import Law, law_request, runs_request
from .sweeping import Grid, grid_request

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from typing_extensions import Unpack


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

    def plot(self, axes: Axes | None = None) -> Axes:
        """The real shapes by M, with the tokens that the budget buys for each."""
        x = [shape["M"] for shape in self.architectures]
        y = [shape["tokens"] for shape in self.architectures]
        return plots.points(x, y, ("M, FLOPs per token", "tokens"), f"C = {self.compute:.3g}", axes)

    def _repr_html_(self) -> str:
        return _shapes_html(self.architectures, f"C = {self.compute:.4g} FLOPs, law {self.law}")


def _shapes_html(shapes: Sequence[Mapping[str, Any]], title: str) -> str:
    names = ["n_layers", "d_model", "n_heads", "n_kv_heads", "d_ff", "M", "parameters", "tokens"]
    names = [name for name in names if any(name in shape for shape in shapes)]
    return table([[shape.get(name) for name in names] for shape in shapes], title, names)


def allocate(
    compute: float | None = None,
    *,
    law: Law | None = None,
    grid: Grid | None = None,
    config: Config | None = None,
    progress: ProgressOption = None,
    **options: Unpack[AllocateOptions],
) -> Allocation:
    """Size, tokens, learning rate, batch and real architectures for a budget.

    >>> round(allocate(1e20).M_opt / 1e9, 4)
    5.2513

    :param compute: FLOPs; or give accelerators, accelerator (or peak), mfu and hours.
    :param law: a law's name (``"deepseek"`` by default), file or object, or a `Fit`.
    :param grid: a grid to take shapes from; by default those of a style.
    :param config: train this model; with ``tokens`` instead of a budget, C = M D.
    :param options: see `AllocateOptions`.
    """
    shapes = None if grid is None else grid_request(grid)
    model = {} if config is None else config_request(config)
    request = {**model, "compute": compute, "law": law_request(law), "grid": shapes, **_laws(options)}
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


def _laws(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options, in which laws are what the library reads."""
    names = ("hyperparameter_law", "world")
    return {name: law_request(value) if name in names else value for name, value in options.items()}


def compare_laws(
    compute: float, *, progress: ProgressOption = None, **options: Unpack[AllocateOptions]
) -> dict[str, Any]:
    """The same budget under every law that splits one: the spread is the message.

    >>> [round(factor, 1) for factor in compare_laws(1e21)["spread"].values()]  # M_opt, D_opt, learning rate, batch
    [10.1, 8.5, 1.1, 1.5]
    """
    request = {"compute": compute, "all_laws": True, **_laws(options)}
    return dict(_library.long_call("allocate", request, progress))


def laws_of_model(
    config: Config, *, tokens: float | str | None = None, compute: float | None = None, sequence_length: int | None = None
) -> dict[str, Any]:
    """What every published law says of one model after so many tokens: learning rate, batch, loss, how far from its
    optimum that is. Tokens, or a budget for D = C / M.

    >>> round(laws_of_model("llama-2-7b", tokens="2T")["laws"][0]["learning_rate"], 6)
    0.000421
    """
    request = {"laws": True, "tokens": tokens, "compute": compute, "sequence_length": sequence_length}
    return dict(_library.call("compare", {**config_request(config), **request}))


@dataclass(frozen=True)
class CountingChoice(Shown):
    """What counting tokens in one way would have trained, judged by the fit in M."""

    #: M, 6N1 or 6N2.
    account: str
    #: Of the account's size in its compute.
    exponent: float
    n_layers: int
    d_model: int
    M: int
    tokens: float
    size_over_optimum: float
    #: Loss above the optimum's; None too far off it for a parabola.
    loss_penalty: float | None
    #: The share of the budget that the optimum would not need for the same loss.
    compute_wasted: float | None


def compare_counting(
    runs: Any, compute: float, *, style: str | None = None, sequence_length: int | None = None
) -> tuple[CountingChoice, ...]:
    """What counting by M, by 6 N1 and by 6 N2 would train for a budget, from IsoFLOP runs that were made.

    >>> [choice.account for choice in compare_counting("runs.csv", 1e22)]
    ['M', '6N1', '6N2']
    """
    request = {"runs": runs_request(runs), "compute": compute, "style": style, "sequence_length": sequence_length}
    return tuple(CountingChoice(**row) for row in _library.call("compare", request))


@dataclass(frozen=True)
class Sizes:
    """Real shapes of a size and style, best first."""

    size: float
    measure: str
    style: str
    candidates: int
    shapes: tuple[Mapping[str, Any], ...] = field(repr=False)

    def _repr_html_(self) -> str:
        return _shapes_html(self.shapes, f"{self.size:.4g} {self.measure}, style {self.style}")


def size(
    size: float | str,
    *,
    style: str | None = None,
    by: str | None = None,
    top: int = 10,
    **options: Unpack[SizeOptions],
) -> Sizes:
    """Real shapes within 5 % of a size (``"7B"``), ranked by one documented score.

    >>> size("7B", top=1).shapes[0]["parameters"]
    6996414464

    :param style: ``"llama"`` (by default), ``"deepseek"``, ``"qwen"``, ``"gpt"`` or ``"moe"``.
    :param by: what the size is of: ``"total"`` (by default), ``"active"``, ``"non-embedding"`` or ``"M"``.
    :param options: see `SizeOptions`.
    """
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

    def plot(self, axes: Axes | None = None) -> Axes:
        """Each run's M and tokens."""
        x, y = [run["M"] for run in self.runs], [run["tokens"] for run in self.runs]
        return plots.points(x, y, ("M, FLOPs per token", "tokens"), f"{len(self.runs)} runs", axes)

    def _repr_html_(self) -> str:
        return _shapes_html(self.runs, f"{len(self.runs)} runs, {self.compute:.4g} FLOPs")


def plan(
    budgets: float | Sequence[float],
    *,
    count: int | None = None,
    shapes: int | None = None,
    law: Law | None = None,
    progress: ProgressOption = None,
    **options: Unpack[PlanOptions],
) -> Plan:
    """An IsoFLOP experiment: for each budget, shapes on both sides of the optimum, with tokens, batch, learning rate.

    >>> len(plan([1e18, 1e20], count=3, shapes=5).runs)
    15

    :param budgets: budgets in FLOPs; with `count`, the lowest and the highest of so many.
    :param options: see `PlanOptions`.
    """
    spread: Any = listed(budgets)
    if count is not None:
        if spread is None or len(spread) != 2:
            raise InputError("budgets: count goes with the lowest and the highest", field="budgets")
        spread = {"from": spread[0], "to": spread[1]}
    request = {"budgets": spread, "count": count, "shapes": shapes, "law": law_request(law), **_laws(options)}
    answer = _library.long_call("plan", request, progress)
    return Plan(
        answer["law"], answer["compute"], tuple(answer["runs"]), tuple(answer["warnings"]), answer["csv"], answer
    )
