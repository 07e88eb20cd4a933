"""A character that no database holds, typed into addresses and forms: nothing is found, and nothing breaks."""

import pytest
from django.urls import reverse

from havre.trust.enums import Role
from tests.factories_site import make_now, signed_in

pytestmark = pytest.mark.postgresql
NUL = "%00"
ADDRESSES = [
    (Role.CASE_MANAGER, "/d/{}/"), (Role.CASE_MANAGER, "/d/D{}/name/"), (Role.CASE_MANAGER, "/d/?after={}"), (Role.CASE_MANAGER, "/d/?tab={}"),
    (Role.CASE_MANAGER, "/d/search/?ref={}"), (Role.CASE_MANAGER, "/p/paper/typed/?serial={}"), (Role.CASE_MANAGER, "/p/cards/?number={}"),
    (Role.COORDINATOR, "/facts/{}/"), (Role.COORDINATOR, "/facts/{}/propose/"), (Role.COORDINATOR, "/coordination/?year={}"),
    (Role.TRAINER, "/publications/?edition={}"), (Role.DATA_PROTECTION_OFFICER, "/readers/?person={}"),
]  # fmt: skip
FORMS = [
    (Role.DATA_PROTECTION_OFFICER, "history_find", {"ref": "D-\0"}),
    (Role.DATA_PROTECTION_OFFICER, "retention_hold", {"case_ref": "D-\0", "reason": "court", "review_on": "2031-01-01"}),
    (Role.CASE_MANAGER, "accounts_break_glass", {"case_ref": "D-\0", "reason": "danger"}),
    (Role.CASE_MANAGER, "protection:paper_typed", {"serial": "\0"}),
    (Role.CASE_MANAGER, "search", {"name": "\0"}),
    (Role.CASE_MANAGER, "referral:letter", {"code": "\0", "factor": "\0"}),
    (Role.CASE_MANAGER, "account_login", {"login": "\0", "password": "\0"}),
]  # fmt: skip


@pytest.mark.parametrize(("role", "path"), ADDRESSES)
def test_address_with_a_character_that_no_database_holds_finds_nothing(role, path):
    assert signed_in(make_now(role)).get(path.format(NUL)).status_code in {200, 404, 422}


@pytest.mark.parametrize(("role", "name", "told"), FORMS)
def test_form_with_a_character_that_no_database_holds_is_answered(role, name, told):
    assert signed_in(make_now(role)).post(reverse(name), told).status_code in {200, 302, 403, 404, 409, 422}
