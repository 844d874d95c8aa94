"""What a cluster of two workers answers is what one machine answers, also when workers are killed."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import isoflop

ray = pytest.importorskip("ray")
parquet = pytest.importorskip("pyarrow.parquet")

import isoflop.ray  # noqa: E402
from isoflop.ray import _shards, _sweep  # noqa: E402

heavy = pytest.mark.skipif(os.environ.get("ISOFLOP_CHECK") != "1", reason="takes minutes: ISOFLOP_CHECK=1")
linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds the workers in /proc")

SMALL = {"n_layers": range(8, 41), "d_model": range(512, 4097, 64)}
#: 10^9 shapes, of which 1.1 x 10^8 are feasible.
BILLION = {
    "n_layers": range(8, 136),
    "d_model": range(512, 16512, 64),
    "n_heads": range(1, 126),
    "d_ff": range(256, 64256, 256),
}


@pytest.fixture(scope="module", autouse=True)
def cluster() -> Iterator[None]:
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    yield
    ray.shutdown()


def same(found: Any, whole: Any) -> None:
    """All but how it was found: how long it took, by which kernels, and what a search by bounds happened to look at."""
    for answer in (found, whole):
        assert "shard" not in answer.json
    untold = {"seconds", "evaluated", "implementation"}
    assert {k: v for k, v in found.json.items() if k not in untold} == {
        k: v for k, v in whole.json.items() if k not in untold
    }


QUESTIONS: list[dict[str, Any]] = [
    {"nearest": 4.3e9, "top": 7},
    {"nearest": 2e9, "of": "parameters", "within": 1e8, "top": 20},
    {"count": (1e9, 1e10)},
    {"pareto": ("min M", "max parameters")},
    {"histogram": 5},
    {"histogram": (1e9, 2e9, 1e10), "of": "parameters"},
]


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
@pytest.mark.parametrize("shards", [1, 5, 64])
def test_a_cluster_answers_as_one_machine(question: dict[str, Any], shards: int) -> None:
    same(isoflop.ray.sweep(SMALL, shards=shards, **question), isoflop.sweep(SMALL, **question))


def test_a_shard_may_have_several_cores() -> None:
    same(isoflop.ray.sweep(SMALL, shards=3, cpus=2, nearest=4.3e9), isoflop.sweep(SMALL, nearest=4.3e9))


def test_a_grid_may_be_a_file_that_only_the_script_sees(tmp_path: Path) -> None:
    path = tmp_path / "grid.json"
    path.write_text('{"axes": {"n_layers": "8:40", "d_model": "512:4096:64"}}')
    found = isoflop.ray.sweep(path, nearest=4.3e9, shards=3)
    assert found.request["grid"] == str(path)
    assert found["M"].tolist() == isoflop.sweep(SMALL, nearest=4.3e9)["M"].tolist()


def test_progress_counts_the_shards() -> None:
    seen: list[tuple[int, int]] = []
    isoflop.ray.sweep(SMALL, nearest=4.3e9, shards=9, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (9, 9)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_wrong_requests_are_told_as_on_one_machine() -> None:
    with pytest.raises(isoflop.InputError, match="top") as told:
        isoflop.ray.sweep(SMALL, nearest=4.3e9, top=0, shards=4)
    assert told.value.field == "top"
    with pytest.raises(isoflop.InputError, match="write_rows"):
        isoflop.ray.sweep(SMALL)
    with pytest.raises(isoflop.InputError, match="shards"):
        isoflop.ray.sweep(SMALL, nearest=1e9, shards=0)
    with pytest.raises(isoflop.InputError, match="3 for a shard is more than the 2 cores"):
        isoflop.ray.sweep(SMALL, nearest=1e9, cpus=3)
    with pytest.raises(isoflop.InputError, match="is no number of cores"):
        isoflop.ray.sweep(SMALL, nearest=1e9, cpus=0)
    with pytest.raises(isoflop.InputError, match="cannot be read"):
        isoflop.ray.sweep("/no/such/grid.json", nearest=1e9)
    with pytest.raises(isoflop.InputError, match="connected already"):
        isoflop.ray.sweep(SMALL, nearest=1e9, address="auto")


def test_another_version_on_a_worker_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_shards, "__version__", "0.0.0")
    with pytest.raises(isoflop.WorkError, match="where the script has 0.0.0"):
        isoflop.ray.sweep(SMALL, nearest=1e9, shards=2)


def run(work: Callable[[str], Any], shards: int, retries: int = 3) -> list[Any]:
    return _shards.run(work, shards, name="test", address=None, cpus=1, retries=retries, progress=False)


def dying(folder: Path, times: int, shard: str, work: Callable[[str], Any]) -> Callable[[str], Any]:
    """`work`, but the process that is to do `shard` is killed the first `times` times, in the middle of it."""

    def do(which: str) -> Any:
        answer = work(which)
        deaths = len(os.listdir(folder))
        if which == shard and deaths < times:
            (folder / str(deaths)).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    return do


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_a_shard_whose_worker_is_killed_twice_is_done_again(tmp_path: Path, retries: int) -> None:
    work = partial(isoflop.sweep, SMALL, nearest=4.3e9, top=7, pin=False)
    parts = run(dying(tmp_path, 2, "3/4", lambda shard: work(shard=shard)), 4, retries)
    assert len(os.listdir(tmp_path)) == 2
    same(isoflop.merge(parts), isoflop.sweep(SMALL, nearest=4.3e9, top=7))


def test_a_shard_that_always_kills_its_worker_is_named(tmp_path: Path) -> None:
    with pytest.raises(isoflop.WorkError, match=r"shard 2/3: its worker died 4 times"):
        run(dying(tmp_path, 1000, "2/3", lambda shard: shard), 3, retries=0)


def test_rows_are_those_of_one_machine(tmp_path: Path) -> None:
    written = isoflop.ray.write_rows(SMALL, tmp_path / "rows", shards=7)
    whole = isoflop.sweep(SMALL)
    table = written.dataset().to_table()
    assert table.column_names == whole.names
    for name in whole.names:
        assert np.array_equal(table[name].to_numpy(), whole[name])
    assert written.rows == whole.rows == sum(written.counts)
    assert sorted(written.files) == list(written.files)
    assert sorted(path for path in (tmp_path / "rows").iterdir()) == list(written.files)


def test_rows_go_on_where_an_earlier_call_was(tmp_path: Path) -> None:
    first = isoflop.ray.write_rows(SMALL, tmp_path, shards=4)
    before = [file.stat().st_mtime_ns for file in first.files]
    first.files[2].unlink()
    assert isoflop.ray.write_rows(SMALL, tmp_path, shards=4) == first
    after = [file.stat().st_mtime_ns for file in first.files]
    assert [a == b for a, b in zip(before, after)] == [True, True, False, True]


def test_rows_of_another_grid_are_left_alone(tmp_path: Path) -> None:
    first = isoflop.ray.write_rows(SMALL, tmp_path, shards=2)
    before = [file.read_bytes() for file in first.files]
    with pytest.raises(isoflop.InputError, match="another grid"):
        isoflop.ray.write_rows({**SMALL, "vocab_size": 32000}, tmp_path, shards=2)
    assert [file.read_bytes() for file in first.files] == before
    first.files[0].write_bytes(b"no Parquet")
    with pytest.raises(isoflop.InputError, match="is no Parquet file"):
        isoflop.ray.write_rows(SMALL, tmp_path, shards=2)


def runs_about_a_law() -> dict[str, Any]:
    """Forty runs about a law, with a percent of noise."""
    random = np.random.default_rng(1)
    N, D = (axis.ravel() for axis in np.meshgrid(np.geomspace(1e8, 1e10, 8), np.geomspace(1e9, 1e11, 5)))
    loss = (1.8 + 480 / N**0.35 + 2000 / D**0.37) * random.normal(1, 0.01, N.size)
    return {"params_total": N.tolist(), "tokens": D.tolist(), "loss": loss.tolist()}


@pytest.mark.parametrize("shards", [1, 7])
def test_a_bootstrap_is_that_of_one_machine_bit_for_bit(shards: int) -> None:
    options = {"bootstrap": 200, "starts": 8, "seed": 3}
    whole = isoflop.fit(runs_about_a_law(), **options)
    assert isoflop.ray.fit(runs_about_a_law(), shards=shards, **options) == whole
    assert whole.intervals["alpha"][0] < whole["alpha"] < whole.intervals["alpha"][1]


def test_a_bootstrap_reads_a_file_that_only_the_script_sees(tmp_path: Path) -> None:
    path = tmp_path / "runs.csv"
    columns = runs_about_a_law()
    rows = [",".join(map(repr, row)) for row in zip(*columns.values())]
    path.write_text("\n".join([",".join(columns), *rows]) + "\n")
    options = {"bootstrap": 40, "starts": 8}
    assert isoflop.ray.fit(path, shards=3, **options) == isoflop.fit(path, **options)


def test_a_bootstrap_survives_kills(tmp_path: Path) -> None:
    from isoflop.ray import _bootstrap

    options = {"method": "parametric", "bootstrap": 100, "starts": 8}
    runs = isoflop.scaling.runs_request(runs_about_a_law())
    parts = run(dying(tmp_path, 2, "2/5", lambda shard: _bootstrap._resamples(runs, options, shard)), 5)
    assert len(os.listdir(tmp_path)) == 2
    assert isoflop.fit(runs, resamples=parts[::-1], **options) == isoflop.fit(runs, **options)


def busy() -> list[int]:
    """The processes below this one that work on a shard: Ray gives them the name of the task."""
    parents, titles = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
                titles[int(entry.name)] = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            parents[int(entry.name)] = int(stat[stat.rindex(")") + 1 :].split()[1])

    def is_ours(process: int) -> bool:
        while process in parents and process != os.getpid():
            process = parents[process]
        return process == os.getpid()

    return [process for process, title in titles.items() if title.startswith(b"ray::isoflop") and is_ours(process)]


def until(condition: Callable[[], Any], seconds: float = 60) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s")


class Killer:
    """Kills a worker in the middle of a shard when so many shards are done, and again when so many more are."""

    def __init__(self, *at: int) -> None:
        self.at, self.killed = list(at), 0

    def __call__(self, done: int, total: int) -> None:
        if self.at and self.at[0] <= done < total:
            for process in busy()[:1]:
                os.kill(process, signal.SIGKILL)
                self.killed += 1
                self.at.pop(0)


@linux
def test_interrupting_ends_the_tasks(tmp_path: Path) -> None:
    def work(shard: str) -> None:
        (tmp_path / shard.replace("/", "-")).touch()
        while True:
            time.sleep(0.05)

    def interrupt() -> None:
        until(lambda: len(os.listdir(tmp_path)) == 2)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        run(work, 5)
    until(lambda: not busy())
    assert len(os.listdir(tmp_path)) == 2
    assert run(lambda shard: shard, 2) == ["1/2", "2/2"]


@linux
def test_rows_survive_kills(tmp_path: Path) -> None:
    grid = {"n_layers": range(8, 72), "d_model": range(512, 8192, 64), "d_ff": range(1024, 16384, 512)}
    killer = Killer(1, 4)
    written = isoflop.ray.write_rows(grid, tmp_path, shards=12, progress=killer)
    assert killer.killed == 2
    assert [path.name for path in sorted(tmp_path.iterdir())] == [file.name for file in written.files]
    table, whole = written.dataset().to_table(), isoflop.sweep(grid)
    for name in whole.names:
        assert np.array_equal(table[name].to_numpy(), whole[name])


def billion(**question: Any) -> Any:
    return pytest.param(question, id=str(question))


@heavy
@pytest.mark.parametrize("killed", [(), ("20/64", "41/64")], ids=["", "killed twice"])
@pytest.mark.parametrize(
    "question",
    [
        billion(nearest=4.3e10, top=100),
        billion(nearest=4.3e10, top=100, method="enumerate"),
        billion(histogram=10),
        billion(count=(1e10, 1e11)),
        billion(pareto=("min M", "max parameters")),
    ],
)
def test_a_billion_shapes_in_64_shards(
    question: dict[str, Any], killed: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = _sweep._answer

    def killing(grid: Any, search: Any, shard: str) -> Any:
        found = answer(grid, search, shard)
        mark = tmp_path / shard.replace("/", "-")
        if shard in killed and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    monkeypatch.setattr(_sweep, "_answer", killing)
    found = isoflop.ray.sweep(BILLION, shards=64, **question)
    assert len(os.listdir(tmp_path)) == len(killed)
    same(found, isoflop.sweep(BILLION, **question))


@linux
def test_interrupted_rows_leave_whole_files_only(tmp_path: Path) -> None:
    grid = {"n_layers": range(8, 72), "d_model": range(512, 8192, 64), "d_ff": range(1024, 16384, 512)}

    def interrupt(done: int, total: int) -> None:
        if 2 <= done < total:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        isoflop.ray.write_rows(grid, tmp_path, shards=24, progress=interrupt)
    until(lambda: not busy())
    left = sorted(tmp_path.iterdir())
    assert 2 <= len(left) < 24 and all(file.suffix == ".parquet" for file in left)
    before = {file: file.read_bytes() for file in left}
    written = isoflop.ray.write_rows(grid, tmp_path, shards=24)
    assert written.rows == isoflop.sweep(grid, count=(1, 2**62)).matches
    assert all(file.read_bytes() == data for file, data in before.items())


@linux
def test_interrupting_stops_a_sweep_in_the_middle() -> None:
    # 10^13 shapes, one by one: many minutes of work, were it not stopped.
    grid = {**BILLION, "sequence_length": range(1024, 641024, 64)}

    def interrupt() -> None:
        until(lambda: len(busy()) == 2)
        time.sleep(1)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        isoflop.ray.sweep(grid, nearest=4.3e10, method="enumerate", shards=4)
    until(lambda: not busy())
