"""What the canary drill found in the log and in the sign-in table stays out of them."""

from __future__ import annotations

import logging
import sys

import pytest
from axes.models import AccessAttempt
from django.test import RequestFactory

from havre.trust.reports import KindsOnly, RoutesOnly

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


def test_failure_is_logged_by_its_places_and_kinds_and_not_by_its_message():
    def convert():
        try:
            int(NAME)
        except ValueError as error:
            raise RuntimeError(f"cannot use {NAME}") from error

    try:
        convert()
    except RuntimeError:
        record = logging.LogRecord("django.request", logging.ERROR, "", 0, "%s", ("Internal Server Error",), sys.exc_info())
    said = KindsOnly("{message}", style="{").format(record)
    assert NAME not in said
    assert [line for line in said.splitlines() if line.startswith("builtins.")] == ["builtins.RuntimeError", "builtins.ValueError"]
    assert said.count("in convert") == 2


def test_console_of_the_house_uses_it(settings):
    (name,) = {handler["formatter"] for handler in settings.LOGGING["handlers"].values()}
    assert settings.LOGGING["formatters"][name]["()"] == "havre.trust.reports.KindsOnly"


def test_name_typed_at_sign_in_is_kept_nowhere(client):
    client.post("/accounts/login/", {"login": NAME.title(), "password": "wrong wrong wrong"})
    kept = AccessAttempt.objects.get()
    assert NAME not in " ".join(str(getattr(kept, field.attname)) for field in kept._meta.concrete_fields).lower()
