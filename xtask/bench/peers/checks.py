"""The twenty checks of pipelines/validate.toml in polars, pandera and Great Expectations, on rows in
memory: prints the CPU seconds of each as JSON, the middle of so many rounds."""

import json
import statistics
import sys
import time
import warnings

import pandas as pd
import polars as pl

warnings.simplefilter("ignore")
RANGES = {
    "day": (1, 31), "dow": (0, 6), "hour": (0, 23), "sched_min": (0, 1439), "dep_delay": (-60, 1500),
    "arr_delay": (-120, 1500), "distance": (10, 5500), "temp": (-10, 115), "wind_dir": (0, 360),
}
PRESENT = {
    "dep_delay": 0.9, "arr_delay": 0.9, "distance": 1.0, "temp": 0.9, "wind_dir": 0.9, "wind_gust": 0.05,
    "pressure": 0.8, "dest": 1.0,
}
SETS = {
    "origin": ["EWR", "JFK", "LGA"],
    "carrier": ["9E", "AA", "AS", "B6", "DL", "EV", "F9", "FL", "HA", "MQ", "OO", "UA", "US", "VX", "WN", "YV"],
}


def with_polars(frame):
    checks = [pl.col(name).is_between(*ends).all() for name, ends in RANGES.items()]
    checks += [pl.col(name).is_not_null().mean() >= share for name, share in PRESENT.items()]
    checks += [pl.col(name).is_in(values).all() for name, values in SETS.items()]
    checks.append(pl.len() >= 1)
    named = [check.alias(str(number)) for number, check in enumerate(checks)]
    assert all(frame.lazy().select(named).collect().row(0))


def with_pandera(frame):
    import pandera.pandas as pa

    columns = {name: [] for name in RANGES | PRESENT | SETS}
    for name, (low, high) in RANGES.items():
        columns[name].append(pa.Check.in_range(low, high))
    for name, share in PRESENT.items():
        columns[name].append(pa.Check(lambda column, share=share: column.notna().mean() >= share, ignore_na=False))
    for name, values in SETS.items():
        columns[name].append(pa.Check.isin(values))
    schema = pa.DataFrameSchema(
        {name: pa.Column(checks=checks, nullable=True) for name, checks in columns.items()},
        checks=pa.Check(lambda frame: len(frame) >= 1),
    )
    schema.validate(frame, lazy=True)


def great_expectations(frame):
    import great_expectations as gx

    expect = gx.expectations
    suite = [expect.ExpectColumnValuesToBeBetween(column=name, min_value=low, max_value=high)
             for name, (low, high) in RANGES.items()]
    suite += [expect.ExpectColumnValuesToNotBeNull(column=name, mostly=share) for name, share in PRESENT.items()]
    suite += [expect.ExpectColumnValuesToBeInSet(column=name, value_set=values) for name, values in SETS.items()]
    suite.append(expect.ExpectTableRowCountToBeBetween(min_value=1))
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("pandas").add_dataframe_asset("flights")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch(batch_parameters={"dataframe": frame})
    assert batch.validate(gx.ExpectationSuite(name="flights", expectations=suite)).success


def main(path, rounds):
    columns = list(RANGES | PRESENT | SETS)
    polars, pandas = pl.read_parquet(path, columns=columns), pd.read_parquet(path, columns=columns)
    peers = {"polars": (with_polars, polars), "pandera": (with_pandera, pandas),
             "Great Expectations": (great_expectations, pandas)}
    times = {name: [] for name in peers}
    for name, (check, frame) in peers.items():
        check(frame)
    for _ in range(rounds):
        for name, (check, frame) in peers.items():
            start = time.process_time()
            check(frame)
            times[name].append(time.process_time() - start)
    print(json.dumps({name: statistics.median(series) for name, series in times.items()}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
