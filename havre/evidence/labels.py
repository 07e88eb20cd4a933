"""Words for the codes that profiles and published tables show. A code of HTCDS bears the standard's words; one without words is shown as it is."""

from __future__ import annotations

from functools import cache

from django.utils.translation import gettext_lazy as _

from havre import standards
from havre.register.extract import FIELDS
from havre.register.genders import as_published
from havre.trust.errors import Words

# what is the house's own: columns, groups, kinds of flow
LABELS: dict[str, Words] = {
    "all": _("All persons"),
    "child": _("Children"),
    "adult": _("Adults"),
    "not_recorded": _("Age not recorded"),
    "age_group": _("Children and adults"),
    "age_band": _("Age"),
    "gender": _("Gender"),
    "forms": _("Form of exploitation"),
    "controls": _("Means of control"),
    "sex_forms": _("Form of sexual exploitation"),
    "relations": _("Relationship to the trafficker"),
    "citizenships": _("Citizenship"),
    "domestic": _("Within one country"),
    "intra_regional": _("Within the region"),
    "cross_regional": _("Between regions"),
    "cross_border": _("Across a border"),
}


@cache
def _published() -> dict[str, standards.Words]:
    """The words of the standard for each value of the coded columns, and of the extensions that the house keeps beside them."""
    book = standards.htcds()
    lists = ["gender", *(book.field(name).values or "" for name in FIELDS.values())]
    return {name: words for one in lists for name, words in book.values(one)}


def codes() -> tuple[str, ...]:
    """Every code that has words: the house's own, then those of the standard."""
    return (*LABELS, *_published())


def code_of(code: str) -> str:
    """The code whose words another is shown with: the value of `column=value`, and of a gender the published spelling."""
    value = code.partition("=")[2] or code
    return value if value in _published() or value in LABELS else as_published(value)


def label_of(code: str) -> str:
    """The words of a code, of `column=value`, or of a group. An earlier spelling of a gender has the words of the published one."""
    value = code.partition("=")[2] or code
    known = _published()
    return str(known.get(value) or known.get(as_published(value)) or LABELS.get(value, value))
