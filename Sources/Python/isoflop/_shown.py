"""Results as notebooks show them."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any


class Shown:
    """A dataclass that a notebook shows as a table of its fields."""

    def _repr_html_(self) -> str:
        shown: Any = fields(self)  # type: ignore[arg-type]
        return table(((one.name, getattr(self, one.name)) for one in shown if one.repr), type(self).__name__)


def table(rows: Iterable[Sequence[Any]], caption: str | None = None, head: Sequence[str] | None = None) -> str:
    """A table; without `head` the first cell of a row says what the row is."""
    named = head is None
    first = "" if caption is None else f"<caption>{html.escape(caption)}</caption>"
    if head is not None:
        first += f"<thead><tr>{''.join(f'<th>{html.escape(name)}</th>' for name in head)}</tr></thead>"
    body = ""
    for row in rows:
        tags = ("th" if named and column == 0 else "td" for column in range(len(row)))
        body += f"<tr>{''.join(f'<{tag}>{cell(value)}</{tag}>' for tag, value in zip(tags, row))}</tr>"
    return f"<table>{first}<tbody>{body}</tbody></table>"


def cell(value: Any) -> str:
    """A value as HTML: None is nothing, whole numbers are exact, others have six digits."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, tuple):
        shown = "".join(f"<li>{cell(one)}</li>" for one in value)
        return f"<ul>{shown}</ul>" if shown else ""
    if isinstance(value, Mapping):
        return ", ".join(f"{html.escape(str(name))} {cell(one)}" for name, one in value.items() if one is not None)
    return html.escape(str(value))
