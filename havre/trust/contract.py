"""What this part gives to the house: see havre.trust.contracts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from importlib import import_module

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre.trust import clocks, policy
from havre.trust.accounts import glass, queries
from havre.trust.actors import Actor
from havre.trust.asking import services as asking
from havre.trust.asking.custody import ASKERS
from havre.trust.asking.queries import to_answer
from havre.trust.assessment import services as assessment
from havre.trust.contracts import Contract, Link, UrlRow, Waiting, register_contract
from havre.trust.enums import Act, Role, Section
from havre.trust.merging.queries import to_approve as mergers_to_approve
from havre.trust.models import BlindIndex, Clock, ClockEvent, Membership, Nomination, Override, SealedSection
from havre.trust.models.requests import IdentityReason
from havre.trust.retention import services as retention

ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
OFFICERS = frozenset({Role.DATA_PROTECTION_OFFICER})
SEALERS = frozenset(role for act, section, role in policy.POLICY.rules if (act, section) == (Act.SEAL, Section.CASE))
BREAKERS = frozenset(role for act, role in policy.POLICY.house if act == Act.BREAK_GLASS)
BOTH = ("GET", "POST")


def due(now: datetime) -> int:
    """What time itself does: emergency accesses unreviewed, clocks that ran out, names whose day came, an assessment overtaken by the model."""
    return glass.suspend_unreviewed(now) + clocks.sweep(now) + asking.settle(now) + assessment.mark(now)


def waiting(actor: Actor) -> Iterable[Waiting]:
    """What waits for this actor of the accounts: emergency accesses to judge or to hear of, jobs and resets to confirm."""
    if policy.may_in_house(actor, Act.ERASE):
        yield from _holds_to_review(actor)
    if policy.may_in_house(actor, Act.REVIEW):
        yield from _assessment_to_sign(actor)
        for row in queries.to_review().exclude(user=actor.user):
            yield Waiting(
                _("Judge an emergency access"),
                reverse("accounts_glass", args=[row.pk]),
                row.review_by,
                glass.Emergency(row.reason).label,
                urgent=True,
            )
    else:
        for row in glass.to_tell(actor):
            yield Waiting(
                _("Emergency access to one of your cases"),
                reverse("accounts_glass", args=[row.pk]),
                None,
                glass.Emergency(row.reason).label,
            )
    for asked in to_answer(actor):
        title = _("Answer an identity request")
        yield Waiting(title, reverse("identity_request", args=[asked.pk]), asked.until, IdentityReason(asked.reason).label)
    heads = Membership.objects.filter(
        user=actor.user, organisation_id=actor.organisation_id, role=actor.role, supervisor=True, ended_at=None
    ).exists()
    if heads or policy.may_in_house(actor, Act.ADMINISTER):
        yield from _second_person(actor)


def _holds_to_review(actor: Actor) -> Iterable[Waiting]:
    late = [one for one in retention.holds() if one.review_on <= timezone.localdate(actor.at)]
    if late:
        yield Waiting(_("Ask whether a hold is still needed: %(number)s") % {"number": len(late)}, reverse("retention") + "#holds")


def _assessment_to_sign(actor: Actor) -> Iterable[Waiting]:
    last = assessment.standing()
    if last is None:
        yield Waiting(_("Sign the impact assessment"), reverse("assessment"), None, _("nobody has signed one yet"), urgent=True)
    elif last.outdated_at is not None:
        why = _("changes of the model or the policy since version %(number)s: %(count)s")
        yield Waiting(
            _("The impact assessment is out of date"),
            reverse("assessment"),
            None,
            why % {"number": last.number, "count": len(last.changes)},
            urgent=True,
        )
    elif last.review_on <= timezone.localdate(actor.at):
        yield Waiting(_("Read the impact assessment again"), reverse("assessment"))


def _second_person(actor: Actor) -> Iterable[Waiting]:
    place = actor.organisation_id
    jobs = Nomination.objects.filter(organisation_id=place, decided_at=None).exclude(user=actor.user).exclude(asked_by=actor.user)
    for merger in mergers_to_approve(actor):
        yield Waiting(_("Approve a merger of organisations"), reverse("accounts_merger", args=[merger.pk]), None, str(merger.first))
    for nomination in jobs.order_by("asked_at"):
        yield Waiting(_("Confirm a job"), reverse("accounts_confirm_job", args=[place, nomination.pk]), None, nomination.get_role_display())
    for reset, may in queries.resets_asked(actor, place):
        if may:
            yield Waiting(_("Confirm the reset of a second factor"), reverse("accounts_members", args=[place]), reset.expires_at)


NAVIGATION = (
    Link(_("Your jobs"), "accounts_jobs", "swap", frozenset(Role), _("Account")),
    Link(_("Your second factor"), "mfa_index", "lock", frozenset(Role), _("Account")),
    Link(_("Organisations"), "accounts_organisations", "person", ADMINISTRATORS, _("Administration")),
    Link(_("Mergers"), "accounts_mergers", "swap", ADMINISTRATORS, _("Administration")),
    Link(_("Emergency accesses"), "accounts_reviews", "eye", OFFICERS, _("Oversight")),
    Link(_("Access history"), "history_find", "eye", OFFICERS, _("Oversight")),
    Link(_("Identity requests"), "identity_requests", "person", ASKERS, _("Account")),
    Link(_("Identity requests"), "identity_requests", "person", OFFICERS, _("Oversight")),
    Link(_("Retention"), "retention", "clock", OFFICERS, _("Oversight")),
    Link(_("Leaked account"), "history_breach", "warn", OFFICERS, _("Oversight")),
    Link(_("Record of processing"), "history_processing", "doc", OFFICERS, _("Oversight")),
    Link(_("Impact assessment"), "assessment", "doc", OFFICERS, _("Oversight")),
    Link(_("Emergency access"), "accounts_break_glass", "warn", BREAKERS, _("Account")),
)

URLS = (
    *(UrlRow(name, BOTH, public=True) for name in ("account_login", "account_logout", "accounts_redeem", "leave", "mfa_login_webauthn")),
    UrlRow("mfa_authenticate", BOTH, public=True, note="only between the two steps of a sign-in, else to the first"),
    UrlRow("account_inactive", public=True, note="always 403"),
    UrlRow("accounts_calendar", public=True),
    UrlRow("set_language", ("POST",), public=True),
    *(UrlRow(name, BOTH, note="one's own account") for name in ("accounts_confirm", "lock", "accounts_jobs", "accounts_devices")),
    UrlRow("accounts_passphrase", BOTH, note="one's own account"),
    UrlRow("mfa_index", note="one's own account"),
    UrlRow("accounts_code_picture", note="404 unless this session is enrolling"),
    *(
        UrlRow(name, BOTH, note="one's own account, fresh proof")
        for name in ("mfa_activate_totp", "mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_add_webauthn", "mfa_remove_webauthn")
    ),
    UrlRow("mfa_view_recovery_codes", note="one's own account, shown once"),
    UrlRow("mfa_list_webauthn", note="one's own account"),
    UrlRow("accounts_organisations", own=ADMINISTRATORS),
    UrlRow("accounts_add_organisation", BOTH, own=ADMINISTRATORS, note="fresh factor"),
    UrlRow("accounts_members", note="administrator or head of that organisation, else 404"),
    *(UrlRow(name, BOTH, own=ADMINISTRATORS, note="fresh factor") for name in ("accounts_invite", "accounts_add_job")),
    *(
        UrlRow(name, ("POST",), own=ADMINISTRATORS, note="fresh factor")
        for name in ("accounts_new_code", "accounts_close", "accounts_end_job")
    ),
    UrlRow("accounts_mergers", BOTH, own=ADMINISTRATORS, note="fresh factor to propose"),
    UrlRow("accounts_merger", BOTH, note="its proposer, a head or administrator of one of the two; else 404. Fresh factor to approve"),
    UrlRow("accounts_drop_merger", ("POST",), note="its proposer, or who may approve it"),
    UrlRow("accounts_confirm_job", BOTH, note="second person, fresh factor"),
    *(UrlRow(name, ("POST",), note="two persons, fresh factor") for name in ("accounts_ask_reset", "accounts_confirm_reset")),
    UrlRow("accounts_break_glass", BOTH, own=BREAKERS, note="fresh factor"),
    UrlRow("accounts_glass", note="its user, the officer, the case's team; else 404"),
    UrlRow("accounts_close_glass", ("POST",), note="its user"),
    UrlRow("accounts_reviews", own=OFFICERS),
    UrlRow("history_find", BOTH, own=OFFICERS),
    UrlRow("history_refused", own=OFFICERS),
    UrlRow("retention", BOTH, own=OFFICERS, note="fresh factor to order"),
    *(UrlRow(name, ("POST",), own=OFFICERS) for name in ("retention_hold", "retention_lift")),
    UrlRow("identity_requests", own=ASKERS | OFFICERS),
    UrlRow("identity_ask", BOTH, own=ASKERS, note="whoever works on that case, else 404"),
    UrlRow("identity_request", note="its requester, its custodians, the officer; else 404"),
    UrlRow("identity_answer", ("POST",), note="its custodians, fresh factor"),
    UrlRow("identity_end", ("POST",), note="its requester, its custodians"),
    UrlRow("restrictions", BOTH, own=SEALERS, note="who may seal that case"),
    UrlRow("restriction_lift", ("POST",), own=SEALERS, note="who may seal that case, and is not named on the line"),
    UrlRow("history_breach", BOTH, own=OFFICERS),
    UrlRow("history_processing", own=OFFICERS),
    UrlRow("assessment", BOTH, own=OFFICERS, note="fresh factor to sign"),
    UrlRow("assessment_paper", own=OFFICERS),
    *(
        UrlRow(name, note="the officer who came by its reference; the case's own holder or custodian; else 404")
        for name in ("history_case", "history_paper")
    ),
    *(UrlRow(name, ("POST",), own=OFFICERS) for name in ("accounts_review_glass", "accounts_restore")),
)

AUDIT_WORDS = (
    ("page.open", _("was refused a page")),
    ("account.sign_in", _("signed in")),
    ("account.sign_out", _("signed out")),
    ("account.sign_out_everywhere", _("signed out everywhere")),
    ("account.leave", _("left by the quick exit")),
    ("account.confirm", _("confirmed identity again")),
    ("account.switch", _("changed job or purpose")),
    ("account.device_ended", _("ended a session elsewhere")),
    ("account.passphrase", _("changed the passphrase")),
    ("account.invite", _("invited a person")),
    ("account.code", _("printed a one-time code")),
    ("account.code_used", _("used a printed code")),
    ("account.close", _("closed an account")),
    ("account.factor_added", _("added a second factor")),
    ("account.factor_removed", _("removed a second factor")),
    ("account.recovery_codes_made", _("made recovery codes")),
    ("organisation.add", _("added an organisation")),
    ("organisation.merge_propose", _("proposed a merger of two organisations")),
    ("organisation.merge_approve", _("approved a merger of two organisations")),
    ("organisation.merge_drop", _("dropped a merger of two organisations")),
    ("organisation.merge", _("carried out a merger of two organisations")),
    ("membership.add", _("gave or asked for a job")),
    ("membership.confirm", _("confirmed a job")),
    ("membership.decline", _("refused a job")),
    ("membership.end", _("ended a job")),
    ("factor.ask_reset", _("asked for the reset of a second factor")),
    ("factor.reset", _("confirmed the reset of a second factor")),
    ("break_glass", _("broke the glass")),
    ("break_glass.close", _("closed an emergency access")),
    ("break_glass.review", _("judged an emergency access")),
    ("break_glass.restore", _("gave back the right to emergency access")),
    ("identity.write", _("sealed a record of the person")),
    ("identity.import", _("sealed the records of an import")),
    ("identity.read", _("was refused the reading of a sealed record")),
    ("identity.search", _("searched the country by a compound")),
    ("identity.ask", _("asked for a name")),
    ("identity.grant", _("granted an identity request")),
    ("identity.refuse", _("refused an identity request")),
    ("identity.use", _("opened a name on a granted request")),
    ("identity.end", _("ended an identity request")),
    ("restriction.place", _("closed a section of a person to somebody")),
    ("restriction.lift", _("opened a section of a person to somebody again")),
    ("history.view", _("looked at who had read the file")),
    ("history.breach", _("asked whom a leaked account may have shown")),
    ("history.print", _("gave the person the list of who read the file")),
    ("erasure.request", _("ordered the erasure of the person")),
    ("erasure.records", _("erased the person's records")),
    ("assessment.sign", _("signed the impact assessment")),
    ("assessment.print", _("printed the impact assessment")),
    ("retention.hold", _("put a hold on the case")),
    ("retention.lift", _("lifted a hold from the case")),
    ("retention.order", _("ordered what is over its term to go")),
    ("retention.section", _("removed a section that was over its term")),
    ("erasure.replay", _("had ordered the erasure that was done again after a restore")),
)


def register() -> None:
    # connects the receivers
    """Make trust's own panels, errands and waiting known to the pages. Called once, when the application starts."""
    import_module("havre.trust.accounts.signals")
    register_contract(
        Contract(
            part="trust",
            models=(SealedSection, BlindIndex, Clock, ClockEvent, Override),
            commands=("keys", "erase", "audit", "retention"),
            waiting=waiting,
            sweep=due,
            navigation=NAVIGATION,
            urls=URLS,
            audit_words=AUDIT_WORDS,
        )
    )
