"""The four interfaces and the five kinds of plugin, as classes to derive from.

They mirror the contract: what can be wrong with parameters or schema is found when a part is made,
before a row is read; a part says which columns it wants and gets those only. A state is whatever
JSON holds (`dict`, `list`, `str`, numbers, `bool`, `None`), or `bytes`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any, Generic, Protocol, TypeVar

from .batch import Batch
from .errors import InvalidParams
from .outcome import Outcome
from .schema import Schema

P = TypeVar("P")


class Fold(ABC, Generic[P]):
    """Batches become a state, in one pass that any number of instances can share.

    A `ValueError` in `__init__` means that the parameters are wrong, one in `update` that the
    data is.
    """

    @abstractmethod
    def __init__(self, params: P, input: Schema) -> None:
        """Checks the parameters against the schema of the whole input."""

    @abstractmethod
    def columns(self) -> list[str]:
        """The columns that `update` wants, in order."""

    @abstractmethod
    def update(self, rows: Batch) -> None:
        """Takes in the next rows. Keep no view of them: their memory is theirs."""

    @abstractmethod
    def merge(self, later: Any) -> None:
        """Takes in the state of another fold, of the rows that follow this one's own."""

    @abstractmethod
    def state(self) -> Any:
        """What was learned so far. Equal knowledge should be an equal state."""


class Dataset(Protocol):
    """A table that can be read as often as one likes."""

    @property
    def schema(self) -> Schema:
        """The schema of the batches: the columns that were asked for."""

    @property
    def num_rows(self) -> int | None:
        """How many rows a scan yields, where that is known without one."""

    def scan(self) -> Iterator[Batch]:
        """One pass from the first row, always in the same order."""


class Fit(ABC, Generic[P]):
    """A dataset becomes a state, in as many passes as it takes."""

    @abstractmethod
    def __init__(self, params: P, input: Schema) -> None:
        """Checks the parameters against the schema of the whole input."""

    @abstractmethod
    def columns(self) -> list[str]:
        """The columns that the dataset's batches are to hold, in order."""

    @abstractmethod
    def fit(self, rows: Dataset) -> Any:
        """Trains, and returns what was learned."""


class Transform(ABC, Generic[P]):
    """Batches become batches, by what a state holds."""

    #: Whether each input row becomes exactly one output row, in order.
    row_wise = True

    @abstractmethod
    def __init__(self, params: P, state: Any, input: Schema) -> None:
        """Checks that the state can be applied to an input of this schema, in which the target
        column is missing when the host predicts."""

    @abstractmethod
    def columns(self) -> list[str]:
        """The columns that `apply` wants, in order."""

    @abstractmethod
    def output(self) -> Schema:
        """The schema of every batch that comes out."""

    @abstractmethod
    def apply(self, rows: Batch) -> Batch | Iterable[Batch]:
        """What becomes of the next rows: a batch, or several, for which it may `yield`."""

    def finish(self) -> Iterable[Batch]:
        """The input has ended: what was held back."""
        return ()


class Plugin(ABC):
    """What every plugin says about itself; the docstring of its class is its summary."""

    #: The contract's word, which the kinds below set.
    kind = ""
    #: Lower-case words joined by `-`.
    name = ""
    #: A dataclass, see `param`.
    params: Any = None


class Validator(Plugin):
    """Are the rows what we expect?"""

    kind = "validator"
    fold: type[Fold[Any]]

    @staticmethod
    @abstractmethod
    def assess(params: Any, state: Any) -> Outcome:
        """Judges what was observed."""

    @staticmethod
    def assess_beside(params: Any, state: Any, reference: Any) -> Outcome:
        """Judges what was observed beside a reference, which was folded with the same parameters:
        another table, with a schema of its own. A validator that does not say how takes none."""
        raise InvalidParams("it takes no `reference` among its inputs", "")


class Preprocessor(Plugin):
    """Learns an encoding in one pass and applies it."""

    kind = "preprocessor"
    fold: type[Fold[Any]]
    transform: type[Transform[Any]]


class Trainer(Plugin):
    """Learns in as many passes as it takes, and predicts."""

    kind = "trainer"
    fit: type[Fit[Any]]
    transform: type[Transform[Any]]


class ExplainedTrainer(Trainer):
    """Tells what it has learned as well, once, after the training: `explains = true` in
    `plugin.toml`."""

    @staticmethod
    @abstractmethod
    def explain(params: Any, model: Any) -> Outcome:
        """Says of a fitted state what a person would ask of it: which columns it leans on, say."""


class DriftDetector(Plugin):
    """Has the input moved?"""

    kind = "drift-detector"
    fold: type[Fold[Any]]

    @staticmethod
    @abstractmethod
    def assess(params: Any, reference: Any, current: Any) -> Outcome:
        """Compares the states of the reference and of the current rows."""


class Evaluator(Plugin):
    """Scores predictions, and compares models."""

    kind = "evaluator"
    fold: type[Fold[Any]]

    @staticmethod
    @abstractmethod
    def assess(params: Any, models: dict[str, Any]) -> Outcome:
        """Judges one or more models, each by the state under its name, all on the same rows."""
