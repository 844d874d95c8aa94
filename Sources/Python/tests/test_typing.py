"""What an editor knows of the package's calls: mypy --strict over a script of a user's."""

from __future__ import annotations

import re
from pathlib import Path

import isoflop
import pytest

SCRIPT = """\
from pathlib import Path
import isoflop
import numpy as np

grid = {"n_layers": [8], "d_model": np.arange(64, 128)}
reveal_type(isoflop.sweep(grid))  # isoflop.sweeping.Sweep
reveal_type(isoflop.sweep("grid.yaml", nearest=1e9, top=3))  # isoflop.sweeping.Sweep
reveal_type(isoflop.sweep(grid, histogram=3))  # isoflop.histograms.Histogram
reveal_type(isoflop.sweep(around="gpt2", vary={"n_layer": [6]}))  # isoflop.sweeping.Sweep
reveal_type(isoflop.merge([isoflop.sweep(grid, nearest=1e9, shard="1/1")]))  # isoflop.sweeping.Sweep
reveal_type(isoflop.merge([isoflop.sweep(grid, histogram=3, shard="1/1")]))  # isoflop.histograms.Histogram
reveal_type(isoflop.count(Path("config.json")).flops_per_token.M)  # int | None
reveal_type(isoflop.count("gpt2").M)  # float
reveal_type(isoflop.fit("runs.csv")["E"])  # float
reveal_type(isoflop.write_rows(grid, "rows.csv")["rows"])  # int
reveal_type(isoflop.allocate(1e20).D_opt)  # float
isoflop.count(5)  # error: arg-type
isoflop.sweep(grid, nearst=1e9)  # error: call-overload
isoflop.allocate(1e20, tpo=3)  # error: call-arg
"""


def test_types_are_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    api = pytest.importorskip("mypy.api")
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    folder = Path(isoflop.__file__).parents[1]
    # What is installed mypy finds itself, and does not want to be told of.
    if folder.name != "site-packages":
        monkeypatch.setenv("MYPYPATH", str(folder))
    monkeypatch.chdir(tmp_path)
    told, _, _ = api.run(["--strict", "--cache-dir", str(tmp_path / "cache"), str(script)])
    for number, line in enumerate(SCRIPT.splitlines(), 1):
        _, _, expected = line.partition("  # ")
        said = [said for said in told.splitlines() if f"script.py:{number}: " in said]
        if expected.startswith("error: "):
            assert any(f"[{expected.removeprefix('error: ')}]" in one for one in said), (line, said)
        elif expected:
            assert [re.findall('"(.*)"', one)[0] for one in said] == [expected], (line, said)
        else:
            assert not said, (line, said)
