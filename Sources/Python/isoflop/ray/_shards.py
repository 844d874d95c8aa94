"""One function over all shards of some work, on the workers of a Ray cluster, until every shard is there."""

from __future__ import annotations

import logging
import os
import socket
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

try:
    import ray
    from ray import exceptions
except ImportError as error:
    raise ImportError("isoflop.ray needs Ray: pip install 'isoflop[ray]'") from error

from .. import __version__
from .._progress import Progress, ProgressOption
from ..errors import InputError, WorkError

#: What a task ends with when its process, its machine or what it had made is gone, not when it is wrong.
LOST = (
    exceptions.WorkerCrashedError,
    exceptions.NodeDiedError,
    exceptions.ObjectLostError,
    exceptions.OutOfMemoryError,
    exceptions.LocalRayletDiedError,
)
#: How often a shard is handed in anew after Ray has given up on it.
RESUBMISSIONS = 3
#: Tasks that wait in Ray at a time; more would only fill its tables.
IN_FLIGHT = 1000
#: Seconds for cancelled shards to end by themselves before their processes are ended.
GRACE = 10.0


@dataclass(frozen=True)
class Sent:
    """A file of this machine, for workers that do not see it."""

    name: str
    data: bytes

    @staticmethod
    def of(source: Any) -> Any:
        """The file that `source` names; what is no path stays what it is."""
        if not isinstance(source, (str, os.PathLike)):
            return source
        path = os.fspath(source)
        try:
            with open(path, "rb") as file:
                return Sent(os.path.basename(path), file.read())
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {error.strerror}", file=path) from error

    @staticmethod
    def received(source: Any, folder: str) -> Any:
        """`source` again, as a path in `folder` where it was a file."""
        if not isinstance(source, Sent):
            return source
        path = os.path.join(folder, source.name)
        with open(path, "wb") as file:
            file.write(source.data)
        return path


@contextmanager
def connected(address: str | None) -> Iterator[None]:
    """A connection to Ray: the one that there is, else one for the time of the call."""
    if ray.is_initialized():
        if address is not None:
            raise InputError(
                f"address: {address}: Ray is connected already (leave address out, or call ray.shutdown() first)",
                field="address",
                value=address,
            )
        yield
        return
    ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    try:
        yield
    finally:
        ray.shutdown()


def _check_cores(cpus: int) -> None:
    """Refuses what no machine could start; a cluster of several, or one that begins without cores, may still grow."""
    alive: list[Any] = [node for node in ray.nodes() if node["Alive"]]  # type: ignore[no-untyped-call]
    cores = [node["Resources"].get("CPU", 0) for node in alive]
    if len(cores) == 1 and 0 < cores[0] < cpus:
        told = f"{cpus} for a shard is more than the {cores[0]:g} cores of the cluster"
        raise InputError(f"cpus: {told}", field="cpus", value=str(cpus))


def _do(work: Callable[[str], Any], shard: str, version: str) -> Any:
    if version != __version__:
        raise WorkError(
            f"{socket.gethostname()} has isoflop {__version__} where the script has {version} (install the same)"
        )
    return work(shard)


def run(
    work: Callable[[str], Any],
    shards: int,
    *,
    name: str,
    address: str | None,
    cpus: int,
    retries: int,
    progress: ProgressOption,
) -> list[Any]:
    """What `work` returns for every shard ``"1/n"`` … ``"n/n"``, in their order.

    Ray starts a task again `retries` times when its worker dies; after that, or when a machine took a result with it,
    the shard is handed in anew. An exception of `work` itself ends all, and so does Ctrl-C.

    :param work: a function that can be pickled, and that returns the same whenever it is called.
    :param cpus: cores that Ray sets aside for a shard.
    :param progress: as elsewhere; a function is called with the shards that are done and of how many.
    :raises WorkError: where a shard takes its workers with it again and again.
    """
    if isinstance(shards, bool) or not isinstance(shards, int) or not 1 <= shards <= 1 << 20:
        raise InputError(f"shards: {shards} is no number of shards (1 to {1 << 20})", field="shards", value=str(shards))
    if isinstance(cpus, bool) or not isinstance(cpus, int) or cpus < 1:
        raise InputError(f"cpus: {cpus} is no number of cores", field="cpus", value=str(cpus))
    results: dict[str, Any] = {}
    with connected(address):
        _check_cores(cpus)
        task = ray.remote(_do).options(name=f"isoflop {name}", num_cpus=cpus, max_retries=retries)
        shared = ray.put(work)
        waiting = deque(f"{index}/{shards}" for index in range(1, shards + 1))
        pending: dict[Any, str] = {}
        losses: Counter[str] = Counter()
        shown = Progress(progress, unit="shards")
        try:
            while waiting or pending:
                while waiting and len(pending) < IN_FLIGHT:
                    shard = waiting.popleft()
                    pending[task.remote(shared, shard, __version__)] = shard
                ready, _ = ray.wait(list(pending), timeout=0.2)
                for reference in ready:
                    shard = pending.pop(reference)
                    try:
                        results[shard] = ray.get(reference)
                    except LOST as error:
                        losses[shard] += 1
                        if losses[shard] > RESUBMISSIONS:
                            raise WorkError(
                                f"shard {shard}: its worker died {(retries + 1) * losses[shard]} times, at last with: "
                                f"{_sentence(error)} (more shards need less memory each)"
                            ) from error
                        waiting.appendleft(shard)
                    except exceptions.RayTaskError as error:
                        raise error.cause from None
                shown.show(len(results), shards)
        except BaseException:
            _cancel(list(pending))
            raise
        finally:
            shown.close()
    return [results[f"{index}/{shards}"] for index in range(1, shards + 1)]


def _sentence(error: BaseException) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__


def _cancel(references: list[Any]) -> None:
    """Ends the tasks: those that wait at once, those that run by the exception that Ctrl-C is there too."""
    if not references or not ray.is_initialized():
        return
    for reference in references:
        ray.cancel(reference)
    _, left = ray.wait(references, num_returns=len(references), timeout=GRACE)
    for reference in left:
        ray.cancel(reference, force=True)
