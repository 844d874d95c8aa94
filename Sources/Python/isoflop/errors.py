"""What can go wrong, with the words that the command line has for it."""

from __future__ import annotations

from typing import Any


class IsoflopError(Exception):
    """Anything that isoflop refuses or cannot do. `str()` of it is one sentence with the way out."""

    #: What is wrong, as half a sentence.
    problem: str
    #: The file, field and value it is about, and what to do, where they are known.
    file: str | None
    field: str | None
    value: str | None
    hint: str | None

    def __init__(self, message: str, **parts: Any) -> None:
        super().__init__(message)
        self.problem = parts.get("problem", message)
        self.file = parts.get("file")
        self.field = parts.get("field")
        self.value = parts.get("value")
        self.hint = parts.get("hint")


class InputError(IsoflopError, ValueError):
    """The request or the input is wrong."""


class WorkError(IsoflopError, RuntimeError):
    """The work was asked for rightly and failed: no memory, a full disk, a fit that did not converge."""


class MisuseError(IsoflopError, RuntimeError):
    """The library was called wrongly, or is of another version than this package."""


class CancelledError(IsoflopError):
    """The call was cancelled before it had a result."""
