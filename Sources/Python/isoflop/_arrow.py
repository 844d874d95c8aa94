"""NumPy columns of numbers through the Arrow C data and stream interfaces, without a copy and without pyarrow. Flags and
texts, which Arrow keeps in another form, are the exception.

https://arrow.apache.org/docs/format/CDataInterface.html and CStreamInterface.html. Whoever imports the columns holds
them until it calls their release function; until then `_alive` holds them here.
"""

from __future__ import annotations

import ctypes
import itertools
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Columns = Mapping[str, npt.NDArray[Any]]

_FORMATS = {"int64": b"l", "int32": b"i", "float64": b"g", "bool": b"b", "object": b"U"}


def _memory(column: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
    """What the buffers of a column point to, behind the one for nulls, of which there are none."""
    if column.dtype == np.bool_:
        return [np.packbits(column, bitorder="little")]
    if column.dtype != object:
        return [column]
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


def _release(kind: type[Schema] | type[Array], address: int) -> None:
    """Releases a struct of ours and those of its children that were not moved out of it."""
    struct = kind.from_address(address)
    if struct.n_children:
        children = (ctypes.c_void_p * struct.n_children).from_address(struct.children)
        for child in children:
            if child and kind.from_address(child).release:
                _release(kind, child)
    struct.release = None
    _alive.pop(struct.private_data or 0, None)


_release_type = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
_release_schema = _release_type(lambda address: _release(Schema, address))
_release_array = _release_type(lambda address: _release(Array, address))


def _address(function: Any) -> int | None:
    return ctypes.cast(function, ctypes.c_void_p).value


def _pointers(structs: Any, count: int, kind: type[ctypes.Structure]) -> Any:
    size = ctypes.sizeof(kind)
    return (ctypes.c_void_p * count)(*(ctypes.addressof(structs) + index * size for index in range(count)))


def write_schema(columns: Columns, address: int) -> None:
    """A struct of columns that are never null."""
    children = (Schema * len(columns))()
    for child, (name, column) in zip(children, columns.items()):
        text = name.encode()
        child.format, child.name = _FORMATS[column.dtype.name], text
        child.release, child.private_data = _address(_release_schema), _keep(text)
    pointers = _pointers(children, len(columns), Schema)
    schema = Schema.from_address(address)
    schema.format, schema.name, schema.metadata, schema.flags = b"+s", b"", None, 0
    schema.n_children, schema.children = len(columns), ctypes.addressof(pointers)
    schema.dictionary, schema.release = None, _address(_release_schema)
    schema.private_data = _keep(children, pointers)


def write_array(columns: Columns, rows: int, address: int) -> None:
    """The columns' own memory."""
    children = (Array * len(columns))()
    for child, column in zip(children, columns.values()):
        memory = _memory(column)
        buffers = (ctypes.c_void_p * (len(memory) + 1))(None, *(part.ctypes.data for part in memory))
        child.length, child.n_buffers, child.buffers = rows, len(buffers), ctypes.addressof(buffers)
        child.release, child.private_data = _address(_release_array), _keep(memory, buffers)
    pointers = _pointers(children, len(columns), Array)
    none = (ctypes.c_void_p * 1)(None)
    array = Array.from_address(address)
    array.length, array.null_count, array.offset, array.n_buffers = rows, 0, 0, 1
    array.buffers, array.n_children, array.children = ctypes.addressof(none), len(columns), ctypes.addressof(pointers)
    array.dictionary, array.release = None, _address(_release_array)
    array.private_data = _keep(children, pointers, none)


# MARK: Streams


def _get_schema(stream: int, out: int) -> int:
    columns, _, _ = _alive[Stream.from_address(stream).private_data]
    write_schema(columns, out)
    return 0


def _get_next(stream: int, out: int) -> int:
    columns, rows, sent = _alive[Stream.from_address(stream).private_data]
    if sent:
        ctypes.memset(out, 0, ctypes.sizeof(Array))
    else:
        write_array(columns, rows, out)
        sent.append(True)
    return 0


def _release_of_stream(address: int) -> None:
    stream = Stream.from_address(address)
    stream.release = None
    _alive.pop(stream.private_data or 0, None)


_get_type = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
_error_type = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)
_get_schema_function = _get_type(_get_schema)
_get_next_function = _get_type(_get_next)
_get_last_error = _error_type(lambda stream: None)
_release_stream = _release_type(_release_of_stream)

# MARK: Capsules

_new_capsule = ctypes.pythonapi.PyCapsule_New
_new_capsule.restype = ctypes.py_object
_new_capsule.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
_capsule_pointer = ctypes.pythonapi.PyCapsule_GetPointer
_capsule_pointer.restype = ctypes.c_void_p
_capsule_pointer.argtypes = [ctypes.c_void_p, ctypes.c_char_p]

_KINDS: dict[bytes, tuple[type[ctypes.Structure], Any]] = {
    b"arrow_schema": (Schema, _release_schema),
    b"arrow_array": (Array, _release_array),
    b"arrow_array_stream": (Stream, _release_stream),
}
#: The structs that capsules point to, and their names, which a capsule does not copy.
_capsules: dict[int, Any] = {}


def _destroy(capsule: int) -> None:
    for name, (kind, release) in _KINDS.items():
        try:
            address = _capsule_pointer(capsule, name)
        except ValueError:
            continue
        if kind.from_address(address).release:
            release(address)
        _capsules.pop(address, None)
        return


_destructor = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(_destroy)


def _capsule(name: bytes) -> tuple[Any, int]:
    struct = _KINDS[name][0]()
    address = ctypes.addressof(struct)
    _capsules[address] = (struct, name)
    return _new_capsule(address, name, _address(_destructor)), address


def schema_capsule(columns: Columns) -> Any:
    capsule, address = _capsule(b"arrow_schema")
    write_schema(columns, address)
    return capsule


def array_capsule(columns: Columns, rows: int) -> Any:
    capsule, address = _capsule(b"arrow_array")
    write_array(columns, rows, address)
    return capsule


def stream_capsule(columns: Columns, rows: int) -> Any:
    capsule, address = _capsule(b"arrow_array_stream")
    stream = Stream.from_address(address)
    stream.get_schema, stream.get_next = _address(_get_schema_function), _address(_get_next_function)
    stream.get_last_error, stream.release = _address(_get_last_error), _address(_release_stream)
    stream.private_data = _keep(columns, rows, [])
    return capsule


def exportable(column: npt.NDArray[Any]) -> bool:
    return column.dtype.name in _FORMATS and bool(column.flags["C_CONTIGUOUS"]) and isinstance(column, np.ndarray)
