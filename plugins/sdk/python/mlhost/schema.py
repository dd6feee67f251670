"""Schemas: fields with the format strings of the Arrow C data interface.

https://arrow.apache.org/docs/format/CDataInterface.html#data-type-description-format-strings
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field as _field, replace

from .errors import InvalidParams

NULL = "n"
BOOLEAN = "b"
INT8, INT16, INT32, INT64 = "c", "s", "i", "l"
UINT8, UINT16, UINT32, UINT64 = "C", "S", "I", "L"
FLOAT32, FLOAT64 = "f", "g"
STRING, LARGE_STRING = "u", "U"
BINARY, LARGE_BINARY = "z", "Z"
DATE32, DATE64 = "tdD", "tdm"

#: How many of each unit of time make a second.
PER_SECOND = {"s": 1, "m": 1_000, "u": 1_000_000, "n": 1_000_000_000}

_NUMBERS = {
    "c": "b", "C": "B", "s": "h", "S": "H", "i": "i", "I": "I", "l": "q", "L": "Q",
    "f": "f", "g": "d", "tdD": "i", "tdm": "q",
    "tts": "i", "ttm": "i", "ttu": "q", "ttn": "q",
    "tDs": "q", "tDm": "q", "tDu": "q", "tDn": "q",
}  # fmt: skip


def timestamp(unit: str = "u", timezone: str = "") -> str:
    """The format of timestamps since 1970 in `s`, `m`illi-, `u` (micro-) or `n`anoseconds."""
    if unit not in PER_SECOND:
        raise ValueError(f"`{unit}` is no unit of time: `s`, `m`, `u` or `n` is")
    return f"ts{unit}:{timezone}"


def struct_format(format: str) -> str | None:
    """How `struct` and `memoryview` call the values of a format; None where they are no numbers."""
    if format.startswith("ts") and not format.startswith("tts"):
        return "q"
    return _NUMBERS.get(format)


def buffer_count(format: str) -> int:
    """How many buffers an array of this format has, validity included."""
    if format == NULL:
        return 0
    if format in ("+s",) or format.startswith("+w:"):
        return 1
    return 3 if format in (STRING, LARGE_STRING, BINARY, LARGE_BINARY) else 2


@dataclass(frozen=True)
class Field:
    """A column's name and type."""

    name: str
    #: Of the indices, where there is a dictionary.
    format: str
    nullable: bool = True
    metadata: Mapping[str, str] = _field(default_factory=dict)
    children: tuple[Field, ...] = ()
    #: What the values of the dictionary are like, of a dictionary-encoded column.
    dictionary: Field | None = None
    ordered: bool = False
    keys_sorted: bool = False

    @property
    def is_number(self) -> bool:
        """Whether it holds integers or floating-point numbers, which no dictionary encodes."""
        return self.dictionary is None and self.format in "cCsSiIlLfg"

    @property
    def is_string(self) -> bool:
        """Whether it holds texts, as they are or in a dictionary."""
        return (self.dictionary or self).format in (STRING, LARGE_STRING)

    def renamed(self, name: str) -> Field:
        """The same with another name."""
        return replace(self, name=name)


class Schema:
    """The fields of a table, in order; `schema["temp"]` finds one by its name."""

    def __init__(self, fields: Iterable[Field]) -> None:
        self.fields = list(fields)

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    def __len__(self) -> int:
        return len(self.fields)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Schema) and self.fields == other.fields

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __getitem__(self, name: str) -> Field:
        return self.find(name)

    def __repr__(self) -> str:
        return f"Schema({self.fields})"

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return [field.name for field in self.fields]

    def find(self, name: str, at: str | None = None) -> Field:
        """The column that the parameter at the JSON Pointer `at` names.

        Raises `InvalidParams`, with the nearest name there is.
        """
        for field in self.fields:
            if field.name == name:
                return field
        near = difflib.get_close_matches(name, self.names, 1)
        hint = f"; did you mean `{near[0]}`?" if near else ""
        raise InvalidParams(f"there is no column `{name}` in the input{hint}", at)

    def find_number(self, name: str, at: str | None = None) -> Field:
        """The column of this name, which has to hold integers or floating-point numbers."""
        field = self.find(name, at)
        if not field.is_number:
            raise InvalidParams(f"column `{name}` does not hold numbers", at)
        return field

    def project(self, names: Iterable[str], at: str | None = None) -> Schema:
        """The columns of these names, in this order; each at `at/0`, `at/1` of the parameters."""
        chosen: dict[str, Field] = {}
        for place, name in enumerate(names):
            here = None if at is None else f"{at}/{place}"
            if name in chosen:
                raise InvalidParams(f"column `{name}` is named twice", here)
            chosen[name] = self.find(name, here)
        return Schema(chosen.values())
