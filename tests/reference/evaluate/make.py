"""Makes `expected.json` beside it: python make.py

What numpy 2.4.6, scikit-learn 1.9.1, scipy 1.17.1 and statsmodels 0.15 say of predictions, for the
tests of `plugins/evaluate`. A case holds its columns, or the month of `examples` that they are made
of by the rules in `flights` below, which the tests repeat; `metrics` holds every metric that there
is to be, and no others. Where the definition is not that of scikit-learn, `OURS` says why.
"""

import importlib.metadata
import json
import math
import pathlib
import warnings

import numpy as np
import pyarrow.parquet as pq
from scipy import stats
from sklearn import metrics as sk
from sklearn.calibration import calibration_curve
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

HERE = pathlib.Path(__file__).parent
EXAMPLES = HERE.parent.parent.parent / "examples"
EPSILON = float(np.finfo(np.float64).eps)
warnings.simplefilter("ignore")

OURS = {
    "r2_adjusted": "scikit-learn has none; 1 - (1 - r2) (n - 1) / (n - p - 1)",
    "expected_calibration_error": "scikit-learn has none; from the bins of its calibration_curve",
    "explained_variance": "of one row scikit-learn says 1 whatever is predicted; there is none here",
    "mape": "where a target is 0 scikit-learn divides by 2.2e-16; there is none here without mape_epsilon",
    "average_precision": "scikit-learn says 0 where no row is of the class; there is none here",
}


def regression(y, p, params):
    """Every metric of a regression; rows without a target are left out before."""
    found = {}
    n = len(y)
    if n >= 2:
        found["r2"] = sk.r2_score(y, p)
        found["explained_variance"] = sk.explained_variance_score(y, p)
        features = params.get("features")
        if features is not None and n - features - 1 > 0:
            found["r2_adjusted"] = 1 - (1 - found["r2"]) * (n - 1) / (n - features - 1)
    if n >= 1:
        found["rmse"] = sk.root_mean_squared_error(y, p)
        found["mae"] = sk.mean_absolute_error(y, p)
        found["median_absolute_error"] = sk.median_absolute_error(y, p)
        found["max_error"] = sk.max_error(y, p)
        if "mape_epsilon" in params:
            found["mape"] = float(np.mean(np.abs(y - p) / np.maximum(np.abs(y), params["mape_epsilon"])))
            if params["mape_epsilon"] == EPSILON:
                found["mape"] = sk.mean_absolute_percentage_error(y, p)
        elif np.all(y != 0):
            found["mape"] = sk.mean_absolute_percentage_error(y, p)
        if "quantile" in params:
            found["mean_pinball_loss"] = sk.mean_pinball_loss(y, p, alpha=params["quantile"])
    return found


def calibration_error(truth, score, bins=10):
    """From the bins of `calibration_curve`, which leaves out those that are empty, as we do."""
    share, mean = calibration_curve(truth, score, n_bins=bins)
    rows = np.bincount(np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], score), minlength=bins)
    return float(np.sum(rows[rows > 0] * np.abs(share - mean)) / len(score))


def classification(y, p, probabilities, positive):
    """Every metric of a classification. `probabilities` by class, `positive` where there is one."""
    found = {}
    if len(y) == 0:
        return found
    found["accuracy"] = sk.accuracy_score(y, p)
    zero = {"zero_division": 0}
    for name, score in [("precision", sk.precision_score), ("recall", sk.recall_score), ("f1", sk.f1_score)]:
        if positive is not None:
            found[name] = score(y == positive, p == positive, **zero)
        found[f"{name}_macro"] = score(y, p, average="macro", **zero)
    found["balanced_accuracy"] = sk.balanced_accuracy_score(y, p)
    found["matthews_corrcoef"] = sk.matthews_corrcoef(y, p)
    if not probabilities:
        return found
    classes = sorted(probabilities)
    matrix = np.column_stack([probabilities[name] for name in classes])
    found["log_loss"] = sk.log_loss(y, matrix, labels=classes)
    ranked = classes if positive is None else [positive]
    areas, precisions, errors = [], [], []
    for name in ranked:
        truth, score = y == name, probabilities[name]
        if 0 < truth.sum() < len(truth):
            areas.append(sk.roc_auc_score(truth, score))
        if truth.any():
            precisions.append(sk.average_precision_score(truth, score))
        errors.append(calibration_error(truth, score))
    if areas:
        found["roc_auc"] = np.mean(areas)
    if precisions:
        found["average_precision"] = np.mean(precisions)
    found["expected_calibration_error"] = np.mean(errors)
    if positive is None:
        found["brier_score"] = sk.brier_score_loss(y, matrix, labels=classes)
    else:
        truth = (y == positive).astype(int)
        found["brier_score"] = sk.brier_score_loss(truth, probabilities[positive])
    return found


