"""What this part gives to the house: see havre.trust.contracts."""

from django.utils.translation import gettext_lazy as _

from havre.trust.contracts import Contract, Link, UrlRow, register_contract
from havre.trust.enums import Role

PUBLISHERS = frozenset({Role.RAPPORTEUR, Role.TRAINER})


def register() -> None:
    register_contract(
        Contract(
            part="publishing",
            navigation=(
                Link(_("Leaflets"), "editions", "doc", PUBLISHERS, _("Information")),
                Link(_("Trainings"), "trainings", "doc", frozenset({Role.TRAINER}), _("Information")),
            ),
            commands=("publish",),
            urls=(
                UrlRow("public_languages", public=True, note="for the persons concerned"),
                UrlRow("public", public=True, note="for the persons concerned"),
                UrlRow("leaflet", public=True, note="for the persons concerned"),
                UrlRow("leaflet_pdf", public=True, note="the same on paper"),
                UrlRow("paper_code", public=True, note="whether a paper still holds"),
                UrlRow("editions", own=PUBLISHERS),
                UrlRow("trainings", own=frozenset({Role.TRAINER})),
            ),
        )
    )
