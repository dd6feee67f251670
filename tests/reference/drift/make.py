"""Makes expected.json beside it: python tests/reference/drift/make.py

With Python 3.11, numpy 2.4, scipy 1.17, scikit-learn 1.9, pandas 2.3, pyarrow and Evidently 0.7.23;
`versions` in the result holds those that made it. Made-up columns are written out with their
results, so that the tests need no Python; those of flights are read from the example.
"""

import importlib.metadata
import json
import math
import pathlib
import warnings

import numpy as np
import pandas as pd
from evidently.legacy.calculations.stattests import (
    hellinger_stat_test,
    jensenshannon_stat_test,
    psi_stat_test,
    wasserstein_stat_test,
    z_stat_test,
)
from evidently.legacy.calculations.stattests.registry import get_stattest
from evidently.legacy.core import ColumnType
from scipy import stats
from scipy.spatial.distance import jensenshannon
from scipy.special import gammaincc

HERE = pathlib.Path(__file__).parent
DATA = HERE.parents[2] / "examples/flights/data"
FLOOR = 1e-4
COLUMNS = [
    "day", "dow", "hour", "sched_min", "dep_delay", "distance", "temp", "dewp", "humid", "wind_dir",
    "wind_speed", "wind_gust", "precip", "pressure", "visib", "plane_year", "engines", "seats",
    "carrier", "origin", "engine", "dest", "manufacturer", "arr_delay",
]  # fmt: skip

nan, inf = math.nan, math.inf


def wave(count, step):
    return [round(math.sin(i * step) * 100, 6) for i in range(count)]


MADE_UP = {
    "constant": ([3.0] * 20, [3.0] * 15),
    "constant that moved": ([3.0] * 20, [4.0] * 15),
    "all null": ([1.0, 2.0, 3.0], [nan] * 4),
    "one value": ([1.0], [2.0]),
    "two rows": ([1.0, 2.0], [2.0, 5.0]),
    "ties": ([1.0, 1.0, 1.0, 2.0, 2.0, 7.0] * 5, [1.0, 2.0, 2.0, 2.0, 7.0, 7.0, 7.0] * 4),
    "infinities": ([-inf, 0.0, 1.0, 2.0, inf] * 4, [0.0, 1.0, 1.0, inf, inf] * 5),
    "empty current": ([1.0, 2.0, 3.0], []),
    "nulls": ([1.0, nan, 2.0, 5.0, 4.0, 2.5], [nan, nan, 3.0, 4.0, 2.0]),
    "many values": (
        [round(math.sin(i) * 100, 6) for i in range(300)],
        [round(math.cos(i * 1.7) * 80 + 20, 6) for i in range(250)],
    ),
    # Of 1001 rows, the ninth decile falls on the last finite value, or on the first.
    "many infinities": (wave(901, 0.7) + [inf] * 100, wave(1001, 1.3)),
    "many negative infinities": (wave(900, 0.7) + [-inf] * 101, wave(1001, 1.3)),
    "infinities on either side": (
        [-inf] * 30 + wave(200, 0.7) + [inf] * 60,
        [-inf] * 90 + wave(150, 1.3) + [inf] * 5,
    ),
    "texts": (list("aaaabbbccd"), list("aabbbbeee")),
    "two texts": (list("aab") * 9, list("abb") * 11),
    "one text": (list("aaaa"), list("aaa")),
    "texts that are all new": (list("aabb"), list("ccd")),
}


def bins(reference, current):
    """The counts of each side, in the bins that `mlhost:drift` takes by default."""
    values = np.unique(np.concatenate([reference, current]))
    if len(np.unique(reference)) <= 20:
        edges = values[1:]
    else:
        inner = np.arange(1, 10) / 10
        between = np.quantile(reference, inner)
        lower = np.quantile(reference, inner, method="lower")
        edges = np.where(np.isfinite(between), between, lower)
        smallest, following = np.unique(reference)[:2]
        edges = np.unique(np.where(edges <= smallest, following, edges))
    return tuple(
        np.bincount(np.searchsorted(edges, side, "right"), minlength=len(edges) + 1)
        for side in (reference, current)
    )


def equal_width(reference, current):
    finite = reference[np.isfinite(reference)]
    edges = np.linspace(finite.min(), finite.max(), 11)[1:-1]
    return tuple(
        np.bincount(np.searchsorted(edges, side, "right"), minlength=len(edges) + 1)
        for side in (reference, current)
    )


