"""What a browser is told to forget when somebody leaves: everything, save the sealed store of a telephone that keeps the offline page.

`Clear-Site-Data: "storage"` empties that store too, with talks that were not sent yet; "cookies" would take the mark that says so.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# says that this browser keeps the offline page, and nothing else; renewed whenever that page asks for the key to which it seals
MARK = "__Host-p" if settings.HTTPS else "p"
LIVES = 400 * 24 * 3600
EVERYTHING = '"*"'
ALL_BUT_THE_RUNNING_PAGE = '"cache", "cookies", "storage"'


def mark(response: HttpResponse) -> None:
    """Remember that this browser keeps the offline page. Lax: somebody who follows a link from elsewhere to the quick exit has it too."""
    response.set_cookie(MARK, "1", max_age=LIVES, secure=settings.HTTPS, httponly=True, samesite="Lax")


def forget(request: HttpRequest, response: HttpResponse, what: str = EVERYTHING) -> HttpResponse:
    """Tell the browser to forget what it kept of this site; a marked one forgets its pages and its session, and keeps its sealed store.

    A page of another site cannot ask for it: what it makes a browser fetch here is answered without the order.
    """
    if not is_own(request):
        return response
    if MARK not in request.COOKIES:
        response["Clear-Site-Data"] = what
        return response
    response["Clear-Site-Data"] = '"cache"'
    for name in request.COOKIES:
        if name != MARK:
            response.delete_cookie(name, samesite="Strict")
    return response


def is_own(request: HttpRequest) -> bool:
    """Whether a page of this very site asks, or the reader by hand; a browser that does not say (before 2023) is believed."""
    return request.headers.get("Sec-Fetch-Site", "none") in {"same-origin", "none"}
