"""Memory of large results, used again: zeroing fresh pages takes longer than computing what goes into them."""

from __future__ import annotations

import itertools
import mmap
from typing import Any

import numpy as np
import numpy.typing as npt

#: Results of this size are worth it; smaller ones NumPy and malloc keep themselves.
_WORTH_KEEPING = 1 << 20
#: What is kept of results that are gone, at most.
_LIMIT = 512 << 20
_LINE = 64
_HUGE_PAGE = 2 << 20
#: Columns that begin at one offset within 2 MiB compete for the same sets of every cache (as ColumnArena has it in Swift).
_STAGGER = 4096 + 256
_STAGGERS = 16
_turn = itertools.count()


class _Memory:
    """A mapping on huge pages, where the system has them."""

    def __init__(self, size: int) -> None:
        self.size = size
        mapped = size + _STAGGERS * _STAGGER + _HUGE_PAGE
        mapping = mmap.mmap(-1, mapped, flags=mmap.MAP_PRIVATE | mmap.MAP_ANON)
        if hasattr(mmap, "MADV_HUGEPAGE"):
            try:
                mapping.madvise(mmap.MADV_HUGEPAGE)
            except OSError:
                pass  # A kernel without them: all works the same, with more address translation.
        # Holds the mapping, which ends with it.
        self.bytes = np.frombuffer(mapping, np.uint8)
        address = self.bytes.__array_interface__["data"][0]
        self.start = -(-address // _HUGE_PAGE) * _HUGE_PAGE + next(_turn) % _STAGGERS * _STAGGER


#: By size. Without a lock, which a finaliser must not wait for: pop and append are whole, and what slips through between
#: them is freed, not lost.
_free: dict[int, list[_Memory]] = {}


def _kept() -> int:
    return sum(size * len(stack) for size, stack in list(_free.items()))


class _Block:
    """What the arrays over a piece of memory stand on: where the last of them is gone, the memory is free again."""

    def __init__(self, memory: _Memory, rows: int, dtype: np.dtype[Any], like: int) -> None:
        self.memory = memory
        # Results that begin where sizes do within a cache line are read and stored in whole lines at once.
        place = (memory.start + like % _LINE, False)
        self.__array_interface__ = {"version": 3, "shape": (rows,), "typestr": dtype.str, "data": place}

    def __del__(self) -> None:
        size = self.memory.size
        if size > _LIMIT:
            return
        # Other sizes go first. What is there of this one stays: a loop will want it again.
        for other in list(_free):
            if other != size and _kept() + size > _LIMIT:
                _free.pop(other, None)
        if _kept() + size <= _LIMIT:
            _free.setdefault(size, []).append(self.memory)


def empty(rows: int, dtype: np.dtype[Any], like: int = 0) -> npt.NDArray[Any]:
    """`numpy.empty`, from memory of earlier results where there is some of this size.

    :param like: the address of a column that is read beside it, 0 where there is none.
    """
    size = rows * dtype.itemsize
    if size < _WORTH_KEEPING:
        return np.empty(rows, dtype)
    try:
        memory = _free[size].pop()
    except (KeyError, IndexError):
        memory = _Memory(size)
    return np.asarray(_Block(memory, rows, dtype, like))
