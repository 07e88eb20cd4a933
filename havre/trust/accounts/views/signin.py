"""Signing in, the second step, proving again who is there, and leaving."""

from __future__ import annotations

import calendar
from io import BytesIO
from typing import Any

import segno
from allauth.account.internal.flows import logout as allauth_logout
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import LoginView
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.webauthn.internal import auth as webauthn
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.i18n import set_language as django_set_language

from havre.trust.accounts import invitations, rules, sessions
from havre.trust.accounts.forgetting import ALL_BUT_THE_RUNNING_PAGE, forget
from havre.trust.accounts.forms import ConfirmCodeForm, ConfirmKeyForm, ConfirmPassphraseForm, RedeemForm
from havre.trust.accounts.signals import note
from havre.trust.errors import Invalid, Refused
from havre.trust.forms import tell
from havre.trust.middleware import SESSION_FACTOR
from havre.trust.models import User


class SignIn(LoginView):
    """Name and passphrase. The same answer for a wrong name and a wrong passphrase."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "rested": "rested" in self.request.GET}

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class SecondStep(AuthenticateView):
    """A security key, a code or a recovery code."""

    def form_valid(self, form: Any) -> HttpResponse:
        if "shared" in form.fields:
            self.request.session[sessions.SHARED] = form.cleaned_data["shared"]
        return super().form_valid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = super().get_context_data(**kwargs)
        return {**found, "shared": self.request.session.get(sessions.SHARED), "keys": webauthn.get_credentials(self.stage.login.user)}


@require_http_methods(["GET", "POST"])
def redeem(request: HttpRequest) -> HttpResponse:
    """A printed code sets a passphrase; then one signs in with it."""
    form = RedeemForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            wanted = {name: form.cleaned_data[name] for name in ("username", "code", "passphrase")}
            try:
                invitations.redeem(**wanted, at=sessions.now(), address=sessions.address_of(request))
                return redirect(f"{reverse('account_login')}?{urlencode({'ready': '1'})}")
            except Invalid as invalid:
                tell(form, invalid)
            except Refused as refused:
                form.add_error(None, [str(reason) for reason in refused.reasons])
                status = refused.status
    return render(request, "accounts/redeem.html", {"form": form}, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Prove again who is there: code, security key or recovery code; the passphrase where no factor is enrolled yet."""
    user: Any = request.user
    enrolled = rules.has_factor(user)
    if not enrolled:
        form: Any = ConfirmPassphraseForm(request.POST or None, user=user)
    elif "credential" in request.POST:
        form = ConfirmKeyForm(user=user, data=request.POST)
    else:
        form = ConfirmCodeForm(user=user, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        if enrolled:
            # the signal that this sends keeps the moment in the session
            form.save()
        else:
            request.session[sessions.PASSPHRASE] = sessions.now().isoformat()
        request.session.pop(sessions.LOCKED, None)
        note("account.confirm", user)
        return _back(request)
    found = {
        "form": form,
        "enrolled": enrolled,
        "next": get_next_redirect_url(request) or "/",
        "kept": _kept(request),
        "locked": request.session.get(sessions.LOCKED),
    }
    if enrolled and webauthn.get_credentials(user):
        found |= {"key_form": ConfirmKeyForm(user=user), "js_data": {"request_options": webauthn.begin_authentication(user)}}
    return render(request, "accounts/confirm.html", found, status=422 if request.method == "POST" else 200)


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    """What a form that had to wait had typed in: it travels in the page, not on the server."""
    return [(name, value) for name, values in request.POST.lists() if name.startswith("kept-") for value in values]


def _back(request: HttpRequest) -> HttpResponse:
    url = get_next_redirect_url(request) or "/"
    kept = [(name.removeprefix("kept-"), value) for name, value in _kept(request)]
    if not kept:
        return redirect(url)
    return render(request, "accounts/go_on.html", {"action": url, "kept": kept})


@login_required
@require_safe
def code_picture(request: HttpRequest) -> HttpResponse:
    """The QR picture of the secret that this very session is enrolling; nothing once it is enrolled."""
    secret = request.session.get(SECRET_SESSION_KEY)
    if not secret:
        return HttpResponse(status=404)
    url = get_adapter().build_totp_url(request.user, secret)
    picture = BytesIO()
    segno.make(url, error="m").save(picture, kind="svg", scale=6, xmldecl=False, svgclass=None, lineclass=None, light="#fff")
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml", headers={"Cache-Control": "no-store"})


@login_required
@require_http_methods(["GET", "POST"])
def lock(request: HttpRequest) -> HttpResponse:
    """Leave the desk without signing out: nothing opens before the factor (or the passphrase) is given again."""
    request.session.pop(SESSION_FACTOR, None)
    request.session.pop(sessions.PASSPHRASE, None)
    request.session[sessions.LOCKED] = True
    return redirect("accounts_confirm")


@require_http_methods(["GET", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session and empty what the browser kept; a telephone with the offline page keeps its sealed store."""
    if request.method == "GET" and request.user.is_authenticated:
        return render(request, "account/logout.html")
    if request.user.is_authenticated:
        note("account.sign_out", request.user)
    allauth_logout.logout(request, show_message=False)
    logout(request)
    return forget(request, redirect("account_login"), ALL_BUT_THE_RUNNING_PAGE)


@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """The quick exit: ends the session, empties the browser's store and goes to an everyday page. Works as a plain link."""
    if request.user.is_authenticated:
        note("account.leave", request.user)
    logout(request)
    response = forget(request, HttpResponseRedirect(settings.HAVRE_QUICK_EXIT or reverse("accounts_calendar")))
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def month(request: HttpRequest) -> HttpResponse:
    """An everyday page: this month's calendar. It names nobody and leads nowhere."""
    today = timezone.localdate()
    weeks = calendar.Calendar().monthdatescalendar(today.year, today.month)
    days = [date_format(day, "D") for day in weeks[0]]
    page = {"weeks": weeks, "days": days, "today": today, "title": date_format(today, "YEAR_MONTH_FORMAT")}
    return render(request, "accounts/calendar.html", page)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language, and keep it with the account."""
    wanted = request.POST.get("language", "")
    if request.user.is_authenticated and wanted in dict(settings.LANGUAGES):
        User.objects.filter(pk=request.user.pk).update(language=wanted)
    return django_set_language(request)


@require_safe
def closed(request: HttpRequest) -> HttpResponse:
    """What somebody sees whose account was closed."""
    return render(request, "account/account_inactive.html", status=403)
