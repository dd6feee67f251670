"""Makes expected.json beside it: python tests/reference/domain/make.py

How well rows of two made-up tables are told apart by LightGBM with trees of the shape that the domain
classifier of `mlhost:drift` has, each row by what was learned from four fifths of the others, and by
NannyML's own `DomainClassifierCalculator` as it comes. Rows follow from a generator of numbers that
the tests have as well. With Python 3.11 and the `versions` in the result.
"""

import importlib.metadata
import json
import pathlib
import warnings

import lightgbm
import nannyml
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

warnings.filterwarnings("ignore")

HERE = pathlib.Path(__file__).parent
ROWS = 2000
ROUNDS = 10


def mixed(number):
    """The finaliser of SplitMix64."""
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) % 2**64
    return number ^ (number >> 31)


def uniform(seed, count=ROWS):
    """SplitMix64, of whose numbers the upper 53 bits are taken."""
    states = (mixed(seed) + (row + 1) * 0x9E3779B97F4A7C15 for row in range(count))
    return np.array([(mixed(state % 2**64) >> 11) / 2**53 for state in states])


def letters(numbers):
    return np.array(["a", "b", "c", "d"])[(numbers * 4).astype(int)]


def table(seed):
    return pd.DataFrame(
        {"x": uniform(seed), "y": uniform(seed + 1), "kind": letters(uniform(seed + 2))}
    )


def moved(share):
    """Each column as it was, but y is near x."""
    now = table(20)
    now["y"] = (now["x"] + share * uniform(30)) % 1.0
    return now


def shifted():
    now = table(20)
    now["x"] = now["x"] ** 0.8
    return now


def rarer():
    now = table(20)
    now["kind"] = letters(uniform(22) ** 1.5)
    return now


def with_gaps():
    now = table(20)
    now.loc[uniform(31) < 0.2, "y"] = np.nan
    return now


CASES = {
    "the same": table(20),
    "moved against each other": moved(0.3),
    "moved a little against each other": moved(0.8),
    "shifted": shifted(),
    "other shares of kinds": rarer(),
    "missing values": with_gaps(),
}


def by_lightgbm(before, now):
    both = pd.concat([before, now], ignore_index=True)
    both["kind"] = both["kind"].map({"a": 0, "b": 1, "c": 2, "d": 3})
    labels = np.repeat([0, 1], [len(before), len(now)])
    areas = []
    for seed in range(ROUNDS):
        scores = np.zeros(len(labels))
        for learned, held in StratifiedKFold(5, shuffle=True, random_state=seed).split(both, labels):
            model = lightgbm.LGBMClassifier(
                n_estimators=50,
                max_depth=3,
                num_leaves=8,
                learning_rate=0.1,
                reg_lambda=1.0,
                max_bin=32,
                random_state=seed,
                n_jobs=1,
                verbose=-1,
            )
            model.fit(both.iloc[learned], labels[learned])
            scores[held] = model.predict_proba(both.iloc[held])[:, 1]
        areas.append(roc_auc_score(labels, scores))
    return {"mean": float(np.mean(areas)), "deviation": float(np.std(areas, ddof=1))}


def by_nannyml(before, now):
    calculator = nannyml.DomainClassifierCalculator(
        feature_column_names=["x", "y", "kind"],
        treat_as_categorical=["kind"],
        chunk_size=ROWS,
    )
    calculator.fit(before)
    result = calculator.calculate(now).filter(period="analysis").to_df()
    return float(result[("domain_classifier_auroc", "value")].iloc[0])


expected = {
    "versions": {
        name: importlib.metadata.version(name)
        for name in ["lightgbm", "nannyml", "numpy", "pandas", "scikit-learn"]
    },
    "cases": {
        name: {"lightgbm": by_lightgbm(table(1), now), "nannyml": by_nannyml(table(1), now)}
        for name, now in CASES.items()
    },
}
(HERE / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")
