"""NumPy columns through the Arrow C data and stream interfaces, without a copy and without pyarrow. Flags and texts, which
Arrow keeps in another form, are the exception.

https://arrow.apache.org/docs/format/CDataInterface.html and CStreamInterface.html. Whoever imports the columns holds
them until it calls their release function. That is the library's: readers call it from threads of their own, and while
an exception is on its way, when Python code must not run. What was released is let go here soon after.
"""

from __future__ import annotations

import atexit
import ctypes
import itertools
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _library

Columns = Mapping[str, npt.NDArray[Any]]

_FORMATS = {
    "int8": b"c", "uint8": b"C", "int16": b"s", "uint16": b"S", "int32": b"i", "uint32": b"I", "int64": b"l",
    "uint64": b"L", "float16": b"e", "float32": b"f", "float64": b"g", "bool": b"b", "object": b"U",
}


def _format(name: str, column: npt.NDArray[Any]) -> bytes:
    try:
        return _FORMATS[column.dtype.name]
    except KeyError:
        raise TypeError(f"{name}: {column.dtype} has no form in Arrow here") from None


def _memory(column: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
    """What the buffers of a column point to, behind the one for nulls, of which there are none."""
    if column.dtype == np.bool_:
        return [np.packbits(column, bitorder="little")]
    if column.dtype != object:
        # The column itself, where its elements stand one after the other as the machine reads them.
        return [np.ascontiguousarray(column, dtype=column.dtype.newbyteorder("="))]
    texts = [(value if isinstance(value, str) else json.dumps(value)).encode() for value in column]
    offsets = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum([len(text) for text in texts], out=offsets[1:])
    return [offsets, np.frombuffer(b"".join(texts) or b"\0", dtype=np.uint8)]


class Schema(ctypes.Structure):
    _fields_ = [
        ("format", ctypes.c_char_p),
        ("name", ctypes.c_char_p),
        ("metadata", ctypes.c_char_p),
        ("flags", ctypes.c_int64),
        ("n_children", ctypes.c_int64),
        ("children", ctypes.c_void_p),
        ("dictionary", ctypes.c_void_p),
        ("release", ctypes.c_void_p),
        ("private_data", ctypes.c_void_p),
    ]


class Array(ctypes.Structure):
    _fields_ = [
        ("length", ctypes.c_int64),
        ("null_count", ctypes.c_int64),
        ("offset", ctypes.c_int64),
        ("n_buffers", ctypes.c_int64),
        ("n_children", ctypes.c_int64),
        ("buffers", ctypes.c_void_p),
        ("children", ctypes.c_void_p),
        ("dictionary", ctypes.c_void_p),
        ("release", ctypes.c_void_p),
        ("private_data", ctypes.c_void_p),
    ]


class Stream(ctypes.Structure):
    _fields_ = [
        ("get_schema", ctypes.c_void_p),
        ("get_next", ctypes.c_void_p),
        ("get_last_error", ctypes.c_void_p),
        ("release", ctypes.c_void_p),
        ("private_data", ctypes.c_void_p),
    ]


#: What structs that are out in the world point to, by their private_data.
_alive: dict[int, Any] = {}
_numbers = itertools.count(1)


def _keep(*what: Any) -> int:
    number = next(_numbers)
    _alive[number] = what
    return number


def _let_go(_: int | None = None) -> int:
    """Lets go of what readers have released."""
    numbers, count = (ctypes.c_uint64 * 64)(), ctypes.c_size_t(64)
    while count.value == 64:
        _library.check(_library.LIBRARY.isoflop_arrow_released(numbers, 64, count))
        for number in numbers[: count.value]:
            _alive.pop(number, None)
    return 0


# Python does it between two steps of the main thread.
_let_go_function = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(_let_go)
_library.check(_library.LIBRARY.isoflop_arrow_notify(ctypes.pythonapi.Py_AddPendingCall, _let_go_function))
# Without letting go of the interpreter's lock: there is none to come back to where it ends.
_tell_nobody = ctypes.PYFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p)
atexit.register(_tell_nobody(("isoflop_arrow_notify", _library.LIBRARY)), None, None)


def _address(function: Any) -> int | None:
    return ctypes.cast(function, ctypes.c_void_p).value


_release_schema = _address(_library.LIBRARY.isoflop_arrow_release_schema)
_release_array = _address(_library.LIBRARY.isoflop_arrow_release_array)
_release_stream = _address(_library.LIBRARY.isoflop_arrow_release_stream)


