"""The Python of the READMEs runs, and a comment at the end of a line is what the line gives."""

import pathlib
import re

import isoflop
import pytest

ROOT = pathlib.Path(__file__).parents[3]


@pytest.mark.parametrize("readme", [ROOT / "README.md", ROOT / "Sources/Python/README.md"], ids=["project", "package"])
def test_the_readme_runs(readme: pathlib.Path) -> None:
    # What is done on a cluster is for test_ray.
    blocks = [block for block in re.findall(r"```python\n(.*?)```", readme.read_text(), re.S) if "isoflop.ray" not in block]
    assert blocks
    for block in blocks:
        names = {"isoflop": isoflop}
        for line in filter(None, block.splitlines()):
            code, _, said = line.partition("  # ")
            if code.startswith("import "):
                exec(code, names)
            else:
                value = eval(code, names)
                assert not said or str(value) == said.strip()
