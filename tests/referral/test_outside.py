"""Services without an account: a file from an allow-list sealed to a verified key, a letter whose code opens once and closes at once."""

import json
from datetime import timedelta
from importlib import import_module

import pyrage
import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from havre import trust
from havre.referral import services
from havre.referral.models import Letter, OutsideKey
from havre.referral.services.outside import ALLOWED, fingerprint
from havre.register import services as register
from havre.register.models import Person
from havre.trust import identity
from havre.trust.enums import Section
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.models import Holder
from havre.trust.models.audit import ActRow
from tests.factories import NOW, OrganisationFactory, make_actor
from tests.factories_casework import consent_to, person_of, withdraw
from tests.factories_vault import unlocked  # noqa: F401
from tests.pages import browser, shell  # noqa: F401
from tests.referral.houses import act, make_house, offered, stored, told

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def house():
    """The receiver is an organisation that nobody signs in from."""
    return make_house()


def going(house, way, **changes):
    return offered(house, way=way, **changes)


def key_of(house):
    """A recorded and verified key of the receiver; gives the private half."""
    sender, receiver, _case, _consent = house
    receiver.user.memberships.all().delete()
    private = pyrage.x25519.Identity.generate()
    made = act(services.record_key, sender, organisation_id=receiver.organisation_id, public_key=str(private.to_public()))
    colleague = make_actor(organisation_id=sender.organisation_id, organisation=None)
    act(services.verify_key, colleague, key_id=made.pk, said=fingerprint(made).upper())
    return private


def opened(sealed, private):
    return json.loads(pyrage.decrypt(sealed.content, [private]))


def test_bundle_is_built_from_an_allow_list_with_a_fresh_id_and_sealed_to_the_verified_key(house):
    """globaleaks#4868: forwarding leaked internal ids and staff names, encrypted to the wrong key and left no trace."""
    sender, _receiver, case, consent = house
    private = key_of(house)
    Person.objects.for_house("tests").filter(case=case).update(gender="Sentinelgender")
    referral = going(house, "bundle")
    sealed = act(services.make_bundle, sender, referral_id=referral.pk)
    content = opened(sealed, private)
    assert set(content) == {"format", "id", "made_on", "from", "until", "basis", *ALLOWED}
    assert content["id"] == str(sealed.bundle.pk)
    words = json.dumps(content)
    secrets = (
        case.ref, str(case.pk), str(person_of(case).pk), str(referral.pk), referral.number, str(consent.pk), sender.user.name,
        str(sender.user.pk), "Sentinelgender", str(sender.organisation_id),
    )  # fmt: skip
    assert [secret for secret in secrets if secret in words] == []
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed.content, [pyrage.x25519.Identity.generate()])
    row = ActRow.objects.get(event="referral.bundle")
    assert (row.codes["sha256"], told(house[1])) == (sealed.bundle.sha256, [])


@pytest.mark.usefixtures("unlocked")
@pytest.mark.parametrize("agreed", [True, False])
def test_name_travels_only_where_identity_was_agreed_to(agreed, house):
    """community.primero.org/t/156: for an outsider, file and password were agreed elsewhere."""
    sender, receiver, case, _consent = house
    private = key_of(house)
    body = {"prs_FirstName": "Zephyrine", "prs_SecondName": "Quaynor", "prs_MobilePhone": "0200000000"}
    person = person_of(case)
    with trust.acting(sender):
        identity.write(by=sender, case_id=case.pk, person_id=person.pk, section=Section.IDENTITY, kind="identity", body=body)
    sections = Section.PROTECTION | (Section.IDENTITY if agreed else Section(0))
    consent = consent_to(case, receiver, sections=sections)
    referral = going((sender, receiver, case, consent), "bundle", sections=sections)
    content = opened(act(services.make_bundle, sender, referral_id=referral.pk), private)
    assert content.get("name") == ({"prs_FirstName": "Zephyrine", "prs_SecondName": "Quaynor"} if agreed else None)
    assert "0200000000" not in json.dumps(content)


