"""What this part gives to the house: see havre.trust.contracts."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from havre.register import extract, models
from havre.trust.contracts import Contract, Link, UrlRow, register_contract
from havre.trust.enums import Role
from havre.trust.policy.table import CARERS, CASE_HOLDERS


def find_case(words: str) -> UUID | None:
    """The id of the case with this reference or id; shown to nobody, used by the emergency access and the data-protection officer."""
    if "\0" in words:
        return None
    cases = models.Case.objects.for_house("emergency")
    try:
        return cases.filter(pk=UUID(words.strip())).values_list("pk", flat=True).first()
    except ValueError:
        return cases.filter(ref=words.strip().upper()).values_list("pk", flat=True).first()


def persons_of_case(case_id: UUID) -> list[UUID]:
    """The ids of the persons in a case, oldest first, for the access history."""
    return list(models.Person.objects.for_house("history").filter(case_id=case_id).order_by("pk").values_list("pk", flat=True))


# Importing writes by `executemany` with the ORM's own statements: havre.trust.bulk is the one module that does.
IMPORTERS = frozenset(CARERS | {Role.FIRST_RESPONDER, Role.HELPLINE})
EXCHANGE_LINKS = (
    Link(_("Sheets"), "exchange:imports", "board", IMPORTERS, group=_("Exchange")),
    Link(_("Copies"), "exchange:exports", "out", frozenset(CARERS), group=_("Exchange")),
    Link(_("Published data"), "exchange:datasets", "chart", IMPORTERS | {Role.COORDINATOR, Role.RAPPORTEUR}, group=_("Exchange")),
)
EXCHANGE_URLS = (
    UrlRow("exchange:imports", ("GET", "POST"), own=IMPORTERS),
    *(UrlRow(f"exchange:{name}", ("GET",), own=IMPORTERS, note="own organisation") for name in ("report", "report_list", "rejected")),
    UrlRow("exchange:check", ("GET", "POST"), own=IMPORTERS, note="own organisation; needs the second factor"),
    UrlRow("exchange:check_list", ("GET",), own=IMPORTERS, note="own organisation; needs the second factor"),
    *(UrlRow(f"exchange:{name}", ("POST",), own=IMPORTERS, note="own organisation") for name in ("run", "forget")),
    UrlRow("exchange:exports", ("GET", "POST"), own=frozenset(CARERS), note="needs the second factor"),
    UrlRow("exchange:datasets", ("GET", "POST"), own=IMPORTERS | {Role.COORDINATOR, Role.RAPPORTEUR}),
)
FILE_URLS = (
    UrlRow("case_files", ("GET", "POST"), own=frozenset(CASE_HOLDERS)),
    UrlRow("case_file", ("GET",), own=frozenset(CASE_HOLDERS), note="the clean copy, in a section that the policy opens"),
    UrlRow("case_file_original", ("GET",), own=frozenset(CASE_HOLDERS), note="needs the second factor"),
)
FILE_WORDS = (
    ("attachment.add", _("A file was kept")),
    ("attachment.read", _("A file was read, as its clean copy")),
    ("attachment.original", _("The original of a file was opened")),
)
EXCHANGE_WORDS = (
    ("import.stage", _("A sheet was uploaded, not imported yet")),
    ("import.map", _("It was said what a sheet's columns hold")),
    ("import.forget", _("An uploaded sheet was removed")),
    ("import.begin", _("An import was begun")),
    ("import.batch", _("A stretch of a sheet was imported")),
    ("import.finish", _("An import was finished")),
    ("import.read", _("Rejected rows of an import were read")),
    ("export", _("A copy of cases left")),
    ("export.case", _("The case left in a copy")),
    ("external.add", _("Published data of others were added")),
)


def register() -> None:
    # queries reads models, which are ready only when every app is
    from havre.register import contract_person as person
    from havre.register import merging, moments, queries
    from havre.register.exchange import staging

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
                models.ConsentEvent,
                models.ClosedShare,
                models.PersonRequest,
                models.RemoteCode,
                models.Note,
                models.Attachment,
                models.AttachmentCopy,
            ),
            workflows=("consent", "request"),
            waiting=person.waiting,
            merge=merging.merge,
            find_case=find_case,
            ended=queries.ended,
            persons_of_case=persons_of_case,
            lines=moments.lines,
            sheets=moments.sheets,
            extract=extract.extract,
            columns=extract.COLUMNS,
            audit_words=(
                ("note.add", _("A note was written")),
                ("identity.open", _("A name was opened, for a stated reason")),
                *FILE_WORDS,
                *EXCHANGE_WORDS,
                *person.AUDIT_WORDS,
            ),
            sweep=lambda now: staging.sweep(at=now) + person.sweep(now),
            navigation=(*EXCHANGE_LINKS, *person.NAVIGATION),
            commands=("import", "export", "external", "demonstration"),
            urls=(*FILE_URLS, *EXCHANGE_URLS, *person.URLS),
        )
    )
