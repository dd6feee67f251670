"""Columns and batches: views of Arrow buffers, which are read where they are.

Buffers are little endian, as WebAssembly is. A validity buffer has a bit for each row, the first
in the lowest bit of the first byte; where it is missing, no row is null.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Any

from .errors import InvalidData
from .schema import (
    BOOLEAN, DATE32, DATE64, FLOAT64, INT64, LARGE_BINARY, LARGE_STRING, NULL, PER_SECOND, STRING,
    Field, Schema, buffer_count, struct_format,
)  # fmt: skip

_EPOCH = datetime(1970, 1, 1)


class Column:
    """The values of one field for the rows of a batch."""

    def __init__(
        self,
        field: Field,
        length: int,
        null_count: int,
        buffers: Sequence[bytes | memoryview],
        children: Sequence[Column] = (),
        dictionary: Column | None = None,
    ) -> None:
        self.field = field
        self.length = length
        self.null_count = null_count
        #: As the format has them: validity, then offsets or values.
        self.buffers = list(buffers)
        self.children = list(children)
        self.dictionary = dictionary

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[Any]:
        return iter(self.to_list())

    def __repr__(self) -> str:
        return f"Column({self.field.name!r}, {self.field.format!r}, {self.length} rows)"

    # Nulls

    @property
    def validity(self) -> memoryview | None:
        """A bit for each row that holds a value; None where all do."""
        if not self.buffers or len(self.buffers[0]) == 0:
            return None
        return memoryview(self.buffers[0])

    def is_valid(self, row: int) -> bool:
        """Whether a row holds a value."""
        if self.field.format == NULL:
            return False
        validity = self.validity
        return validity is None or bool(validity[row >> 3] >> (row & 7) & 1)

    def null_rows(self) -> list[int]:
        """The rows without a value, in order."""
        if self.field.format == NULL:
            return list(range(self.length))
        validity = self.validity
        if validity is None or self.null_count == 0:
            return []
        rows = []
        for place, byte in enumerate(validity[: (self.length + 7) // 8]):
            if byte != 255:
                rows += [place * 8 + bit for bit in range(8) if not byte >> bit & 1]
        while rows and rows[-1] >= self.length:
            rows.pop()
        return rows

    # Values

    @property
    def values(self) -> memoryview[Any]:
        """The numbers, in place; what stands where a row is null means nothing.

        Dates, times and timestamps are counts of their unit. Of a dictionary-encoded column it
        is the indices.
        """
        code = struct_format(self.field.format)
        if code is None:
            raise InvalidData(f"column `{self.field.name}` does not hold numbers")
        view: Any = memoryview(self.buffers[1]).cast("B")
        numbers: memoryview[Any] = view[: self.length * _ITEM_SIZES[code]].cast(code)
        return numbers

    def floats(self) -> Sequence[float]:
        """Numbers or booleans as floating-point numbers, NaN where a row is null.

        In place where it holds float64 and no nulls.
        """
        if self.field.dictionary is not None or self.field.format == BOOLEAN:
            listed = self.to_list()
            return array("d", [math.nan if value is None else value for value in listed])
        values = self.values
        if self.field.format == FLOAT64 and self.null_count == 0:
            return values
        floats = array("d", values)
        for row in self.null_rows():
            floats[row] = math.nan
        return floats

    def to_list(self) -> list[Any]:
        """The values as Python has them, None where a row is null.

        Texts are `str`, dates `date`, and timestamps `datetime`, which is aware (of UTC) where
        the field names a time zone, and cuts nanoseconds off.
        """
        found = self._all()
        for row in self.null_rows():
            found[row] = None
        return found

    def _all(self) -> list[Any]:
        """A value for each row, also where it is null."""
        format = self.field.format
        if self.dictionary is not None:
            words = self.dictionary.to_list()
            last = len(words)
            return [words[index] if 0 <= index < last else None for index in self.values]
        if format == NULL:
            return [None] * self.length
        if format == BOOLEAN:
            bits = self.buffers[1]
            return [bool(bits[row >> 3] >> (row & 7) & 1) for row in range(self.length)]
        if buffer_count(format) == 3:
            return self._texts(format)
        if struct_format(format) is None:
            raise InvalidData(
                f"column `{self.field.name}` of the format `{format}` has no list of values; "
                "its buffers and children are there"
            )
        values = self.values
        if format == DATE32:
            return _moments(values, "days", date)
        if format == DATE64:
            return _moments(values, "milliseconds", date)
        if format.startswith("ts"):
            per_second = PER_SECOND[format[2]]
            zone = timezone.utc if format[4:] else None
            scaled = (
                values
                if per_second == 1_000_000
                else [value * 1_000_000 // per_second for value in values]
            )
            return _moments(scaled, "microseconds", datetime, zone)
        return values.tolist()

    def _texts(self, format: str) -> list[Any]:
        if self.length == 0:
            return []
        large = format in (LARGE_STRING, LARGE_BINARY)
        offsets = memoryview(self.buffers[1]).cast("B").cast("q" if large else "i")
        data = bytes(self.buffers[2])
        pairs = zip(offsets[: self.length], offsets[1 : self.length + 1])
        if format in (STRING, LARGE_STRING):
            return [str(data[start:end], "utf-8") for start, end in pairs]
        return [data[start:end] for start, end in pairs]

    # Making one

    @classmethod
    def of(cls, field: Field, values: Iterable[Any]) -> Column:
        """A column of these values, of which None is null.

        Numbers, booleans, texts, bytes, dates, timestamps (as `datetime` or as counts) and
        dictionaries of them can be made. Where all are numbers and none is null, an `array` or
        `memoryview` of the right type is taken as it is.
        """
        if field.dictionary is not None:
            return _dictionary(field, list(values))
        code = struct_format(field.format)
        if isinstance(values, (array, memoryview)) and code == _code(values):
            return cls(field, len(values), 0, [b"", memoryview(values).cast("B")])
        listed = list(values)
        validity, null_count = _validity(listed)
        if null_count and not field.nullable:
            raise InvalidData(f"column `{field.name}` must not be null, and has {null_count} nulls")
        try:
            return cls(field, len(listed), null_count, [validity, *_buffers(field, listed)])
        except (TypeError, OverflowError, AttributeError) as error:
            raise InvalidData(f"column `{field.name}` cannot hold such a value: {error}") from error

    def with_nulls(self, rows: Iterable[int]) -> Column:
        """The same column with nulls in these rows, and in no others."""
        bits = bytearray(b"\xff" * ((self.length + 7) // 8))
        null_count = 0
        for row in rows:
            bits[row >> 3] &= ~(1 << (row & 7)) & 0xFF
            null_count += 1
        validity = bytes(bits) if null_count else b""
        buffers = [validity, *self.buffers[1:]]
        return Column(
            self.field, self.length, null_count, buffers, self.children, self.dictionary
        )

    def renamed(self, name: str) -> Column:
        """The same column under another name."""
        field = self.field.renamed(name)
        return Column(
            field, self.length, self.null_count, self.buffers, self.children, self.dictionary
        )


class Batch:
    """Rows of a table: a column for each field of its schema. `rows["temp"]` is one of them."""

    def __init__(self, columns: Iterable[Column], num_rows: int | None = None) -> None:
        self.columns = list(columns)
        if num_rows is None:
            num_rows = len(self.columns[0]) if self.columns else 0
        self.num_rows = num_rows
        for column in self.columns:
            if len(column) != num_rows:
                raise InvalidData(
                    f"column `{column.field.name}` has {len(column)} rows, and the batch {num_rows}"
                )
        self._by_name = {column.field.name: column for column in self.columns}

    @classmethod
    def of(cls, columns: Mapping[str, Sequence[Any]]) -> Batch:
        """A batch of plain values; their types follow from the first that is not None."""
        return cls(Column.of(_field_of(name, values), values) for name, values in columns.items())

    def __len__(self) -> int:
        return self.num_rows

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    def __getitem__(self, name: str) -> Column:
        return self._by_name[name]

    @property
    def schema(self) -> Schema:
        """The fields of the columns."""
        return Schema(column.field for column in self.columns)

    def project(self, names: Iterable[str]) -> Batch:
        """The columns of these names, in this order."""
        return Batch([self[name] for name in names], self.num_rows)


_ITEM_SIZES = {code: array(code).itemsize for code in "bBhHiIqQfd"}


def _code(values: array[Any] | memoryview) -> str:
    """The code of the numbers in it; `l` means `i` or `q`, as long as the machine has it."""
    code = values.typecode if isinstance(values, array) else values.format
    names = {"l": {4: "i", 8: "q"}, "L": {4: "I", 8: "Q"}}
    return names[code][values.itemsize] if code in names else code


def _moments(
    values: Iterable[int], unit: str, kind: type, zone: timezone | None = None
) -> list[Any]:
    """Counts since 1970 as dates or times; None where Python's calendar has none."""
    start = _EPOCH.replace(tzinfo=zone)
    found: list[Any] = []
    for value in values:
        try:
            moment = start + timedelta(**{unit: value})
        except OverflowError:
            found.append(None)
        else:
            found.append(moment.date() if kind is date else moment)
    return found


