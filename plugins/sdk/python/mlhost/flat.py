"""Schemas and batches as the contract lays them out: depth first, with offsets into memory.

The records of the contract are whatever has their attributes, so that this module, unlike
`component`, works outside of a component too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .batch import Batch, Column
from .errors import Error
from .schema import Field, Schema, buffer_count


def schema_in(fields: Sequence[Any], flags: Any) -> Schema:
    """A schema from its flat fields; `flags` is the contract's `FieldFlags`."""
    rest = iter(fields)
    found = []
    for first in rest:
        found.append(_field_in(first, rest, flags))
    return Schema(found)


def _field_in(this: Any, rest: Iterator[Any], flags: Any) -> Field:
    children = tuple(_field_in(next(rest), rest, flags) for _ in range(this.children))
    dictionary = _field_in(next(rest), rest, flags) if this.dictionary else None
    return Field(
        name=this.name,
        format=this.format,
        nullable=flags.NULLABLE in this.flags,
        metadata=dict(this.metadata),
        children=children,
        dictionary=dictionary,
        ordered=flags.DICTIONARY_ORDERED in this.flags,
        keys_sorted=flags.MAP_KEYS_SORTED in this.flags,
    )


def schema_out(schema: Schema, record: Any, flags: Any) -> list[Any]:
    """The flat fields of a schema, each a `record`."""
    flat: list[Any] = []
    for field in schema:
        _field_out(field, flat, record, flags)
    return flat


def _field_out(field: Field, flat: list[Any], record: Any, flags: Any) -> None:
    set_flags = flags(0)
    if field.nullable:
        set_flags |= flags.NULLABLE
    if field.ordered:
        set_flags |= flags.DICTIONARY_ORDERED
    if field.keys_sorted:
        set_flags |= flags.MAP_KEYS_SORTED
    below = len(field.children)
    metadata = sorted(field.metadata.items())
    is_dictionary = field.dictionary is not None
    flat.append(record(field.name, field.format, set_flags, metadata, below, is_dictionary))
    for child in field.children:
        _field_out(child, flat, record, flags)
    if field.dictionary is not None:
        _field_out(field.dictionary, flat, record, flags)


def batch_in(schema: Schema, batch: Any) -> Batch:
    """A batch of `schema`, whose columns are views of its memory."""
    pieces = [memoryview(piece) for piece in batch.memory]
    arrays = iter(batch.arrays)
    buffers = iter(batch.buffers)

    def column(field: Field) -> Column:
        this = next(arrays)
        parts = []
        for _ in range(buffer_count(field.format)):
            part = next(buffers)
            parts.append(pieces[part.piece][part.offset : part.offset + part.length])
        children = [column(child) for child in field.children]
        dictionary = None if field.dictionary is None else column(field.dictionary)
        return Column(field, this.length, this.null_count, parts, children, dictionary)

    try:
        return Batch([column(field) for field in schema], batch.num_rows)
    except StopIteration:
        raise Error("the host's batch does not fit its schema") from None


def batch_out(batch: Batch, records: Any) -> Any:
    """A batch for the host, each buffer in a piece of its own; `records` has the contract's."""
    arrays: list[Any] = []
    buffers: list[Any] = []
    memory: list[bytes] = []

    def add(column: Column) -> None:
        arrays.append(records.Array(column.length, column.null_count))
        for buffer in column.buffers:
            piece = buffer if isinstance(buffer, bytes) else bytes(buffer)
            buffers.append(records.Buffer(len(memory), 0, len(piece)))
            memory.append(piece)
        for child in column.children:
            add(child)
        if column.dictionary is not None:
            add(column.dictionary)

    for column in batch:
        add(column)
    return records.Batch(batch.num_rows, arrays, buffers, memory)