def test_key_serves_only_after_a_second_person_heard_its_fingerprint(house):
    sender, receiver, _case, _consent = house
    receiver.user.memberships.all().delete()
    referral = going(house, "bundle")
    with pytest.raises(Refused):
        act(services.make_bundle, sender, referral_id=referral.pk)
    with pytest.raises(Invalid):
        act(services.record_key, sender, organisation_id=receiver.organisation_id, public_key="age1nothing")
    public = str(pyrage.x25519.Identity.generate().to_public())
    made = act(services.record_key, sender, organisation_id=receiver.organisation_id, public_key=public)
    with pytest.raises(Refused):
        act(services.make_bundle, sender, referral_id=referral.pk)
    with pytest.raises(Refused):
        act(services.verify_key, sender, key_id=made.pk, said=fingerprint(made))
    colleague = make_actor()
    with pytest.raises(Invalid):
        act(services.verify_key, colleague, key_id=made.pk, said="0000 0000 0000 0000 0000")
    act(services.verify_key, colleague, key_id=made.pk, said=fingerprint(made))
    assert act(services.make_bundle, sender, referral_id=referral.pk).bundle.sha256
    with pytest.raises(IntegrityError), transaction.atomic():
        OutsideKey.objects.update(verified_by=sender.user)


def test_service_with_accounts_has_no_key_here(house):
    with pytest.raises(Refused):
        act(services.record_key, house[0], organisation_id=house[1].organisation_id, public_key="age1x")
    with pytest.raises(Missing):
        act(services.record_key, house[0], organisation_id=house[2].pk, public_key="age1x")


def letter_of(house, **changes):
    referral = going(house, "letter", **changes)
    return referral, act(services.print_letter, house[0], referral_id=referral.pk)


def test_code_opens_once_with_the_factor_told_apart_and_each_opening_is_in_the_chain(house):
    referral, printed = letter_of(house)
    pk, key, content = services.open_letter(code=printed.code.lower(), factor=printed.factor, at=LATER)
    assert (content["need"], content["age_band"], content["id"]) == ("shelter", "18-24", str(printed.letter.pk))
    with pytest.raises(Missing):
        services.open_letter(code=printed.code, factor=printed.factor, at=LATER)
    assert services.read_letter(letter_id=pk, key=key, at=LATER) == content
    with pytest.raises(Missing):
        services.read_letter(letter_id=pk, key=bytes(32), at=LATER)
    rows = ActRow.objects.filter(event="letter.open").order_by("pk")
    assert [(row.codes["openings"], row.subject) for row in rows] == [(n, referral.person_id) for n in (1, 2)]


def test_nothing_of_the_letter_stands_in_the_database_in_clear(house):
    _referral, printed = letter_of(house)
    row = Letter.objects.for_house("tests").values().get()
    plain = b" ".join(bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode() for value in row.values())
    for secret in (printed.code, printed.code.replace("-", ""), printed.factor, "shelter", "18-24"):
        assert secret.encode() not in plain.replace(str(row["id"]).encode(), b"")


@pytest.mark.parametrize("how", ["withdrawn", "taken back", "over", "again"])
def test_letter_closes_with_the_referral_its_consent_its_end_or_a_new_one(house, how):
    sender, _receiver, _case, consent = house
    referral, printed = letter_of(house)
    at = LATER
    if how == "withdrawn":
        withdraw(consent, at=LATER, by=sender)
    elif how == "taken back":
        act(services.withdraw, sender, referral_id=referral.pk)
    elif how == "over":
        at = NOW + timedelta(days=61)
    else:
        act(services.print_letter, sender, referral_id=referral.pk)
    with pytest.raises(Missing):
        services.open_letter(code=printed.code, factor=printed.factor, at=at)
    if how != "over":
        assert bytes(stored(printed.letter).body) == b""


def seal(house):
    """The case is sealed; its custodian is another service."""
    other = make_actor(organisation__name="Custodian")
    place = {"reason": "threat", "review_on": (NOW + timedelta(days=30)).date(), "custodians": [Holder.objects.get(pk=other.holder_id)]}
    act(register.seal_case, house[0], case_id=house[2].pk, **place)


@pytest.mark.parametrize("in_a_browser", [True, False])
def test_letter_of_a_case_sealed_since_opens_nothing_nor_stays_open_in_a_browser(house, in_a_browser):
    _referral, printed = letter_of(house)
    pair = {"code": printed.code, "factor": printed.factor, "at": LATER}
    opened_by = services.open_letter(**pair) if in_a_browser else None
    seal(house)
    with pytest.raises(Missing):
        services.read_letter(letter_id=opened_by[0], key=opened_by[1], at=LATER) if opened_by else services.open_letter(**pair)
    assert ActRow.objects.filter(event="letter.open").count() == in_a_browser


