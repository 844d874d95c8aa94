"""What a law predicts: the loss of a run, the end of one that is under way, what more compute brings, and whether the
law holds.
"""

from __future__ import annotations

import json as json_module
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import _library
from ._shown import Shown
from .counting import Config, config_request
from .errors import InputError
from .scaling import Law, law_request, runs_request


@dataclass(frozen=True)
class Score(Shown):
    """A benchmark's score at a predicted loss, with its 95 % interval."""

    value: float
    low: float | None
    high: float | None
    form: str
    #: Runs that the relation was fitted to.
    runs: int


@dataclass(frozen=True)
class Forecast(Shown):
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
    #: Where `scores` were given.
    score: Score | None
    json: Mapping[str, Any] = field(repr=False)


#: Columns by name, a file that has them, or a frame.
Table = Mapping[str, Any] | str | os.PathLike[str] | Any


def _columns(table: Table, names: Sequence[str]) -> Any:
    """A path, or columns by name as lists."""
    if isinstance(table, (str, os.PathLike)):
        return os.fspath(table)
    try:
        return {name: _library.plain(table[name]) for name in names}
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise InputError(f"columns {' and '.join(names)} are needed, by name ({error})", field=names[0]) from None


def predict(
    law: Law,
    config: Config | None = None,
    *,
    tokens: float | str,
    size: float | str | None = None,
    sequence_length: int | None = None,
    noise: float | None = None,
    inflation: float | None = None,
    scores: Table | None = None,
    form: str | None = None,
    chance: float | None = None,
) -> Forecast:
    """The loss that a law predicts for a model (or a size in the law's own unit) and its training tokens.

    >>> round(predict("chinchilla", "llama-2-7b", tokens="2T").loss, 4)
    2.0104

    A published law of parameters is one of dense models: of a mixture, the active ones are taken.

    :param tokens: of training, a number or ``"2T"``.
    :param size: instead of a config: of the kind that the law has, a number or ``"7B"``.
    :param noise: of a run as a share of its loss, where the law states none.
    :param inflation: what a power of ten of extrapolation adds to it, from a back-test.
    :param scores: runs with a loss and a score of a benchmark, to carry the forecast through to (columns loss, score).
    :param form: ``"sigmoid"`` or ``"exponential"``; `chance` is the score of guessing.
    """
    answer = _library.call(
        "predict",
        {
            **_run(law, config, tokens, size, sequence_length, noise, inflation),
            "scores": None if scores is None else _columns(scores, ("loss", "score")),
            "form": form,
            "chance": chance,
        },
    )
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
        score=Score(**answer["score"]) if "score" in answer else None,
        json=answer,
    )


def _run(
    law: Law | None,
    config: Config | None,
    tokens: float | str | None,
    size: float | str | None,
    sequence_length: int | None,
    noise: float | None,
    inflation: float | None,
) -> dict[str, Any]:
    model = {} if config is None else config_request(config)
    return {
        **model,
        "law": law_request(law),
        "tokens": tokens,
        "size": size,
        "sequence_length": sequence_length,
        "noise": noise,
        "inflation": inflation,
    }


@dataclass(frozen=True)
class FusionRun(Shown):
    """Tokens and FLOPs of a late-fusion run, the encoder's apart."""

    image_tokens: float
    tokens: float
    vision_compute: float
    language_compute: float
    compute: float
    #: C / D: what an MFU log should count for each token.
    flops_per_token: float
    loss: float | None
    low: float | None
    high: float | None
    json: Mapping[str, Any] = field(repr=False)


def predict_fusion(
    config: Config,
    *,
    tokens: float | str,
    images: float | str,
    vision: Sequence[int],
    frozen_vision: bool = False,
    law: Law | None = None,
    sequence_length: int | None = None,
    noise: float | None = None,
    inflation: float | None = None,
) -> FusionRun:
    """A vision-language run: tokens and FLOPs of both towers, and the loss by a law of your own in M.

    >>> predict_fusion("llama-3-8b", tokens="1T", images="1B", vision=[24, 1024, 576, 1]).tokens
    1576000000000.0

    :param tokens: of text.
    :param vision: the encoder: layers, width, patches of an image, and how many patches a side become one token.
    :param law: fitted to runs of this kind; published laws of text are refused.
    """
    answer = _library.call(
        "predict",
        {
            **_run(law, config, tokens, None, sequence_length, noise, inflation),
            "images": images,
            "vision": list(vision),
            "frozen_vision": frozen_vision or None,
        },
    )
    names = ("image_tokens", "tokens", "vision_compute", "language_compute", "compute", "flops_per_token")
    loss = answer.get("loss") or {"value": None, "low": None, "high": None}
    numbers = {name: answer[name] for name in names}
    return FusionRun(**numbers, loss=loss["value"], low=loss["low"], high=loss["high"], json=answer)


@dataclass(frozen=True)
class Ending(Shown):
    """The last loss of a run, from its curve so far: L = L0 + A S1^-alpha - C S2."""

    final_loss: float
    low: float | None
    high: float | None
    L0: float
    A: float
    alpha: float
    #: What annealing gains: the `annealing` of a later run of the same recipe.
    C: float
    rms: float
    steps: int
    schedule: Mapping[str, Any]


