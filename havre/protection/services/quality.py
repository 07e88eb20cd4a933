"""Before a presumption is sent on: is there what a reader at the other end needs? A gap is named, and never closes the way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from havre.protection.enums import Answer
from havre.protection.enums_evidence import AnywayReason, QualityGap
from havre.protection.models import Identification, QualityCheck, ScreeningAnswer, WordsPrint
from havre.protection.rights import FRONT_LINE
from havre.register.models import TraffickingEvent
from havre.trust import audit, identity
from havre.trust.actors import Actor
from havre.trust.errands import as_house
from havre.trust.errors import Invalid, Refused

# Havre's own values: from when on something is told late, how much of two texts may be alike, and how many earlier ones are looked at
LATE = timedelta(days=90)
ALIKE = 0.5
EARLIER = 200


def gaps(identification: Identification, *, words: Mapping[str, str], by: Actor) -> list[QualityGap]:
    """What is missing, in the order of the list. Reads only what this officer may read.

    Source: UK statutory guidance and toolkit, April 2026 (vague, copied text, no indicators, no chronology, no reason for late disclosure).
    """
    found = []
    events = TraffickingEvent.objects.visible_to(by).filter(person_id=identification.person_id)
    ends = [event.until or event.happened_on for event in events if event.happened_on]
    if not ends:
        found.append(QualityGap.CHRONOLOGY)
    met = ScreeningAnswer.objects.visible_to(by).filter(screening_id=identification.screening_id, answer=Answer.YES)
    if identification.screening_id is None or not met.exists():
        found.append(QualityGap.INDICATORS)
    text = " ".join(words.values())
    if not text.strip():
        found.append(QualityGap.ACCOUNT)
    elif is_copied(text, identification, by=by):
        found.append(QualityGap.COPIED)
    newest = max((end for end in ends if end), default=None)
    if newest and identification.opened_at.date() - newest > LATE and not identification.late_reason:
        found.append(QualityGap.LATE)
    return found


def check(identification: Identification, *, words: Mapping[str, str], anyway: str, by: Actor) -> QualityCheck | None:
    """Check what a first responder is about to send on, and keep what was found; None for the authority, which sends nothing.

    Raises: Refused, naming every gap, unless the officer says why it goes on all the same; Invalid for a reason that is none of the list.
    """
    if by.role not in FRONT_LINE:
        return None
    if anyway and anyway not in AnywayReason.values:
        raise Invalid({"anyway": [_("choose a reason from the list")]})
    found = gaps(identification, words=words, by=by)
    if found and not anyway:
        reasons = [gettext("%(gap)s. You may send it all the same, with a reason.") % {"gap": _sentence(one)} for one in found]
        raise Refused(reasons, rows=[f"identification.presume:quality.{one.value}" for one in found])
    made = QualityCheck(
        case_id=identification.case_id,
        person_id=identification.person_id,
        by=by.user,
        at=by.at,
        identification=identification,
        step="presume",
        gaps=[one.value for one in found],
        anyway=anyway if found else "",
    )
    # whoever may presume may not always write facts of this case: the table of the identification has decided
    with as_house():
        made.save(force_insert=True)
    keep_print(" ".join(words.values()), identification, by=by)
    codes: dict[str, str | int] = {"gaps": ",".join(made.gaps)} if made.gaps else {}
    audit.record(
        event="identification.quality", by=by, subject=identification.person_id, case_id=identification.case_id, reason=anyway, codes=codes
    )
    return made


def is_copied(text: str, identification: Identification, *, by: Actor) -> bool:
    """Whether these words are almost those of another referral that the same officer sealed: by keyed fingerprints, no text is opened."""
    mine = set(identity.fingerprint(text))
    if not mine:
        return False
    earlier = WordsPrint.objects.for_house("matching").filter(by=by.user).exclude(person_id=identification.person_id)
    for digests in earlier.order_by("-at").values_list("digests", flat=True)[:EARLIER]:
        theirs = set(digests)
        if len(mine & theirs) >= ALIKE * min(len(mine), len(theirs)):
            return True
    return False


def keep_print(text: str, identification: Identification, *, by: Actor) -> None:
    """Keep the fingerprint of words that are sealed now; nothing for words too short to tell."""
    digests = identity.fingerprint(text) if text.strip() else []
    if not digests:
        return
    made = WordsPrint(
        case_id=identification.case_id,
        person_id=identification.person_id,
        by=by.user,
        at=by.at,
        record_id=identification.pk,
        digests=digests,
    )
    with as_house():
        made.save(force_insert=True)


def _sentence(gap: QualityGap) -> str:
    words = str(gap.label)
    return words[:1].upper() + words[1:]
