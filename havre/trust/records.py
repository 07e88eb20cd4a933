"""Protected records: the only way to them is `visible_to(actor)`, and whatever it gives is written in the reading log."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import connections, models
from django.db.models.query import ModelIterable

from havre.trust import policy
from havre.trust.actors import Actor
from havre.trust.context import current, require
from havre.trust.enums import Act, Section
from havre.trust.errands import ERRANDS, as_house
from havre.trust.errors import Invalid, Missing, Unscoped

M = TypeVar("M", bound=models.Model)
Q = TypeVar("Q", bound=models.QuerySet[Any])


class CaseQuerySet(models.QuerySet[M]):
    """What every queryset over records of cases can do."""

    def get_or_missing(self, **conditions: Any) -> M:
        """The one record. Raises: Missing, also when it is there but not for this actor."""
        # PostgreSQL takes no such character, even to compare with
        if any(isinstance(value, str) and "\0" in value for value in conditions.values()):
            raise Missing
        try:
            return self.get(**conditions)
        except ObjectDoesNotExist:
            raise Missing from None


class ProtectedQuerySet(CaseQuerySet[M]):
    """A scoped queryset. Fetching it logs sections and subjects in the request's reading log."""

    _scoped_to: Actor | None = None
    # set by `trust.held`: too many grants to list, so that rows are met by date and each is judged
    walked: bool = False

    def _clone(self) -> Self:
        clone = super()._clone()  # type: ignore[misc]
        clone.walked = self.walked
        clone._scoped_to = self._scoped_to
        return clone

    def _fetch_all(self) -> None:
        fresh = self._result_cache is None
        super()._fetch_all()
        if fresh and self._scoped_to is not None:
            self._log(self._result_cache)

    def get_for_step(self, **conditions: Any) -> M:
        """The one record, locked for a step of its workflow, whose table says who may: reading it is enough, as for a person's advocate.

        On PostgreSQL a lock asks for the right to write, so it is taken by the house after row-level security has shown the row; the
        record then saves itself as the house too. Raises: Missing, also when it is there but not for this actor.
        """
        if connections[self.db].vendor == "postgresql":
            self.get_or_missing(**conditions)
        with as_house(self.db):
            found: Any = self.select_for_update(of=("self",)).get_or_missing(**conditions)
        found.held_for_step = True
        return found

    def iterator(self, chunk_size: int | None = None) -> Iterator[M]:
        """Row after row; each is written in the reading log as it is given."""
        for row in super().iterator(chunk_size=chunk_size or 2000):
            self._log([row])
            yield row

    def _log(self, rows: Any) -> None:
        context = current()
        if context is None or not rows:
            return
        model: Any = self.model
        if not issubclass(self._iterable_class, ModelIterable):  # type: ignore[attr-defined]
            context.log.add(model.section or Section(0), ())
            return
        for row in rows:
            context.log.add(model.section or Section(row.section_bit), [row.audit_subject])


class HouseQuerySet(CaseQuerySet[M]):
    """Every row, for an errand; on PostgreSQL each call runs as the owner of the tables."""

    def _fetch_all(self) -> None:
        with as_house(self.db):
            super()._fetch_all()

    def iterator(self, chunk_size: int | None = None) -> Iterator[M]:
        """Row after row, as the owner of the tables."""
        rows = super().iterator(chunk_size=chunk_size or 2000)
        if not connections[self.db].in_atomic_block:
            with as_house(self.db):
                yield from rows
            return
        # the cursor is declared with the first row, and keeps the rights it was declared with: what is done with a row needs none
        with as_house(self.db):
            first = list(islice(rows, 1))
        yield from first
        yield from rows

    def count(self) -> int:
        """How many rows, as the owner of the tables."""
        with as_house(self.db):
            return super().count()

    def exists(self) -> bool:
        """Whether there is any row, as the owner of the tables."""
        with as_house(self.db):
            return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Aggregates, as the owner of the tables."""
        with as_house(self.db):
            return super().aggregate(*args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        """Change rows, as the owner of the tables."""
        with as_house(self.db):
            return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Take rows away, as the owner of the tables."""
        with as_house(self.db):
            return super().delete()


