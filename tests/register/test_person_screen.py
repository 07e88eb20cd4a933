"""Taking the screen back from the person's page: the one page of it that speaks to the worker."""

import re

from django.urls import reverse

from tests.french import french  # noqa: F401
from tests.register.test_person_page import case, locked, worker  # noqa: F401


def test_page_that_takes_the_screen_back_speaks_the_workers_language_whatever_the_persons(worker, case, french):  # noqa: F811
    worker.user.language = "fr"
    worker.user.save()
    page = locked(worker, case, "th").get(reverse("person:unlock")).content.decode()
    assert '<html lang="th">' in page
    assert re.search(r'<div class="head" lang="fr"><h1>Reprendre l.écran</h1>', page)
