"""What this part gives to the house: see havre.trust.contracts."""

from django.utils.translation import gettext_lazy as _

from havre.trust.contracts import Contract, register_contract


def register() -> None:
    from havre.trust.models import BlindIndex, SealedSection

    register_contract(
        Contract(
            part="trust",
            models=(SealedSection, BlindIndex),
            commands=("keys", "erase"),
            audit_words=(
                ("identity.write", _("Sealed a record of the person")),
                ("identity.import", _("Sealed the records of an import")),
                ("identity.read", _("Was refused the reading of a sealed record")),
                ("identity.search", _("Searched the country by a compound")),
                ("erasure.request", _("Ordered the erasure of the person")),
                ("erasure.records", _("Erased the person's records")),
            ),
        )
    )
