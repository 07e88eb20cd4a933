"""The person's page: locked to the screen, in their language; what is held, who read it, what was sent; copy, requests, remote code."""

import json
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from havre import trust
from havre.register import notes
from havre.register.models import Consent, Person, PersonRequest, RemoteCode
from havre.register.person import acts
from havre.register.person.locking import LOCK, OPEN
from havre.register.person.words import _read as read_words
from havre.register.person.words import languages, words
from havre.trust import identity
from havre.trust.enums import Basis, Role, Section
from havre.trust.history.queries import who_read
from havre.trust.models import ActRow, Grant, Membership, Seal
from tests.consistency.test_addresses import addresses, rows
from tests.factories import OrganisationFactory, give_to
from tests.factories_casework import consent_to
from tests.factories_site import make_case_now, make_now, person_of, signed_in
from tests.factories_vault import unlocked  # noqa: F401

# a paper or a page that says any of these can put its owner in danger
TELLING = re.compile(r"havre|traffick|traite\b|esclav|slave|exploit|victim|prostit", re.IGNORECASE)
PASSPHRASE = "five words that fit nothing"


def locked(actor, case, language="en"):
    """A browser whose screen is locked to the page of the one person of this case."""
    client = signed_in(actor)
    opened = client.post(reverse("person_open", args=[case.ref, person_of(case).pk]), {"language": language, "agrees": "on"})
    assert (opened.status_code, opened.headers["Location"]) == (302, reverse("person:page"))
    return client


@pytest.fixture
def worker():
    return make_now()


@pytest.fixture
def case(worker):
    return make_case_now(worker)


# -- the lock


def test_page_opens_only_where_the_person_is_and_the_factor_is_fresh(worker, case):
    url = reverse("person_open", args=[case.ref, person_of(case).pk])
    assert signed_in(worker, fresh=False).get(url).status_code == 302
    assert signed_in(make_now()).get(url).status_code == 404
    assert signed_in(worker).post(url, {"language": "en"}).status_code == 422
    other = person_of(make_case_now(worker))
    suspect = Person(case=case, role="perpetrator")
    suspect.save(force_insert=True)
    for person in (other, suspect):
        assert signed_in(worker).get(reverse("person_open", args=[case.ref, person.pk])).status_code == 404
    assert signed_in(worker).get(reverse("person:page")).status_code == 404


def test_locked_screen_shows_the_page_and_signs_out_on_every_other_address(worker, case):
    """Every address of the house, from the URLconf: the page's own stay open, leaving leaves, each other ends the session."""
    tried = 0
    for address in addresses():
        if address.name in OPEN | {"leave", "accounts_calendar"}:
            continue
        client = locked(worker, case) if not tried else client  # noqa: F821
        session = client.session
        key = session.session_key
        for method in rows()[address.name].methods[:1]:
            answer = client.get(address.url(ref=case.ref)) if method == "GET" else client.post(address.url(ref=case.ref))
            assert (answer.status_code, answer.headers["Location"]) == (302, reverse("account_login")), address.name
            assert case.ref.encode() not in answer.content
            assert not client.session.exists(key)
            tried += 1
        client = locked(worker, case)
    print(f"{tried} addresses tried from a locked screen")
    assert tried > 90
    assert ActRow.objects.filter(event="person.left").count() == tried


def test_worker_takes_the_screen_back_with_the_passphrase_and_not_with_another(worker, case):
    worker.user.set_password(PASSPHRASE)
    worker.user.save()
    client = locked(worker, case)
    assert client.post(reverse("person:unlock"), {"passphrase": "another"}).status_code == 422
    assert LOCK in client.session
    back = client.post(reverse("person:unlock"), {"passphrase": PASSPHRASE})
    assert back.headers["Location"] == reverse("case", args=[case.ref])
    assert (LOCK in client.session, client.get(reverse("case", args=[case.ref])).status_code) == (False, 200)
    assert list(ActRow.objects.filter(event__startswith="person.").order_by("no").values_list("event", flat=True)) == [
        "person.open", "person.unlock",
    ]  # fmt: skip


