"""The module that componentize-py makes a component of: the plugin as the contract wants it.

It takes the plugin from the module `plugin`, which has to be on the path. It is imported once, when
the component is made. Exceptions become errors of the contract: what escapes would end the
instance.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import json
import sys
import traceback
from typing import Any

import plugin as author
from componentize_py_types import Err
from wit_world.imports import arrow, log as host_log, metric, progress, types

from . import host
from .codec import params_from, state_from_bytes, state_to_bytes
from .errors import Error, InvalidData, InvalidParams, Transient
from .flat import batch_in, batch_out, schema_in, schema_out
from .kinds import ExplainedTrainer, Plugin
from .outcome import Metric
from .params import json_schema
from .testing import emitted

CONTRACT = "0.1.0"


def _of_world(name: str) -> Any:
    """A module that not every kind has; it has to be imported while the component is made, since
    there are no files later."""
    try:
        return importlib.import_module(f"wit_world.{name}")
    except ImportError:
        return None


describe = _of_world("exports.describe")
report = _of_world("exports.report")
transform = _of_world("exports.transform")
output = _of_world("imports.output")


def _find_plugin() -> Any:
    """The one class of a kind in the author's module."""
    found = [
        kind
        for kind in vars(author).values()
        if inspect.isclass(kind) and issubclass(kind, Plugin) and kind.__module__ == author.__name__
    ]
    if len(found) != 1:
        raise TypeError(f"plugin.py has {len(found)} classes of a kind of plugin, not one")
    return found[0]


PLUGIN = _find_plugin()


def _check_world() -> None:
    """A trainer that explains has another world than one that does not."""
    explains = issubclass(PLUGIN, ExplainedTrainer)
    if explains and report is None:
        raise TypeError("an ExplainedTrainer needs `explains = true` in plugin.toml")
    if not explains and PLUGIN.kind == "trainer" and report is not None:
        raise TypeError("`explains = true` in plugin.toml needs an ExplainedTrainer")


_check_world()


class _Listener(host.Host):
    def log(self, level: host.Level, message: str) -> None:
        host_log.log(host_log.Level[level.upper()], message)

    def progress(self, done: int, total: int | None) -> None:
        progress.report(done, total)

    def metric(self, name: str, step: int, value: float) -> None:
        metric.point(name, step, value)


host.listener = _Listener()


def _guarded(value_error: type[Error]) -> Any:
    """Makes errors of the contract of what a method raises; a `ValueError` becomes this one."""

    def decorate(method: Any) -> Any:
        @functools.wraps(method)
        def call(*arguments: Any) -> Any:
            try:
                return method(*arguments)
            except Err:
                raise
            except Error as error:
                raise _contract_error(error) from error
            except ValueError as error:
                raise _contract_error(value_error(str(error))) from error
            except BaseException as error:
                text = f"{type(error).__name__}: {error}"
                host.log("error", "\n".join([text, *_places(error)]))
                raise _contract_error(Error(text)) from error

        return call

    return decorate


def _places(error: BaseException) -> list[str]:
    """Where it was raised. The sources, which `traceback` would quote, are not in a component."""
    frames = traceback.walk_tb(error.__traceback__)
    return [f"  {frame.f_code.co_filename}:{line} in {frame.f_code.co_name}" for frame, line in frames]


def _contract_error(error: Error) -> Err[Any]:
    return Err(types.Error(error.kind, error.message, error.at))


def _from_host(error: Any) -> Error:
    kinds: dict[str, type[Error]] = {
        kind.kind: kind for kind in (InvalidParams, InvalidData, Transient)
    }
    return kinds.get(error.kind, Error)(error.message)


class Describe:
    def describe(self) -> Any:
        schema = {"type": "object"} if PLUGIN.params is None else json_schema(PLUGIN.params)
        summary = " ".join((PLUGIN.__doc__ or "").split())
        return describe.Description(PLUGIN.name, PLUGIN.kind, summary, json.dumps(schema), CONTRACT)


class Folder:
    def __init__(self, fold: Any, input: Any) -> None:
        self._fold = fold
        self._columns = list(fold.columns())
        self._schema = input.project(self._columns)

    @classmethod
    @_guarded(InvalidParams)
    def open(cls, params: str, input: list[Any]) -> Folder:
        schema = schema_in(input, arrow.FieldFlags)
        return cls(PLUGIN.fold(params_from(PLUGIN.params, params), schema), schema)

    def columns(self) -> list[str]:
        return self._columns

    @_guarded(InvalidData)
    def update(self, rows: Any) -> None:
        self._fold.update(batch_in(self._schema, rows))

    @_guarded(InvalidData)
    def merge(self, later: bytes) -> None:
        self._fold.merge(state_from_bytes(later))

    @_guarded(InvalidData)
    def state(self) -> bytes:
        return state_to_bytes(self._fold.state())