@pytest.mark.usefixtures("shell")
def test_browser_that_opens_a_letter_has_a_new_session_that_ends_with_it():
    house, now = make_house(), timezone.now()
    house = (house[0].on(now), house[1], house[2], consent_to(house[2], house[1], sections=Section.PROTECTION, days=3650))
    _referral, printed = letter_of(house, sections=Section.PROTECTION, asked_until=now + timedelta(days=9))
    planted = import_module(settings.SESSION_ENGINE).SessionStore()
    planted.create()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = planted.session_key
    assert client.post(reverse("referral:letter"), {"code": printed.code, "factor": printed.factor}).status_code == 302
    assert (client.session.session_key == planted.session_key, client.session.get_expire_at_browser_close()) == (False, True)
    assert "A safe place" in client.get(reverse("referral:letter")).content.decode()


def test_wrong_factors_are_slowed_and_answered_like_a_wrong_code(house):
    _referral, printed = letter_of(house)
    for _n in range(5):
        with pytest.raises(Missing):
            services.open_letter(code=printed.code, factor="wrong", at=LATER)
    with pytest.raises(Refused) as refusal:
        services.open_letter(code=printed.code, factor=printed.factor, at=LATER)
    assert refusal.value.status == 429


def test_answer_and_outcome_come_by_telephone_and_only_for_a_service_without_an_account(house):
    sender, _receiver, _case, _consent = house
    referral, _printed = letter_of(house)
    with pytest.raises(Refused) as refusal:
        act(services.answer_outside, sender, referral_id=referral.pk, accepted=False, reason="nationality")
    assert refusal.value.rows == ("referral.declined_outside:RG28",)
    act(services.answer_outside, sender, referral_id=referral.pk, accepted=True)
    act(services.end_outside, sender, referral_id=referral.pk, outcome="help_given")
    assert (stored(referral).status, stored(referral).outcome, bytes(Letter.objects.for_house("tests").get().body)) == (
        "completed", "help_given", b"",
    )  # fmt: skip
    inside = offered(make_house())
    with pytest.raises(Missing):
        act(services.answer_outside, sender, referral_id=inside.pk, accepted=True)
    with pytest.raises(Refused):
        act(services.print_letter, sender, referral_id=referral.pk)


@pytest.mark.usefixtures("shell")
def test_pages_print_the_letter_open_it_once_and_close_it():
    now = timezone.now()
    house = make_house()
    case, receiver = house[2], house[1]
    house = (house[0].on(now), receiver, case, consent_to(case, receiver, sections=Section.PROTECTION, days=3650))
    referral = offered(house, way="letter", sections=Section.PROTECTION, asked_until=now + timedelta(days=9))
    client = browser(house[0])
    page = client.post(reverse("referral:step", args=[referral.pk, "letter"])).content.decode()
    printed = Letter.objects.for_house("tests").get()
    code, factor = (page.split("<code>")[n].split("</code>")[0] for n in (2, 3))
    for secret in (case.ref, referral.number, str(referral.pk), str(printed.pk), "Female"):
        assert secret not in page.split('<section class="sheet stack">')[1].split("</section>")[0]
    visitor, where = Client(), reverse("referral:letter")
    assert "Open a letter" in visitor.get(where).content.decode()
    assert visitor.post(where, {"code": code, "factor": "000000x"}).status_code == 404
    assert visitor.post(where, {"code": code, "factor": factor}).status_code == 302
    read = visitor.get(where).content.decode()
    assert ("A safe place" in read, case.ref in read, "trafficking" in read.lower()) == (True, False, False)
    assert Client().post(where, {"code": code, "factor": factor}).status_code == 404
    with trust.acting(house[0].on(timezone.now())) as context:
        register.withdraw_consent(by=context.actor, consent_id=house[3].pk)
    assert "A safe place" not in visitor.get(where).content.decode()


@pytest.mark.usefixtures("shell")
def test_keys_page_records_and_verifies_with_two_persons(house):
    sender, _receiver, _case, _consent = house
    outside = OrganisationFactory()
    private = pyrage.x25519.Identity.generate()
    client, other, url = browser(sender), browser(make_actor()), reverse("referral:outside")
    told_here = {"go": "record", "organisation": outside.pk, "public_key": "age1no"}
    assert client.post(url, told_here).status_code == 422
    assert client.post(url, {**told_here, "public_key": str(private.to_public())}).status_code == 302
    key = OutsideKey.objects.get()
    assert (fingerprint(key) in client.get(url).content.decode(), fingerprint(key) in other.get(url).content.decode()) == (True, False)
    assert client.post(url, {"go": "verify", "key": key.pk, "said": fingerprint(key)}).status_code == 403
    assert other.post(url, {"go": "verify", "key": key.pk, "said": "none"}).status_code == 422
    assert other.post(url, {"go": "verify", "key": key.pk, "said": fingerprint(key)}).status_code == 302
    assert "verified" in client.get(url).content.decode()
