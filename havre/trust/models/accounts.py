"""Accounts, the jobs they hold, and the holders that grants go to."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import OuterRef, Q, QuerySet, Subquery

from havre.trust.enums import Role
from havre.trust.ids import new_id
from havre.trust.models.organisations import Organisation


class UserManager(BaseUserManager["User"]):
    """Accounts are made by an administrator of the organisation: nobody signs up."""

    def create_user(self, username: str, password: str | None = None, **fields: object) -> User:
        """A new account; without password it waits for its one-time code."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password) if password else user.set_unusable_password()
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A member of staff. Staff names are not secret within the instance; an e-mail address is optional."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=8, default="en")
    is_active = models.BooleanField(default=True)
    # after a lost factor was reset: no identity, export or break-glass until then
    reduced_until = models.DateTimeField(null=True, blank=True)
    suspended_from_break_glass = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    made_up = models.BooleanField(default=False)

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name

    # allauth and Django's shell ask these; nobody is all-powerful here
    is_staff = False
    is_superuser = False

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False


class Membership(models.Model):
    """One job of one person in one organisation. Acting happens in exactly one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=32, choices=Role)
    # head of the service: may override a gate with a reason, confirms what needs two persons
    supervisor = models.BooleanField(default=False)
    starts_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="membership_once_while_open", fields=["user", "organisation", "role"], condition=Q(ended_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.organisation}"


class Holder(models.Model):
    """What a grant goes to: an organisation's role, so that staff turnover breaks nothing; or one person, for break-glass and conflicts."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True)
    role = models.CharField(max_length=32, choices=Role, blank=True)
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="holder_is_a_job_or_a_person",
                condition=Q(organisation__isnull=False, user=None) & ~Q(role="") | Q(organisation=None, role="", user__isnull=False),
            ),
            models.UniqueConstraint(name="holder_job_once", fields=["organisation", "role"], condition=Q(user=None)),
            models.UniqueConstraint(name="holder_person_once", fields=["user"], condition=Q(organisation=None)),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.organisation}" if self.organisation_id else str(self.user)


def job_holder(organisation_id: object, role: Role | str) -> Holder:
    """The holder of an organisation's role, made at first need."""
    return Holder.objects.get_or_create(organisation_id=organisation_id, role=str(role), user=None)[0]


def person_holder(user_id: object) -> Holder:
    """The personal holder of one user, made at first need."""
    return Holder.objects.get_or_create(user_id=user_id, organisation=None, role="")[0]


def lineage(holder: Holder) -> list[int]:
    """The ids of a job's holder and of the same job in the organisations that its own went on in, one merger after the other."""
    found, place = [holder.pk], holder.organisation
    while place is not None and place.merged_into_id is not None:
        later = (
            Holder.objects.filter(organisation_id=place.merged_into_id, role=holder.role, user=None).select_related("organisation").first()
        )
        place = later.organisation if later else Organisation.objects.get(pk=place.merged_into_id)
        found += [later.pk] if later else []
    return found


def ancestry(holder_id: int) -> list[int]:
    """The ids of a job's holder and of the same job in the organisations that went on in its own."""
    found = [holder_id]
    role = Holder.objects.filter(pk=holder_id).values("role")[:1]
    last = found
    while last:
        places = Holder.objects.filter(pk__in=last).values("organisation_id")
        earlier = Holder.objects.filter(organisation__merged_into__in=places, role=role, user=None)
        last = list(earlier.values_list("pk", flat=True))
        found = found + last
    return found


def with_holders(memberships: QuerySet[Membership]) -> QuerySet[Membership]:
    """The memberships with the ids of both holders beside them, in the same query; None for one that was not made yet."""
    job = Holder.objects.filter(organisation_id=OuterRef("organisation_id"), role=OuterRef("role"), user=None)
    own = Holder.objects.filter(user_id=OuterRef("user_id"), organisation=None)
    return memberships.annotate(job_holder_id=Subquery(job.values("pk")[:1]), own_holder_id=Subquery(own.values("pk")[:1]))


def holders_of(membership: Membership) -> tuple[int, int]:
    """The ids of a membership's job holder and of its user's own, read together; made at first need.

    A membership read `with_holders` brings them along.
    """
    read = getattr(membership, "job_holder_id", None), getattr(membership, "own_holder_id", None)
    if read[0] is not None and read[1] is not None:
        return read[0], read[1]
    job = Q(organisation_id=membership.organisation_id, role=str(membership.role), user=None)
    known = {one.user_id is None: one.pk for one in Holder.objects.filter(job | Q(user_id=membership.user_id, organisation=None))}
    return (
        known.get(True) or job_holder(membership.organisation_id, membership.role).pk,
        known.get(False) or person_holder(membership.user_id).pk,
    )