class Transformer:
    def __init__(self, transform: Any, input: Any) -> None:
        self._transform = transform
        self._columns = list(transform.columns())
        self._schema = input.project(self._columns)
        self._output = transform.output()

    @classmethod
    @_guarded(InvalidParams)
    def open(cls, params: str, state: bytes, input: list[Any]) -> Transformer:
        schema = schema_in(input, arrow.FieldFlags)
        known = state_from_bytes(state)
        return cls(PLUGIN.transform(params_from(PLUGIN.params, params), known, schema), schema)

    def columns(self) -> list[str]:
        return self._columns

    def output(self) -> Any:
        fields = schema_out(self._output, arrow.Field, arrow.FieldFlags)
        return transform.OutputDescription(fields, self._transform.row_wise)

    @_guarded(InvalidData)
    def apply(self, rows: Any) -> None:
        self._emit(self._transform.apply(batch_in(self._schema, rows)))

    @_guarded(InvalidData)
    def finish(self) -> None:
        self._emit(self._transform.finish())

    def _emit(self, result: Any) -> None:
        for batch in emitted(result):
            if batch.schema != self._output:
                raise Error("a batch was emitted that is not of the announced schema")
            output.emit(batch_out(batch, arrow))


class _Table:
    def __init__(self, dataset: Any) -> None:
        self._dataset = dataset
        self.schema = schema_in(dataset.schema(), arrow.FieldFlags)

    @property
    def num_rows(self) -> int | None:
        return self._dataset.num_rows()

    def scan(self) -> Any:
        try:
            with self._dataset.scan() as scan:
                while (batch := scan.next()) is not None:
                    yield batch_in(self.schema, batch)
        except Err as error:
            raise _from_host(error.value) from error


class Trainer:
    def __init__(self, fit: Any) -> None:
        self._fit = fit

    @classmethod
    @_guarded(InvalidParams)
    def open(cls, params: str, input: list[Any]) -> Trainer:
        schema = schema_in(input, arrow.FieldFlags)
        return cls(PLUGIN.fit(params_from(PLUGIN.params, params), schema))

    def columns(self) -> list[str]:
        return list(self._fit.columns())

    @_guarded(InvalidData)
    def fit(self, rows: Any) -> bytes:
        return state_to_bytes(self._fit.fit(_Table(rows)))


class Report:
    @_guarded(InvalidData)
    def assess(self, params: str, states: list[Any]) -> Any:
        by_name = {named.name: state_from_bytes(named.state) for named in states}
        return _outcome_out(_judged(params_from(PLUGIN.params, params), by_name))


def _judged(params: Any, states: dict[str, Any]) -> Any:
    """What the plugin says of the states that its kind is asked about."""
    match PLUGIN.kind:
        case "evaluator":
            return PLUGIN.assess(params, states)
        case "trainer":
            return PLUGIN.explain(params, states["model"])
        case "drift-detector":
            return PLUGIN.assess(params, states["reference"], states["current"])
        case _ if "reference" in states:
            return PLUGIN.assess_beside(params, states["data"], states["reference"])
        case _:
            return PLUGIN.assess(params, states["data"])


def _outcome_out(outcome: Any) -> Any:
    findings = [
        report.Finding(
            found.check, found.column, found.passed, found.severity, found.message,
            json.dumps(dict(found.details)),
        )
        for found in outcome.findings
    ]  # fmt: skip
    metrics = [
        report.Metric(measured.name, float(measured.value), _labels(measured))
        for measured in outcome.metrics
    ]
    figures = [
        report.Figure(drawn.name, drawn.title, drawn.kind, json.dumps(dict(drawn.data)))
        for drawn in outcome.figures
    ]
    return report.Outcome(outcome.verdict, outcome.summary, findings, metrics, figures)


def _labels(measured: Metric) -> list[tuple[str, str]]:
    labels = list(measured.labels.items())
    return labels if measured.better is None else [*labels, ("better", measured.better)]


# componentize-py looks for the resources of an interface in a module of its name.
for _interface in ("fold", "fit", "transform"):
    sys.modules[_interface] = sys.modules[__name__]
