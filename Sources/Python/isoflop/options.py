"""The options that calls pass on: those of the command line's commands, with _ for -."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict

from ._progress import ProgressOption

#: What is known by the name of a law, a path, an object or a `Fit`; see `isoflop.Law`.
_Law = Any


class FitOptions(TypedDict, total=False):
    """Of `fit`, `compare_groups`, `compare_accounts` and `isoflop.ray.fit`."""

    #: Our column to theirs: ``{"tokens": "my_column"}``.
    map: Mapping[str, str]
    #: The column that is the scale: params_total, params_nonembedding, flops_per_token …
    scale: str
    #: The column that holds each run's budget, or "auto".
    budget: str
    #: Only runs like this: ``"dataset=c4"``, ``"compute_flops<=1e19"``.
    where: str | Sequence[str]
    #: Only the best run of each combination of these columns.
    best_per: str | Sequence[str]
    #: Leave out the k highest losses.
    drop_highest: int
    #: What a resample draws together: run, model, budget or a column.
    resample: str
    #: Bytes of text per token: converts nats per token and bits per byte.
    bytes_per_token: float
    unit: Literal["nats-per-token", "bits-per-byte"]
    #: Use every checkpoint of a run, not only its last.
    keep_checkpoints: bool
    #: Mix these all the same: repeated-data, active-parameters, validation-sets, loss-units.
    comparable: str | Sequence[str]
    #: Parametric: of the residuals; they are of ln L or of L.
    loss: Literal["huber", "lad", "squared"]
    residual: Literal["log", "linear"]
    #: Where Huber's loss turns from square to absolute.
    delta: float
    #: From how many places the search starts.
    starts: int
    tie_exponents: bool
    fix_E: float
    #: Hold a = beta / (alpha + beta) at this, or at what the IsoFLOP profiles give.
    exponent: float | Literal["isoflop"]
    #: IsoFLOP: parabola, cubic, akima. Hyper-parameters: quadratic, near-optimal, best.
    profile: str
    #: IsoFLOP: only runs within this of the best, in ln scale.
    window: float
    log_loss: bool
    weighted: bool
    #: Hyper-parameters: what laws are of, one or two of C, N, D.
    predictors: str | Sequence[str]
    #: Resamples for intervals; 0 for none.
    bootstrap: int
    #: runs, pooled-runs (IsoFLOP: over all budgets), residuals, noise (as repeated runs show it), ``"noise=0.002"``.
    scheme: str
    seed: int
    level: float


class SearchOptions(TypedDict, total=False):
    """What a sweep is to find, on one machine or many."""

    nearest: float | str | None
    of: str | None
    top: int | None
    within: float | str | None
    count: tuple[float, float] | None
    pareto: str | Sequence[str | Mapping[str, str]] | None
    method: str | None
    progress: ProgressOption


class SweepOptions(SearchOptions, total=False):
    """Of `sweep`, whose own words say what each does."""

    around: Any
    vary: Mapping[str, Any] | None
    sequence_length: Any
    attention: Literal["full", "causal"] | None
    constraints: Mapping[str, Any] | None
    loss: _Law
    compute: float | None
    shard: str | None
    kernel: str | None
    threads: int | None
    pin: bool


class ConstraintOptions(TypedDict, total=False):
    """What a shape has to be able to do."""

    #: Heads, key-value heads and d_ff must divide by it.
    tensor_parallel: int
    #: n_layers must divide by it.
    pipeline_parallel: int
    max_parameters: float | str
    #: Bytes of cache a token, bf16.
    max_kv_bytes: float
    #: d_model / n_layers within these.
    aspect_ratio: tuple[float, float]
    d_model_multiple: int
    n_heads_multiple: int
    #: Gigabytes of one accelerator, which weights, gradients and optimiser state must fit.
    memory: float
    #: Accelerators that share them.
    devices: float


class MachineOptions(TypedDict, total=False):
    """What a run runs on, what that costs and draws."""

    accelerators: float
    #: One by name, for its peak and power.
    accelerator: str
    #: FLOPs per second of one, instead of a name.
    peak: float
    #: The share of the peak that the FLOPs of M reach (0.4).
    mfu: float
    #: Of one accelerator for one hour.
    price: float
    watts: float
    node_overhead: float
    pue: float
    #: kg of CO2 equivalent per kWh.
    carbon: float


class AllocateOptions(ConstraintOptions, MachineOptions, total=False):
    """Of `allocate` and `compare_laws`."""

    #: Budgets other than FLOPs.
    hours: float
    accelerator_hours: float
    money: float
    hyperparameter_law: _Law
    style: str
    #: How many real shapes (5).
    top: int
    #: Train on exactly so many tokens, or a model of exactly this size.
    tokens: float | str
    size: float | str
    #: Beyond them tokens repeat.
    unique_tokens: float | str
    inference_tokens: float | str
    sequence_length: int
    vocab_size: int
    #: Shares of the tokens with their lengths: ``[(0.9, 4096), (0.1, 32768)]``.
    length_schedule: Sequence[tuple[float, int]]
    #: Sequences of a batch come in multiples of this.
    batch_multiple: int
    #: The band holds sizes within this share of the lowest loss (0.0025).
    band: float
    #: How a grid is searched.
    method: str
    kernel: str
    threads: int
    pin: bool


class SizeOptions(ConstraintOptions, total=False):
    """Of `size`."""

    vocab_size: int
    sequence_length: int


class PlanOptions(ConstraintOptions, MachineOptions, total=False):
    """Of `plan`."""

    #: Largest size over the optimum, and the optimum over the smallest (4).
    span: float
    hyperparameter_law: _Law
    batch_multiple: int
    style: str
    sequence_length: int
    #: Simulated worlds to try the plan in.
    simulate: int
    #: Propose a better grid of the same compute.
    optimise: bool
    #: Compare counting by M, 6N1 and 6N2 at this budget, in so many worlds.
    against_6n: float
    worlds: int
    #: The law with the surface of simulated worlds, and the noise of a run as a share of its loss.
    world: _Law
    noise: float
    seed: int


class TrainingOptions(TypedDict, total=False):
    """What a training step runs, of `count`, `memory` and `mfu`."""

    recompute: Literal["none", "selective", "full"]
    #: Train low-rank adapters alone, on these projections.
    lora_rank: int
    lora_targets: Sequence[str]
    #: Freeze the embedding and the first n layers.
    frozen_layers: int
