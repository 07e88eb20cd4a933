"""How a person without a name is written: `{% load register_tags %}`."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.translation import gettext as _

from havre.register import wording
from havre.register.models import Person
from havre.register.queries import CasePage
from havre.trust.enums import SECTION_LABELS, Section

register = template.Library()


@register.filter
def described(person: Person) -> str:
    """ "Adult, 24", "Child, age not recorded"."""
    return wording.age(person)


@register.filter
def tongues(persons: Person | Iterable[Person]) -> str:
    """The languages of one person or several, in words."""
    several = [persons] if isinstance(persons, Person) else persons
    codes = dict.fromkeys(code for person in several for code in person.languages)
    return ", ".join(wording.language(code) for code in codes) or _("not recorded")


@register.filter
def tongue(code: str) -> str:
    """One language in words."""
    return wording.language(code) if code else _("not recorded")


@register.filter
def open_sections(page: CasePage) -> str:
    """The sections of a case that are open to the actor, in words."""
    return ", ".join(str(SECTION_LABELS[section]) for section in Section if section in page.readable).lower()
