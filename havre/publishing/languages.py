"""The languages of documents, by the names that the standards give them: Django itself has no Tetum."""

from __future__ import annotations

from collections.abc import Mapping

from havre import standards
from havre.publishing.sources import LANGUAGES
from havre.standards.words import Words

_LABELS = {one.bcp47: one.label for one in standards.languages().languages}
NAMES: Mapping[str, Words] = {code: _LABELS[code] for code in LANGUAGES}
