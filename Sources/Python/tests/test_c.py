"""The library as a C and a C++ program have it: the header, the symbols, and a caller that gets much wrong."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from isoflop import _library

HERE = Path(__file__).parent
INCLUDE = HERE.parents[1] / "IsoflopC/include"
LIBRARY = Path(_library.LIBRARY._name).resolve()
COMPILER = next(filter(None, map(shutil.which, ("cc", "clang", "gcc"))), None)


@pytest.mark.skipif(COMPILER is None, reason="no C compiler")
@pytest.mark.parametrize("language", ["-std=c11", "-xc++ -std=c++17"])
def test_a_program_that_calls_it(tmp_path: Path, language: str) -> None:
    program = tmp_path / "caller"
    strict = [*language.split(), "-Wall", "-Wextra", "-pedantic", "-Werror", f"-I{INCLUDE}"]
    # The source is of one language, the library of none.
    command = [COMPILER or "", *strict, str(HERE / "caller.c"), "-xnone", str(LIBRARY), "-pthread", "-o", str(program)]
    subprocess.run([*command, f"-Wl,-rpath,{LIBRARY.parent}"], check=True)
    ran = subprocess.run([program], capture_output=True, text=True, timeout=300)
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("nm") is None or sys.platform != "linux", reason="reads the symbols by nm")
def test_nothing_but_the_header_is_shown() -> None:
    told = subprocess.run(["nm", "-D", "--defined-only", LIBRARY], capture_output=True, text=True, check=True).stdout
    shown = {line.split()[-1] for line in told.splitlines()}
    declared = set(re.findall(r"^(?:isoflop_status|uint32_t|void) (isoflop_\w+)\(", (INCLUDE / "isoflop.h").read_text(), re.M))
    assert declared <= shown and len(declared) == 20
    if any(name.startswith("$s") for name in shown):
        pytest.skip("a debug build shows all of itself")
    assert shown == declared