def _pointers(structs: Any, count: int, kind: type[ctypes.Structure]) -> Any:
    size = ctypes.sizeof(kind)
    return (ctypes.c_void_p * count)(*(ctypes.addressof(structs) + index * size for index in range(count)))


def write_schema(columns: Columns, address: int) -> None:
    """A struct of columns that are never null."""
    children = (Schema * len(columns))()
    for child, (name, column) in zip(children, columns.items()):
        text = name.encode()
        child.format, child.name = _format(name, column), text
        child.release, child.private_data = _release_schema, _keep(text)
    pointers = _pointers(children, len(columns), Schema)
    schema = Schema.from_address(address)
    schema.format, schema.name, schema.metadata, schema.flags = b"+s", b"", None, 0
    schema.n_children, schema.children = len(columns), ctypes.addressof(pointers)
    schema.dictionary, schema.release = None, _release_schema
    schema.private_data = _keep(children, pointers)


def write_array(memory: list[list[npt.NDArray[Any]]], rows: int, address: int) -> None:
    """What `_memory` gave for each column."""
    children = (Array * len(memory))()
    for child, parts in zip(children, memory):
        buffers = (ctypes.c_void_p * (len(parts) + 1))(None, *(part.ctypes.data for part in parts))
        child.length, child.n_buffers, child.buffers = rows, len(buffers), ctypes.addressof(buffers)
        child.release, child.private_data = _release_array, _keep(parts, buffers)
    pointers = _pointers(children, len(memory), Array)
    none = (ctypes.c_void_p * 1)(None)
    array = Array.from_address(address)
    array.length, array.null_count, array.offset, array.n_buffers = rows, 0, 0, 1
    array.buffers, array.n_children, array.children = ctypes.addressof(none), len(memory), ctypes.addressof(pointers)
    array.dictionary, array.release = None, _release_array
    array.private_data = _keep(children, pointers, none)


# MARK: Streams

#: What a stream returns where it cannot go on: the number of ENOMEM is the same on every system.
_NO_MEMORY = 12


def _get_schema(stream: int, out: int) -> int:
    try:
        columns, *_ = _alive[Stream.from_address(stream).private_data]
        write_schema(columns, out)
    except MemoryError:
        return _NO_MEMORY
    return 0


def _get_next(stream: int, out: int) -> int:
    try:
        _, memory, rows, sent = _alive[Stream.from_address(stream).private_data]
        if sent:
            ctypes.memset(out, 0, ctypes.sizeof(Array))
        else:
            write_array(memory, rows, out)
            sent.append(True)
    except MemoryError:
        return _NO_MEMORY
    return 0


_get_type = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
_error_type = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)
_get_schema_function = _get_type(_get_schema)
_get_next_function = _get_type(_get_next)
_get_last_error = _error_type(lambda stream: None)

# MARK: Capsules

_new_capsule = ctypes.pythonapi.PyCapsule_New
_new_capsule.restype = ctypes.py_object
_new_capsule.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
_drop = _address(_library.LIBRARY.isoflop_arrow_drop)
#: By the numbers that the library has for them.
_KINDS: tuple[tuple[bytes, type[ctypes.Structure]], ...] = (
    (b"arrow_schema", Schema), (b"arrow_array", Array), (b"arrow_array_stream", Stream),
)


def _capsule(kind: int) -> tuple[Any, int]:
    """A capsule with an empty struct in it, and where that is."""
    _let_go()
    name, struct = _KINDS[kind]
    memory = struct()
    address = ctypes.addressof(memory)
    capsule = _new_capsule(address, name, _drop)
    # A capsule does not copy its name.
    _library.check(_library.LIBRARY.isoflop_arrow_own(id(capsule), address, kind, _keep(memory, name)))
    return capsule, address


def schema_capsule(columns: Columns) -> Any:
    capsule, address = _capsule(0)
    write_schema(columns, address)
    return capsule


def array_capsule(columns: Columns, rows: int) -> Any:
    memory = [_memory(column) for column in columns.values()]
    capsule, address = _capsule(1)
    write_array(memory, rows, address)
    return capsule


def stream_capsule(columns: Columns, rows: int) -> Any:
    # What cannot be read is found here, where there is someone to tell.
    for name, column in columns.items():
        _format(name, column)
    memory = [_memory(column) for column in columns.values()]
    capsule, address = _capsule(2)
    stream = Stream.from_address(address)
    stream.get_schema, stream.get_next = _address(_get_schema_function), _address(_get_next_function)
    stream.get_last_error, stream.release = _address(_get_last_error), _release_stream
    stream.private_data = _keep(columns, memory, rows, [])
    return capsule
