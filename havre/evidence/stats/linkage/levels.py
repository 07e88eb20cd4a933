"""Comparison levels as Splink reads them: SQL that runs the same on DuckDB and on Spark.

Levels go from the strongest agreement to none; a missing field is no evidence, neither for nor against.
Source: Fellegi and Sunter, A Theory for Record Linkage, JASA 64 (1969); levels after Winkler and the Splink documentation.
"""

from __future__ import annotations

from typing import Any

SIZE = {"duckdb": "len", "spark": "size"}
INTERSECT = {"duckdb": "list_intersect", "spark": "array_intersect"}

# comparison -> (SQL for "missing", levels from strongest to weakest as (label, SQL)); `else` is added
_DATE_KNOWN = "{0}_l IS NULL OR {0}_r IS NULL"


def definitions(dialect: str = "duckdb") -> dict[str, tuple[str, tuple[tuple[str, str], ...]]]:
    """The comparisons in order: name, SQL for a missing field, labelled levels.

    Source: Fellegi and Sunter, A Theory for Record Linkage, JASA 64 (1969); partial agreement, Winkler 1990.
    """

    def shared(column: str) -> str:
        return f"{SIZE[dialect]}({INTERSECT[dialect]}({column}_l, {column}_r))"

    unknown = "(d_l IS NULL OR d_r IS NULL)"
    return {
        "name": (
            "n_tokens_l = 0 OR n_tokens_r = 0",
            (
                ("two parts of one group, one of them rare", f"{shared('grp')} >= 2 AND {shared('rare')} >= 1"),
                ("two parts of one group", f"{shared('grp')} >= 2"),
                ("two parts of one skeleton", f"{shared('sk')} >= 2"),
                ("two parts of one sound", f"{shared('snd')} >= 2"),
                ("one rare part", f"{shared('rare')} >= 1"),
                ("the only part, of one group", f"{shared('grp')} >= 1 AND least(n_tokens_l, n_tokens_r) = 1"),
                ("one part of one group", f"{shared('grp')} >= 1"),
                ("one part of one skeleton", f"{shared('sk')} >= 1"),
                ("one part of one sound", f"{shared('snd')} >= 1"),
            ),
        ),
        "birth_date": (
            _DATE_KNOWN.format("y"),
            (
                ("equal", "y_l = y_r AND m_l = m_r AND d_l = d_r"),
                ("day and month swapped", "y_l = y_r AND m_l = d_r AND d_l = m_r"),
                ("same day and month, year within 2", "m_l = m_r AND d_l = d_r AND abs(y_l - y_r) <= 2"),
                ("one of day and month differs", "y_l = y_r AND (m_l = m_r OR d_l = d_r)"),
                ("same year, a day unknown", f"y_l = y_r AND {unknown}"),
                ("same year, other day", "y_l = y_r"),
                ("year within 2, a day unknown", f"abs(y_l - y_r) <= 2 AND {unknown}"),
                ("year within 2", "abs(y_l - y_r) <= 2"),
            ),
        ),
        "sex": ("sex_l IS NULL OR sex_r IS NULL OR sex_l = 'X' OR sex_r = 'X'", (("equal", "sex_l = sex_r"),)),
        "nationality": ("nat_l IS NULL OR nat_r IS NULL", (("equal", "nat_l = nat_r"), ("neighbour", "(area_l & area_r) <> 0"))),
        "birthplace": (
            "place_l IS NULL OR place_r IS NULL",
            (("same sound", "place_l = place_r"), ("alike", "levenshtein(place_l, place_r) <= 1")),
        ),
        "phone": ("line_l IS NULL OR line_r IS NULL", (("equal", "line_l = line_r"),)),
        "document": ("doc_l IS NULL OR doc_r IS NULL", (("equal", "doc_l = doc_r"), ("one character", "levenshtein(doc_l, doc_r) <= 1"))),
        "address": ("home_l IS NULL OR home_r IS NULL", (("equal", "home_l = home_r"),)),
    }


def labels(comparison: str) -> tuple[str, ...]:
    """Level labels by gamma value: index 0 is `else`, the last is the strongest."""
    return ("no agreement", *(label for label, _ in reversed(definitions()[comparison][1])))


def comparisons(m: dict[str, list[float]] | None, u: dict[str, list[float]] | None, dialect: str = "duckdb") -> list[dict[str, Any]]:
    """Splink comparisons with the m and u probabilities of a model (lists from strongest to `else`), if given.

    Source: Fellegi and Sunter, A Theory for Record Linkage, JASA 64 (1969).
    """
    out = []
    for name, (missing, levels) in definitions(dialect).items():
        rows: list[dict[str, Any]] = [{"sql_condition": missing, "label_for_charts": "missing", "is_null_level": True}]
        for i, (label, sql) in enumerate((*levels, ("no agreement", "ELSE"))):
            row: dict[str, Any] = {"sql_condition": sql, "label_for_charts": label}
            if m is not None and u is not None:
                row |= {"m_probability": m[name][i], "u_probability": u[name][i]}
            rows.append(row)
        out.append({"output_column_name": name, "comparison_levels": rows})
    return out