def test_page_goes_dark_when_the_case_is_sealed_meanwhile(worker, case):
    client = locked(worker, case)
    Seal.objects.create(case_id=case.pk, reason="threat", starts_at=timezone.now(), review_on=timezone.localdate(), by=worker.user)
    assert client.get(reverse("person:page")).status_code == 404


# -- what it says


@pytest.mark.parametrize("language", list(languages()))
def test_page_in_each_language_says_nothing_of_the_subject_and_that_it_awaits_review(language, worker, case):
    # a service whose name tells the subject is called by its kind
    telling = OrganisationFactory(name="Shelter for victims of trafficking", kind="NGO")
    consent = consent_to(case, make_now(Role.SHELTER, organisation=telling), days=400)
    shown = locked(worker, case, language).get(reverse("person:page"))
    body = shown.content.decode()
    assert (shown.status_code, shown.headers["Cache-Control"], f'<html lang="{language}">' in body) == (200, "no-store", True)
    assert (escape(words(language)["unreviewed"]) in body) is (language not in {"en", "fr"})
    text = re.sub(r"<[^>]+>", " ", body.split("<body", 1)[1])
    assert TELLING.findall(text) == []
    assert worker.user.name not in body
    close = locked(worker, case, language).get(reverse("person:close", args=[consent.pk])).content.decode()
    assert TELLING.findall(re.sub(r"<[^>]+>", " ", close.split("<body", 1)[1])) == []


def test_every_phrase_is_there_in_every_language_with_the_same_blanks_and_in_short_sentences():
    blanks = re.compile(r"\{\w+\}")
    english = words("en").phrases
    long = []
    for language in languages():
        for key, phrase in words(language).phrases.items():
            assert phrase.strip()
            assert sorted(blanks.findall(phrase)) == sorted(blanks.findall(english[key])), (language, key)
            # Thai writes no space between words
            if language != "th":
                long += [(language, key) for one in re.split(r"[.?!:](?:\s|$)", phrase) if len(one.split()) > 10]
    assert (long, set(read_words()[1])) == ([], {"en", "fr", "pt", "tet", "th"})


def test_page_tells_who_read_who_may_and_what_was_answered(worker, case):
    """FerroEHR#3240: only an administrator reads the access log. Here the person sees who saw their file, and on paper too."""
    shelter = make_now(Role.SHELTER, organisation=OrganisationFactory(name="Example house"))
    consent = consent_to(case, shelter, days=400)
    give_to(
        shelter, case, sections=Section.PROTECTION, basis=Basis.CONSENT, source_id=consent.pk, ends_at=timezone.now() + timedelta(days=30)
    )
    signed_in(shelter).get(reverse("case", args=[case.ref]))
    page = locked(worker, case).get(reverse("person:page")).context["page"]
    assert [one["who"] for one in page.readers if "Example house" in one["who"]] == ["Example house, Shelter"]
    assert ["Example house, Shelter" in one["who"] for one in page.shares if one["live"]].count(True) == 1
    assert [(one["who"], one["state"]) for one in page.consents] == [("Example house", "You said yes")]
    held = {part.section: part.words for part in page.parts}
    assert (held[Section.PROTECTION], held[Section.HEALTH]) == ("Nothing is written here.", "Nothing is written here.")


@pytest.mark.usefixtures("unlocked")
def test_page_counts_what_is_held_of_this_person_and_tells_that_notes_exist(worker, case):
    other = Person(case=case, gender="Male", age_on_opening=40)
    other.save(force_insert=True)
    now = worker.on(timezone.now())
    with trust.acting(now):
        for person, section in ((person_of_first(case, other), Section.PROTECTION), (other, Section.PROTECTION)):
            notes.add(case_id=case.pk, person_id=person.pk, section=section, happened_at=case.opened_at, words="seen", by=now)
    client = signed_in(worker)
    client.post(reverse("person_open", args=[case.ref, other.pk]), {"language": "en", "agrees": "on"})
    shown = client.get(reverse("person:page"))
    held = {part.section: part.words for part in shown.context["page"].parts}
    assert (held[Section.PROTECTION], shown.context["page"].notes) == ("Entries: 1.", True)


def person_of_first(case, other):
    return Person.objects.for_house("tests").filter(case=case).exclude(pk=other.pk).get()


