"""An assessment as people read it, in their language: from a table of the model, today's or that of a signed version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from havre.trust.assessment.catalogue import ALL, EVERYONE
from havre.trust.assessment.snapshot import Change, Model
from havre.trust.enums import SECTION_LABELS, Act, Basis, Purpose, Role, Section
from havre.trust.errands import WORDS
from havre.trust.errors import Words
from havre.trust.models.assessment import Level
from havre.trust.retention.planning import OUTCOMES

LEVELS: dict[int, Words] = {1: gettext_lazy("low"), 2: gettext_lazy("moderate"), 3: gettext_lazy("high")}
CONFIDENCE: dict[str, Words] = {
    "high": gettext_lazy("confirmed"),
    "medium": gettext_lazy("awaits a national reviewer"),
    "low": gettext_lazy("doubtful, awaits a national reviewer"),
    "project_default": gettext_lazy("the project’s own, awaits a national reviewer"),
}
KINDS: dict[str, Words] = {
    "law": gettext_lazy("Law on personal data"),
    "frame": gettext_lazy("Legal frame"),
    "need": gettext_lazy("Necessity"),
    "table": gettext_lazy("Table"),
    "purpose": gettext_lazy("Purpose"),
    "right": gettext_lazy("Right"),
    "house": gettext_lazy("Right in the house"),
    "errand": gettext_lazy("Errand of the house"),
    "term": gettext_lazy("Term of retention"),
    "column": gettext_lazy("Column of the extract"),
    "risk": pgettext_lazy("assessment", "Risk"),
    "measure": gettext_lazy("Measure"),
}
CONDITIONS: dict[str, Words] = {
    "factor": gettext_lazy("second factor of the last minutes"),
    "seal": gettext_lazy("not while the case is sealed, but for its custodians"),
    "conflict": gettext_lazy("not with a conflict of interest on record"),
}
WHAT: dict[str, Words] = {
    "added": pgettext_lazy("a change", "new"),
    "changed": pgettext_lazy("a change", "changed"),
    "gone": pgettext_lazy("a change", "gone"),
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who may do what in one section: on which bases, under which conditions, and the numbers of the risks of it."""

    who: str
    acts: tuple[str, ...]
    bases: tuple[str, ...]
    conditions: tuple[str, ...]
    risks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One section: what is held of it, why, how long, who reads it, and the risks that come from no reader.

    `common` are the conditions that hold for every reader of it; a reader's own list has the others.
    """

    code: str
    title: str
    need: str
    tables: tuple[str, ...]
    purposes: tuple[str, ...]
    laws: tuple[str, ...]
    terms: tuple[str, ...]
    readers: tuple[Reader, ...]
    common: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RiskLine:
    """One risk with its measures, the tests that show them, and what remains of it ("" while nobody has said)."""

    id: str
    number: str
    words: str
    sections: str
    severity: str
    likelihood: str
    measures: tuple[tuple[str, tuple[str, ...]], ...]
    residual: str


@dataclass(frozen=True, slots=True)
class Paper:
    """The whole assessment in one language."""

    law: str
    frames: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    errands: tuple[str, ...]
    columns: int
    risks: tuple[RiskLine, ...]


def paper_of(model: Model, residual: Mapping[str, str]) -> Paper:
    """Words for a table, in the language in force."""
    numbers = {risk: f"R{n}" for n, risk in enumerate(model["risk"], 1)}
    law = model["law"].get("data_law")
    return Paper(
        law=f"{_text(law)} ({_standing(law)})" if law else "",
        frames=tuple((_text(one), _standing(one)) for one in model["frame"].values()),
        parts=tuple(_part(section, model, numbers) for section in Section),
        errands=tuple(str(WORDS.get(name, name)) for name in model["errand"]),
        columns=len(model["column"]),
        risks=tuple(_risk(risk, said, model, numbers, residual) for risk, said in model["risk"].items()),
    )


def _text(said: Mapping[str, Any]) -> str:
    return str(said["fr" if (translation.get_language() or "").startswith("fr") else "en"])


def _standing(said: Mapping[str, Any]) -> str:
    """The source and how sure it is; a fact that two readers of this instance put in force is confirmed."""
    sure = "high" if said.get("state") == "in_force" else said["confidence"]
    return _("%(source)s; %(state)s") % {"source": said["source"], "state": CONFIDENCE[sure]}


def _label(choices: type[TextChoices], code: str) -> str:
    """The word of a code; the code itself for one that is no longer there."""
    return str(choices(code).label) if code in choices.values else code


def _part(section: Section, model: Model, numbers: Mapping[str, str]) -> Part:
    code = section.code
    mine: dict[str, dict[str, dict[str, Any]]] = {}
    for key, said in model["right"].items():
        place, role, act = key.split("/")
        if place == code:
            mine.setdefault(role, {})[act] = said
    purposes = dict.fromkeys(key.split("/")[1] for key in model["purpose"] if key.split("/")[0] in mine)
    laws = sorted({law for acts in mine.values() for said in acts.values() for law in said["laws"]})
    here = {risk: said for risk, said in model["risk"].items() if {ALL, code} & set(said["sections"])}
    common = tuple(name for name in CONDITIONS if all(said[name] for acts in mine.values() for said in acts.values()))
    return Part(
        code=code,
        title=str(SECTION_LABELS[section]),
        need=_text(model["need"][code]),
        tables=tuple(key.split("/")[1] for key in model["table"] if key.startswith(f"{code}/")),
        purposes=tuple(_label(Purpose, purpose) for purpose in purposes),
        laws=tuple(laws),
        terms=tuple(_terms(code, model)),
        readers=tuple(_reader(role, acts, here, numbers, common) for role, acts in mine.items()),
        common=tuple(str(CONDITIONS[name]) for name in common),
        others=tuple(numbers[risk] for risk, said in here.items() if not said["readers"]),
    )


def _terms(code: str, model: Model) -> Iterable[str]:
    """The terms of the section, then those of the whole person, which take every section along; then how sure they are."""
    mine = [said for said in model["term"].values() if said["section"] in {code, "person"}]
    for said in mine:
        words = _("%(outcome)s: %(months)s months after closing") % {"outcome": OUTCOMES[said["outcome"]], "months": said["months"]}
        yield words if said["section"] == code else _("whole person, %(term)s") % {"term": words}
    if any(said["confidence"] == "default" for said in mine):
        yield _("the project’s own term, not yet confirmed for this country")


def _reader(
    role: str, acts: Mapping[str, Mapping[str, Any]], here: Mapping[str, Any], numbers: Mapping[str, str], common: tuple[str, ...]
) -> Reader:
    bases = sorted({basis for said in acts.values() for basis in said["bases"]})
    own = [name for name in CONDITIONS if name not in common and any(said[name] for said in acts.values())]
    return Reader(
        who=_label(Role, role),
        acts=tuple(_label(Act, act) for act in acts),
        bases=tuple(_label(Basis, basis) for basis in bases),
        conditions=tuple(str(CONDITIONS[name]) for name in own),
        risks=tuple(numbers[risk] for risk, said in here.items() if {EVERYONE, role} & set(said["readers"])),
    )


def _risk(risk: str, said: Mapping[str, Any], model: Model, numbers: Mapping[str, str], residual: Mapping[str, str]) -> RiskLine:
    measures = [one for key, one in model["measure"].items() if key.rpartition("/")[0] == risk]
    sections = [str(label) for section, label in SECTION_LABELS.items() if section.code in said["sections"]]
    return RiskLine(
        id=risk,
        number=numbers[risk],
        words=_text(said),
        sections=", ".join(sections) or _("every section"),
        severity=str(LEVELS[said["severity"]]),
        likelihood=str(LEVELS[said["likelihood"]]),
        measures=tuple((_text(one), tuple(one["shown"])) for one in measures),
        residual=_label(Level, residual[risk]) if risk in residual else "",
    )


def change_words(changes: Iterable[Change], now: Model, before: Model) -> list[str]:
    """What has changed, a line each: the kind, the thing in words, and what befell it."""
    lines = []
    for one in changes:
        said = now.get(one.kind, {}).get(one.key) or before.get(one.kind, {}).get(one.key)
        words = {"kind": KINDS.get(one.kind, one.kind), "thing": _thing(one, said), "what": WHAT[one.what]}
        lines.append(_("%(kind)s “%(thing)s”: %(what)s") % words)
    return lines


def _thing(change: Change, said: Any) -> str:
    """The key in words: codes of sections, roles, acts and purposes by their labels; a text of the catalogue by itself."""
    if change.kind == "errand":
        return str(WORDS.get(change.key, change.key))
    if isinstance(said, Mapping) and "en" in said:
        return _text(said)
    known = {section.code: str(label) for section, label in SECTION_LABELS.items()}
    # a word that is both a section and a role (health) is the section where it stands first
    first, *rest = change.key.split("/")
    words = [known.get(first) or _any_label(first), *(_any_label(code) for code in rest)]
    return ", ".join(words)


def _any_label(code: str) -> str:
    return next((str(choices(code).label) for choices in (Role, Act, Purpose) if code in choices.values), code)
