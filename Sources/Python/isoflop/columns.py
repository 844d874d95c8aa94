"""Named NumPy columns that Arrow readers take as they are."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _arrow


class Columns(Mapping[str, npt.NDArray[Any]]):
    """Columns of equal length by name: `table["M"]`, `dict(table)`, `polars.from_arrow(table)`, `pyarrow.table(table)`.

    The columns are NumPy arrays, and what Arrow readers get is the same memory.
    """

    def __init__(self, columns: Mapping[str, npt.NDArray[Any]], rows: int) -> None:
        self._columns = dict(columns)
        #: How many rows there are.
        self.rows = rows

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    @property
    def names(self) -> list[str]:
        return list(self._columns)

    def __eq__(self, other: object) -> bool:
        """The same columns with the same elements, in the same order."""
        if not isinstance(other, Columns):
            return NotImplemented
        return self.names == other.names and all(
            mine.dtype == theirs.dtype and np.array_equal(mine, theirs)
            for mine, theirs in zip(self.values(), other.values())
        )

    __hash__ = None  # type: ignore[assignment]

    def row(self, index: int) -> dict[str, Any]:
        """One row as Python numbers."""
        return {name: column.item(index) for name, column in self._columns.items()}

    def __arrow_c_schema__(self) -> Any:
        return _arrow.schema_capsule(self._columns)

    def __arrow_c_array__(self, requested_schema: Any = None) -> tuple[Any, Any]:
        return _arrow.schema_capsule(self._columns), _arrow.array_capsule(self._columns, self.rows)

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return _arrow.stream_capsule(self._columns, self.rows)

    def to_pandas(self) -> Any:
        """A pandas frame over the same memory."""
        import pandas

        return pandas.DataFrame(self._columns, copy=False)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.rows:,} rows: {', '.join(self._columns)}>"

    def _repr_html_(self) -> str:
        shown = range(self.rows) if self.rows <= 12 else [*range(6), *range(self.rows - 6, self.rows)]
        head = "".join(f"<th>{html.escape(name)}</th>" for name in self._columns)
        body = ""
        for index in shown:
            if self.rows > 12 and index == self.rows - 6:
                body += f'<tr><td colspan="{len(self._columns)}">…</td></tr>'
            body += "<tr>" + "".join(f"<td>{_cell(column.item(index))}</td>" for column in self._columns.values()) + "</tr>"
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{self.rows:,} rows</p>"


def _cell(value: Any) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:,}"
    return html.escape(str(value))