def test_section_that_the_service_cannot_open_is_named_as_closed_not_as_empty(case):
    shelter = make_now(Role.SHELTER)
    give_to(shelter, case, sections=Section.PROTECTION, basis=Basis.CONSENT)
    held = {part.section: part.words for part in locked(shelter, case).get(reverse("person:page")).context["page"].parts}
    assert {held[one] for one in (Section.HEALTH, Section.FACTS, Section.JUSTICE)} == {words("en")["held_closed"]}


# -- there and then


@pytest.mark.postgresql
def test_person_closes_an_access_there_and_then(worker, case):
    shelter = make_now(Role.SHELTER)
    consent = consent_to(case, shelter, days=400)
    grant = give_to(shelter, case, sections=Section.PROTECTION, basis=Basis.CONSENT, source_id=consent.pk)
    client, url = locked(worker, case), reverse("person:close", args=[consent.pk])
    before = client.get(url)
    assert words("en")["help_same"] in before.content.decode()
    assert client.post(url).headers["Location"] == reverse("person:page") + "?done=closed_done"
    grant.refresh_from_db()
    found = Consent.objects.for_house("tests").get()
    assert (found.state, found.withdrawn_through, grant.ends_at <= timezone.now()) == ("withdrawn", "person_page", True)


def test_person_leaves_less_open_and_nothing_ticked_leads_to_closing(worker, case):
    consent = consent_to(case, make_now(Role.SHELTER), sections=Section.PROTECTION | Section.FACTS, days=400)
    client, url = locked(worker, case), reverse("person:less", args=[consent.pk])
    assert client.post(url, {"sections": [str(int(Section.FACTS))]}).status_code == 302
    assert Consent.objects.for_house("tests").get().sections == int(Section.FACTS | Section.CASE)
    assert client.post(url, {}).headers["Location"] == reverse("person:close", args=[consent.pk])


def test_somebody_elses_consent_is_not_closed_from_this_page(worker, case):
    theirs = consent_to(make_case_now(worker), make_now(Role.SHELTER), days=400)
    client = locked(worker, case)
    for name in ("person:close", "person:less"):
        assert [client.get(reverse(name, args=[theirs.pk])).status_code, client.post(reverse(name, args=[theirs.pk])).status_code] == [
            404,
            404,
        ]
    assert Consent.objects.for_house("tests").get().state == "given"


# -- requests


@pytest.mark.usefixtures("unlocked")
@pytest.mark.postgresql
def test_correction_is_sealed_has_a_clock_waits_for_the_service_and_is_answered_with_its_reason(worker, case):
    client = locked(worker, case)
    ask = reverse("person:ask", args=["rectify"])
    assert client.post(ask, {"about": "2"}).status_code == 422
    sent = client.post(ask, {"about": "2", "wrong": "is_wrong", "words": "My name is Example"})
    asked = PersonRequest.objects.for_house("tests").get()
    assert sent.headers["Location"] == reverse("person:asked", args=[asked.pk])
    assert (asked.kind, asked.wrong, Section(asked.about), asked.status) == ("rectify", "is_wrong", Section.IDENTITY, "received")
    now = worker.on(timezone.now())
    with trust.acting(now):
        assert identity.read_records(by=now, kind="request", record_ids=[asked.pk])[asked.pk] == {"words": "My name is Example"}
    desk = signed_in(worker)
    answer = reverse("person_answer", args=[case.ref, asked.pk])
    assert answer in desk.get("/").content.decode()
    page = desk.get(answer)
    assert ("My name is Example" in page.content.decode(), (page.context["due"] - asked.received_at).days) == (True, 30)
    assert desk.post(answer, {"outcome": "not_done"}).status_code == 409
    assert desk.post(answer, {"outcome": "not_done", "why_not": "open_procedure"}).status_code == 302
    asked.refresh_from_db(from_queryset=PersonRequest.objects.for_house("tests"))
    assert (asked.outcome, asked.why_not, answer in desk.get("/").content.decode()) == ("not_done", "open_procedure", False)
    assert desk.post(answer, {"outcome": "done"}).status_code == 409