def clean(record: models.Model, fields: Collection[str] | None = None) -> None:
    """Check a record's values, or those of these fields only. Raises: Invalid, by field."""
    try:
        if fields is None:
            record.full_clean(validate_unique=False, validate_constraints=False)
        else:
            record.clean_fields(exclude=[field.name for field in record._meta.fields if field.name not in fields])
    except ValidationError as error:
        raise Invalid({name: list(words) for name, words in error.message_dict.items()}) from None


class ProtectedManager(models.Manager[M]):
    """The plain manager of a protected model raises; `visible_to` is the way in."""

    def get_queryset(self) -> ProtectedQuerySet[M]:
        """Raises: Unscoped, always: `visible_to` is the way in."""
        raise Unscoped(f"{self.model.__name__}: use objects.visible_to(actor)")

    def visible_to(self, actor: Actor, act: Act = Act.READ) -> ProtectedQuerySet[M]:
        """What `actor` may `act` on, as a queryset. Raises: Unscoped outside `acting(actor)`."""
        require(actor)
        queryset: Any = policy.scope(self._query(), actor, act)
        queryset._scoped_to = actor
        return queryset

    def visible_in(self, ground: policy.Ground, act: Act = Act.READ) -> ProtectedQuerySet[M]:
        """What the actor of this ground may `act` on in its one case: the rows of `visible_to`, without a semi-join for each kind of record.

        For a page that shows many kinds of record of one case. Raises: Unscoped outside `acting`.
        """
        require(ground.actor)
        queryset: Any = policy.scope_in(self._query(), ground, act)
        queryset._scoped_to = ground.actor
        return queryset

    def add(self, *, by: Actor, **fields: Any) -> M:
        """Write a new record of a case. Raises: Refused (403) when the policy does not let `by` write this section of it."""
        require(by)
        record: Any = self.model(**fields)
        section = self.model.section or Section(record.section_bit)  # type: ignore[attr-defined]
        policy.require(by, Act.WRITE, section, record.case_key, person_id=getattr(record, "person_id", None))
        clean(record)
        record.save(force_insert=True)
        return record

    def for_house(self, errand: str) -> HouseQuerySet[M]:
        """Every row, for an errand of the house itself that shows nobody anything. Raises: Unscoped for an errand that is not listed."""
        if errand not in ERRANDS:
            raise Unscoped(f"{errand!r} is no errand of the house")
        return self._narrowed(HouseQuerySet(self.model, using=self._db))

    def _query(self) -> ProtectedQuerySet[M]:
        return self._narrowed(ProtectedQuerySet(self.model, using=self._db))

    def _narrowed(self, queryset: Q) -> Q:
        # on a reverse relation (`case.persons`) Django's manager knows how to keep to its own rows
        narrow = getattr(self, "_apply_rel_filters", None)
        return narrow(queryset) if narrow else queryset


class ProtectedModel(models.Model):
    """A record of a case. `section` is fixed for the model, or None when the row has a `section_bit` column."""

    section: ClassVar[Section | None] = Section.CASE
    case_path: ClassVar[str] = "case_id"

    objects: ClassVar[ProtectedManager[Any]] = ProtectedManager()
    # set by `get_for_step`: the workflow's table decides who writes this very row, which row-level security does not know
    held_for_step: bool = False

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.held_for_step:
            super().save(*args, **kwargs)
            return
        with as_house():
            super().save(*args, **kwargs)

    @property
    def case_key(self) -> UUID:
        """The id of the case that this record belongs to."""
        value: Any = self
        for step in self.case_path.split("__"):
            value = getattr(value, step)
        return value

    @property
    def audit_subject(self) -> UUID:
        """Whom a reading of this row is about: the person where the row knows one, else the case."""
        return getattr(self, "person_id", None) or self.case_key
