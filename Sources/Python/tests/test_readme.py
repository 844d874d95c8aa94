"""The Python of the project's README runs, and a comment at the end of a line is what the line gives."""

import pathlib
import re

import isoflop

README = pathlib.Path(__file__).parents[3] / "README.md"


def test_the_readme_runs():
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(), re.S)
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