def test_receipt_names_neither_person_nor_subject_and_no_paper_is_a_choice(worker, case):
    client = locked(worker, case)
    client.post(reverse("person:ask", args=["complain"]), {})
    asked = PersonRequest.objects.for_house("tests").get()
    page = reverse("person:asked", args=[asked.pk])
    assert client.post(page, {"paper": "yes"}).headers["Location"] == reverse("person:receipt", args=[asked.pk])
    receipt = client.get(reverse("person:receipt", args=[asked.pk])).content.decode()
    text = re.sub(r"<[^>]+>", " ", receipt.split("<body", 1)[1])
    assert asked.number in text
    assert TELLING.findall(text) == []
    assert case.ref not in receipt
    assert client.post(page, {"paper": "no"}).headers["Location"] == reverse("person:page")
    asked.refresh_from_db(from_queryset=PersonRequest.objects.for_house("tests"))
    assert asked.receipt == "no_paper"


def test_board_shows_numbers_and_clocks_to_the_officer_and_no_case(worker, case):
    client = locked(worker, case)
    client.post(reverse("person:ask", args=["complain"]), {})
    asked = PersonRequest.objects.for_house("tests").get()
    officer = signed_in(make_now(Role.DATA_PROTECTION_OFFICER))
    shown = officer.get(reverse("person:board")).content.decode()
    assert (asked.number in shown, case.ref in shown, str(case.pk) in shown) == (True, False, False)
    assert signed_in(worker).get(reverse("person:board")).status_code == 403
    Seal.objects.create(case_id=case.pk, reason="threat", starts_at=timezone.now(), review_on=timezone.localdate(), by=worker.user)
    assert asked.number not in officer.get(reverse("person:board")).content.decode()


# -- the copy


@pytest.mark.usefixtures("unlocked")
def test_copy_holds_what_is_the_persons_and_neither_staff_nor_the_words_of_notes(worker, case):
    """globaleaks#2931: notes that the person does not see. The person is told that they exist and may ask (RG27)."""
    now = worker.on(timezone.now())
    person = person_of(case)
    with trust.acting(now):
        body = {"prs_FirstName": "Efua", "prs_LastName": "Example-Owusu"}
        identity.write(by=now, case_id=case.pk, person_id=person.pk, section=Section.IDENTITY, kind="identity", body=body)
        notes.add(
            case_id=case.pk, person_id=person.pk, section=Section.PROTECTION, happened_at=case.opened_at, words="sentinel words", by=now
        )
    consent_to(case, make_now(Role.SHELTER), days=400)
    client = locked(worker, case)
    answer = client.post(reverse("person:copy"), {"form": "json"})
    copy = json.loads(answer.content)
    assert copy["you"]["identity"] == {"Name": "Efua Example-Owusu"}
    assert (copy["professional_notes"], copy["file"]["reference"], len(copy["agreed"])) == (1, case.ref, 1)
    for absent in ("sentinel words", worker.user.name, str(worker.user.pk)):
        assert absent not in answer.content.decode()
    assert answer.headers["Content-Disposition"] == 'attachment; filename="page.json"'
    paper = client.post(reverse("person:copy"), {"form": "pdf"})
    assert (paper.content[:5], paper.headers["Content-Type"]) == (b"%PDF-", "application/pdf")
    assert list(ActRow.objects.filter(event="person.copy").order_by("no").values_list("reason", flat=True)) == ["as_json", "as_pdf"]
    assert client.post(reverse("person:copy"), {"form": "exe"}).status_code == 422


def test_copy_of_one_person_of_several_leaves_the_others_lines_out(worker, case):
    other = Person(case=case, gender="Male", age_on_opening=40)
    other.save(force_insert=True)
    now = worker.on(timezone.now())
    with trust.acting(now):
        copy = acts.copy(by=now, case_id=case.pk, person_id=person_of_first(case, other).pk, form="json")
    assert (copy["entries"], "entries_of_a_shared_file" in copy["not_included"]) == ([], True)
    assert str(other.pk) not in json.dumps(copy)


# -- from afar


def code_of(worker, case, **changes):
    told = {"wished": True, "answers": ["alone"], "hours": 2, "language": "en", **changes}
    now = worker.on(timezone.now())
    with trust.acting(now):
        return acts.make_code(by=now, case_id=case.pk, person_id=person_of(case).pk, **told)