def plain(value):
    """As JSON has it: infinities and NaN as texts."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(one) for one in value]
    if isinstance(value, (float, np.floating)):
        value = float(value)
        return value if math.isfinite(value) else str(value)
    return value.item() if isinstance(value, np.generic) else value


cases = []


def of_numbers(name, y, p, **params):
    kept = [(one, other) for one, other in zip(y, p) if one is not None and not math.isnan(one)]
    truth, predicted = (np.array(values, dtype=float) for values in zip(*kept)) if kept else (np.array([]), np.array([]))
    found = regression(truth, predicted, params)
    found["rows"], found["rows_without_target"] = len(kept), len(y) - len(kept)
    cases.append({
        "name": name, "params": {"target": "y", **params},
        "columns": {"y": {"float64": y}, "prediction": {"float64": p}}, "metrics": found,
    })


def of_classes(name, y, p, probabilities=None, positive=None, **params):
    probabilities = probabilities or {}
    kept = [at for at, one in enumerate(y) if one is not None]
    pick = lambda values: np.array([values[at] for at in kept])
    found = classification(pick(y), pick(p), {key: pick(values) for key, values in probabilities.items()}, positive)
    found["rows"], found["rows_without_target"] = len(kept), len(y) - len(kept)
    columns = {"y": {"utf8": y}, "prediction": {"utf8": p}}
    columns |= {f"probability_{key}": {"float64": values} for key, values in probabilities.items()}
    cases.append({"name": name, "params": {"target": "y", **params}, "columns": columns, "metrics": found})


random = np.random.default_rng(5)
y = np.round(random.gamma(2.0, 10.0, 60) + 1, 2)
p = np.round(y + random.normal(0.0, 6.0, 60), 2)
of_numbers("numbers", list(y), list(p), quantile=0.9, features=3)
of_numbers("numbers, the median", list(y), list(p), quantile=0.5)
of_numbers("constant target, wrong", [0.1] * 5, [0.1, 0.2, 0.1, 0.0, 0.1], features=2)
of_numbers("constant target, right", [4.0] * 3, [4.0] * 3)
of_numbers("constant target, off by the same", [4.0] * 3, [5.0] * 3)
of_numbers("constant prediction", [1.0, 2.0, 3.0, 6.0], [3.0] * 4, quantile=0.25)
of_numbers("constant prediction, off by the same", [1.0, 2.0, 3.0], [11.0, 12.0, 13.0])
of_numbers("ties", [1.0, 1.0, 2.0, 2.0, 2.0, 5.0], [2.0, 2.0, 1.0, 1.0, 3.0, 5.0])
of_numbers("two rows", [1.0, 3.0], [1.5, 2.0], features=1)
of_numbers("one row", [4.0], [5.0], features=1, quantile=0.1)
of_numbers("as many features as rows", [1.0, 3.0, 4.0], [1.5, 2.0, 4.0], features=3)
of_numbers("a target of zero", [0.0, 2.0, -4.0], [1.0, 2.5, -3.0])
of_numbers("a target of zero, as scikit-learn has it", [0.0, 2.0, -4.0], [1.0, 2.5, -3.0], mape_epsilon=EPSILON)
of_numbers("a target of zero counts as one", [0.0, 2.0, -4.0, 0.5], [1.0, 2.5, -3.0, 1.0], mape_epsilon=1.0)
of_numbers("targets nearly zero", [1e-17, -1e-300, 3.0], [0.5, 0.5, 2.0])
of_numbers("large and nearly equal", [1e9 + at for at in range(8)], [1e9 + at + (-1) ** at * 0.25 for at in range(8)])
of_numbers("large and small", [1e150, -1e150, 3.0, 7.0], [1e150, -1e150, 2.0, 9.0])
of_numbers("nulls and NaN", [1.0, None, float("nan"), 3.0, 4.0], [1.5, 2.0, 9.0, 3.0, 2.0])
of_numbers("all null", [None, None], [1.0, 2.0])
of_numbers("no rows", [], [])

score = np.round(random.random(80), 2)
truth = np.where(random.random(80) < 0.2 + 0.6 * score, "yes", "no")
guess = np.where(score > 0.5, "yes", "no")
two = lambda values: {"no": list(1 - np.array(values)), "yes": list(values)}
of_classes("two classes", list(truth), list(guess), two(score), "yes")
of_classes("two classes without probabilities", list(truth), list(guess), positive="yes")
of_classes("perfect", ["no", "yes", "yes"], ["no", "yes", "yes"], two([0.0, 1.0, 1.0]), "yes")
of_classes("perfectly wrong", ["no", "yes", "yes"], ["yes", "no", "no"], two([1.0, 0.0, 0.0]), "yes")
of_classes("constant probability", ["no", "yes", "yes", "no", "no"], ["no"] * 5, two([0.4] * 5), "yes")
of_classes("edges of bins", ["no", "yes"] * 6, ["no", "yes"] * 6, two([at / 10 for at in range(11)] + [0.35]), "yes")
of_classes("two rows", ["no", "yes"], ["no", "no"], two([0.2, 0.3]), "yes")
of_classes("one row", ["yes"], ["no"], two([0.3]), "yes")
of_classes("one class", ["no"] * 4, ["no", "no", "yes", "no"], two([0.1, 0.3, 0.7, 0.2]), "yes")
of_classes("nulls", ["no", None, "yes", None], ["no", "yes", "yes", "no"], two([0.1, 0.3, 0.7, 0.2]), "yes")
of_classes("no rows with a class", [None, None], ["no", "yes"])
three = random.dirichlet([1.0, 1.0, 1.0], 70).round(3)
three[:, 2] = 1 - three[:, 0] - three[:, 1]
grade = [["a", "b", "c"][at] for at in (three + random.random((70, 3)) * 0.8).argmax(axis=1)]
taken = [["a", "b", "c"][at] for at in three.argmax(axis=1)]
of_classes("three classes", grade, taken, {name: list(three[:, at]) for at, name in enumerate("abc")})
of_classes("a class that is only predicted", ["a", "b", "b", "a", "b"], ["a", "c", "b", "b", "b"])


def flights(name, columns):
    table = pq.read_table(EXAMPLES / name).to_pandas()
    return {column: table[column].to_numpy() for column in columns}


# A delay at arrival is predicted as that at departure less 4; of one that is not known as 10.
july = flights("flights/data/flights_m07.parquet", ["arr_delay", "dep_delay", "carrier"])
predicted = np.where(np.isnan(july["dep_delay"]), 10.0, july["dep_delay"] - 4.0)
known = ~np.isnan(july["arr_delay"])
params = {"quantile": 0.8, "features": 1, "mape_epsilon": EPSILON}
of_flights = regression(july["arr_delay"][known], predicted[known], params)
of_flights |= {"rows": int(known.sum()), "rows_without_target": int((~known).sum())}
by_carrier = {
    carrier: regression(july["arr_delay"][known & (july["carrier"] == carrier)],
                        predicted[known & (july["carrier"] == carrier)], params)
    for carrier in np.unique(july["carrier"][known])
}

# Late is what is more than 15 minutes late; the probability rises with z, the delay at departure
# less 12, as 0.5 + 0.5 z / (|z| + 20), and is 0.25 where that delay is not known.
late = flights("late-flights/data/july.parquet", ["late", "dep_delay", "carrier"])
z = late["dep_delay"] - 12.0
chance = np.where(np.isnan(z), 0.25, 0.5 + 0.5 * z / (np.abs(z) + 20.0))
known = np.array([one is not None for one in late["late"]])
words = np.where([bool(one) for one in late["late"]], "true", "false")
taken = np.where(chance > 0.5, "true", "false")
chances = {"false": 1.0 - chance, "true": chance}
picked = lambda rows: classification(words[rows], taken[rows], {key: values[rows] for key, values in chances.items()}, "true")
of_late = picked(known) | {"rows": int(known.sum()), "rows_without_target": int((~known).sum())}
late_by_carrier = {carrier: picked(known & (late["carrier"] == carrier)) for carrier in np.unique(late["carrier"][known])}
share, mean = calibration_curve(words[known] == "true", chance[known], n_bins=10)
fall_out, recall, _ = sk.roc_curve(words[known] == "true", chance[known], drop_intermediate=False)
precision, sensitivity, _ = sk.precision_recall_curve(words[known] == "true", chance[known])

# Paired tests of two and more models.
a, b = np.round(y + random.normal(0.0, 5.0, 60), 2), np.round(y + random.normal(0.0, 7.0, 60), 2)
models = {"first": p, "second": a, "third": b}
squares = {name: (y - one) ** 2 for name, one in models.items()}


def against_first(test):
    found = {name: test(squares["first"], squares[name]) for name in ["second", "third"]}
    corrected = multipletests([one[1] for one in found.values()], method="holm")[1]
    return {name: {"statistic": one[0], "p_value": one[1], "p_value_holm": holm}
            for (name, one), holm in zip(found.items(), corrected)}


t_tests = against_first(lambda one, other: tuple(stats.ttest_rel(one, other)))
ranks = against_first(lambda one, other: tuple(stats.wilcoxon(one, other, method="asymptotic", correction=False)))
few = slice(0, 20)
exact = stats.wilcoxon(squares["first"][few], squares["second"][few], method="exact")
tied_first, tied_second = np.round(y[:30] + np.tile([1, -1, 2], 10), 2), np.round(y[:30] + np.tile([1, 2, -3], 10), 2)
tied = stats.wilcoxon((y[:30] - tied_first) ** 2 , (y[:30] - tied_second) ** 2, method="asymptotic", correction=False)


def of_mcnemar(only_first, only_second):
    found = mcnemar([[0, only_first], [only_second, 0]], exact=True)
    return {"first": only_first, "second": only_second, "statistic": found.statistic, "p_value": found.pvalue}


alone = [(0, 0), (1, 0), (5, 5), (3, 9), (12, 30), (480, 560), (4_000, 4_210), (0, 60)]

# Intervals of a single model, from draws that share nothing with the plugin.
drawn = np.array([
    [sk.r2_score(y[rows], p[rows]), sk.mean_absolute_error(y[rows], p[rows]), sk.max_error(y[rows], p[rows]),
     sk.explained_variance_score(y[rows], p[rows])]
    for rows in (random.integers(0, 60, 60) for _ in range(20_000))
])
is_yes = truth == "yes"
drawn_classes = np.array([
    [sk.roc_auc_score(is_yes[rows], score[rows]), sk.average_precision_score(is_yes[rows], score[rows]),
     sk.brier_score_loss(is_yes[rows], score[rows]), sk.matthews_corrcoef(truth[rows], guess[rows]),
     sk.balanced_accuracy_score(truth[rows], guess[rows]), calibration_error(is_yes[rows], score[rows])]
    for rows in (random.integers(0, 80, 80) for _ in range(20_000))
])
ends = lambda values: {"lower": np.quantile(values, 0.05), "upper": np.quantile(values, 0.95)}

packages = ["numpy", "scipy", "scikit-learn", "statsmodels", "pyarrow"]
expected = {
    "versions": {package: importlib.metadata.version(package) for package in packages},
    "ours": OURS,
    "cases": cases,
    "flights": {"params": params, "metrics": of_flights, "by_carrier": by_carrier},
    "late": {
        "metrics": of_late, "by_carrier": late_by_carrier,
        "calibration_curve": {"x": mean, "y": share},
        "roc_curve": {"x": fall_out, "y": recall},
        "precision_recall_curve": {"x": sensitivity, "y": precision},
    },
    "tests": {
        "y": y, "models": models, "t_test": t_tests, "wilcoxon": ranks,
        "wilcoxon_exact": {"rows": 20, "statistic": exact.statistic, "p_value": exact.pvalue},
        "wilcoxon_tied": {"y": y[:30], "first": tied_first, "second": tied_second,
                          "statistic": tied.statistic, "p_value": tied.pvalue},
        "mcnemar": [of_mcnemar(*one) for one in alone],
    },
    "intervals": {
        "numbers": dict(zip(["r2", "mae", "max_error", "explained_variance"], map(ends, drawn.T))),
        "two classes": dict(zip(["roc_auc", "average_precision", "brier_score", "matthews_corrcoef",
                                 "balanced_accuracy", "expected_calibration_error"], map(ends, drawn_classes.T))),
    },
}
(HERE / "expected.json").write_text(json.dumps(plain(expected), indent=1) + "\n")
