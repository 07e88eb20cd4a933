"""What this part gives to the house: see havre.trust.contracts."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from havre.trust.contracts import Contract, Link, UrlRow, register_contract
from havre.trust.enums import Role

PUBLISHERS = frozenset({Role.RAPPORTEUR, Role.TRAINER})


def _sweep(now: datetime) -> int:
    # what makes documents is loaded by whoever makes them
    from havre.publishing.runs import take_up

    return take_up(now)


def register() -> None:
    register_contract(
        Contract(
            part="publishing",
            navigation=(
                Link(_("Documents"), "editions", "doc", PUBLISHERS, _("Information")),
                Link(_("Trainings"), "trainings", "doc", frozenset({Role.TRAINER}), _("Information")),
            ),
            commands=("publish", "texts"),
            sweep=_sweep,
            urls=(
                UrlRow("public_languages", public=True, note="for the persons concerned"),
                UrlRow("public", public=True, note="for the persons concerned"),
                UrlRow("leaflet", public=True, note="for the persons concerned"),
                UrlRow("leaflet_pdf", public=True, note="the same on paper"),
                UrlRow("paper_code", public=True, note="whether a paper still holds"),
                UrlRow("editions", own=PUBLISHERS),
                UrlRow("trainings", methods=("GET", "POST"), own=frozenset({Role.TRAINER})),
                UrlRow("publish", methods=("GET", "POST"), own=PUBLISHERS),
                UrlRow("publication_changed", methods=("GET", "POST"), own=PUBLISHERS, note="what no longer holds"),
                UrlRow("publication_preview", own=PUBLISHERS),
                UrlRow("publication_file", own=PUBLISHERS),
                UrlRow("publication_words", methods=("GET", "POST"), own=PUBLISHERS),
                UrlRow("publication_sign", methods=("POST",), own=PUBLISHERS, note="refused to the author of the words"),
            ),
            audit_words=(
                ("training.write", _("A training was entered")),
                ("training.read_in", _("A training was entered from a platform's results")),
                ("publishing.run", _("Documents were ordered to be published")),
                ("words.write", _("The words of a document were changed")),
                ("words.sign", _("The words of a document were signed by a native reviewer")),
            ),
        )
    )
