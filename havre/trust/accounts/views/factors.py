"""The page of one's own second factors."""

from __future__ import annotations

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from havre.trust.accounts import rules


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What is enrolled, what is still needed before anything else, how many recovery codes are left."""
    user: Any = request.user
    held = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    codes = next((row.wrap() for row in held if row.type == Authenticator.Type.RECOVERY_CODES), None)
    found = {
        "app": next((row for row in held if row.type == Authenticator.Type.TOTP), None),
        "keys": [row for row in held if row.type == Authenticator.Type.WEBAUTHN],
        "codes_left": len(codes.get_unused_codes()) if codes else 0,
        "has_codes": codes is not None,
        "owed": rules.needs_factor(user) and not rules.has_factor(user),
        "until": user.reduced_until,
    }
    return render(request, "mfa/index.html", found)


class RemoveKey(RemoveWebAuthnView):
    """A key goes, unless the person's job needs a factor and this is the last."""

    def form_valid(self, form: Any) -> HttpResponse:
        adapter = get_adapter()
        if not adapter.can_delete_authenticator(self.object):
            reasons = (adapter.error_messages["cannot_delete_authenticator"],)
            return self.render_to_response(self.get_context_data(reasons=reasons), status=409)
        return super().form_valid(form)
