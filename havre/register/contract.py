"""What this part gives to the house: see havre.trust.contracts."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from havre.register import extract, models
from havre.trust.contracts import Contract, register_contract


def find_case(words: str) -> UUID | None:
    """The id of the case with this reference or id; shown to nobody, used by the emergency access alone."""
    cases = models.Case.objects.for_house("emergency")
    try:
        return cases.filter(pk=UUID(words.strip())).values_list("pk", flat=True).first()
    except ValueError:
        return cases.filter(ref=words.strip().upper()).values_list("pk", flat=True).first()


def register() -> None:
    # queries reads models, which are ready only when every app is
    from havre.register import queries

    register_contract(
        Contract(
            part="register",
            models=(
                models.Case,
                models.Person,
                models.PersonFacts,
                models.Detection,
                models.LinkAssertion,
                models.TraffickingEvent,
                models.Consent,
                models.Note,
                models.Attachment,
            ),
            find_case=find_case,
            timeline=queries.thread,
            extract=extract.extract,
            columns=extract.COLUMNS,
            audit_words=(("note.add", _("A note was written")), ("identity.open", _("A name was opened, for a stated reason"))),
        )
    )
