"""`{% load facts %}{% fact_state fact %}`: how sure a fact is, wherever a person reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from havre.site.templatetags.havre import status
from havre.standards import Fact, profile
from havre.standards.dated import definition
from havre.standards.words import in_a_row

register = template.Library()


@register.simple_tag
def fact_state(fact: Fact, always: bool = False) -> SafeString:
    """The review state of a fact whose confidence is below high; nothing for the others, unless `always`."""
    if not fact.unconfirmed and not always:
        return SafeString("")
    kind, words = _said(fact)
    return status(kind, words)


def _said(fact: Fact) -> tuple[str, str]:
    if fact.is_signed:
        return "done", _("signed by two readers")
    if fact.is_default:
        return "caution", _("unconfirmed: project default")
    if fact.value is None:
        return "none", _("not found")
    words = {"high": _("two sources or the text"), "medium": _("one source, not yet confirmed")}
    kind = {"high": "done", "medium": "doing"}
    return kind.get(fact.confidence, "caution"), words.get(fact.confidence, _("not to be used until signed"))


@register.simple_tag
def fact_source(fact: Fact) -> SafeString:
    """The small line beside a right or a date: source, revision, and the review state when it is below high."""
    return format_html('<p class="src">{} <span class="quiet">{}</span> {}</p>', fact.source, fact.revision, fact_state(fact))


@register.filter
def fact_value(fact: Fact, most: int = 0) -> str:
    """The value as one line in the reader's language, cut to about `most` characters at a word; "not known" is written, never blank."""
    if fact.value is None:
        return _("not known")
    text = _units(fact)
    return text if not most or len(text) <= most else text[:most].rsplit(" ", 1)[0] + " …"


def _units(fact: Fact) -> str:
    kind = fact.kind if fact.label is not None else definition(fact.id).kind
    if kind == "days" and isinstance(fact.value, int):
        return ngettext("%(n)s day", "%(n)s days", fact.value) % {"n": fact.value}
    if kind == "age" and isinstance(fact.value, int):
        return ngettext("%(n)s year", "%(n)s years", fact.value) % {"n": fact.value}
    if kind == "authorities" and isinstance(fact.value, list | tuple):
        known = {one.code: str(one.name) for one in profile(fact.country).authorities}
        return in_a_row(known.get(str(code), str(code)) for code in fact.value)
    if kind == "phones" and isinstance(fact.value, list | tuple):
        return in_a_row(_number(entry) for entry in fact.value)
    return str(fact)


def _number(entry: Mapping[str, Any]) -> str:
    number = f"SMS {entry['number']}" if entry.get("channel") == "sms" else str(entry["number"])
    return number if entry.get("verified") is True else _("%(number)s (not dialled yet)") % {"number": number}


@register.filter
def fact_label(id: str) -> str:
    """What a fact is called."""
    return str(definition(id).label)
