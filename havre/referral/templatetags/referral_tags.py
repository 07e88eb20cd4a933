"""How the directory writes what it lists: `{% load referral_tags %}`."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.translation import gettext as _

from havre.register import wording

register = template.Library()


@register.filter
def tongues_of(codes: Iterable[str]) -> str:
    """Languages in words; none listed is "not recorded"."""
    return ", ".join(wording.language(code) for code in codes) or _("not recorded")
