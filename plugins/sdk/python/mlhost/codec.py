"""Parameters from JSON, and states to and from bytes.

A state is JSON with sorted keys, so that equal states have equal bytes; one of bytes begins with
a zero, with which no JSON begins.
"""

from __future__ import annotations

import json
import re
from typing import Any

from .errors import Error, InvalidParams
from .params import read

_BYTES = b"\0"

#: As deep as JSON may be nested: further down the parser uses the stack up, which ends an instance.
_DEEPEST = 128


def params_from(kind: Any, text: str) -> Any:
    """The parameters as `kind` has them; as a plain `dict` where it is None."""
    _refuse_deep(text)
    value = json.loads(text)
    return value if kind is None else read(kind, value)


def _refuse_deep(text: str) -> None:
    if text.count("[") + text.count("{") <= _DEEPEST:
        return
    depth = 0
    for mark in re.sub(r'"(?:[^"\\]|\\.)*"|[^][{}]', "", text):
        depth += 1 if mark in "[{" else -1
        if depth > _DEEPEST:
            raise InvalidParams(f"they are nested more than {_DEEPEST} levels deep")


def state_to_bytes(state: Any) -> bytes:
    """The bytes of a state."""
    if isinstance(state, (bytes, bytearray, memoryview)):
        return _BYTES + bytes(state)
    try:
        return json.dumps(
            state, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        ).encode()
    except (TypeError, ValueError) as error:
        raise Error(f"the state is neither JSON nor bytes: {error}") from error


def state_from_bytes(data: bytes) -> Any:
    """A state from its bytes."""
    if data[:1] == _BYTES:
        return data[1:]
    try:
        return json.loads(data)
    except ValueError as error:
        raise Error("the state was not written by this plugin") from error
