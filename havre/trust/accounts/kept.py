"""What somebody typed, when their form could not be taken: the session had ended, the page was stale, or a condition was missing.

A browser gives back nothing of a page that may not be stored, and ours may not. So what was sent travels on in the answer's own page,
never on the server, and is sent again from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

# who typed it, signed: whoever signs in after somebody else does not send on what that person typed
TYPED_BY = "typed_by"
_SALT = "havre.kept"
# forms whose fields are secrets or codes of one's own
_OWN_FORMS = ("/accounts/", "/m/")
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_:.|")


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of a form as they were sent, and where to. `words` are those that somebody wrote; files are not kept."""

    action: str
    fields: tuple[tuple[str, str], ...]
    files: bool = False

    def __bool__(self) -> bool:
        return bool(self.fields)

    @property
    def words(self) -> tuple[str, ...]:
        """What was written by hand, to be read and copied: no choice of a list, number, date or mark."""
        return tuple(value for name, value in self.fields if name != TYPED_BY and not _PLAIN.issuperset(value))


def typed(request: HttpRequest) -> Typed:
    """What this request's form held; nothing for another site's form, for a sign-in, and for what another account typed."""
    action = request.get_full_path()
    if request.method != "POST" or not _is_own(request) or action.startswith(_OWN_FORMS):
        return Typed(action, ())
    fields = [
        (name, str(value)) for name, values in request.POST.lists() if name not in {"csrfmiddlewaretoken", TYPED_BY} for value in values
    ]
    user: Any = request.user
    by = _typed_by(request)
    if by is not None and user.is_authenticated and by != str(user.pk):
        return Typed(action, ())
    if by is not None and not user.is_authenticated:
        fields.append((TYPED_BY, request.POST[TYPED_BY]))
    return Typed(action, tuple(fields), files=bool(request.FILES))


def signed_out(request: HttpRequest, *, who: Any = None) -> HttpResponse | None:
    """The page that keeps what was typed until its author has signed in again; None where there is nothing to keep.

    Args: who, the account whose session has just ended, where that is known.
    """
    if "HX-Request" in request.headers:
        return None
    found = typed(request)
    if not found:
        return None
    fields = found.fields
    if who is not None:
        fields = (*fields, (TYPED_BY, signing.dumps(str(who), salt=_SALT)))
    context = {"typed": Typed(found.action, fields, found.files), "sign_in": reverse("account_login")}
    return render(request, "accounts/signed_out.html", context, status=403)


def _typed_by(request: HttpRequest) -> str | None:
    sent = request.POST.get(TYPED_BY)
    if not sent:
        return None
    try:
        return str(signing.loads(sent, salt=_SALT))
    except signing.BadSignature:
        return ""


def _is_own(request: HttpRequest) -> bool:
    """Whether the form stood on a page of this very address: nobody else's form is sent on from ours."""
    came_from = request.headers.get("Origin") or request.headers.get("Referer", "")
    return urlsplit(came_from).netloc == request.get_host()
