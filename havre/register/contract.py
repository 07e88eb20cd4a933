"""What this part gives to the house: see havre.trust.contracts."""

from django.utils.translation import gettext_lazy as _

from havre.trust.contracts import Contract, register_contract


def register() -> None:
    # queries reads models, which are ready only when every app is
    from havre.register import queries

    register_contract(
        Contract(
            part="register",
            timeline=queries.thread,
            audit_words=(("note.add", _("A note was written")), ("identity.open", _("A name was opened, for a stated reason"))),
        )
    )
