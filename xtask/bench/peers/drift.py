"""PSI and Kolmogorov-Smirnov of every column of two tables, by the tool that is named, as often as
is asked for: prints the CPU seconds of each time, without those of reading the tables."""

import sys
import time
import warnings

import numpy as np
import pandas as pd

warnings.simplefilter("ignore")
tool, reference, current, rounds = sys.argv[1:]
tables = [pd.read_parquet(path) for path in (reference, current)]
times = [name for name in tables[0] if pd.api.types.is_datetime64_any_dtype(tables[0][name])]
reference, current = (table.drop(columns=times) for table in tables)
numbers = [name for name in reference if pd.api.types.is_numeric_dtype(reference[name])]
texts = [name for name in reference if name not in numbers]
for table in (reference, current):
    table[numbers] = table[numbers].astype(float)
    table[texts] = table[texts].astype(object)


def by_scipy():
    from scipy import stats

    def psi(r, c):
        r, c = (np.clip(side / side.sum(), 1e-4, None) for side in (r, c))
        return ((c - r) * np.log(c / r)).sum()

    for name in numbers:
        r, c = reference[name].dropna().to_numpy(), current[name].dropna().to_numpy()
        edges = np.unique(np.quantile(r, np.linspace(0, 1, 11)))
        edges[0], edges[-1] = -np.inf, np.inf
        psi(*(np.histogram(side, edges)[0] for side in (r, c)))
        stats.ks_2samp(r, c, method="asymp")
    for name in texts:
        r, c = reference[name].value_counts().align(current[name].value_counts(), fill_value=0)
        psi(r.to_numpy(), c.to_numpy())


def by_evidently():
    from evidently.legacy.calculations.stattests import ks_stat_test, psi_stat_test
    from evidently.legacy.core import ColumnType

    for name in numbers:
        r, c = reference[name].dropna(), current[name].dropna()
        psi_stat_test(r, c, ColumnType.Numerical, None)
        ks_stat_test(r, c, ColumnType.Numerical, None)
    for name in texts:
        r, c = reference[name].dropna(), current[name].dropna()
        psi_stat_test(r, c, ColumnType.Categorical, None)


def by_nannyml():
    import nannyml

    calculator = nannyml.UnivariateDriftCalculator(
        column_names=numbers + texts,
        treat_as_categorical=texts,
        continuous_methods=["kolmogorov_smirnov", "jensen_shannon"],
        categorical_methods=["jensen_shannon"],
        chunk_number=1,
    )
    calculator.fit(reference)
    calculator.calculate(current)


work = {"scipy": by_scipy, "evidently": by_evidently, "nannyml": by_nannyml}[tool]
work()
for _ in range(int(rounds)):
    start = time.process_time()
    work()
    print("seconds", time.process_time() - start)