def psi(r, c):
    r, c = (np.clip(side / side.sum(), FLOOR, None) for side in (r, c))
    return float(((c - r) * np.log(c / r)).sum())


def by_counts(r, c):
    """What follows from the counts of bins or categories."""
    p, q = r / r.sum(), c / c.sum()
    held = (r + c) > 0
    found = {
        "psi": psi(r, c),
        "jensen_shannon": float(np.nan_to_num(jensenshannon(p, q))),
        "jensen_shannon_2": float(np.nan_to_num(jensenshannon(p, q, 2))),
        "hellinger": float(np.sqrt(0.5 * ((np.sqrt(p) - np.sqrt(q)) ** 2).sum())),
        "l_infinity": float(np.abs(p - q).max()),
    }
    if held.sum() > 1:
        test = stats.chi2_contingency([r[held], c[held]], correction=False)
        found |= {"chi_squared": float(test.statistic), "chi_squared_p_value": float(test.pvalue)}
    else:
        found |= {"chi_squared": 0.0, "chi_squared_p_value": 1.0}
    if held.sum() <= 2:
        n = np.array([r.sum(), c.sum()])
        pooled = (r[-1] + c[-1]) / n.sum()
        deviation = math.sqrt(pooled * (1 - pooled) * (1 / n[0] + 1 / n[1]))
        z = (r[-1] / n[0] - c[-1] / n[1]) / deviation if deviation else 0.0
        found |= {"z": float(z), "z_test_p_value": float(2 * stats.norm.sf(abs(z)))}
    return found


