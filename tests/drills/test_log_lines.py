"""What the canary drill found in the log and in the sign-in table stays out of them."""

from __future__ import annotations

import logging

import pytest
from axes.models import AccessAttempt
from django.test import RequestFactory

from havre.trust.reports import RoutesOnly

NAME = "zephyrquine"


@pytest.mark.parametrize(("path", "written"), [(f"/nowhere/{NAME}", "(no such address)"), (f"/d/{NAME}/", "case")])
def test_log_line_names_the_address_and_not_what_was_typed(path, written):
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "%s: %s", ("Not Found", path), None)
    record.request = RequestFactory().get(path)
    assert RoutesOnly().filter(record)
    assert record.getMessage() == f"Not Found: {written}"


def test_log_line_without_a_request_is_left_as_it_is():
    record = logging.LogRecord("havre.worker", logging.WARNING, "", 0, "%s of %s", (1, 2), None)
    assert RoutesOnly().filter(record)
    assert record.getMessage() == "1 of 2"


def test_name_typed_at_sign_in_is_kept_nowhere(client):
    client.post("/accounts/login/", {"login": NAME.title(), "password": "wrong wrong wrong"})
    kept = AccessAttempt.objects.get()
    assert NAME not in " ".join(str(getattr(kept, field.attname)) for field in kept._meta.concrete_fields).lower()
