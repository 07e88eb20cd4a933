"""One's own account: jobs, devices, passphrase."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows import logout as allauth_logout
from allauth.usersessions.models import UserSession
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from havre.trust.accounts import invitations, jobs, sessions
from havre.trust.accounts.forgetting import ALL_BUT_THE_RUNNING_PAGE, forget
from havre.trust.accounts.forms import ChangePassphraseForm, SwitchForm
from havre.trust.accounts.signals import note
from havre.trust.middleware import SESSION_MEMBERSHIP, SESSION_PURPOSE, ActorRequest
from havre.trust.models import Nomination


@login_required
@require_http_methods(["GET", "POST"])
def switch(request: ActorRequest) -> HttpResponse:
    """The jobs that one holds, the one acted in, those that wait for a second person."""
    user: Any = request.user
    actor = request.actor
    now = f"{request.membership.pk}:{actor.purpose.value}" if actor else None
    form = SwitchForm(request.POST or None, user=user, initial={"job": now})
    if request.method == "POST" and actor and form.is_valid():
        membership_id, purpose = form.chosen()
        job, chosen = jobs.switch(membership_id=membership_id, purpose=purpose.value, by=actor)
        request.session[SESSION_MEMBERSHIP], request.session[SESSION_PURPOSE] = str(job.pk), chosen.value
        return redirect("home")
    awaited = Nomination.objects.filter(user=user, decided_at=None).select_related("organisation")
    waiting = [(nomination, invitations.meeting_number(nomination)) for nomination in awaited]
    return render(
        request,
        "accounts/jobs.html",
        {"form": form, "waiting": waiting, "until": user.reduced_until},
        status=422 if request.method == "POST" else 200,
    )


@login_required
@require_http_methods(["GET", "POST"])
def devices(request: HttpRequest) -> HttpResponse:
    """Where one is signed in; each can be ended from here, or all at once."""
    user: Any = request.user
    if request.method == "GET":
        rows = sorted(UserSession.objects.purge_and_list(user), key=lambda row: row.created_at)
        return render(request, "accounts/devices.html", {"rows": rows})
    if request.POST.get("all"):
        note("account.sign_out_everywhere", user)
        sessions.end_all(user)
        allauth_logout.logout(request, show_message=False)
        logout(request)
        return forget(request, redirect("account_login"), ALL_BUT_THE_RUNNING_PAGE)
    session_id = request.POST.get("session", "")
    if session_id.isdigit() and sessions.end_one(user, int(session_id)):
        note("account.device_ended", user)
    return redirect("accounts_devices")


@login_required
@require_http_methods(["GET", "POST"])
def passphrase(request: HttpRequest) -> HttpResponse:
    """A new passphrase; every other session ends."""
    user: Any = request.user
    form = ChangePassphraseForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        user.set_password(form.cleaned_data["passphrase"])
        user.save(update_fields=["password"])
        update_session_auth_hash(request, user)
        sessions.end_all(user)
        # the session that goes on has a new key
        UserSession.objects.create_from_request(request)
        note("account.passphrase", user)
        return redirect("mfa_index")
    return render(request, "accounts/passphrase.html", {"form": form}, status=422 if request.method == "POST" else 200)
