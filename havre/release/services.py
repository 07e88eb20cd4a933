"""Draft, check, sign, publish. Nothing is published that the attack got through, that two did not sign, or that was checked too early."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.evidence import services as evidence
from havre.evidence import sources
from havre.evidence.models import JobKind, JobRun, JobState
from havre.release.models import Release, ReleaseState, Side, Signature
from havre.trust import audit, policy
from havre.trust.actors import Actor
from havre.trust.contracts import Waiting
from havre.trust.enums import Act
from havre.trust.errors import Invalid, Missing, Refused, Words

SIDE_ACTS = {Side.ANALYSIS: Act.PUBLISH, Side.DATA_PROTECTION: Act.REVIEW}


def readable_by(by: Actor) -> bool:
    """Whether this role may see a release with its proof."""
    return any(policy.may_in_house(by, act) for act in SIDE_ACTS.values())


def release_of(*, pk: UUID, by: Actor) -> Release:
    """One release. Raises: Refused (403), Missing."""
    if not readable_by(by):
        policy.require_in_house(by, Act.PUBLISH)
    release = Release.objects.filter(pk=pk).first()
    if release is None:
        raise Missing
    return release


def _locked(release_id: UUID) -> Release:
    release = Release.objects.select_for_update().filter(pk=release_id).first()
    if release is None:
        raise Missing
    return release


@trust.act("release.draft")
def draft(*, title: str, source: str, tables: list[list[str]], k: int, by: Actor) -> Release:
    """Write a draft of a publication.

    Args: tables, each a list of 1 to 4 columns; k, 3 or more. Raises: Refused (403), Invalid, Missing for an unknown source.
    """
    policy.require_in_house(by, Act.PUBLISH)
    problems: dict[str, list[Words]] = {}
    if not title.strip():
        problems["title"] = [_("give the publication a title")]
    if not tables or any(not 1 <= len(set(table)) == len(table) <= 4 for table in tables):
        problems["tables"] = [_("give one table a line, each with one to four different columns")]
    if k < 3:
        problems["k"] = [_("the smallest group must be 3 or more; 11 is usual")]
    if problems:
        raise Invalid(problems)
    known = sources.by_key(source)
    year = by.at.year
    number = Release.objects.filter(ref__startswith=f"{year}-").count() + 1
    release = Release.objects.create(
        ref=f"{year}-{number}",
        title=title.strip(),
        source=source,
        population=source if known.external else "register",
        tables=tables,
        k=k,
        by=by.user,
        made_at=by.at,
    )
    audit.record(event="release.draft", by=by, subject=release.pk)
    return release


@trust.act("release.check")
def check(*, release_id: UUID, by: Actor) -> JobRun:
    """Ask for protection and attack; earlier signatures no longer count. Raises: Refused (403; 409 once published), Missing."""
    policy.require_in_house(by, Act.PUBLISH)
    release = _locked(release_id)
    if release.state == ReleaseState.PUBLISHED:
        raise Refused((_("this publication is out: what is published is not checked again, make another"),))
    job = evidence.start(kind=JobKind.PROTECT, parameters={"release": str(release.pk)}, by=by)
    release.state, release.proof, release.shown, release.digest, release.job_id = ReleaseState.DRAFT, {}, [], "", job.pk
    release.checked_at = None
    release.save()
    audit.record(event="release.check", by=by, subject=release.pk)
    return job


@trust.act("release.sign")
def sign(*, release_id: UUID, side: Side, digest: str, by: Actor) -> Release:
    """Sign what was read: the digest on the page must be the one that stands.

    Raises: Refused (403 for the other side's role; 409 with every reason), Missing.
    """
    policy.require_in_house(by, SIDE_ACTS[side])
    release = _locked(release_id)
    reasons = unproven(release)
    if release.state == ReleaseState.PUBLISHED:
        reasons.append(_("this publication is out already"))
    if digest != release.digest:
        reasons.append(_("the tables changed since this page was opened: read them again"))
    standing = release.signatures.filter(digest=release.digest)
    if standing.filter(side=side).exists():
        reasons.append(_("this side has signed already"))
    if standing.filter(by=by.user).exists():
        reasons.append(_("the two signatures must come from two persons"))
    if reasons:
        raise Refused(reasons)
    Signature.objects.create(release=release, side=side, digest=digest, by=by.user, at=by.at)
    if not unsigned(release):
        release.state = ReleaseState.SIGNED
        release.save(update_fields=["state"])
    audit.record(event="release.sign", by=by, subject=release.pk, codes={"side": side.value})
    return release


@trust.act("release.publish")
def publish(*, release_id: UUID, by: Actor) -> Release:
    """Publish what was checked and signed. Raises: Refused (403; 409 with every unmet condition), Missing."""
    policy.require_in_house(by, Act.PUBLISH)
    release = _locked(release_id)
    reasons = not_publishable(release)
    if reasons:
        raise Refused(reasons)
    release.state, release.published_at = ReleaseState.PUBLISHED, by.at
    release.save(update_fields=["state", "published_at"])
    audit.record(event="release.publish", by=by, subject=release.pk)
    return release


def waiting(actor: Actor) -> Iterable[Waiting]:
    """Checked publications that wait for this role's signature, and signed ones that wait to be published."""
    if not readable_by(actor):
        return
    sides = [side for side, act in SIDE_ACTS.items() if policy.may_in_house(actor, act)]
    for release in Release.objects.filter(state__in=[ReleaseState.CHECKED, ReleaseState.SIGNED]).order_by("made_at")[:20]:
        url, named = reverse("release:release", args=[release.pk]), {"ref": release.ref}
        if any(side in sides for side in unsigned(release)):
            yield Waiting(_("Publication %(ref)s: read and sign") % named, url, why=release.title)
        elif release.state == ReleaseState.SIGNED and policy.may_in_house(actor, Act.PUBLISH):
            yield Waiting(_("Publication %(ref)s: publish") % named, url, why=release.title)


def not_publishable(release: Release) -> list[Words]:
    """Every condition of publication that is still unmet."""
    reasons = unproven(release)
    if release.state == ReleaseState.PUBLISHED:
        reasons.append(_("this publication is out already"))
    reasons += [_("not signed yet by: %(side)s") % {"side": side.label} for side in unsigned(release)]
    return reasons


def unsigned(release: Release) -> list[Side]:
    """The sides whose signature on this very digest is missing."""
    done = set(release.signatures.filter(digest=release.digest).values_list("side", flat=True)) if release.digest else set()
    return [side for side in Side if side not in done]


def unproven(release: Release) -> list[Words]:
    """What the proof lacks: never checked, an attack that got through, a release that came in between."""
    if release.checked_at is None:
        return [*_job_words(release), _("the tables have not been checked: protect and attack them first")]
    reasons: list[Words] = [
        _("the attack got through: %(problem)s") % {"problem": problem} for problem in release.proof.get("problems", ())[:20]
    ]
    if not release.proof.get("audit", {}).get("holds"):
        reasons.append(_("the audit did not hold: hide more, or use a coarser table"))
    since = Release.objects.filter(population=release.population, published_at__gt=release.checked_at).exclude(pk=release.pk)
    reasons += [_("%(ref)s was published after the check: check again with it") % {"ref": other.ref} for other in since]
    return reasons


def _job_words(release: Release) -> list[Words]:
    job = JobRun.objects.filter(pk=release.job_id).first() if release.job_id else None
    return [job.error] if job and job.state == JobState.FAILED else []
