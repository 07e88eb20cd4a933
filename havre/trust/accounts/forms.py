"""Forms of the accounts' pages. Every form keeps the browser from remembering what was typed, save the one-time code."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.forms import LoginForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, LoginWebAuthnForm, ReauthenticateWebAuthnForm
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from havre.trust.accounts import glass, sessions, slowing
from havre.trust.accounts.adapter import MfaAdapter
from havre.trust.enums import ROLE_PURPOSES, Purpose, Role
from havre.trust.errors import Refused
from havre.trust.models import Membership, Organisation, UsedCode, User
from havre.trust.models.organisations import OrganisationKind


class SignInForm(LoginForm):
    """Name and passphrase; whether the device is shared."""

    shared = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Sign-in name")
        self.fields["password"].label = _("Passphrase")
        for field in ("login", "password"):
            self.fields[field].widget.attrs.update({"placeholder": "", "autocomplete": "off"})

    def login(self, request: Any, redirect_url: str | None = None) -> Any:
        # before the session is told who signs in: the record of the sign-in says whether the device is shared
        request.session[sessions.SHARED] = self.cleaned_data["shared"]
        return super().login(request, redirect_url=redirect_url)


class _CodeMixin:
    """Slows guessing down for every process at once, and takes no time-based code twice."""

    user: User
    authenticator: Authenticator

    def clean_code(self) -> str:
        at, key = sessions.now(), slowing.key_of("factor", str(self.user.pk))
        try:
            slowing.claim(key, at=at)
        except Refused as refused:
            raise forms.ValidationError([str(reason) for reason in refused.reasons]) from None
        code = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP:
            self._use_up(code, at)
        slowing.passed(key)
        return code

    def _use_up(self, code: str, at: Any) -> None:
        digest = salted_hmac("havre.used-code", code, algorithm="sha256").hexdigest()
        # the same six digits may come up again later by chance: only the last minutes count
        UsedCode.objects.filter(user=self.user, at__lt=at - slowing.FIRST_WAIT * 10).delete()
        try:
            with transaction.atomic():
                UsedCode.objects.create(user=self.user, digest=digest, at=at)
        except IntegrityError:
            raise MfaAdapter().validation_error("incorrect_code") from None


class SecondStepForm(_CodeMixin, AuthenticateForm):
    """The code of the second step, or a recovery code; a shared device may still be said here."""

    shared = forms.BooleanField(required=False)


class ConfirmCodeForm(_CodeMixin, ReauthenticateForm):
    """The code again, before something that needs a fresh proof."""


class _KeyMixin:
    """An answer of a key that cannot be read is a wrong answer, not a fault of ours."""

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except (AttributeError, KeyError, TypeError, ValueError, User.DoesNotExist):
            raise MfaAdapter().validation_error("incorrect_code") from None


class ConfirmKeyForm(_KeyMixin, ReauthenticateWebAuthnForm):
    """The security key again."""


class SecondStepKeyForm(_KeyMixin, AuthenticateWebAuthnForm):
    """The security key as second step."""


class PasskeyForm(_KeyMixin, LoginWebAuthnForm):
    """A key that verified its owner, in place of name and passphrase."""


class AddKeyForm(AddWebAuthnForm):
    """A new security key and what its owner calls it."""

    name = forms.CharField(
        required=False, max_length=60, label=_("Name of the key"), help_text=_("For example: key ring, spare in the safe.")
    )

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except (AttributeError, KeyError, TypeError, ValueError):
            raise MfaAdapter().validation_error("incorrect_code") from None


class ConfirmPassphraseForm(forms.Form):
    """The passphrase again, from somebody who has no second factor yet."""

    passphrase = forms.CharField(label=_("Passphrase"), widget=forms.PasswordInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_passphrase(self) -> str:
        return check_passphrase(self.user, self.cleaned_data["passphrase"])


def check_passphrase(user: User, passphrase: str) -> str:
    """The passphrase of somebody signed in, slowed down like every guess. Raises: ValidationError."""
    key = slowing.key_of("passphrase", str(user.pk))
    try:
        slowing.claim(key, at=sessions.now())
    except Refused as refused:
        raise forms.ValidationError([str(reason) for reason in refused.reasons]) from None
    if not user.check_password(passphrase):
        raise forms.ValidationError(_("This is not your passphrase. Try again."))
    slowing.passed(key)
    return passphrase


class NewPassphraseForm(forms.Form):
    """A passphrase twice."""

    passphrase = forms.CharField(
        label=_("New passphrase"),
        help_text=_("At least 12 characters. Four or five words that do not belong together are easy to keep in mind."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    again = forms.CharField(label=_("The same once more"), widget=forms.PasswordInput(attrs={"autocomplete": "off"}))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("passphrase") and data.get("again") and data["passphrase"] != data["again"]:
            self.add_error("again", _("The two are not the same. Type the passphrase again in both fields."))
        return data


class RedeemForm(NewPassphraseForm):
    """Name and printed code, then the passphrase."""

    username = forms.CharField(label=_("Sign-in name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    code = forms.CharField(
        label=_("Printed code"),
        max_length=40,
        help_text=_("Twelve letters and digits, as on the sheet."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )
    field_order = ("username", "code", "passphrase", "again")


class ChangePassphraseForm(NewPassphraseForm):
    """The old passphrase, then the new one twice."""

    old = forms.CharField(label=_("Your passphrase now"), widget=forms.PasswordInput(attrs={"autocomplete": "off"}))
    field_order = ("old", "passphrase", "again")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_old(self) -> str:
        return check_passphrase(self.user, self.cleaned_data["old"])

    def clean_passphrase(self) -> str:
        validate_password(self.cleaned_data["passphrase"], self.user)
        return self.cleaned_data["passphrase"]


class SwitchForm(forms.Form):
    """One job and one of its purposes, as a single choice: an impossible pair cannot be sent."""

    job = forms.ChoiceField(label=_("Job"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        jobs = Membership.objects.filter(user=user, ended_at=None).select_related("organisation").order_by("starts_at")
        self.fields["job"].choices = [  # type: ignore[attr-defined]
            (f"{job.pk}:{purpose.value}", f"{job} · {purpose.label}") for job in jobs for purpose in ROLE_PURPOSES[Role(job.role)]
        ]

    def chosen(self) -> tuple[UUID, Purpose]:
        """The membership's id and the purpose."""
        job, purpose = self.cleaned_data["job"].split(":")
        return UUID(job), Purpose(purpose)