@pytest.mark.parametrize(
    "answers", [["seen_by_controller"], ["alone", "handed_out"], ["not_sure"], ["shared_safe", "seen_by_controller"]], ids="+".join
)
def test_code_is_refused_when_somebody_who_controls_may_see_the_telephone(answers, worker, case):
    page = reverse("person_code", args=[case.ref, person_of(case).pk])
    shown = signed_in(worker).post(page, {"wished": "on", "answers": answers, "hours": "2", "language": "en"})
    assert (shown.status_code, RemoteCode.objects.for_house("tests").exists()) == (409, False)
    assert b"look at the page together" in shown.content


def test_code_nobody_wished_for_or_without_the_question_is_not_made(worker, case):
    page, client = reverse("person_code", args=[case.ref, person_of(case).pk]), signed_in(worker)
    assert client.post(page, {"answers": ["alone"], "hours": "2", "language": "en"}).status_code == 409
    assert client.post(page, {"wished": "on", "hours": "2", "language": "en"}).status_code == 422
    assert client.post(page, {"wished": "on", "answers": ["alone"], "hours": "900", "language": "en"}).status_code == 422
    assert not RemoteCode.objects.for_house("tests").exists()


@pytest.mark.postgresql
def test_code_opens_the_page_read_only_leaves_a_session_alone_and_each_opening_a_trace(worker, case):
    consent_to(case, make_now(Role.SHELTER), days=400)
    _row, code = code_of(worker, case)
    far = Client()
    entered = far.post(reverse("person:enter"), {"code": code.lower()})
    assert entered.headers["Location"] == reverse("person:far")
    page = far.get(reverse("person:far"))
    body = page.content.decode()
    assert (page.status_code, page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == (200, "no-store", "no-referrer")
    assert ("<form" in body, reverse("person:copy") in body, words("en")["from_afar"] in body) == (False, False, True)
    # a cookie of the session alone, which ends with the browser
    left = {name: morsel for name, morsel in far.cookies.items() if morsel.value}
    assert set(left) == {settings.SESSION_COOKIE_NAME}
    assert left[settings.SESSION_COOKIE_NAME]["max-age"] == ""
    assert far.get(reverse("person:page")).headers["Location"].startswith(settings.LOGIN_URL)
    events = list(ActRow.objects.filter(event__startswith="person.far").order_by("no").values_list("event", flat=True))
    assert events == ["person.far", "person.far_look"]
    assert "person:far" in {row.route for row in who_read(person_of(case).pk, [case.pk])}
    assert words("en")["by_you"] in locked(worker, case).get(reverse("person:page")).content.decode()
    assert RemoteCode.objects.for_house("tests").get().openings == 1


@pytest.mark.parametrize("why", ["wrong", "revoked", "ended", "job", "access", "sealed", "replaced"])
def test_code_that_no_longer_opens_says_the_same_whatever_the_reason(why, worker, case):
    _row, code = code_of(worker, case)
    far = Client()
    assert far.post(reverse("person:enter"), {"code": code}).status_code == 302
    now, codes = timezone.now(), RemoteCode.objects.for_house("tests")
    if why == "revoked":
        signed_in(worker).post(reverse("person_code", args=[case.ref, person_of(case).pk]), {"end": "1"})
    elif why == "ended":
        codes.update(made_at=now - timedelta(hours=3), ends_at=now - timedelta(hours=1))
    elif why == "job":
        Membership.objects.filter(user=worker.user).update(ended_at=now)
    elif why == "access":
        Grant.objects.filter(case_id=case.pk).update(ends_at=now)
    elif why == "sealed":
        Seal.objects.create(case_id=case.pk, reason="threat", starts_at=now, review_on=now.date(), by=worker.user)
    elif why == "replaced":
        code_of(worker, case)
    wrong = "0000-0000-0000" if why == "wrong" else code
    again = Client().post(reverse("person:enter"), {"code": wrong})
    assert (again.status_code, words("en")["code_wrong"] in again.content.decode()) == (422, True)
    assert far.get(reverse("person:far")).status_code == (200 if why == "wrong" else 404)


def test_guessing_a_code_is_slowed_down():
    client, statuses = Client(), []
    for _ in range(7):
        statuses.append(client.post(reverse("person:enter"), {"code": "0000-0000-0001"}).status_code)
    assert statuses == [422] * 5 + [429, 429]
