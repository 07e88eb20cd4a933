"""The pages of a phone: public and without a secret, kept whole on the phone, and answered over the wire."""

import json
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from havre.trust.enums import Role
from tests.factories import make_actor
from tests.factories_vault import unlocked  # noqa: F401
from tests.pages import browser, shell  # noqa: F401
from tests.protection.phone import fixture_key, fixture_officer, form, screenings, sealed, take  # noqa: F401

pytestmark = pytest.mark.usefixtures("unlocked", "shell")


def test_page_is_public_and_holds_no_secret(officer):
    """kpi#6907, kpi#2692: no draft in clear and no key of the phone's own; the seal is the instance's, by default."""
    page = Client().get(reverse("protection:pocket"))
    text = page.content.decode()
    assert page.status_code == 200
    assert not page.cookies
    assert "csrf" not in text and officer.user.username not in text and "<style" not in text and "<script>" not in text
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy and "style-src 'self';" in policy and "unsafe" not in policy and "default-src 'none'" in policy


def test_worker_names_every_file_that_is_kept_and_stays_in_its_folder():
    answer = Client().get(reverse("protection:pocket_worker"))
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert "Service-Worker-Allowed" not in answer.headers
    listed = json.loads(answer.content.decode().split("FILES = ", 1)[1].split(", PAGE", 1)[0])
    assert reverse("protection:pocket_worker").startswith(reverse("protection:pocket"))
    client = Client()
    for address in listed:
        got = client.get(address)
        got.getvalue() if got.streaming else got.content
        assert got.status_code == 200, address


def test_door_and_parcels_lead_to_sign_in_and_keep_the_phone_waiting():
    for address in ("pocket_door", "pocket_send"):
        method = Client().get if address == "pocket_door" else Client().post
        assert method(reverse(f"protection:{address}")).status_code == 302


def test_parcel_over_the_wire_is_answered_once_created_then_as_before(officer):
    client = browser(officer)
    door = client.get(reverse("protection:pocket_door")).json()
    assert (door["officer"], door["aside"]) == (str(officer.user.pk), 0)
    number = uuid4()
    headers = {"Parcel-Number": str(number), "Phone-Clock": timezone.now().isoformat()}
    body = sealed(number, form())
    first, second = (
        client.post(reverse("protection:pocket_send"), data=body, content_type="application/octet-stream", headers=headers)
        for _time in range(2)
    )
    assert (first.status_code, first.json()) == (201, {"state": "received", "again": False, "why": ""})
    assert (second.status_code, second.json()["again"], screenings()) == (200, True, 1)


def test_forged_parcel_without_the_token_of_the_door_is_refused(officer):
    client = Client(enforce_csrf_checks=True)
    client.cookies = browser(officer).cookies
    number = uuid4()
    headers = {"Parcel-Number": str(number)}
    address = reverse("protection:pocket_send")
    answer = client.post(address, data=sealed(number, form()), content_type="application/octet-stream", headers=headers)
    assert (answer.status_code, screenings()) == (403, 0)


def test_parcel_set_aside_is_shown_to_its_officer_and_counted_for_the_keeper(officer):
    take(officer, envelope=b"\x01\x00\x01" + b"x" * 200)
    page = browser(officer).get(reverse("protection:pocket_aside")).content.decode()
    assert "The seal does not open" in page and "Try again" in page
    keeper = browser(make_actor(Role.ADMINISTRATOR, at=timezone.now())).get(reverse("protection:pocket_aside")).content.decode()
    assert "The seal does not open" in keeper and "Number" not in keeper and "Try again" not in keeper
    assert browser(make_actor(Role.SHELTER, at=timezone.now())).get(reverse("protection:pocket_aside")).status_code == 403


def test_key_page_gives_public_halves_only(key):
    body = Client().get(reverse("protection:pocket_key")).json()
    assert body == {"version": key.version, "jwk": key.jwk, "sounds": {}}
    assert set(body["jwk"]) == {"kty", "crv", "x", "y"}


def test_instance_without_a_key_says_so_and_the_page_waits_for_one():
    assert Client().get(reverse("protection:pocket_key")).json() == {"version": None, "jwk": None, "sounds": {}}


def test_recordings_of_the_instance_are_offered_and_nothing_else_of_the_disk(settings, tmp_path, key):
    settings.HAVRE_HOME = tmp_path
    folder = tmp_path / "sounds" / "tet"
    folder.mkdir(parents=True)
    (folder / "P01.mp3").write_bytes(b"sound")
    (folder / "secret.mp3").write_bytes(b"no")
    client = Client()
    assert client.get(reverse("protection:pocket_key")).json()["sounds"] == {"tet": {"P01": "P01.mp3"}}
    heard = client.get(reverse("protection:pocket_sound", args=["tet", "P01.mp3"]))
    assert b"".join(heard.streaming_content) == b"sound"
    for name in ("secret.mp3", "..", "P02.mp3"):
        assert client.get(f"{reverse('protection:pocket')}sound/tet/{name}").status_code == 404


def test_wipe_asks_the_browser_to_forget_cache_session_and_storage():
    address = reverse("protection:pocket_gone")
    answer = Client().get(address, headers={"Wipe": "1"})
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    # a link in a message, which the phone opens by itself
    assert not Client().get(address, headers={"Sec-Fetch-Site": "none"}).has_header("Clear-Site-Data")
