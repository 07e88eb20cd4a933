"""Pages of protected records: key-set paging, and the plan picked by how many cases the actor holds.

Measured on 100,000 and 1,000,000 cases: no single shape is fast for holders of nothing, few and all. So a capped probe of the grants
comes first: a small holder's ids are listed and sorted; for a large one the date index is walked and each row asks its grants.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from havre.trust.actors import Actor
from havre.trust.context import require
from havre.trust.enums import Act
from havre.trust.errors import Invalid
from havre.trust.models import Grant
from havre.trust.records import ProtectedQuerySet

M = TypeVar("M", bound=models.Model)
SMALL = 5_000
# how far a caseload is counted: a list of ids is cheap to count, a walk asks the policy of each row
CAP, WALK_CAP = 1_000, 100
# beyond so many matches in the whole table, the walk by date meets a page of them soon
RARE = 500


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Up to `size` rows, newest first; `next` is the address of the following page, "" when there is none."""

    rows: list[M]
    next: str


def page(
    model: Any,
    actor: Actor,
    *,
    after: str = "",
    size: int = 25,
    filters: Q | None = None,
    date: str = "opened_at",
    related: tuple[str, ...] = (),
    within: ProtectedQuerySet[Any] | None = None,
) -> Page[Any]:
    """One page of what `actor` may read of `model`, ordered by its date column and id, newest first.

    Args: after, the `next` of the page before; filters, on the model's own columns; related, foreign keys to fetch along;
    within, what `held` gave, where the caller asked already.
    Raises: Invalid for a mangled `after`; Unscoped outside `acting`.
    """
    visible = held(model, actor) if within is None else within
    if filters is not None:
        visible = visible.filter(filters)
    rows = list(_after(visible, after, date).order_by(f"-{date}", "-pk").select_related(*related)[: size + 1])
    following = _mark(rows[size - 1], date) if len(rows) > size else ""
    return Page(rows[:size], following)


def held(model: Any, actor: Actor) -> ProtectedQuerySet[Any]:
    """What `actor` may read of `model`, in the shape that is quick for how much that is. Raises: Unscoped outside `acting`."""
    require(actor)
    visible = model.objects.visible_to(actor, Act.READ)
    grants = Grant.objects.filter(holder_id__in=actor.holders, ends_at__gt=actor.at, purpose=actor.purpose, role=actor.role)
    if grants.values("pk")[: SMALL + 1].count() > SMALL:
        visible.walked = True
        return visible
    # named by a subquery: thousands of ids as parameters cost more than the page itself
    return visible.filter(**{f"{model.case_path}__in": grants.values("case_id")})


def matching(visible: ProtectedQuerySet[Any], words: Q) -> ProtectedQuerySet[Any]:
    """`visible` where `words` holds, for a condition that no index answers, such as a part of a reference.

    Asking the policy of every row that does not match costs more than the page. So the house looks for the few keys that match, shows
    them to nobody, and the policy judges those; where many match, each row of the walk is judged as usual.
    """
    keys = list(visible.model.objects.for_house("matching").filter(words).values_list("pk", flat=True)[: RARE + 1])
    if len(keys) > RARE:
        return visible.filter(words)
    found = visible.filter(pk__in=keys)
    found.walked = False
    return found


def counted(visible: ProtectedQuerySet[Any], column: str) -> tuple[list[Any], bool]:
    """The values of one column in what `held` gave, as far as it is counted (1,000; 100 for who holds much), and whether there are more."""
    cap = WALK_CAP if visible.walked else CAP
    found = list(visible.order_by().values_list(column, flat=True)[: cap + 1])
    return found[:cap], len(found) > cap


def _after(visible: Any, after: str, date: str) -> Any:
    if not after:
        return visible
    try:
        moment, key = urlsafe_b64decode(after.encode()).decode().split("|")
        at, pk = datetime.fromisoformat(moment), UUID(key)
    except ValueError:
        raise Invalid(_("This page address is damaged. Go back to the first page of the list.")) from None
    return visible.filter(Q(**{f"{date}__lt": at}) | Q(**{date: at, "pk__lt": pk}))


def _mark(row: Any, date: str) -> str:
    return urlsafe_b64encode(f"{getattr(row, date).isoformat()}|{row.pk}".encode()).decode()
