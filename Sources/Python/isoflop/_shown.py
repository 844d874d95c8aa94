"""Results as notebooks show them."""

from __future__ import annotations

import html
from dataclasses import fields
from typing import Any


class Shown:
    """A dataclass that a notebook shows as a table of its fields."""

    def _repr_html_(self) -> str:
        rows: list[Any] = [(one.name, getattr(self, one.name)) for one in fields(self) if one.repr]  # type: ignore[arg-type]
        body = "".join(f"<tr><th>{html.escape(name)}</th><td>{_cell(value)}</td></tr>" for name, value in rows)
        return f"<table><caption>{type(self).__name__}</caption>{body}</table>"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, tuple):
        shown = "".join(f"<li>{_cell(one)}</li>" for one in value)
        return f"<ul>{shown}</ul>" if shown else ""
    if hasattr(value, "items"):
        return ", ".join(f"{html.escape(str(name))} {_cell(one)}" for name, one in value.items() if one is not None)
    return html.escape(str(value))