def _validity(values: Sequence[Any]) -> tuple[bytes, int]:
    null_count = sum(value is None for value in values)
    if null_count == 0:
        return b"", 0
    return _bits([value is not None for value in values]), null_count


def _bits(values: Sequence[bool]) -> bytes:
    packed = bytearray((len(values) + 7) // 8)
    for row, value in enumerate(values):
        if value:
            packed[row >> 3] |= 1 << (row & 7)
    return bytes(packed)


def _buffers(field: Field, values: list[Any]) -> list[bytes | memoryview]:
    """The buffers of a column after its validity."""
    format = field.format
    if format == BOOLEAN:
        return [_bits([bool(value) for value in values])]
    if buffer_count(format) == 3:
        return _text_buffers(format, values)
    code = struct_format(format)
    if code is None:
        raise InvalidData(f"columns of the format `{format}` are made of buffers")
    counts = (_count(field, value) for value in values)
    return [memoryview(array(code, counts)).cast("B")]


def _text_buffers(format: str, values: list[Any]) -> list[bytes | memoryview]:
    large = format in (LARGE_STRING, LARGE_BINARY)
    offsets = array("q" if large else "i", [0])
    pieces = []
    end = 0
    for value in values:
        if value is not None:
            piece = value.encode() if isinstance(value, str) else bytes(value)
            pieces.append(piece)
            end += len(piece)
        offsets.append(end)
    return [memoryview(offsets).cast("B"), b"".join(pieces)]


def _count(field: Field, value: Any) -> Any:
    """A value as its column stores it: dates and times as counts, and 0 under a null."""
    if value is None:
        return 0
    format = field.format
    if isinstance(value, datetime) and format.startswith("ts"):
        if value.tzinfo is not None:
            value = value.astimezone(timezone.utc).replace(tzinfo=None)
        microseconds = (value - _EPOCH) // timedelta(microseconds=1)
        return microseconds * PER_SECOND[format[2]] // 1_000_000
    if isinstance(value, date) and format in (DATE32, DATE64):
        days = (date(value.year, value.month, value.day) - _EPOCH.date()).days
        return days if format == DATE32 else days * 86_400_000
    return value


def _dictionary(field: Field, values: list[Any]) -> Column:
    assert field.dictionary is not None
    places: dict[Any, int] = {}
    indices = [
        None if value is None else places.setdefault(value, len(places)) for value in values
    ]
    plain = Column.of(Field(field.name, field.format, field.nullable), indices)
    words = Column.of(field.dictionary, list(places))
    return Column(field, plain.length, plain.null_count, plain.buffers, (), words)


def _field_of(name: str, values: Sequence[Any]) -> Field:
    """The field for plain values."""
    first = next((value for value in values if value is not None), None)
    formats: list[tuple[type, str]] = [
        (bool, BOOLEAN),
        (int, INT64),
        (float, FLOAT64),
        (str, STRING),
        (datetime, "tsu:"),
        (date, DATE32),
        (bytes, "z"),
    ]
    numbers = (value for value in values if value is not None)
    if type(first) is int and any(isinstance(value, float) for value in numbers):
        return Field(name, FLOAT64)
    for kind, format in formats:
        if isinstance(first, kind):
            return Field(name, format)
    return Field(name, NULL)
