"""Makes the two files beside it from those of `examples/flights` with pyarrow 26: python derive.py

`late` is whether a flight arrived more than 15 minutes late, null for those that never arrived. What
is known only after landing, `arr_delay` and `air_time`, is left out.
"""

import pathlib

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

HERE = pathlib.Path(__file__).parent
FLIGHTS = HERE.parent.parent / "flights" / "data"
COLUMNS = [
    "month", "dow", "sched_min", "dep_delay", "distance", "temp", "wind_speed", "precip", "pressure",
    "visib", "carrier", "origin",
]
INTEGERS = {"month": pa.int8(), "dow": pa.int8(), "sched_min": pa.int16(), "distance": pa.int16()}


def derive(source, first_month, target):
    table = pq.read_table(FLIGHTS / source)
    table = table.filter(pc.field("month") >= first_month)
    late = pc.greater(table["arr_delay"], 15.0)
    table = table.select(COLUMNS).append_column("late", late)
    for name, kind in INTEGERS.items():
        at = table.schema.get_field_index(name)
        table = table.set_column(at, name, table[name].cast(kind))
    for name in ["carrier", "origin"]:
        at = table.schema.get_field_index(name)
        table = table.set_column(at, name, table[name].cast(pa.string()))
    pq.write_table(table.replace_schema_metadata(None), HERE / target, compression="zstd", compression_level=19)


derive("flights_train.parquet", 4, "april_to_june.parquet")
derive("flights_m07.parquet", 7, "july.parquet")
