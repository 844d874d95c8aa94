"""The library behind the package: loads it, calls it, turns its statuses into exceptions.

ctypes lets go of the interpreter's lock for the time of a call, so calls of several threads run at once.

ctypes and not cffi: a call of its costs 0.4 us where cffi's costs 0.3 (0.1 compiled), and counting one row 4.5 us where it
costs 4.1 (3.6); that is not worth a dependency, or a C compiler where the package is installed.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from .errors import CancelledError, InputError, IsoflopError, MisuseError, WorkError
from ._progress import Progress, ProgressOption

ABI_VERSION = 0x0001_0002

_ERRORS: dict[int, type[IsoflopError]] = {1: WorkError, 2: InputError, 3: MisuseError, 4: CancelledError}


class ProgressStruct(ctypes.Structure):
    _fields_ = [
        ("size", ctypes.c_size_t),
        ("done", ctypes.c_int64),
        ("total", ctypes.c_int64),
        ("rate", ctypes.c_double),
        ("seconds_left", ctypes.c_double),
        ("stage", ctypes.c_char_p),
    ]


def _load() -> ctypes.CDLL:
    name = "libIsoflopC.dylib" if sys.platform == "darwin" else "libIsoflopC.so"
    path = os.environ.get("ISOFLOP_LIBRARY") or str(Path(__file__).parent / name)
    try:
        library = ctypes.CDLL(path)
    except OSError as error:
        raise ImportError(
            f"isoflop: {path} cannot be loaded: {error} (install the package with pip, or name the library in "
            "ISOFLOP_LIBRARY)"
        ) from error
    handle, size, text = ctypes.c_uint64, ctypes.c_size_t, ctypes.c_char_p
    handle_out, text_out, size_out = ctypes.POINTER(handle), ctypes.POINTER(text), ctypes.POINTER(size)
    signatures: dict[str, list[Any]] = {
        "isoflop_arrow_own": [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int32, handle],
        "isoflop_arrow_released": [handle_out, size, size_out],
        "isoflop_arrow_notify": [ctypes.c_void_p, ctypes.c_void_p],
        "isoflop_check_abi": [ctypes.c_uint32],
        "isoflop_error": [text_out, size_out],
        "isoflop_free": [handle],
        "isoflop_control_new": [handle_out],
        "isoflop_control_cancel": [handle],
        "isoflop_control_progress": [handle, ctypes.POINTER(ProgressStruct)],
        "isoflop_call": [text, text, size, handle, handle_out],
        "isoflop_reply_text": [handle, text_out, size_out],
        "isoflop_count_columns": [text, size, text, size, size, ctypes.c_void_p, handle],
        "isoflop_rows_open": [text, size, handle, handle_out],
        "isoflop_rows_info": [handle, ctypes.POINTER(ctypes.c_int64), text_out, size_out],
        "isoflop_rows_fill": [handle, ctypes.c_void_p, size, size, handle],
    }
    # Before functions that another version may not have.
    if library.isoflop_check_abi(ctypes.c_uint32(ABI_VERSION)) != 0:
        raise ImportError(f"isoflop: {path} is of another version than this package: reinstall it")
    for function, arguments in signatures.items():
        entry = getattr(library, function)
        entry.argtypes = arguments
        entry.restype = ctypes.c_int32
    return library


LIBRARY = _load()


def error_of(status: int) -> IsoflopError:
    """The exception for what the last call of this thread ended with."""
    text, length = ctypes.c_char_p(), ctypes.c_size_t()
    LIBRARY.isoflop_error(ctypes.byref(text), ctypes.byref(length))
    parts: dict[str, Any] = json.loads(text.value or b"{}")
    kind = _ERRORS.get(status, MisuseError)
    return kind(parts.pop("message", f"status {status}"), **parts)


def check(status: int) -> None:
    if status != 0:
        raise error_of(status)


def plain(value: Any) -> Any:
    """What json has no word for: NumPy numbers and arrays, columns of frames, lists and mappings of other kinds, paths,
    torch's dtypes.
    """
    if isinstance(value, (bytes, bytearray)):
        raise TypeError(f"{bytes(value)!r} is no text: decode() it")
    for method in ("tolist", "to_list", "to_pylist"):  # NumPy and pandas, polars, pyarrow
        if hasattr(value, method):
            made = getattr(value, method)()
            # NumPy gives a long double as what it was.
            return made if type(made) is not type(value) else float(made)
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Iterable):
        return list(value)
    return str(value)


def listed(values: Any) -> Any:
    """One of something, or several, as a list; None where there are none."""
    if values is None:
        return None
    if not isinstance(values, (str, int, float, Mapping)):
        values = plain(values)
    return list(values) if isinstance(values, list) else [values]


def encoded(request: Mapping[str, Any]) -> bytes:
    """The options that are given, as JSON."""
    given = {name: value for name, value in request.items() if value is not None}
    try:
        return json.dumps(given, default=plain, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        around = error.object[max(0, error.start - 20) : error.end]
        raise InputError(f"{around!r}: is no Unicode (a file whose name is not UTF-8 has to be renamed)") from None


def call(function: str, request: Mapping[str, Any], control: int = 0) -> Any:
    """Asks the library; integers of the answer are exact."""
    text = encoded(request)
    reply = ctypes.c_uint64()
    status = LIBRARY.isoflop_call(function.encode(), text, len(text), control, reply)
    if status != 0:
        raise error_of(status)
    try:
        answer, length = ctypes.c_char_p(), ctypes.c_size_t()
        check(LIBRARY.isoflop_reply_text(reply, answer, length))
        return json.loads(answer.value or b"null")
    finally:
        LIBRARY.isoflop_free(reply)


def long_call(function: str, request: Mapping[str, Any], progress: ProgressOption = None) -> Any:
    """The same for what may take long: Ctrl-C stops it, and progress shows."""
    return watched(lambda control: call(function, request, control), progress)


def watched(work: Callable[[int], Any], progress: ProgressOption = None) -> Any:
    """Runs `work` with a control beside the calling thread, which stays awake for Ctrl-C and shows progress."""
    control = ctypes.c_uint64()
    check(LIBRARY.isoflop_control_new(control))
    outcome: list[Any] = []
    done = threading.Event()

    def run() -> None:
        try:
            outcome.append((work(control.value), None))
        except BaseException as error:
            outcome.append((None, error))
        finally:
            done.set()

    thread = threading.Thread(target=run, name="isoflop", daemon=True)
    shown = Progress(progress)
    try:
        thread.start()
        try:
            while not done.wait(0.1):
                now = ProgressStruct(size=ctypes.sizeof(ProgressStruct))
                check(LIBRARY.isoflop_control_progress(control, now))
                shown.show(now.done, now.total, now.stage.decode() if now.stage else None)
        except BaseException:
            LIBRARY.isoflop_control_cancel(control)
            thread.join()
            raise
    finally:
        shown.close()
        LIBRARY.isoflop_free(control)
    answer, error = outcome[0]
    if error is not None:
        raise error
    return answer
