"""What a model takes of the hardware: bytes, and the share of the peak that a run reaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import _library
from ._shown import Shown
from .counting import Config, config_request
from .options import TrainingOptions

if TYPE_CHECKING:
    from typing_extensions import Unpack


@dataclass(frozen=True)
class Memory(Shown):
    """Bytes: of the cache, and of what training keeps on each device."""

    name: str
    context: int
    cache_type: str
    cache_bytes_per_token: int
    cache_bytes: int
    weights: int
    gradients: int
    optimizer: int
    training_state: int
    #: Of one micro-batch; None where the published formula does not describe the model.
    activations: int | None
    activations_source: str


def memory(
    config: Config,
    *,
    context: int | None = None,
    cache: str | None = None,
    recipe: str | None = None,
    zero: int | None = None,
    devices: int | None = None,
    micro_batch: int | None = None,
    tensor_parallel: int | None = None,
    **training: Unpack[TrainingOptions],
) -> Memory:
    """Bytes of the key-value cache (or state), of weights, gradients and optimizer under a named recipe, and of
    activations.

    >>> memory("llama-3-8b", context=8192).cache_bytes
    1073741824

    :param context: tokens in the cache; by default the training length.
    :param cache: type of its elements: ``"bf16"`` (by default), ``"fp16"``, ``"fp32"``, ``"fp8"``, ``"int8"``, ``"int4"``.
    :param recipe: what training keeps of a parameter, ``"bf16-adam-fp32"`` by default; the error for another names all.
    :param zero: ZeRO's stage, 0 to 3, over `devices` data-parallel ones.
    :param micro_batch: sequences of which `activations` are, on one of `tensor_parallel` devices.
    :param training: what a training step runs, see `TrainingOptions`.
    """
    request = {
        "context": context,
        "cache": cache,
        "recipe": recipe,
        "zero": zero,
        "devices": devices,
        "micro_batch": micro_batch,
        "tensor_parallel": tensor_parallel,
        **training,
    }
    return Memory(**_library.call("memory", {**config_request(config), **request}))


@dataclass(frozen=True)
class Utilisation(Shown):
    """Model and hardware FLOPs utilisation of a run."""

    model: str
    sequence_length: int
    convention: str
    flops_per_token: float
    peak: float
    mfu: float
    hfu: float


def mfu(
    config: Config,
    *,
    peak: str | float,
    tokens_per_second: float | None = None,
    accelerators: int | None = None,
    tokens: float | str | None = None,
    accelerator_hours: float | None = None,
    precision: str | None = None,
    convention: str | None = None,
    sequence_length: int | None = None,
    **training: Unpack[TrainingOptions],
) -> Utilisation:
    """MFU = tokens per second x training FLOPs per token / (accelerators x peak), for the exact model, head included.

    >>> round(mfu("llama-3-8b", tokens_per_second=12000, accelerators=1, peak="h100").mfu, 3)
    0.625

    :param peak: dense FLOPs per second of one accelerator, or its name (``"h100"``; `isoflop mfu --peaks` lists them).
    :param tokens_per_second: of all `accelerators` together.
    :param tokens: of a whole run, with `accelerator_hours`, instead of a rate and accelerators.
    :param precision: ``"bf16"`` (by default) or ``"fp8"``, for the peak of an accelerator by name.
    :param convention: whose FLOPs per token; ``"exact"``, the default, counts the pairs that the masks let through.
    :param training: what a training step runs, see `TrainingOptions`.
    """
    request = {
        "peak": peak,
        "tokens_per_second": tokens_per_second,
        "accelerators": accelerators,
        "tokens": tokens,
        "accelerator_hours": accelerator_hours,
        "precision": precision,
        "as": convention,
        "sequence_length": sequence_length,
        **training,
    }
    return Utilisation(**_library.call("mfu", {**config_request(config), **request}))
