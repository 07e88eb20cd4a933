"""The home page's own questions: what waits, when, and what the role may do when nothing does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import attrgetter

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre.site.context import navigation
from havre.trust.actors import Actor
from havre.trust.contracts import Waiting, contracts
from havre.trust.enums import Role
from havre.trust.errors import Words

# What the role is there for, said on its home page when nothing waits.
ERRANDS_OF: dict[Role, Words] = {
    Role.FIRST_RESPONDER: _("You meet people first: listen, make safe, refer with their consent."),
    Role.HELPLINE: _("You answer first: listen, inform, refer with the person's consent."),
    Role.IDENTIFICATION_AUTHORITY: _("You decide on presumption and confirmation, after the recovery and reflection period."),
    Role.SECOND_REVIEWER: _("You read decisions again, when somebody asks for it or the law does."),
    Role.CASE_MANAGER: _("You accompany people: safety first, then needs, the plan and its follow-up."),
    Role.GUARDIAN: _("You stand by a child: their voice, and their best interests, in every decision."),
    Role.SHELTER: _("You receive and protect: places, arrival, daily support."),
    Role.HEALTH: _("You care: what is said to you stays apart from the rest of the case."),
    Role.INTERPRETER: _("You carry words exactly, and nothing further."),
    Role.LEGAL_AID: _("You defend rights: information, complaint, residence, compensation."),
    Role.INVESTIGATOR: _("You investigate without needing to know where the person is."),
    Role.PROSECUTOR: _("You prosecute, protect witnesses, and see that victims are not punished for what they were made to do."),
    Role.LABOUR_INSPECTOR: _("You inspect workplaces: what you see may be the first sign."),
    Role.CHILD_PROTECTION: _("You protect children: their best interests come before every procedure."),
    Role.COMPENSATION_FUND: _("You repair: an award counts when it is paid."),
    Role.COORDINATOR: _("You see where the chain waits, and who can unblock it. You see numbers, never people."),
    Role.RAPPORTEUR: _("You count, compare and publish. You see numbers, never people."),
    Role.TRAINER: _("You train and inform: module, guide, brochures, from the same sources."),
    Role.DATA_PROTECTION_OFFICER: _("You watch who reads what: accesses, emergency openings, retention, erasure."),
    Role.ADMINISTRATOR: _("You keep accounts, organisations and agreements. You open no case."),
}
# beyond this, a home page is a list to flee from; the parts' own pages hold the rest
SHOWN = 40


@dataclass(frozen=True, slots=True)
class Day:
    """One square of the two-week strip; the bars are drawn from below, the most pressing lowest."""

    on: date
    x: int
    y: int
    bars: tuple[tuple[str, int], ...]
    today: bool
    weekend: bool

    @property
    def middle(self) -> int:
        return self.x + 19

    @property
    def base(self) -> int:
        return self.y + 18

    @property
    def edge(self) -> int:
        return self.x + 10


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits for one actor, in the order in which it presses."""

    today: list[Waiting]
    soon: list[Waiting]
    later: list[Waiting]
    others: list[Waiting]
    late: int
    until: date

    @property
    def empty(self) -> bool:
        return not (self.today or self.soon or self.later or self.others)


def desk(actor: Actor) -> Desk:
    """Everything that the parts' contracts say waits for this actor, sorted by when it presses.

    What has no date but is urgent is for today. "Soon" ends with the Monday that comes (the one after, on a Monday).
    """
    items = [item for contract in contracts() for item in contract.waiting(actor)]
    far = datetime.max.replace(tzinfo=timezone.get_default_timezone())
    items.sort(key=lambda item: (item.due_at or far, not item.urgent))
    here = timezone.localdate(actor.at)
    until = here + timedelta(days=7 - here.weekday())
    mine = [item for item in items if not item.awaited_from]
    today = [item for item in mine if (item.due_at and timezone.localdate(item.due_at) <= here) or (item.urgent and not item.due_at)]
    soon = [item for item in mine if item.due_at and here < timezone.localdate(item.due_at) <= until]
    later = [item for item in mine if item not in today and item not in soon]
    late = sum(1 for item in today if item.due_at and item.due_at < actor.at)
    return Desk(today[:SHOWN], soon[:SHOWN], later[:SHOWN], [item for item in items if item.awaited_from][:SHOWN], late, until)


def fortnight(actor: Actor, waiting: Desk) -> list[Day]:
    """Fourteen days from today in two rows of seven, a bar for each limit (six at most fit a square)."""
    start = timezone.localdate(actor.at)
    due = [item for item in (*waiting.today, *waiting.soon, *waiting.later) if item.due_at]
    days = []
    for number in range(14):
        on = start + timedelta(days=number)
        falling = [item for item in due if _square(item, start) == on]
        falling.sort(key=attrgetter("due_at"))
        y = 20 + 50 * (number // 7)
        bars = tuple((_colour(item, actor.at), y + 41 - 6 * place) for place, item in enumerate(falling[:4]))
        days.append(Day(on, 1 + 40 * (number % 7), y, bars, today=number == 0, weekend=on.weekday() > 4))
    return days


def _square(item: Waiting, start: date) -> date:
    assert item.due_at is not None
    return max(timezone.localdate(item.due_at), start)


def _colour(item: Waiting, at: datetime) -> str:
    assert item.due_at is not None
    if item.due_at < at:
        return "c-stop"
    return "c-wait" if item.due_at - at <= timedelta(days=2) else "c-sea"


def next_acts(actor: Actor) -> list[dict[str, object]]:
    """Where the role may go from a home page on which nothing waits: its work, not its account."""
    return [
        {"url": one.url, "words": one.title, "icon": one.icon}
        for group in navigation(actor)
        for one in group.links
        if one.url_name != "home" and not one.url_name.startswith(("accounts_", "mfa_"))
    ]
