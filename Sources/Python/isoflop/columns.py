"""Named NumPy columns that Arrow readers take as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _arrow
from ._shown import table
from .errors import InputError

#: Rows that a notebook shows.
_SHOWN = 12


class Columns(Mapping[str, npt.NDArray[Any]]):
    """Columns of equal length by name: `table["M"]`, `dict(table)`, `polars.DataFrame(table)`, `pyarrow.table(table)`.

    The columns are NumPy arrays, and what Arrow readers get is the same memory. For `polars.from_arrow` a table is one
    column of structs.
    """

    def __init__(self, columns: Mapping[str, npt.NDArray[Any]], rows: int) -> None:
        self._columns = dict(columns)
        shape = (rows,)
        for name, column in self._columns.items():
            if column.shape != shape:
                raise InputError(f"{name}: has shape {column.shape} where there are {rows} rows", field=name)
        #: How many rows there are.
        self.rows = rows

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        try:
            return self._columns[name]
        except KeyError:
            raise KeyError(f"{name} (there are {', '.join(self._columns) or 'no columns'})") from None

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
        rows: list[Any] = [[column.item(row) for column in self.values()] for row in self._shown()]
        if self.rows > _SHOWN:
            rows.insert(_SHOWN // 2, ["…"] * len(self))
        return f"{table(rows, head=self.names)}<p>{self.rows:,} rows</p>"

    def _shown(self) -> list[int]:
        """The first and the last rows, or all where they are few."""
        half = _SHOWN // 2
        return [*range(self.rows)] if self.rows <= _SHOWN else [*range(half), *range(self.rows - half, self.rows)]
