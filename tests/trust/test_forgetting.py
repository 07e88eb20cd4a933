"""What a browser is told to forget: everything, save the sealed store of a phone; and nothing at another site's word."""

import pytest

from havre.trust.accounts import forgetting
from tests.factories_accounts import person, sign_in


def signed_in(client):
    return "_auth_user_id" in client.session


def phone(client):
    """A browser that keeps the offline page: it fetched the key to which talks are sealed."""
    client.cookies[forgetting.MARK] = "1"
    return client


@pytest.mark.parametrize("leaving", ["/leave/", "/accounts/logout/", "/accounts/devices/"])
def test_leaving_on_a_phone_with_the_offline_page_ends_the_session_and_spares_the_sealed_store(client, leaving):
    sign_in(phone(client), person().user)
    key = client.session.session_key
    away = client.post(leaving, {"all": "1"})
    assert (away.status_code, away["Clear-Site-Data"], client.session.exists(key)) == (302, '"cache"', False)
    assert (signed_in(client), client.cookies[forgetting.MARK].value) == (False, "1")
    # and again: the mark has not gone with the session
    sign_in(client, person().user)
    assert client.post(leaving, {"all": "1"})["Clear-Site-Data"] == '"cache"'


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("address", ["/leave/", "/accounts/logout/", "/p/pocket/gone/"])
def test_page_of_another_site_cannot_empty_the_browser_of_an_officer(client, address, site):
    for headers in ({}, {"Sec-Fetch-Site": "same-origin"}):
        assert client.get(address, headers={"Wipe": "1", **headers}).has_header("Clear-Site-Data")
    assert not client.get(address, headers={"Wipe": "1", "Sec-Fetch-Site": site}).has_header("Clear-Site-Data")
