"""What splink estimates from the pairs that `bench/custody_weights.py --pairs FILE.csv` wrote.

    python -m venv V && V/bin/pip install 'splink<5' 'duckdb<1.4' 'pandas<3'
    V/bin/python bench/custody_weights_splink.py FILE.csv

Splink (with DuckDB and pandas) is not part of the program: this runs in an environment of its own. Each pair is given
to it as two records that share a number, with the levels of agreement as they were found; its expectation–maximisation
then estimates m from the same patterns, with u as it is among all pairs, as splink's own guide advises. splink 5.0 ends
where a level is in pairs of one child alone.
"""

import sys
from math import log2


def main(path: str) -> int:
    import duckdb
    from splink import DuckDBAPI, Linker, SettingsCreator
    from splink.comparison_library import CustomComparison

    db = duckdb.connect()
    db.sql(f"create table patterns as select row_number() over () as pattern, * from read_csv('{path}')")
    db.sql("create table pairs as select row_number() over () as unique_id, row_number() over () as pair, p.* "
           "exclude (pairs) from patterns p, range(p.pairs)")  # fmt: skip
    fields = [one for one in db.sql("select * from patterns").columns if one not in {"pattern", "pairs"}]
    levels = {one: [row[0] for row in db.sql(f"select distinct {one} from patterns order by 1").fetchall()]
              for one in fields}  # fmt: skip
    first = {"first_name": "same", "surname": "same", "date_of_birth": "same", "sex": "same", "place": "house",
             "claim": "agrees"}  # fmt: skip
    comparisons = []
    for field in fields:
        rest = [one for one in levels[field] if one != first[field]]
        shares = dict(db.sql(f"select {field}, sum(pairs) / (select sum(pairs) from patterns) from patterns "
                             "group by 1").fetchall())  # fmt: skip
        ordered = (first[field], *rest)
        conditions = [
            {"sql_condition": f"{field}_l = '{one}'" if one != ordered[-1] else "ELSE", "label_for_charts": one,
             "m_probability": 0.9 if one == first[field] else 0.1 / len(rest), "u_probability": float(shares[one])}
            for one in ordered
        ]  # fmt: skip
        comparisons.append(CustomComparison(output_column_name=field, comparison_levels=conditions))
    settings = SettingsCreator(
        link_type="link_only", comparisons=comparisons, blocking_rules_to_generate_predictions=["l.pair = r.pair"],
        probability_two_random_records_match=0.001, em_convergence=1e-6, max_iterations=200,
    )  # fmt: skip
    db.sql("create table held as select * from pairs")
    db.sql("create table known as select * from pairs")
    linker = Linker(["held", "known"], settings, DuckDBAPI(connection=db))
    linker.training.estimate_parameters_using_expectation_maximisation(
        "l.pair = r.pair", fix_u_probabilities=True, fix_probability_two_random_records_match=False
    )
    for one in linker.misc.save_model_to_json()["comparisons"]:
        for level in one["comparison_levels"]:
            m, u = level.get("m_probability") or 0, level.get("u_probability") or 0
            bits = f"{log2(m / u):.1f}" if m > 1e-5 and u > 1e-5 else "–"
            print(f"{one['output_column_name']:<14}{level['label_for_charts']:<15}{bits:>7}  m {m:.4f}  u {u:.6f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
