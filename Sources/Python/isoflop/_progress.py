"""Progress of long calls: a bar of tqdm where it is installed and someone looks, or a function of the caller's."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

#: None: a bar where tqdm is installed and a person looks (a terminal, a notebook). True: a bar. False: nothing. A
#: function is called with what is done and of how much.
ProgressOption = bool | Callable[[int, int], None] | None


def _someone_looks() -> bool:
    return "ipykernel" in sys.modules or bool(getattr(sys.stderr, "isatty", lambda: False)())


class Progress:
    """Shows how far a call is, from half a second on."""

    def __init__(self, option: ProgressOption, unit: str = "shapes") -> None:
        if not (option is None or isinstance(option, bool) or callable(option)):
            raise TypeError(f"progress: True, False, None or a function, not {type(option).__name__}")
        self._function = option if callable(option) else None
        self._bar: Any = None
        self._wanted = option is True or (option is None and _someone_looks())
        self._must = option is True
        self._start = time.monotonic()
        self._unit = unit
        self._stage: str | None = None

    def show(self, done: int, total: int, stage: str | None = None) -> None:
        """`stage`: what of, where it is not the shapes (or shards) that the bar is for."""
        if total <= 0:
            return
        if self._function:
            self._function(done, total)
        elif self._wanted and time.monotonic() - self._start > 0.5:
            self._advance(done, total, stage)

    def _advance(self, done: int, total: int, stage: str | None) -> None:
        if self._bar is None:
            try:
                from tqdm.auto import tqdm
            except ImportError:
                if self._must:
                    raise ImportError("a progress bar needs tqdm: pip install 'isoflop[progress]'") from None
                self._wanted = False
                return
            self._stage = stage
            self._bar = tqdm(total=total, unit=stage or self._unit, unit_scale=True, leave=False)
        if stage != self._stage or done < self._bar.n:
            # Another stage of the call begins: fits look for a minimum first, and resample then.
            self._stage = stage
            self._bar.unit = stage or self._unit
            self._bar.reset(total=total)
        self._bar.total = total
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
