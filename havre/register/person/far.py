"""The page from afar: a code opens it, read-only, for a short time; nothing is left on the device but the session's cookie."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from havre.register.models import Person
from havre.register.person import acts, reading
from havre.register.person.words import languages, words
from havre.standards.words import in_a_row
from havre.trust import audit
from havre.trust.accounts import sessions, slowing
from havre.trust.context import acting
from havre.trust.errors import Missing, Refused

# the digest of the code that opened this session, never the code; it ends with the browser
FAR = "far_code"


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """The person types the code. Guessing is slowed down by address; wrong, ended and revoked answer alike."""
    said = words(request.GET.get("l", "en"))
    status, problem = 200, ""
    if request.method == "POST":
        now, key = timezone.now(), slowing.key_of("far", sessions.address_of(request))
        try:
            slowing.claim(key, at=now)
            code = acts.far_code(acts.digest_of(request.POST.get("code", "")), now)
            by = acts.far_actor(code, now)
            with acting(by, route=reading.FAR):
                acts.opened(by=by, code=code)
        except Missing:
            status, problem = 422, said["code_wrong"]
        except Refused as refused:
            status, problem = refused.status, in_a_row(refused.reasons)
        else:
            slowing.passed(key)
            request.session.flush()
            request.session[FAR] = code.digest
            request.session.set_expiry(0)
            answer = redirect("person:far")
            # no form follows: the token of this one need not stay on the device
            answer.delete_cookie(settings.CSRF_COOKIE_NAME, samesite="Strict")
            return answer
    return _kept_nowhere(
        render(request, "register/person/enter.html", {"w": said, "tongues": languages(), "problem": problem}, status=status)
    )


@require_safe
def far(request: HttpRequest) -> HttpResponse:
    """The page, read-only. Each look asks again whether the code still opens, and is a reading like any other."""
    digest = request.session.get(FAR)
    if not digest or request.user.is_authenticated:
        raise Missing
    now = timezone.now()
    code = acts.far_code(digest, now)
    by = acts.far_actor(code, now)
    with acting(by, route=reading.FAR):
        person = Person.objects.visible_to(by).get_or_missing(pk=code.person_id, case_id=code.case_id)
        said = words(code.language)
        shown: dict[str, Any] = {"w": said, "page": reading.page(by, code.case_id, person, said), "afar": True, "tongues": {}}
        audit.record(event="person.far_look", by=by, subject=person.pk, case_id=code.case_id)
    answer = _kept_nowhere(render(request, "register/person/page.html", shown))
    # the page has no form: no token is left on the device for one
    request.META.pop("CSRF_COOKIE_NEEDS_UPDATE", None)
    return answer


def _kept_nowhere(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
