"""Makes expected.json: what pandas, numpy, scipy, Great Expectations and Pandera say of the months of
flights, and of columns at the edges, for the tests to compare with.

    python -m venv venv && venv/bin/pip install pandas pyarrow scipy great_expectations pandera
    venv/bin/python make.py ../../../examples/flights/data > expected.json
"""

import importlib.metadata
import json
import math
import sys
import warnings

import numpy as np
import pandas as pd
import scipy.stats

warnings.simplefilter("ignore")
QUANTILES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]
MONTHS = ["flights_m07.parquet", "flights_m08.parquet"]
PAIRS = [["dep_delay", "arr_delay"], ["temp", "dewp"], ["distance", "arr_delay"]]
INF = math.inf
EDGES = {
    "constant": [7.5] * 5,
    "all_null": [None] * 4,
    "one_value": [3.0],
    "one_value_and_nulls": [None, -2.25, None],
    "two_rows": [1.0, 4.0],
    "ties": [1.0, 1.0, 2.0, 2.0, 2.0, 3.0, 3.0, 10.0],
    "infinities": [1.0, INF, -INF, 2.0],
    "one_infinity": [1.0, INF, 2.0],
    "large_offset": [1e9 + value for value in (4.0, 7.0, 13.0, 16.0)],
    "cancelling": [1e16, 1.0, -1e16, 1.0],
    "signed_zeros": [0.0, -0.0, 0.0],
    "tiny": [5e-324, 1e-300, 2.5e-310],
    "empty": [],
}


def number(value):
    """As JSON has it: nothing where there is no number, text where it is infinite."""
    if value is None or pd.isna(value):
        return None
    value = float(value)
    return value if math.isfinite(value) else str(value)


def statistics(column):
    """Of a column of numbers as pandas and numpy define them."""
    values = column.dropna()
    some = len(values) > 0
    return {
        "rows": len(column),
        "nulls": int(column.isna().sum()),
        "mean": number(values.mean()) if some else None,
        "stdev": number(values.std(ddof=1)) if len(values) > 1 else None,
        # math.fsum adds exactly, and rounds once.
        "sum": number(math.fsum(values) if np.isfinite(values).all() else values.sum()) if some else None,
        "min": number(values.min()) if some else None,
        "max": number(values.max()) if some else None,
        "distinct": int((values + 0.0).nunique()),
        "proportion_unique": number((values + 0.0).nunique() / len(values)) if some else None,
        "quantiles": {
            str(q): number(np.quantile(values.to_numpy(float), q, method="linear")) if some else None
            for q in QUANTILES
        },
    }


def correlation(frame, pair):
    """Pearson's coefficient of the rows that have both."""
    both = frame[pair].dropna()
    return number(scipy.stats.pearsonr(both[pair[0]], both[pair[1]]).statistic)


def unexpected_rows(column, expected):
    """Of the rows with a value, those of which it is not as expected."""
    return [int(row) for row in np.flatnonzero((column.notna() & ~expected).to_numpy())]


def summary(rows, column):
    return {"values": int(column.notna().sum()), "unexpected_count": len(rows), "rows": rows[:20]}


def checks(frame):
    """Checks of values, counted by pandas."""
    tail = frame["dep_delay"]
    origin, dest, carrier = frame["origin"], frame["dest"], frame["carrier"]
    key = frame[["carrier", "origin", "dest", "day"]]
    repeated = key.duplicated(keep=False).to_numpy()
    pair = frame[["arr_delay", "dep_delay"]].dropna()
    lower = pair.index[~(pair["arr_delay"] >= pair["dep_delay"])]
    morning = frame["hour"] < 12
    holds = (frame["arr_delay"] - frame["dep_delay"] <= 60) | (frame["carrier"] == "UA")
    known = frame["arr_delay"].notna() & frame["dep_delay"].notna() | (frame["carrier"] == "UA")
    fails = np.flatnonzero((known & ~holds).to_numpy())
    increases = frame["day"].diff()
    return {
        "between": summary(unexpected_rows(tail, tail.between(-20, 200)), tail),
        "between_where": summary(
            unexpected_rows(tail[morning], tail[morning].between(-20, 200)), tail[morning]
        ) | {"rows": [int(row) for row in np.flatnonzero((morning & tail.notna() & ~tail.between(-20, 200)).to_numpy())][:20]},
        "in_set": summary(unexpected_rows(origin, origin.isin(["JFK", "LGA"])), origin),
        "not_in_set": summary(unexpected_rows(carrier, ~carrier.isin(["HA", "OO"])), carrier),
        "regex": summary(unexpected_rows(dest, dest.str.contains("^[A-L]")), dest),
        "length_between": summary(unexpected_rows(carrier, carrier.str.len() == 2), carrier),
        "not_null": {"values": len(frame), "unexpected_count": int(frame["wind_gust"].isna().sum()),
                     "rows": [int(row) for row in np.flatnonzero(frame["wind_gust"].isna())[:20]]},
        "unique_together": {"values": len(frame), "unexpected_count": int(repeated.sum()),
                            "rows": [int(row) for row in np.flatnonzero(repeated)[:20]]},
        "greater_than": {"values": len(pair), "unexpected_count": len(lower), "rows": [int(row) for row in lower[:20]]},
        "expression": {"values": int(known.sum()), "unexpected_count": len(fails), "rows": [int(row) for row in fails[:20]]},
        "monotonic": {"values": int(frame["day"].notna().sum()), "unexpected_count": int((increases < 0).sum()),
                      "rows": [int(row) for row in np.flatnonzero(increases < 0)[:20]]},
    }


