"""Signing an assessment, and noting that the model has gone on since."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre.trust import audit, policy
from havre.trust.actors import Actor
from havre.trust.acts import act
from havre.trust.assessment.snapshot import changes, digest, model_of
from havre.trust.enums import Act
from havre.trust.errors import Invalid, Refused, Words
from havre.trust.models import Assessment, Membership
from havre.trust.models.assessment import Level, Opinion

# an assessment is read again at least so often (WP 248 rev.01, III.D)
LONGEST = timedelta(days=3 * 366)


def standing() -> Assessment | None:
    """The newest signed version."""
    return Assessment.objects.select_related("signed_by__user", "signed_by__organisation").first()


@act("assessment.sign")
def sign(
    *, shown: str, residual: Mapping[str, str], opinion: str, conditions: str, review_on: date, by: Actor
) -> Assessment:  # fmt: skip
    """Sign what the page showed as the next version.

    Args: shown, the digest of the model as it was read; residual, risk → what remains, for every risk; review_on, when it is read again.
    Raises: Refused (403) unless `by` reviews, (409) with an old second factor or when the model has changed since it was read; Invalid,
    by field (a risk's field is `risk_<id>`).
    """
    policy.require_in_house(by, Act.REVIEW)
    model = model_of(timezone.localdate(by.at))
    reasons = []
    if not by.factor_is_fresh:
        reasons.append(_("Give your second factor again first."))
    if digest(model) != shown:
        reasons.append(_("the model or the policy has changed since you read it: read it again"))
    if reasons:
        raise Refused(reasons)
    _check(residual=residual, risks=tuple(model["risk"]), opinion=opinion, conditions=conditions, review_on=review_on, by=by)
    last = standing()
    job = Membership.objects.get(user=by.user, organisation_id=by.organisation_id, role=by.role, ended_at=None)
    try:
        with transaction.atomic():
            made = Assessment.objects.create(
                number=last.number + 1 if last else 1,
                model=model,
                digest=shown,
                residual=dict(residual),
                opinion=opinion,
                conditions=conditions.strip(),
                review_on=review_on,
                signed_by=job,
                signed_at=by.at,
            )
    except IntegrityError:
        raise Refused((_("another officer signed a version at this moment: read it first"),)) from None
    audit.record(event="assessment.sign", by=by, subject=made.pk, reason=opinion, codes={"version": made.number})
    return made


def _check(*, residual: Mapping[str, str], risks: tuple[str, ...], opinion: str, conditions: str, review_on: date, by: Actor) -> None:
    problems: dict[str, list[Words]] = {}
    for risk in risks:
        if residual.get(risk) not in Level.values:
            problems[f"risk_{risk}"] = [_("say what remains of this risk")]
    if opinion not in Opinion.values:
        problems["opinion"] = [_("choose a conclusion from the list")]
    elif Level.HIGH in residual.values() and opinion != Opinion.CONSULT:
        problems["opinion"] = [_("a high risk remains: the supervisory authority is consulted before the processing goes on")]
    if opinion == Opinion.CONDITIONS and not conditions.strip():
        problems["conditions"] = [_("write the conditions")]
    today = timezone.localdate(by.at)
    if not today < review_on <= today + LONGEST:
        problems["review_on"] = [_("give a day within the next three years")]
    if problems:
        raise Invalid(problems)


def mark(now: datetime) -> int:
    """Note on the standing version that the model differs from it, or that it agrees again. Idempotent; gives how many rows it changed."""
    last = standing()
    if last is None:
        return 0
    model = model_of(timezone.localdate(now))
    found = [] if digest(model) == last.digest else [one.plain for one in changes(last.model, model)]
    at = (last.outdated_at or now) if found else None
    if (last.changes, last.outdated_at) == (found, at):
        return 0
    return Assessment.objects.filter(pk=last.pk).update(changes=found, outdated_at=at)
