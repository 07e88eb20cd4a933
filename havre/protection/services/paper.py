"""Paper for power cuts: a blank form with a serial, typed in once, with the paper's own officer, time and place."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.protection import indicators
from havre.protection.enums import Profile, Situation, Taken
from havre.protection.models import PaperForm, Screening
from havre.protection.services import screening
from havre.protection.services.intake import may_take_in
from havre.protection.services.screening import Given, Written
from havre.trust import audit
from havre.trust.actors import Actor
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.models import Membership, User

# Crockford's letters: none that a hand writes like another
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MOST = 50


def serial() -> str:
    """Seven letters by chance and one that checks them, as F-0000-0000."""
    body = "".join(secrets.choice(LETTERS) for _n in range(7))
    whole = body + check_letter(body)
    return f"F-{whole[:4]}-{whole[4:]}"


def check_letter(body: str) -> str:
    """The letter that shows one wrong or two exchanged letters: a sum weighted by place (odd weights, modulo 32)."""
    return LETTERS[sum((2 * place + 1) * LETTERS.index(letter) for place, letter in enumerate(body)) % 32]


def tidy(typed: str) -> str:
    """A serial as it is kept, from what a hand typed. Raises: Invalid when it is none, so that a slip is seen at once."""
    bare = "".join(letter for letter in typed.upper().translate(str.maketrans("OIL", "011")) if letter in LETTERS)
    bare = bare.removeprefix("F") if len(bare) == 9 else bare
    if len(bare) != 8 or check_letter(bare[:7]) != bare[7]:
        raise Invalid({"serial": [_("this is no serial of a form: copy it again from the head of the paper, like F-12AB-34CD")]})
    return f"F-{bare[:4]}-{bare[4:]}"


@trust.act("paper.print")
def print_forms(*, by: Actor, situation: str, profile: str, count: int) -> PaperForm:
    """Note as many blank forms as are about to be printed; gives the last. They hold nothing but their serial.

    Raises: Refused (403); Invalid for a number or a set that cannot be.
    """
    may_take_in(by)
    if situation not in Situation.values or profile not in Profile.values or not 1 <= count <= MOST:
        raise Invalid({"count": [_("print between 1 and %(most)s forms at once") % {"most": MOST}]})
    made = [
        PaperForm(
            serial=serial(),
            organisation_id=by.organisation_id,
            situation=situation,
            profile=profile,
            edition=indicators.edition(),
            printed_by=by.user,
            printed_at=by.at,
        )
        for _n in range(count)
    ]
    PaperForm.objects.bulk_create(made)
    audit.record(event="paper.print", by=by, codes={"forms": count})
    return made[-1]


def find(*, by: Actor, typed: str) -> PaperForm:
    """The form of this serial, of one's own service. Raises: Invalid for what is no serial; Missing for another service's."""
    form = PaperForm.objects.filter(serial=tidy(typed), organisation_id=by.organisation_id).first()
    if form is None:
        raise Missing
    return form


def colleagues(by: Actor) -> list[User]:
    """Who may have held a paper of this service: its people whose job screens, with those who have left since."""
    jobs = Membership.objects.filter(organisation_id=by.organisation_id).select_related("user")
    return sorted({one.user for one in jobs}, key=lambda user: user.name)


@trust.act("paper.type")
def type_in(
    *,
    by: Actor,
    serial: str,
    officer_id: UUID,
    happened_at: datetime,
    place: str,
    answers: Iterable[Given],
    conditions: dict[str, Any],
    person: dict[str, Any],
    kept_because: str,
) -> Screening:
    """A paper becomes a screening once: who held the talk, when and where stay as the paper says; who typed it in is kept beside.

    Raises: Missing; Refused when the paper was typed in before, or for a missing right of the first contact; Invalid for a moment
    before the paper was printed or in the future, for an officer of another service, or for answers that the cards do not have.
    """
    paper = PaperForm.objects.select_for_update().filter(pk=find(by=by, typed=serial).pk).get()
    if paper.screening_id:
        raise Refused((_("this paper was typed in before; a second talk has a paper of its own"),))
    observer = next((user for user in colleagues(by) if user.pk == officer_id), None)
    if observer is None:
        raise Invalid({"officer": [_("choose who held the talk from the people of your service")]})
    if not paper.printed_at <= happened_at <= by.at:
        raise Invalid({"happened_at": [_("the talk took place after the paper was printed and before now")]})
    made = screening.screen(
        by=by,
        situation=paper.situation,
        profile=paper.profile,
        answers=answers,
        conditions=conditions,
        person=person,
        happened_at=happened_at,
        kept_because=kept_because,
        written=Written(taken=Taken.PAPER, place=place, observer=observer, edition=paper.edition),
    )
    paper.screening, paper.typed_by, paper.typed_at = made, by.user, by.at
    paper.save(update_fields=["screening", "typed_by", "typed_at"])
    audit.record(event="paper.type", by=by, subject=made.person_id, case_id=made.case_id)
    return made
