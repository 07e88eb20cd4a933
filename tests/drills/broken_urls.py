"""Every address of the house, and one whose view fails with a person's words in its hands, its variables and its exception."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from havre.register.models import Person
from havre.site.urls import handler400, handler403, handler404, handler500, urlpatterns  # noqa: F401
from havre.trust import identity
from havre.trust.enums import Section


@login_required
def broken(request: HttpRequest) -> HttpResponse:
    """Opens a name, then fails as code does that was given the wrong words: the words are in the exception's own message."""
    by = request.actor
    person = Person.objects.visible_to(by).first()
    body = identity.read_one(by=by, case_id=person.case_id, person_id=person.pk, section=Section.IDENTITY)
    try:
        return HttpResponse(int(request.POST["words"]))
    except ValueError as error:
        raise RuntimeError(f"cannot use {body} and {request.POST['words']}") from error


urlpatterns = [path("broken/", broken, name="broken"), *urlpatterns]
