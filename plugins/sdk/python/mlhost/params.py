"""Parameters: a dataclass becomes a JSON Schema, and JSON becomes the dataclass.

The fields of the dataclass may be `bool`, `int`, `float`, `str`, `list[T]`, `dict[str, T]`,
`Literal["a", "b"]`, `T | None`, and dataclasses of the same kind. What does not fit is
`InvalidParams`, with the place in the parameters.
"""

from __future__ import annotations

import dataclasses
import json
import types
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from .errors import InvalidParams


def param(
    help: str = "",
    *,
    default: Any = dataclasses.MISSING,
    default_factory: Any = dataclasses.MISSING,
    minimum: float | None = None,
    maximum: float | None = None,
    role: str | None = None,
) -> Any:
    """A field of the parameters with what its users read, and the least and most it may be.

    `role` is `"target"` for the name of the column that is to be predicted, `"column"` for the
    name of any other; of an evaluator also `"prediction"` and `"probability-prefix"`.
    """
    extras = {"description": help, "minimum": minimum, "maximum": maximum, "x-mlhost-role": role}
    metadata = {name: value for name, value in extras.items() if value not in (None, "")}
    return dataclasses.field(default=default, default_factory=default_factory, metadata=metadata)


def json_schema(kind: Any) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a type of parameters."""
    if kind is Any:
        return {}
    if dataclasses.is_dataclass(kind):
        return _object_schema(kind)
    origin, arguments = get_origin(kind), get_args(kind)
    if _is_optional(kind):
        return {"anyOf": [json_schema(argument) for argument in arguments]}
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is list:
        return {"type": "array", "items": json_schema(arguments[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": json_schema(arguments[1])}
    return {"type": _JSON_TYPES[kind]}


def _object_schema(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    properties = {}
    required = []
    for field in dataclasses.fields(kind):
        extras = dict(field.metadata)
        schema = json_schema(hints[field.name])
        # A role belongs to the names, also where there is a list of them.
        role = extras.pop("x-mlhost-role", None)
        if role is not None:
            schema.get("items", schema)["x-mlhost-role"] = role
        if field.default is not dataclasses.MISSING and field.default is not None:
            extras["default"] = field.default
        properties[field.name] = schema | extras
        if _is_required(field):
            required.append(field.name)
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    # Python makes an `__doc__` of its own where there is none, which begins with the name.
    if kind.__doc__ and not kind.__doc__.startswith(f"{kind.__name__}("):
        schema["description"] = " ".join(kind.__doc__.split())
    if required:
        schema["required"] = required
    return schema


def read(kind: Any, value: Any, at: str = "") -> Any:
    """A value of JSON as a type of parameters; `at` is where it stands."""
    if kind is Any:
        return value
    if dataclasses.is_dataclass(kind):
        return _read_object(kind, value, at)
    origin, arguments = get_origin(kind), get_args(kind)
    if _is_optional(kind):
        if value is None:
            return None
        (inner,) = (argument for argument in arguments if argument is not type(None))
        return read(inner, value, at)
    if origin is Literal:
        if value not in arguments:
            expected = ", ".join(f'"{argument}"' for argument in arguments)
            raise InvalidParams(f"expected one of {expected}, found {_shown(value)}", at)
        return value
    if origin is list:
        _expect(value, list, "a list", at)
        return [read(arguments[0], item, f"{at}/{place}") for place, item in enumerate(value)]
    if origin is dict:
        _expect(value, dict, "an object", at)
        return {name: read(arguments[1], item, _below(at, name)) for name, item in value.items()}
    return _read_plain(kind, value, at)


def _read_object(kind: Any, value: Any, at: str) -> Any:
    _expect(value, dict, "an object", at)
    hints = get_type_hints(kind)
    fields = {field.name: field for field in dataclasses.fields(kind)}
    for name in value:
        if name not in fields:
            expected = ", ".join(f"`{known}`" for known in fields)
            raise InvalidParams(f"unknown field `{name}`, expected one of {expected}", at)
    found = {}
    for name, field in fields.items():
        if name in value:
            found[name] = read(hints[name], value[name], _below(at, name))
            _check_bounds(field.metadata, value[name], _below(at, name))
        elif _is_required(field):
            raise InvalidParams(f"missing field `{name}`", at)
    try:
        return kind(**found)
    except ValueError as error:
        raise InvalidParams(str(error), at) from error


def _read_plain(kind: Any, value: Any, at: str) -> Any:
    if kind is float and type(value) is int:
        return float(value)
    if kind is int and type(value) is float and value.is_integer():
        return int(value)
    if type(value) is not kind:
        raise InvalidParams(f"expected {_WORDS[kind]}, found {_shown(value)}", at)
    return value


def _check_bounds(bounds: Any, value: Any, at: str) -> None:
    minimum, maximum = bounds.get("minimum"), bounds.get("maximum")
    if minimum is not None and value is not None and value < minimum:
        raise InvalidParams(f"expected at least {minimum}, found {_shown(value)}", at)
    if maximum is not None and value is not None and value > maximum:
        raise InvalidParams(f"expected at most {maximum}, found {_shown(value)}", at)


def _is_optional(kind: Any) -> bool:
    return get_origin(kind) in (Union, types.UnionType) and type(None) in get_args(kind)


def _is_required(field: Any) -> bool:
    missing = dataclasses.MISSING
    return field.default is missing and field.default_factory is missing


def _expect(value: Any, kind: type, words: str, at: str) -> None:
    if not isinstance(value, kind):
        raise InvalidParams(f"expected {words}, found {_shown(value)}", at)


def _below(at: str, name: str) -> str:
    return f"{at}/{name.replace('~', '~0').replace('/', '~1')}"


def _shown(value: Any) -> str:
    """A value of JSON, or what it is where it is long."""
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "an object"
    return json.dumps(value, ensure_ascii=False)


_JSON_TYPES = {
    bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null",
}  # fmt: skip
_WORDS = {bool: "a boolean", int: "an integer", float: "a number", str: "a string"}