def predict_end(
    curve: Table,
    *,
    steps: int,
    schedule: str | None = None,
    drops: Sequence[tuple[float, float]] | None = None,
    final_rate: float | None = None,
    warmup: int | None = None,
    annealing: float | None = None,
) -> Ending:
    """The end of a run that is under way.

    >>> round(predict_end("curve.csv", steps=8000, schedule="constant").final_loss, 2)
    2.12

    :param curve: columns step and loss.
    :param steps: all steps of the run.
    :param schedule: ``"multi-step"`` (with `drops`, shares of the run with the rate from there), ``"cosine"`` or
        ``"linear"`` (with `final_rate`), ``"constant"``.
    :param annealing: C of an earlier run of the recipe, where this one has not annealed yet.
    """
    request = {
        "curve": _columns(curve, ("step", "loss")),
        "steps": steps,
        "schedule": schedule,
        "drops": None if drops is None else [list(drop) for drop in drops],
        "final_rate": final_rate,
        "warmup": warmup,
        "annealing": annealing,
    }
    return Ending(**_library.call("predict", request))


@dataclass(frozen=True)
class Returns(Shown):
    """What more compute brings."""

    law: str
    irreducible: float
    #: Times the compute that halves what is left above it.
    factor_to_halve: float
    #: Eight doublings, each with its compute, loss and gain.
    doublings: tuple[Mapping[str, float], ...]
    #: FLOPs that reach the target; None where it is below what any compute reaches (or none was given).
    compute_to_target: float | None
    #: From which compute on a doubling gains less than noise, or than it costs.
    undetectable_from: float | None
    uneconomic_from: float | None
    json: Mapping[str, Any] = field(repr=False)


def returns(
    law: Law,
    compute: float,
    *,
    target: float | None = None,
    noise: float | None = None,
    value: float | None = None,
    price: float | None = None,
) -> Returns:
    """The gain of doubling a budget, again and again.

    >>> round(returns("chinchilla", 1e21).factor_to_halve, 1)
    87.9

    :param compute: FLOPs of the first budget.
    :param target: a loss to reach.
    :param noise: of a run as a share of its loss: below it a gain shows in no single run.
    :param value: what a unit of loss is worth, with `price`, what 1e18 FLOPs cost.
    """
    request = {
        "law": law_request(law), "returns": compute, "target": target, "noise": noise, "value": value, "price": price,
    }
    answer = _library.call("predict", request)
    reached = answer.get("compute_to_target")
    return Returns(
        law=answer["law"],
        irreducible=answer["irreducible"],
        factor_to_halve=answer["factor_to_halve"],
        doublings=tuple(answer["doublings"]),
        compute_to_target=None if isinstance(reached, str) else reached,
        undetectable_from=answer["undetectable_from"],
        uneconomic_from=answer["uneconomic_from"],
        json=answer,
    )


@dataclass(frozen=True)
class BackTest(Shown):
    """Every later budget of IsoFLOP runs predicted from those before it."""

    #: Each with compute, observed, predicted and relative_error.
    steps: tuple[Mapping[str, float], ...]
    #: AICc of one curve less that of a broken one: above 6 a break is likely. None for fewer than ten budgets.
    evidence: float | None
    break_at: float | None


def backtest(runs: Any) -> BackTest:
    """How well one loss curve foretells the next budget, and whether a broken one tells the losses better.

    >>> [step["compute"] for step in backtest("runs.csv").steps]  # budgets that were predicted from those before
    [1e+21, 1e+22]
    """
    answer = _library.call("predict", {"backtest": runs_request(runs)})
    return BackTest(tuple(answer["backtest"]), answer["evidence"], answer["break_at"])


class Ledger:
    """Forecasts recorded before their runs, results as they come, and alarms when the law does not hold.

    A file of JSON lines that only grows, the one of `isoflop watch`.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)

    def _ask(self, event: Mapping[str, Any]) -> dict[str, Any]:
        known = {"ledger": self.path} if os.path.exists(self.path) else {}
        answer: dict[str, Any] = _library.call("watch", {**known, **event})
        if answer["event"] is not None:
            with open(self.path, "ab+") as file:
                # A line that an editor left open stays a line of its own.
                if file.tell() > 0:
                    file.seek(-1, os.SEEK_END)
                    if file.read(1) != b"\n":
                        file.write(b"\n")
                file.write(json_module.dumps(answer["event"]).encode() + b"\n")
        return answer

    def forecast(
        self,
        id: str,
        law: Law,
        config: Config | None = None,
        *,
        tokens: float | str,
        size: float | str | None = None,
        sequence_length: int | None = None,
        noise: float | None = None,
        inflation: float | None = None,
    ) -> None:
        """Records what a law says of a run before it is made; a forecast is never rewritten."""
        self._ask({"id": id, **_run(law, config, tokens, size, sequence_length, noise, inflation)})

    def result(self, id: str, loss: float) -> list[str]:
        """Records what a run came to, and returns the alarms that there are now."""
        return list(self._ask({"id": id, "result": loss})["score"]["alarms"])

    @property
    def runs(self) -> list[dict[str, Any]]:
        """Each with its forecast, interval, and where it ended result and z."""
        return list(self._ask({})["runs"])

    @property
    def score(self) -> dict[str, Any]:
        """Results, the share inside their interval, bias, the longest run on one side, alarms."""
        return dict(self._ask({})["score"])

    def __repr__(self) -> str:
        return f"Ledger({self.path!r})"

    @property
    def alarms(self) -> list[str]:
        return list(self.score["alarms"])
