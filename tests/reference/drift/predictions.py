"""Makes predictions.json beside it: python tests/reference/drift/predictions.py

How predictions of a model have moved, where the model can be had without the plugins: ordinary least
squares on the flights, by numpy; and a tree of one split on made-up rows, whose probabilities are the
shares of the classes on either side. The statistics are those of make.py, which says what is needed.
"""

import importlib.metadata
import json

import numpy as np
import pandas as pd
from make import DATA, HERE, numbers, texts

TARGET = "arr_delay"
FEATURES = ["sched_min", "distance", "dow"]


def least_squares():
    train, july, august = (
        pd.read_parquet(DATA / f"flights_{part}.parquet") for part in ("train", "m07", "m08")
    )
    taught = train[train[TARGET].notna()]
    rows = np.column_stack([np.ones(len(taught)), *(taught[name].astype(float) for name in FEATURES)])
    weights, *_ = np.linalg.lstsq(rows, taught[TARGET].astype(float), rcond=None)

    def predict(table):
        # Row by row in the same order, so that equal rows have equal predictions.
        found = np.full(len(table), weights[0])
        for weight, name in zip(weights[1:], FEATURES):
            found = found + weight * table[name].astype(float).to_numpy()
        return found

    for month, current in [("m07", july), ("m08", august)]:
        yield {"month": month} | numbers(predict(train), predict(current))


def made_up(ones, of, yes_of_ones, yes_of_zeros):
    """So many rows, of which the first have `x` 1, with so many of the class `yes` on either side."""
    zeros = of - ones
    x = [1] * ones + [0] * zeros
    late = ["yes"] * yes_of_ones + ["no"] * (ones - yes_of_ones)
    late += ["yes"] * yes_of_zeros + ["no"] * (zeros - yes_of_zeros)
    return {"x": x, "late": late}


def one_split():
    reference, current = made_up(200, 400, 160, 50), made_up(240, 300, 180, 20)
    taught = pd.DataFrame(reference)
    shares = {x: float((side.late == "yes").mean()) for x, side in taught.groupby("x")}

    def predicted(table):
        yes = [shares[x] for x in table["x"]]
        return {
            "prediction": ["yes" if share > 0.5 else "no" for share in yes],
            "probability_yes": yes,
            "probability_no": [1 - share for share in yes],
        }

    r, c = predicted(reference), predicted(current)
    of = {name: (texts if name == "prediction" else numbers)(r[name], c[name]) for name in r}
    return {"reference": reference, "current": current, "columns": of}


if __name__ == "__main__":
    packages = ["numpy", "scipy", "pandas", "pyarrow", "evidently"]
    expected = {
        "versions": {name: importlib.metadata.version(name) for name in packages},
        "least_squares": list(least_squares()),
        "one_split": one_split(),
    }
    text = json.dumps(expected, allow_nan=False)
    (HERE / "predictions.json").write_text(text + "\n")