class OrganisationForm(forms.ModelForm):
    """A new authority or service."""

    kind = forms.ChoiceField(label=_("Kind"), choices=OrganisationKind)

    class Meta:
        model = Organisation
        fields = ("code", "name", "name_fr", "kind", "country", "region")
        labels = {
            "code": _("Short code"),
            "name": _("Name in English"),
            "name_fr": _("Name in French"),
            "country": _("Country (two letters)"),
            "region": _("Region"),
        }


class JobForm(forms.Form):
    """Which job, and whether as head of the service."""

    role = forms.ChoiceField(label=_("Job"), choices=Role)
    supervisor = forms.BooleanField(
        required=False,
        label=_("Head of the service"),
        help_text=_("Confirms what needs two persons and may override a gate with a reason."),
    )


class InviteForm(JobForm):
    """A new person and her first job."""

    name = forms.CharField(label=_("Name"), max_length=120)
    username = forms.SlugField(label=_("Sign-in name"), max_length=80, help_text=_("Letters, digits, hyphens. Not an e-mail address."))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    field_order = ("name", "username", "language", "role", "supervisor")


class NumberForm(forms.Form):
    """The number that the nominee reads from her own page."""

    number = forms.CharField(
        label=_("Number on the person's page"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class BreakGlassForm(forms.Form):
    """Which case and why."""

    case_ref = forms.CharField(label=_("Reference of the case"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    reason = forms.ChoiceField(label=_("Why"), choices=glass.Emergency, widget=forms.RadioSelect)


class VerdictForm(forms.Form):
    """What the officer found."""

    verdict = forms.ChoiceField(label=_("Finding"), choices=glass.Verdict, widget=forms.RadioSelect)