def great_expectations(frame):
    """The same questions to Great Expectations, where it has them."""
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_pandas("pandas")
    batch = source.add_dataframe_asset("flights").add_batch_definition_whole_dataframe("all").get_batch(
        batch_parameters={"dataframe": frame}
    )
    ask = lambda expectation: batch.validate(expectation).result
    counts = lambda result: {"values": result["element_count"] - result.get("missing_count", 0),
                             "unexpected_count": result["unexpected_count"]}
    expect = gx.expectations
    wide = {"min_value": -1e12, "max_value": 1e12}
    of = lambda name: number(ask(getattr(expect, name)(column="dep_delay", **wide))["observed_value"])
    return {
        "between": counts(ask(expect.ExpectColumnValuesToBeBetween(column="dep_delay", min_value=-20, max_value=200))),
        "in_set": counts(ask(expect.ExpectColumnValuesToBeInSet(column="origin", value_set=["JFK", "LGA"]))),
        "not_in_set": counts(ask(expect.ExpectColumnValuesToNotBeInSet(column="carrier", value_set=["HA", "OO"]))),
        "regex": counts(ask(expect.ExpectColumnValuesToMatchRegex(column="dest", regex="^[A-L]"))),
        "length_between": counts(ask(expect.ExpectColumnValueLengthsToBeBetween(column="carrier", min_value=2, max_value=2))),
        "not_null": counts(ask(expect.ExpectColumnValuesToNotBeNull(column="wind_gust"))) | {"values": len(frame)},
        "unique_together": {"unexpected_count": ask(expect.ExpectCompoundColumnsToBeUnique(
            column_list=["carrier", "origin", "dest", "day"]))["unexpected_count"]},
        "mean": of("ExpectColumnMeanToBeBetween"),
        "median": of("ExpectColumnMedianToBeBetween"),
        "stdev": of("ExpectColumnStdevToBeBetween"),
        "sum": of("ExpectColumnSumToBeBetween"),
        "min": of("ExpectColumnMinToBeBetween"),
        "max": of("ExpectColumnMaxToBeBetween"),
        "distinct": of("ExpectColumnUniqueValueCountToBeBetween"),
        "proportion_unique": number(ask(expect.ExpectColumnProportionOfUniqueValuesToBeBetween(
            column="dep_delay", min_value=0, max_value=1))["observed_value"]),
    }


def pandera(frame):
    """The same questions to Pandera, where it has them: how many values it refuses."""
    import pandera.pandas as pa

    def refused(column, check=None, **options):
        schema = pa.DataFrameSchema({column: pa.Column(None, check, **{"nullable": True} | options)})
        try:
            schema.validate(frame, lazy=True)
        except pa.errors.SchemaErrors as error:
            return {"unexpected_count": len(error.failure_cases)}
        return {"unexpected_count": 0}

    schema = pa.DataFrameSchema(unique=["carrier", "origin", "dest", "day"])
    try:
        schema.validate(frame, lazy=True)
        together = 0
    except pa.errors.SchemaErrors as error:
        together = error.failure_cases["index"].nunique()
    optional = pa.DataFrameSchema({"nowhere": pa.Column(float, required=False)})
    optional.validate(frame)
    check = pa.Check
    return {
        "between": refused("dep_delay", check.in_range(-20, 200)),
        "in_set": refused("origin", check.isin(["JFK", "LGA"])),
        "not_in_set": refused("carrier", check.notin(["HA", "OO"])),
        "regex": refused("dest", check.str_matches("^[A-L]")),
        "length_between": refused("carrier", check.str_length(2, 2)),
        "not_null": refused("wind_gust", nullable=False),
        "unique_together": {"unexpected_count": together},
    }


def profile(frame):
    """What `mlhost:profile` shows of columns, by numpy and pandas."""
    numbers = frame.select_dtypes("number")
    texts = [name for name in frame.columns if name not in numbers.columns]

    def histogram(column):
        values = column.dropna().to_numpy(float)
        counts, edges = np.histogram(values, bins=20)
        return {"counts": [int(count) for count in counts], "edges": [float(edge) for edge in edges]}

    def top(column):
        counts = column.value_counts()
        most = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:10]
        return [{"value": value if isinstance(value, str) else number(value), "count": int(count)}
                for value, count in most]

    correlations = numbers.astype(float).corr()
    return {
        "histogram": {name: histogram(numbers[name]) for name in numbers.columns},
        "top": {name: top(frame[name]) for name in frame.columns},
        "length": {name: number(frame[name].str.len().mean()) for name in texts},
        "correlations": {one: {other: number(correlations[one][other]) for other in numbers.columns}
                         for one in numbers.columns},
    }


def month(path):
    frame = pd.read_parquet(path)
    numbers = frame.select_dtypes("number")
    return {
        "statistics": {name: statistics(numbers[name].astype(float)) for name in numbers.columns},
        "texts": {name: {"nulls": int(frame[name].isna().sum()), "distinct": int(frame[name].nunique())}
                  for name in frame.columns if name not in numbers.columns},
        "correlations": [{"columns": pair, "value": correlation(frame, pair)} for pair in PAIRS],
        "checks": checks(frame),
        "great_expectations": great_expectations(frame),
        "pandera": pandera(frame),
        "profile": profile(frame),
    }


def main(folder):
    packages = ["numpy", "pandas", "scipy", "great_expectations", "pandera"]
    edges = {name: {"values": [None if v is None else number(v) for v in values],
                    **statistics(pd.Series(values, dtype=float))} for name, values in EDGES.items()}
    made = {
        "versions": {package: importlib.metadata.version(package) for package in packages},
        "edges": edges,
        "months": {name: month(f"{folder}/{name}") for name in MONTHS},
    }
    json.dump(made, sys.stdout, indent=1, allow_nan=False)
    print()


if __name__ == "__main__":
    main(sys.argv[1])
