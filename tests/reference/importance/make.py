"""Makes expected.json beside it: python tests/reference/importance/make.py

The model of examples/flights, made with scikit-learn from the same rows, and how much it depends on
each column by scikit-learn's `permutation_importance` on July; and `feature_importances_` of small
trees. With Python 3.11 and the `versions` in the result.
"""

import importlib.metadata
import json
import pathlib

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.inspection import permutation_importance
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.tree import DecisionTreeRegressor

HERE = pathlib.Path(__file__).parent
DATA = HERE.parents[2] / "examples/flights/data"
TARGET = "arr_delay"
NUMBERS = [
    "day", "dow", "hour", "sched_min", "dep_delay", "distance", "temp", "dewp", "humid", "wind_dir",
    "wind_speed", "wind_gust", "precip", "pressure", "visib", "plane_year", "engines", "seats",
]  # fmt: skip
CLASSES = ["carrier", "origin", "engine"]
MANY_CLASSES = ["dest", "manufacturer"]
REPEATS = 10


def rows(part):
    table = pd.read_parquet(DATA / f"flights_{part}.parquet").dropna(subset=[TARGET])
    table[NUMBERS] = table[NUMBERS].astype(float)
    texts = CLASSES + MANY_CLASSES
    table[texts] = table[texts].astype(object).where(table[texts].notna(), None)
    return table[NUMBERS + texts], table[TARGET]


def model():
    frequent = SimpleImputer(strategy="most_frequent", missing_values=None)
    return make_pipeline(
        ColumnTransformer(
            [
                ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), NUMBERS),
                ("classes", make_pipeline(frequent, OneHotEncoder(handle_unknown="ignore")), CLASSES),
                (
                    "many",
                    make_pipeline(
                        frequent,
                        OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1),
                    ),
                    MANY_CLASSES,
                ),
            ],
            sparse_threshold=0,
        ),
        DecisionTreeRegressor(max_depth=12, min_samples_leaf=20, random_state=0),
    )


if __name__ == "__main__":
    fitted = model().fit(*rows("train"))
    inputs, truth = rows("m07")
    found = permutation_importance(fitted, inputs, truth, n_repeats=REPEATS, random_state=0)
    names = fitted[0].get_feature_names_out()
    impurity = {}
    for name, share in zip(names, fitted[1].feature_importances_):
        kind, feature = name.split("__")
        # The features that one column is encoded as count together.
        column = feature.rsplit("_", 1)[0] if kind == "classes" else feature
        impurity[column] = impurity.get(column, 0.0) + float(share)
    expected = {
        "versions": {n: importlib.metadata.version(n) for n in ["numpy", "scikit-learn", "pandas"]},
        "rows": len(truth),
        "n_repeats": REPEATS,
        "r2": float(fitted.score(inputs, truth)),
        "permutation": {
            column: {"mean": float(mean), "std": float(std)}
            for column, mean, std in zip(
                inputs.columns, found.importances_mean, found.importances_std
            )
        },
        "impurity": impurity,
    }
    (HERE / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
