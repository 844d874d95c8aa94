"""Many threads, Ctrl-C, progress, memory that stays flat."""

from __future__ import annotations

import _thread
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import isoflop
import numpy as np
import pytest
from isoflop import _library

SECONDS = 60.0 if os.environ.get("ISOFLOP_CHECK") else 2.0
LONG = {"n_layers": range(1, 201), "d_model": range(64, 32001, 64), "sequence_length": range(64, 32001, 64)}


def resident() -> int:
    """Bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


def law_runs() -> dict[str, list[float]]:
    """Forty runs about a law, with a percent of noise."""
    N, D = (axis.ravel() for axis in np.meshgrid(np.geomspace(1e8, 1e10, 8), np.geomspace(1e9, 1e11, 5)))
    loss = (1.8 + 480 / N**0.35 + 2000 / D**0.37) * np.random.default_rng(1).normal(1, 0.01, N.size)
    return {"params_total": N.tolist(), "tokens": D.tolist(), "loss": loss.tolist()}


def test_sixty_four_threads() -> None:
    expected = isoflop.count("llama-2-7b").json
    runs = law_runs()
    wrong: list[Any] = []
    calls = [0] * 64

    def work(index: int) -> None:
        rng = np.random.default_rng(index)
        # Once at least, however late a thread gets its first turn.
        while calls[index] == 0 or time.monotonic() < end:
            try:
                kind = int(rng.integers(10))
                if kind == 0:
                    assert isoflop.count("llama-2-7b").json == expected
                elif kind == 1:
                    rows = int(rng.integers(1, 2000))
                    L = rng.integers(1, 100, rows)
                    assert np.array_equal(
                        isoflop.count_many({"n_layers": L, "d_model": 64})["M"], 72 * L * 64 * 64 + 12 * L * 64 * 4096
                    )
                elif kind == 2:
                    assert isoflop.sweep({"n_layers": range(1, 9), "d_model": [64, 128]}).rows == 16
                elif kind == 3:
                    assert isoflop.allocate(1e20, top=1).architectures
                elif kind == 4:
                    with pytest.raises(isoflop.InputError, match="7 dwarfs"):
                        isoflop.size("7 dwarfs")
                elif kind == 5:
                    assert isoflop.plan((1e17, 1e19), count=3, shapes=3, simulate=2).json["simulation"]["worlds"] == 2
                elif kind == 6:
                    fit = isoflop.fit(runs, bootstrap=8, starts=4, progress=False)
                    assert isoflop.predict(fit, size=1e9, tokens=2e10).loss > 1.8
                elif kind == 7:
                    assert isoflop.sweep(around="mistral-7b", vary={"num_hidden_layers": [24, 32]}).rows == 2
                elif kind == 8:
                    assert len(isoflop.compare("llama-2-7b").accounts) == 7
                    assert isoflop.memory("llama-2-7b").weights == 13_476_831_232
                else:
                    with pytest.raises(isoflop.MisuseError):
                        _library.check(_library.LIBRARY.isoflop_free(2**63))
                calls[index] += 1
            except BaseException as error:
                wrong.append(error)
                return

    end = time.monotonic() + SECONDS / 2
    sizes = []
    for _ in range(2):
        threads = [threading.Thread(target=work, args=(index,)) for index in range(64)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        sizes.append(resident())
        end = time.monotonic() + SECONDS / 2
    assert not wrong, wrong[0]
    assert min(calls) > 0
    # The second half adds nothing but what an allocator keeps.
    assert sizes[1] - sizes[0] < 64 << 20


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_stays_flat() -> None:
    def some() -> None:
        for _ in range(300):
            isoflop.count("llama-2-7b")
            isoflop.count_many({"n_layers": np.arange(1, 500), "d_model": 64})
            with pytest.raises(isoflop.InputError):
                isoflop.count("none")

    some()
    before = resident()
    some()
    assert resident() - before < 8 << 20


def test_the_lock_is_let_go() -> None:
    # Minutes of work, which another thread ends: it gets its turns in the meantime.
    grid = {**LONG, "n_layers": range(1, 200_001)}
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        for ticks in range(1, 21):
            time.sleep(0.01)
        _thread.interrupt_main()

    thread = threading.Thread(target=tick)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        isoflop.sweep(grid, nearest=4.3e10, method="enumerate")
    thread.join()
    assert ticks == 20


def test_ctrl_c_stops_a_sweep() -> None:
    script = (
        "import isoflop\n"
        f"grid = {LONG!r}\n"
        "print('ready', flush=True)\n"
        "try:\n"
        "    while True: isoflop.sweep(grid, nearest=4.3e10, method='enumerate')\n"
        "except KeyboardInterrupt:\n"
        "    print('stopped')\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert out == "stopped\n" and process.returncode == 0


@pytest.mark.parametrize("call", [
    "isoflop.fit(runs, bootstrap=4_000_000, starts=8)", "isoflop.plan((1e17, 1e19), count=3, simulate=10_000_000)",
])
def test_ctrl_c_stops_fits_and_plans(call: str) -> None:
    script = (
        f"import isoflop\nruns = {law_runs()!r}\ntold = []\nprint('ready', flush=True)\n"
        "def progress(done, total):\n"
        "    if not told: print('under way', flush=True)\n"
        "    told.append(done)\n"
        f"try:\n    {call[:-1]}, progress=progress)\n"
        "except KeyboardInterrupt:\n    print('stopped')\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert [process.stdout.readline() for _ in range(2)] == ["ready\n", "under way\n"]
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert out == "stopped\n" and process.returncode == 0


def test_a_bar_shows_the_stages(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tqdm")
    from isoflop._progress import Progress

    shown = Progress(True)
    shown._start -= 1
    for done, total, stage in [(3, 8, "starts"), (8, 8, "starts"), (1, 400, "resamples"), (9, 400, "resamples")]:
        shown.show(done, total, stage)
    assert shown._bar.total == 400 and shown._bar.n == 9 and shown._bar.unit == "resamples"
    shown.close()
    assert "8" in capsys.readouterr().err


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    grid = {**LONG, "d_model": range(64, 16001, 64)}
    isoflop.sweep(grid, nearest=4.3e10, method="enumerate", progress=lambda done, total: told.append((done, total)))
    assert all(0 <= done <= total for done, total in told)
    assert told == sorted(told)


def test_another_version_is_refused() -> None:
    library = _library.LIBRARY
    assert library.isoflop_check_abi(_library.ABI_VERSION + 0x10000) == 3
    progress = _library.ProgressStruct(size=8)
    control = ctypes.c_uint64()
    _library.check(library.isoflop_control_new(control))
    assert library.isoflop_control_progress(control, progress) == 3
    _library.check(library.isoflop_free(control))
    with pytest.raises(isoflop.MisuseError, match="freed"):
        _library.check(library.isoflop_free(control))
