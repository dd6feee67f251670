"""What a report says: a verdict, the findings behind it, numbers and figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass
class Finding:
    """One thing that was looked at."""

    #: Lower-case words joined by `_`: `not_null`.
    check: str
    passed: bool
    #: One sentence with the observed value and what was expected.
    message: str
    column: str | None = None
    severity: Literal["error", "warn"] = "error"
    #: Everything else that was observed: counts, thresholds, examples, row numbers from 0.
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Metric:
    """One number."""

    #: Lower-case words joined by `_`: `r2`.
    name: str
    value: float
    #: What tells it from others of its name; empty for the headline number.
    labels: Mapping[str, str] = field(default_factory=dict)
    #: Which way is good, where models are to be compared by it.
    better: Literal["higher", "lower"] | None = None


@dataclass
class Figure:
    """Something to draw: `bars`, `lines` or `table`, with the data as the contract has it."""

    name: str
    title: str
    kind: str
    data: Mapping[str, Any]


@dataclass
class Outcome:
    """The answer to "may the pipeline go on?"."""

    verdict: Literal["passed", "warned", "failed"]
    #: One sentence that a person reads first.
    summary: str
    findings: Sequence[Finding] = ()
    metrics: Sequence[Metric] = ()
    figures: Sequence[Figure] = ()

    @classmethod
    def of_findings(
        cls, findings: Iterable[Finding], summary: str, metrics: Sequence[Metric] = ()
    ) -> Outcome:
        """Failed when a finding of severity `error` has not passed, warned when only others
        have not."""
        found = list(findings)
        severities = {finding.severity for finding in found if not finding.passed}
        verdict: Literal["passed", "warned", "failed"] = (
            "failed" if "error" in severities else "warned" if severities else "passed"
        )
        return cls(verdict, summary, found, metrics)
