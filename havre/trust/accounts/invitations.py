"""Services: organisations, invitations, jobs and printed codes. Nobody grants to oneself; what opens identities takes two persons."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from havre.trust import audit, policy
from havre.trust.accounts import rules, sessions, slowing
from havre.trust.accounts.signals import note
from havre.trust.actors import Actor
from havre.trust.acts import act
from havre.trust.asking import services as asking
from havre.trust.enums import Act, Role
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.models import CodeKind, Membership, Nomination, OneTimeCode, Organisation, User

CODE_LASTS = timedelta(hours=72)
# Crockford's alphabet: no letter that is read as a digit on paper
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12
NOT_YOURS = _("You do not administer the accounts of this organisation.")
NOT_ONESELF = _("Nobody may do this for himself or herself: ask a colleague.")


@dataclass(frozen=True, slots=True)
class Printed:
    """An account and the code that is shown once, to be printed. The code is nowhere else; 60 random bits in groups of four."""

    user: User
    code: str
    expires_at: datetime


def digest_of(username: str, code: str) -> str:
    """The keyed digest of a code for one account; case, spaces, hyphens and look-alike letters do not matter."""
    plain = "".join(code.upper().translate(str.maketrans("OIL", "011", " -")).split())
    return salted_hmac("havre.one-time-code", f"{username.strip().lower()}\0{plain}", algorithm="sha256").hexdigest()


def print_code(*, user: User, kind: CodeKind, at: datetime, made_by: User | None) -> Printed:
    """Make the account's one open code; an earlier one ends. Called inside a service's transaction."""
    plain = "".join(secrets.choice(ALPHABET) for _n in range(CODE_LENGTH))
    code = "-".join(plain[start : start + 4] for start in range(0, CODE_LENGTH, 4))
    OneTimeCode.objects.filter(user=user, used_at=None, ended_at=None).update(ended_at=at)
    made = OneTimeCode.objects.create(
        user=user, kind=kind, digest=digest_of(user.username, code), made_by=made_by, made_at=at, expires_at=at + CODE_LASTS
    )
    return Printed(user, code, made.expires_at)


@act("organisation.add")
def add_organisation(*, by: Actor, code: str, name: str, kind: str, country: str, name_fr: str = "", region: str = "") -> Organisation:
    """Add an authority or a service. Raises: Refused (403) unless `by` administers; Invalid when the code is taken."""
    policy.require_in_house(by, Act.ADMINISTER)
    if Organisation.objects.filter(code=code).exists():
        raise Invalid({"code": [_("Another organisation has this code. Choose another.")]})
    made = Organisation(code=code, name=name, name_fr=name_fr, kind=kind, country=country, region=region)
    _cleaned(made)
    made.save(force_insert=True)
    audit.record(event="organisation.add", by=by, subject=made.pk)
    return made


@act("account.invite")
def invite(
    *, by: Actor, organisation_id: UUID, username: str, name: str, role: Role, supervisor: bool = False, language: str = "en"
) -> Printed:
    """Make an account and its printed code, valid 72 hours. The job begins at once, or waits for a second person as the rules say.

    Raises: Refused (403) when `by` does not administer this organisation; Invalid when the name is taken.
    """
    _must_administer(by, organisation_id)
    if User.objects.filter(username__iexact=username).exists():
        raise Invalid({"username": [_("This sign-in name is taken. Choose another.")]})
    user = User(username=username, name=name, language=language)
    user.set_unusable_password()
    _cleaned(user)
    user.save(force_insert=True)
    audit.record(event="account.invite", by=by, subject=user.pk, codes={"role": str(role)})
    _give_job(by=by, user=user, organisation_id=organisation_id, role=role, supervisor=supervisor)
    return print_code(user=user, kind=CodeKind.INVITATION, at=by.at, made_by=by.user)


@act("membership.add")
def add_job(*, by: Actor, user_id: UUID, organisation_id: UUID, role: Role, supervisor: bool = False) -> Membership | Nomination:
    """Give an existing account another job: a Membership at once, or a Nomination that waits for a second person.

    Raises: Refused (403) for oneself or elsewhere; Invalid when the person has this job already; Missing.
    """
    _must_administer(by, organisation_id)
    user = _account(user_id)
    return _give_job(by=by, user=user, organisation_id=organisation_id, role=role, supervisor=supervisor)


def _give_job(*, by: Actor, user: User, organisation_id: UUID, role: Role, supervisor: bool) -> Membership | Nomination:
    _not_oneself(by, user)
    same = {"user": user, "organisation_id": organisation_id, "role": role}
    if Membership.objects.filter(**same, ended_at=None).exists() or Nomination.objects.filter(**same, decided_at=None).exists():
        raise Invalid({"role": [_("This person has this job already, or waits for it.")]})
    job: Membership | Nomination
    if rules.needs_second_person(role, supervisor=supervisor):
        job = Nomination.objects.create(**same, supervisor=supervisor, asked_by=by.user, asked_at=by.at)
    else:
        job = Membership.objects.create(**same, supervisor=supervisor)
    waits = int(isinstance(job, Nomination))
    audit.record(event="membership.add", by=by, subject=user.pk, codes={"role": str(role), "waits": waits, "head": int(supervisor)})
    return job


def meeting_number(nomination: Nomination) -> str:
    """Six digits that the nominee alone sees, and says to the one who confirms: so the account and the person met are the same."""
    made = salted_hmac("havre.meeting-number", str(nomination.pk), algorithm="sha256").hexdigest()
    return f"{int(made[:12], 16) % 1_000_000:06}"


@act("membership.confirm")
def confirm_job(*, by: Actor, nomination_id: UUID, number: str) -> Membership:
    """The second person confirms a job, with the number that the nominee reads on her own page; the job begins.

    Raises: Missing; Refused (403) for the nominee, for the one who asked and for whoever may not be the second person;
    Invalid when the number is wrong.
    """
    nomination = _open_nomination(nomination_id)
    if not rules.may_second(by, organisation_id=nomination.organisation_id, person=nomination.user, first_id=nomination.asked_by_id):
        raise Refused(
            (_("A second person must confirm this: a head of that service who is neither the person nor the one who asked."),), status=403
        )
    if not constant_time_compare(number.strip(), meeting_number(nomination)):
        raise Invalid({"number": [_("This is not the number on the person's page. Ask for it face to face.")]})
    nomination.decided_by, nomination.decided_at, nomination.confirmed = by.user, by.at, True
    nomination.save(update_fields=["decided_by", "decided_at", "confirmed"])
    job = Membership.objects.create(
        user=nomination.user, organisation=nomination.organisation, role=nomination.role, supervisor=nomination.supervisor
    )
    audit.record(event="membership.confirm", by=by, subject=nomination.user_id, codes={"role": nomination.role})
    return job


@act("membership.decline")
def decline_job(*, by: Actor, nomination_id: UUID) -> Nomination:
    """The second person refuses a job that was asked for. Raises: Missing; Refused (403)."""
    nomination = _open_nomination(nomination_id)
    if not rules.may_second(by, organisation_id=nomination.organisation_id, person=nomination.user, first_id=nomination.asked_by_id):
        raise Refused((NOT_YOURS,), status=403)
    nomination.decided_by, nomination.decided_at, nomination.confirmed = by.user, by.at, False
    nomination.save(update_fields=["decided_by", "decided_at", "confirmed"])
    audit.record(event="membership.decline", by=by, subject=nomination.user_id, codes={"role": nomination.role})
    return nomination


@act("membership.end")
def end_job(*, by: Actor, membership_id: UUID) -> Membership:
    """End a job; what hung on it closes at the next request. Raises: Missing; Refused (403)."""
    job = Membership.objects.select_for_update().filter(pk=membership_id, ended_at=None).select_related("user").first()
    if job is None:
        raise Missing
    _must_administer(by, job.organisation_id)
    _not_oneself(by, job.user)
    job.ended_at = by.at
    job.save(update_fields=["ended_at"])
    asking.end_of_job(job, at=by.at)
    audit.record(event="membership.end", by=by, subject=job.user_id, codes={"role": job.role})
    return job


@act("account.close")
def close_account(*, by: Actor, user_id: UUID) -> User:
    """Close an account for good: its sessions, jobs and codes end now. Raises: Missing; Refused (403)."""
    user = _account(user_id)
    _must_administer_person(by, user, every=True)
    user.is_active = False
    user.save(update_fields=["is_active"])
    for job in Membership.objects.filter(user=user, ended_at=None):
        asking.end_of_job(job, at=by.at)
    Membership.objects.filter(user=user, ended_at=None).update(ended_at=by.at)
    OneTimeCode.objects.filter(user=user, used_at=None, ended_at=None).update(ended_at=by.at)
    sessions.end_all(user)
    audit.record(event="account.close", by=by, subject=user.pk)
    return user


@act("account.code")
def new_code(*, by: Actor, user_id: UUID) -> Printed:
    """Print a new code for somebody who lost the passphrase or let the invitation expire; an earlier code ends.

    The old passphrase works until the code is used. The second factor stays: a code alone opens nothing that needs one.
    Raises: Missing; Refused (403), also for oneself.
    """
    user = _account(user_id)
    _must_administer_person(by, user)
    kind = CodeKind.PASSPHRASE if user.has_usable_password() else CodeKind.INVITATION
    audit.record(event="account.code", by=by, subject=user.pk, codes={"kind": kind.value})
    return print_code(user=user, kind=kind, at=by.at, made_by=by.user)


WRONG_CODE = _("This code does not fit this name, was used, or has expired. Check both, or ask your administrator for a new one.")


def redeem(*, username: str, code: str, passphrase: str, at: datetime, address: str = "") -> User:
    """Use a printed code, once, to set a passphrase; every session of the account ends.

    Raises: Refused (429) after several wrong tries; Invalid, with the same words for a wrong name, a wrong code, a used and an expired one.
    """
    key = slowing.key_of("code", username.strip().lower(), address)
    slowing.claim(key, at=at)
    open_codes = OneTimeCode.objects.filter(used_at=None, ended_at=None, expires_at__gt=at, user__is_active=True)
    found = open_codes.filter(digest=digest_of(username, code)).select_related("user").first()
    if found is None:
        raise Invalid({"code": [WRONG_CODE]})
    # the code was right: a passphrase that is too weak is no guess, and does not use the code up
    slowing.passed(key)
    try:
        validate_password(passphrase, found.user)
    except ValidationError as error:
        raise Invalid({"passphrase": list(error.messages)}) from None
    with transaction.atomic():
        # of two tries at the same moment one alone finds the code unused
        if not open_codes.filter(pk=found.pk).update(used_at=at):
            raise Invalid({"code": [WRONG_CODE]})
        found.user.set_password(passphrase)
        found.user.save(update_fields=["password"])
        note("account.code_used", found.user, codes={"kind": found.kind})
    sessions.end_all(found.user)
    return found.user


def found_house(*, organisation: Organisation, people: list[tuple[str, str]], at: datetime, language: str = "en") -> list[Printed]:
    """The first two administrators of a new house, heads of their service, so that each can be the other's second person.

    Args: people, two (sign-in name, name). Called by the command that sets up an instance, never by a page.
    Raises: Refused once anybody holds a job; Invalid unless two different persons are named.
    """
    if len({username.lower() for username, _name in people}) != 2:
        raise Invalid(_("Name two different persons: one alone could open everything."))
    with transaction.atomic():
        if Membership.objects.exists():
            raise Refused((_("The house has its administrators: they invite the others."),))
        printed = []
        for username, name in people:
            user = User.objects.create_user(username, name=name, language=language)
            Membership.objects.create(user=user, organisation=organisation, role=Role.ADMINISTRATOR, supervisor=True)
            printed.append(print_code(user=user, kind=CodeKind.INVITATION, at=at, made_by=None))
    return printed


def _account(user_id: UUID) -> User:
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise Missing
    return user


def _open_nomination(nomination_id: UUID) -> Nomination:
    found = Nomination.objects.select_for_update(of=("self",)).filter(pk=nomination_id, decided_at=None)
    nomination = found.select_related("user", "organisation").first()
    if nomination is None:
        raise Missing
    return nomination


def _must_administer(by: Actor, organisation_id: UUID) -> None:
    policy.require_in_house(by, Act.ADMINISTER)
    if not Organisation.objects.filter(pk=organisation_id, active=True).exists():
        raise Missing
    if not rules.administers(by, organisation_id):
        raise Refused((NOT_YOURS,), status=403)


def _must_administer_person(by: Actor, user: User, *, every: bool = False) -> None:
    """`by` must administer one of the person's organisations, or all of them."""
    policy.require_in_house(by, Act.ADMINISTER)
    _not_oneself(by, user)
    places = set(Membership.objects.filter(user=user, ended_at=None).values_list("organisation_id", flat=True))
    places |= set(Nomination.objects.filter(user=user, decided_at=None).values_list("organisation_id", flat=True))
    mine = [rules.administers(by, place) for place in places]
    if mine and not (all(mine) if every else any(mine)):
        raise Refused((NOT_YOURS,), status=403)


def _not_oneself(by: Actor, user: User) -> None:
    if by.user.pk == user.pk:
        raise Refused((NOT_ONESELF,), status=403)


def _cleaned(made: User | Organisation) -> None:
    try:
        made.full_clean(exclude=["password"])
    except ValidationError as error:
        raise Invalid({field: list(words) for field, words in error.message_dict.items()}) from None
