"""Memory of large results, used again: zeroing fresh pages takes longer than computing what goes into them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

#: Results of this size are worth it; smaller ones NumPy and malloc keep themselves.
_WORTH_KEEPING = 1 << 20
#: What is kept of results that are gone, at most.
_LIMIT = 256 << 20
_LINE = 64
#: By size. Without a lock, which a finaliser must not wait for: pop and append are whole, and what slips through between
#: them is freed, not lost.
_free: dict[int, list[npt.NDArray[np.uint8]]] = {}


class _Block:
    """What the arrays over a piece of memory stand on: where the last of them is gone, the memory is free again."""

    def __init__(self, memory: npt.NDArray[np.uint8], rows: int, dtype: np.dtype[Any]) -> None:
        self.memory = memory
        address, read_only = memory.__array_interface__["data"]
        # Results that begin at a cache line can all be stored past the caches at once.
        place = (-(-address // _LINE) * _LINE, read_only)
        self.__array_interface__ = {"version": 3, "shape": (rows,), "typestr": dtype.str, "data": place}

    def __del__(self) -> None:
        size = self.memory.nbytes - _LINE
        if sum(kept * len(stack) for kept, stack in list(_free.items())) + size > _LIMIT:
            _free.clear()
        if size <= _LIMIT:
            _free.setdefault(size, []).append(self.memory)


def empty(rows: int, dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    """`numpy.empty`, from memory of earlier results where there is some of this size."""
    size = rows * dtype.itemsize
    if size < _WORTH_KEEPING:
        return np.empty(rows, dtype)
    try:
        memory = _free[size].pop()
    except (KeyError, IndexError):
        memory = np.empty(size + _LINE, np.uint8)
    return np.asarray(_Block(memory, rows, dtype))
