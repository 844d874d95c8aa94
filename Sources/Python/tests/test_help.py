"""The help of every public function has an example, and the examples are true."""

import doctest
import importlib
import inspect
import pathlib
import pkgutil

import isoflop
import pytest

# Examples of isoflop.ray need a cluster: test_ray is for them. The library lies beside the modules of a wheel.
OTHERS = {"ray", "libIsoflopC"}
MODULES = ["isoflop", *(f"isoflop.{one.name}" for one in pkgutil.iter_modules(isoflop.__path__) if one.name not in OTHERS)]


@pytest.fixture
def folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two data sets of 5 budgets on a surface that is known, and a curve that falls like a power."""
    rows = ["flops_per_token,params_nonembedding,params_total,tokens,compute_flops,loss,data"]
    for data, B in (("new", 400), ("old", 500)):
        for C in (1e18, 1e19, 1e20, 1e21, 1e22):
            best = (0.34 * 400 / (0.3 * B)) ** (1 / 0.64) * (C / 6) ** (0.3 / 0.64)
            for step in range(-3, 4):
                N = best * 2 ** (step / 2)
                D = C / (6 * N)
                loss = 1.7 + 400 / N**0.34 + B / D**0.3
                rows.append(f"{6 * N:.8g},{0.85 * N:.8g},{0.85 * N + 2e6 * N**0.25:.8g},{D:.8g},{C:.8g},{loss:.8f},{data}")
    (tmp_path / "runs.csv").write_text("\n".join(rows) + "\n")
    curve = [f"{step},{2 + 6 * step**-0.45:.6f}" for step in range(200, 4001, 50)]
    (tmp_path / "curve.csv").write_text("\n".join(["step,loss", *curve]) + "\n")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_help(folder: None, name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize("name", [name for name in isoflop.__all__ if inspect.isfunction(getattr(isoflop, name))])
def test_functions_have_examples(name: str) -> None:
    text = inspect.getdoc(getattr(isoflop, name)) or ""
    assert ">>> " in text
