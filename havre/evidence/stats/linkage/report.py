"""One page a run: what was compared, what blocking is estimated to lose in each name group, how sure the links are."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import polars as pl

from havre.evidence.stats.linkage import fields, names, thresholds
from havre.evidence.stats.linkage.blocking import CAP, Blocked
from havre.evidence.stats.linkage.clusters import LARGEST
from havre.evidence.stats.linkage.expected import joins
from havre.evidence.stats.linkage.guards import GUARDS
from havre.evidence.stats.linkage.model import Model
from havre.evidence.stats.linkage.records import AREAS, Records
from havre.evidence.stats.linkage.scored import Scored

# name group of a record, for the report only: by nationality, else by script
GROUPS = ("west_africa", "west_africa", "thai", "lusophone", "lusophone", "horn")
# under this estimated precision the links are said to be too weak for a figure
LEAST_PRECISION = 0.8
WEAK = {
    "en": "About {share} % of these links are expected to be false: do not count on them. Let a person decide (--purpose review), or carry the "
    "uncertainty of the links into the estimate (draws).",
    "fr": "Environ {share} % de ces rapprochements seraient faux : ne comptez pas sur eux. Faites décider une personne (--purpose review), ou portez "
    "l'incertitude des rapprochements dans l'estimation (tirages).",
}
HUGE = {
    "en": "Some persons have {most} records, the most there may be: their names, dates and places are probably placeholders. Look at them first.",
    "fr": "Certaines personnes ont {most} fiches, le plus permis : leurs noms, dates et lieux sont sans doute mis à la place de valeurs inconnues. "
    "Regardez-les d'abord.",
}
NOTHING = {
    "en": "No two records were compared: they share nothing that is compared, or all share the same (more than {cap:,} records alike are left out). "
    "That nobody was found twice says nothing here.",
    "fr": "Aucune paire de fiches n'a été comparée : elles n'ont rien en commun de ce qui se compare, ou toutes la même chose (plus de {cap} fiches "
    "pareilles sont laissées de côté). Que personne ne paraisse deux fois ne dit rien ici.",
}
WARNING = {
    "en": "Precision and recall are estimated from the model's own probabilities; check a random sample of pairs by hand before a figure is published.",  # noqa: E501
    "fr": "Précision et rappel sont estimés d'après les probabilités du modèle ; faites vérifier un échantillon de paires avant de publier un chiffre.",  # noqa: E501
}


def name_groups(records: Records) -> np.ndarray:
    """The name group of each record: an area of nationality, `thai` by script, or `other`.

    Source: ISO 3166-1 alpha-3 for the codes; the areas are our own.
    """
    by_code: dict[str, str] = {}
    for group, area in zip(GROUPS, AREAS, strict=True):
        for code in area.split():
            by_code.setdefault(code, group)
    by_nation = (
        records.table["nat"].replace_strict(by_code, default="other", return_dtype=pl.String).fill_null("other").to_numpy().astype("U12")
    )
    return np.where(records.thai, "thai", by_nation)


def report_of(
    records: Records, scored: Scored, guard: np.ndarray, linked: np.ndarray, limit: thresholds.Threshold, expected: float | None,
    blocked: Blocked, used: Model, purpose: str, lists: int, person: np.ndarray, split: int,
) -> dict[str, Any]:  # fmt: skip
    """The figures of a run as plain data. Args: expected, true joins of records (`expected.true_joins`), for a balanced figure."""
    n, p = len(records.table), scored.probability
    lost = thresholds.lost_at_blocking(scored.rules, p)
    known, code = np.unique(name_groups(records), return_inverse=True)
    code = code.astype(np.int8)
    by_group = {}
    for i, name in enumerate(known.tolist()):
        mine = (code[scored.left] == i) | (code[scored.right] == i)
        missed = thresholds.lost_at_blocking(scored.rules[mine], p[mine])
        true = float(p[mine].sum())
        got = float(p[mine & linked].sum())
        by_group[name] = {
            "records": int((code == i).sum()),
            "links": int((mine & linked).sum()),
            "estimated_precision": _share(got, float((mine & linked).sum())),
            "estimated_recall": _share(got, true + missed),
            "estimated_blocking_recall": _share(true, true + missed),
        }
    precision = _share(float(p[linked].sum()), float(linked.sum()))
    warned = fields.warnings(records.read)
    if np.bincount(person, minlength=1).max() >= LARGEST:
        warned.append({one: words.format(most=LARGEST) for one, words in HUGE.items()})
    if n > 1 and not blocked.pairs:
        warned.append({one: words.format(cap=CAP) for one, words in NOTHING.items()})
    if precision is not None and precision < LEAST_PRECISION:
        warned.append({one: words.format(share=round(100 * (1 - precision))) for one, words in WEAK.items()})
    return {
        "records": n, "lists": lists, "purpose": purpose, "persons": len(np.unique(person)),
        "model": {"name": used.name, "version": used.version, "trained_on": used.trained_on},
        "names": {"version": names.VERSION, "tables": names.versions()},
        "blocking": {
            "candidate_pairs": blocked.pairs, "pairs_per_record": round(blocked.pairs / max(n, 1), 2), "by_rule": blocked.counts,
            "left_out_by_rule": blocked.skipped, "estimated_recall": _share(float(p.sum()), float(p.sum()) + lost),
            "method": "Chao's lower bound on pairs found by no rule, from those found by one and by two",
        },
        "threshold": {"link": limit.link if limit.link <= 1 else None, "review": limit.review},
        "joins": {"linked": joins(person), "expected": None if expected is None else min(round(expected), max(n - 1, 0))},
        "links": int(linked.sum()), "estimated_precision": precision,
        "estimated_recall": _share(float(p[linked].sum()), float(p.sum()) + lost),
        "guards": {name: int((guard == i + 1).sum()) for i, name in enumerate(GUARDS)}, "chains_split": split,
        "name_groups": by_group, "read": list(records.read), "warnings": warned, "warning": WARNING,
    }  # fmt: skip


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None


def as_json(report: dict[str, Any]) -> str:
    """The report as a file: sorted, indented, no time stamp."""
    return json.dumps(report, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