def evidently(test, reference, current, kind):
    """The value of one of Evidently's tests, where it has one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = test(pd.Series(reference), pd.Series(current), kind, None).drift_score
    return float(value) if np.isfinite(value) else None


def numbers(reference, current):
    reference, current = (np.asarray(side, dtype=float) for side in (reference, current))
    found = {"missing_reference": int(np.isnan(reference).sum())}
    found["missing_current"] = int(np.isnan(current).sum())
    found["different"] = len(np.unique(reference[~np.isnan(reference)]))
    reference, current = (side[~np.isnan(side)] for side in (reference, current))
    if len(reference) == 0 or len(current) == 0:
        return found
    found |= by_counts(*bins(reference, current))
    found["psi_equal_width"] = psi(*equal_width(reference, current))
    ks = stats.ks_2samp(reference, current, method="asymp")
    # scipy has no asymptotic p-value for one value on each side.
    found |= {"ks": float(ks.statistic)}
    if len(reference) + len(current) > 2:
        found |= {"ks_p_value": float(ks.pvalue)}
    r, c = (side[np.isfinite(side)] for side in (reference, current))
    found["wasserstein"] = float(stats.wasserstein_distance(r, c))
    found["wasserstein_normed"] = found["wasserstein"] / max(float(np.std(r)), 0.001)
    numerical = ColumnType.Numerical
    theirs = {"wasserstein_normed": evidently(wasserstein_stat_test, r, c, numerical)}
    if len(np.unique(r)) <= 20 and len(r) == len(reference) and len(c) == len(current):
        theirs["jensen_shannon"] = evidently(jensenshannon_stat_test, r, c, numerical)
        if smallest_share(r) > FLOOR and smallest_share(c) > FLOOR:
            theirs["psi"] = evidently(psi_stat_test, r, c, numerical)
    return found | {"evidently": theirs}


def smallest_share(side):
    return min(np.unique(side, return_counts=True)[1]) / len(side)


def texts(reference, current):
    reference, current = (pd.Series(side, dtype=object) for side in (reference, current))
    found = {"missing_reference": int(reference.isna().sum())}
    found["missing_current"] = int(current.isna().sum())
    reference, current = reference.dropna(), current.dropna()
    keys = sorted(set(reference) | set(current))
    r, c = (
        np.array([counts.get(key, 0) for key in keys])
        for counts in (reference.value_counts(), current.value_counts())
    )
    found |= by_counts(r, c)
    found["new_category_share"] = float(c[r == 0].sum() / c.sum())
    categorical = ColumnType.Categorical
    theirs = {
        "jensen_shannon": evidently(jensenshannon_stat_test, reference, current, categorical),
        "hellinger": evidently(hellinger_stat_test, reference, current, categorical),
    }
    if smallest_share(reference) > FLOOR and smallest_share(current) > FLOOR:
        theirs["psi"] = evidently(psi_stat_test, reference, current, categorical)
    if len(keys) <= 2:
        theirs["z_test_p_value"] = evidently(z_stat_test, reference, current, categorical)
    return found | {"evidently": theirs}


def made_up():
    for name, (reference, current) in MADE_UP.items():
        kind = texts if isinstance(reference[0], str) else numbers
        found = kind(reference, current)
        yield {"name": name, "reference": plain(reference), "current": plain(current)} | found


def plain(values):
    """JSON has neither NaN, which is null here, nor infinities, which are texts."""

    def one(value):
        if isinstance(value, str):
            return value
        return None if math.isnan(value) else str(value) if math.isinf(value) else value

    return [one(value) for value in values]


EDGES = [-50.0, 0.0, 12.5, 50.0]


def given_edges():
    """Of bins between edges that are given."""
    for name in ["many values", "infinities on either side"]:
        reference, current = (np.asarray(side, dtype=float) for side in MADE_UP[name])
        counts = (
            np.bincount(np.searchsorted(EDGES, side, "right"), minlength=len(EDGES) + 1)
            for side in (reference, current)
        )
        yield {"name": name, "edges": EDGES} | by_counts(*counts)


def sketched():
    """Of more different values than are counted exactly: the tests make them by the same rule."""
    reference = (np.arange(80_000) * 7919 % 100_003) / 97
    current = (np.arange(70_000) * 104_729 % 99_991) / 89 + 3
    assert len(np.unique(reference)) == 80_000 and len(np.unique(current)) == 70_000
    edges = [200.0, 500.0, 900.0]
    counts = (
        np.bincount(np.searchsorted(edges, side, "right"), minlength=len(edges) + 1)
        for side in (reference, current)
    )
    return {
        "ks": float(stats.ks_2samp(reference, current, method="asymp").statistic),
        "wasserstein": float(stats.wasserstein_distance(reference, current)),
        "quantile_psi": psi(*bins(reference, current)),
        "edges": edges,
        "psi": psi(*counts),
    }


def flights():
    reference, july, august = (
        pd.read_parquet(DATA / f"flights_{part}.parquet") for part in ("train", "m07", "m08")
    )
    for name, current in [("m07", july), ("m08", august)]:
        for column in COLUMNS:
            r, c = reference[column], current[column]
            is_text = not pd.api.types.is_numeric_dtype(r)
            found = texts(r, c) if is_text else numbers(r.astype(float), c.astype(float))
            yield {"month": name, "column": column} | found


def tails():
    """The tail of the chi-squared distribution."""
    for degrees in [1, 2, 3, 10, 99, 1000, 20_000]:
        for share in [0.01, 0.5, 0.9, 1.0, 1.1, 1.5, 3.0, 10.0]:
            x = degrees * share
            p = float(gammaincc(degrees / 2, x / 2))
            if p > 1e-300:
                yield {"degrees": degrees, "statistic": x, "p_value": p}


def default_methods():
    """What Evidently takes by default, by kind, rows and different values."""
    for kind in (ColumnType.Numerical, ColumnType.Categorical):
        for rows in (999, 1000, 1001):
            for different in (1, 2, 3, 5, 6):
                side = pd.Series([float(i % different) for i in range(rows)])
                test = get_stattest(side, side, kind, None)
                yield {
                    "numeric": kind == ColumnType.Numerical,
                    "rows": rows,
                    "different": different,
                    "method": test.name,
                    "threshold": test.default_threshold,
                }


if __name__ == "__main__":
    packages = ["numpy", "scipy", "scikit-learn", "pandas", "pyarrow", "evidently"]
    expected = {
        "versions": {name: importlib.metadata.version(name) for name in packages},
        "made_up": list(made_up()),
        "given_edges": list(given_edges()),
        "sketched": sketched(),
        "flights": list(flights()),
        "tails": list(tails()),
        "default_methods": list(default_methods()),
    }
    text = json.dumps(expected, indent=1, allow_nan=False)
    (HERE / "expected.json").write_text(text + "\n")
