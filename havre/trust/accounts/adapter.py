"""How django-allauth behaves here: nobody signs up, nothing is mailed, a second factor that is needed cannot be taken away."""

from __future__ import annotations

import base64
import os
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from havre.trust.accounts import rules, sessions
from havre.trust.middleware import SESSION_FACTOR
from havre.trust.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator; a sensitive change of one's own account asks again who is there."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("This name and this passphrase do not go together. Check both and try again."),
        "account_inactive": _("This account is closed. Ask your administrator."),
        "incorrect_password": _("This is not your passphrase. Try again."),
        "enter_current_password": _("This is not your passphrase. Try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: accounts have no e-mail address to rely on, and a mail would say who works here."""

    def add_message(
        self, request: HttpRequest, level: int, *args: Any, message: str | None = None, extra_tags: str = "", **kwargs: Any
    ) -> None:
        """A refusal in our own words; of what allauth has to say otherwise, nothing: the page that follows says what happened."""
        if message:
            messages.add_message(request, level, message, extra_tags=extra_tags)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whether a change to one's own factors needs a fresh proof: the factor, or the passphrase where there is none yet."""
        request = context.request
        key = SESSION_FACTOR if rules.has_factor(request.user) else sessions.PASSPHRASE
        return not sessions.is_recent(request.session, key, at=sessions.now())

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        return [{"id": "confirm", "description": _("Confirm that it is you"), "url": reverse("accounts_confirm")}]


class MfaAdapter(DefaultMFAAdapter):
    """Secrets are sealed at rest under the instance's secret; the last factor of somebody who needs one stays."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right, or was already used. Wait for the next one and try again."),
        "cannot_delete_authenticator": _("Your job needs a second factor: add another one before you remove this one."),
    }

    def get_totp_issuer(self) -> str:
        """The name in the telephone's list of codes: it says nothing about the work."""
        return "Havre"

    def get_totp_label(self, user: Any) -> str:
        return user.username

    def _get_site_name(self) -> str:
        return "Havre"

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """A factor may go when the person needs none, or holds another."""
        user = User.objects.get(pk=authenticator.user_id)
        others = Authenticator.objects.filter(user_id=user.pk, type__in=rules.FACTOR_TYPES).exclude(pk=authenticator.pk)
        return not rules.needs_factor(user) or others.exists()

    def encrypt(self, text: str) -> str:
        nonce = os.urandom(12)
        return base64.b64encode(nonce + _cipher().encrypt(nonce, text.encode(), b"factor")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        raw = base64.b64decode(encrypted_text)
        try:
            return _cipher().decrypt(raw[:12], raw[12:], b"factor").decode()
        except InvalidTag:
            # the secret file was replaced: the factor can only be reset by two persons
            raise self.validation_error("incorrect_code") from None


def _cipher() -> AESGCM:
    secret = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"havre second factor 1").derive(settings.SECRET_KEY.encode())
    return AESGCM(secret)
