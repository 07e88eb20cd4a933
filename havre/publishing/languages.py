"""The languages of documents, by name: Django itself has no Tetum."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from havre.trust.errors import Words

NAMES: Mapping[str, Words] = {"en": _("English"), "fr": _("French"), "pt": _("Portuguese"), "tet": _("Tetum"), "th": _("Thai")}
