"""At the front door of referral: each gate that a supervisor may waive blocks, is waived on the page with a reason, and passes once.

The rows come from the tables: a gate that becomes waivable, and has no page here on which it is, is noticed.
"""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from havre.referral import services
from havre.referral.models import Conference, Referral, Transfer
from havre.referral.queries import conferences
from havre.referral.workflow import CONFERENCE, REFERRAL, REQUEST, TRANSFER
from havre.trust.actors import Actor
from havre.trust.enums import Role, Section
from havre.trust.models import ActRow, Override
from tests.factories import make_actor, make_case
from tests.factories_casework import agree, consent_to, person_of
from tests.factories_vault import unlocked  # noqa: F401
from tests.pages import browser, shell  # noqa: F401
from tests.referral.houses import act, stored
from tests.referral.test_conference import Table
from tests.referral.test_transfer import make_leads

pytestmark = pytest.mark.usefixtures("shell", "unlocked")
SIGN, ASK, OWN_STEP = "Sign the waiver", "Ask a supervisor of your service", "for your own step another supervisor signs"
PROTECTED = ("best_interests_at", "child_heard_at", "guardian_named_at")
SEATS = (
    (Role.IDENTIFICATION_AUTHORITY, Section.FACTS), (Role.CHILD_PROTECTION, Section.PROTECTION), (Role.SHELTER, Section.PROTECTION),
)  # fmt: skip
WAIVABLE = sorted(
    {
        (table.name, move.step, right.gate)
        for table in (REFERRAL, REQUEST, TRANSFER, CONFERENCE)
        for move in table.moves
        for right in move.rights
        if right.effect == "block" and right.overridable
    }
)


@dataclass
class Scene:
    """A step that lacks one gate: who takes it on which page with what, the record whose status it ends in, whom a waiver names."""

    by: Actor
    url: str
    told: dict
    about: object
    done: object
    signs_at: str = ""
    others: tuple = ()

    @property
    def sign_url(self):
        return self.signs_at or self.url


def head_of(worker):
    return make_actor(worker.role, at=worker.at, organisation_id=worker.organisation_id, organisation=None, supervisor=True)


def on_lead(_gate):
    first, second, case, _consent = make_leads(at=timezone.now(), age=15)
    told = {"second": second.organisation_id, "second_role": "case_manager", "sections": [int(Section.PROTECTION)]}
    state = lambda: list(Transfer.objects.for_house("tests").values_list("status", flat=True)) == ["proposed"]  # noqa: E731
    return Scene(first, reverse("referral:lead", args=[case.pk]), told, case.pk, state, others=((second, 404),))


def on_call(_gate):
    table = Table(at=timezone.now(), roles=SEATS, age=15)
    seats = {f"seat-{consent.pk}": str(other.role) for consent, other in zip(table.consents, table.others, strict=True)}
    when = (table.chair.at + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    told = {"sits_at": when, "agenda": ["safety"], "seat-own": "case_manager", "chair": "own", **seats}
    state = lambda: list(Conference.objects.for_house("tests").values_list("status", flat=True)) == ["called"]  # noqa: E731
    url = reverse("referral:call", args=[table.case.pk, table.person.pk])
    return Scene(table.chair, url, told, table.person.pk, state, others=((table.others[0], 404),))


def on_conference(step, gate):
    """RG06: it decides on identification and nobody trained is there. RG13: what was recorded for the child when it was called is not."""
    at = timezone.now()
    table = Table(at=at, roles=SEATS, age=15)
    child = dict.fromkeys(PROTECTED, at)
    made = table.call(sits_at=at + timedelta(days=3), agenda=["safety"], decides_status=step == "open", **child)
    for actor in (table.chair, *table.others):
        act(services.attend, actor, conference_id=made.pk, no_conflict=True)
    told = {"step": step}
    if step == "decide":
        act(services.open_sitting, table.chair, conference_id=made.pk)
        (item,) = conferences.agenda_of(made)
        act(services.settle, table.chair, conference_id=made.pk, item_id=item.pk, decision="postponed", reasons="Heard.")
        lacks = {"decides_status": True} if gate == "RG06" else dict.fromkeys(PROTECTED)
        Conference.objects.for_house("tests").filter(pk=made.pk).update(**lacks)
        told["words"] = "What was said."
    ends = {"open": "sitting", "decide": "decided"}[step]
    url = reverse("referral:conference", args=[made.pk])
    return Scene(table.chair, url, told, made.pk, lambda: stored(made).status == ends, others=((table.others[1], 200),))


def on_offer(_gate):
    now = timezone.now()
    sender, receiver = make_actor(at=now), make_actor(Role.SHELTER, at=now)
    agree(sender, receiver)
    case = make_case(sender, age=15)
    consent = consent_to(case, receiver, sections=Section.PROTECTION, days=3650)
    typed = {
        "receiver": receiver.organisation_id, "receiver_role": "shelter", "need": "shelter", "purpose": "protection",
        "sections": [int(Section.PROTECTION)], "asked_until": (now + timedelta(days=9)).date().isoformat(), "consent": str(consent.pk),
    }  # fmt: skip
    refused = browser(sender).post(reverse("referral:offer", args=[case.pk, person_of(case).pk]), typed)
    draft = Referral.objects.for_house("tests").get()
    sent = reverse("referral:sent", args=[draft.pk])
    # the page of the offer itself leads to where it is signed
    assert (refused.status_code, f'href="{sent}"' in refused.content.decode()) == (409, True)
    step, signs = (reverse("referral:step", args=[draft.pk, name]) for name in ("offer", "waive"))
    return Scene(sender, step, {}, draft.pk, lambda: stored(draft).status == "offered", signs, others=((receiver, 404),))


SCENES = {
    ("conference", "call"): on_call,
    ("conference", "decide"): lambda gate: on_conference("decide", gate),
    ("conference", "open"): lambda gate: on_conference("open", gate),
    ("referral", "offer"): on_offer,
    ("transfer", "propose"): on_lead,
}


def shown(scene, client):
    """The page on which the waiver is signed, as this client reads it."""
    where = scene.url if not scene.signs_at else reverse("referral:sent", args=[scene.about])
    answer = client.get(where)
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize(("table", "step", "gate"), WAIVABLE, ids=lambda one: one)
def test_gate_blocks_is_waived_on_its_page_by_a_supervisor_and_passes_once(table, step, gate):
    scene = SCENES[table, step](gate)
    worker, head = browser(scene.by), browser(head_of(scene.by))
    refused = worker.post(scene.url, scene.told)
    text = refused.content.decode()
    assert (refused.status_code, ASK in text, SIGN in text, scene.done()) == (409, True, False, False)
    own = head.post(scene.url, scene.told)
    assert (own.status_code, OWN_STEP in own.content.decode(), SIGN in own.content.decode()) == (409, True, True)
    signs = {"waive": table, "step": step, "gates": [gate], "reason": "impossible"}
    assert worker.post(scene.sign_url, signs).status_code == 403
    for wrong, status in (
        ({"gates": ["RG14"]}, 422),
        ({"reason": "because"}, 422),
        ({"reason": ""}, 422),
        ({"gates": []}, 422),
        ({"step": "fly"}, 404),
    ):
        assert head.post(scene.sign_url, {**signs, **wrong}).status_code == status
    assert f'value="{gate}"' in shown(scene, head)[1]
    assert not Override.objects.for_house("tests").exists()
    assert head.post(scene.sign_url, signs).status_code == 302
    given = Override.objects.for_house("tests").get()
    assert (given.workflow, given.step, given.gates, given.subject_id) == (table, step, [gate], scene.about)
    assert head.post(scene.url, scene.told).status_code == 409
    assert worker.post(scene.url, scene.told).status_code == 302
    assert scene.done()
    spent = Override.objects.for_house("tests").get()
    assert (spent.used_by_id, spent.reason) == (scene.by.user.pk, "impossible")
    line = ActRow.objects.get(event=f"{table}.override")
    assert (line.reason, line.codes["step"], line.codes["gates"]) == ("impossible", step, gate)
    assert line.codes["supervisor"] == str(given.given_by_id)


@pytest.mark.parametrize(("table", "step"), sorted(SCENES), ids=lambda one: one)
def test_waiver_is_offered_to_no_worker_and_to_no_supervisor_of_another_service(table, step):
    gate = next(found for name, of, found in WAIVABLE if (name, of) == (table, step))
    scene = SCENES[table, step](gate)
    signs = {"waive": table, "step": step, "gates": [gate], "reason": "impossible"}
    for who, status in ((scene.by, 200), *((head_of(other), status) for other, status in scene.others)):
        seen, text = shown(scene, browser(who))
        assert (seen, SIGN in text) == (status, False)
    for other, _status in scene.others:
        assert browser(head_of(other)).post(scene.sign_url, signs).status_code == 404
    assert not Override.objects.for_house("tests").exists()


def test_page_of_an_adult_offers_no_waiver_of_what_guards_a_child():
    first, _second, case, _consent = make_leads(at=timezone.now())
    table = Table(at=timezone.now())
    for worker, url in (
        (first, reverse("referral:lead", args=[case.pk])),
        (table.chair, reverse("referral:call", args=[table.case.pk, table.person.pk])),
    ):
        client = browser(head_of(worker))
        assert SIGN not in client.get(url).content.decode()
        signs = {"waive": "transfer", "step": "propose", "gates": ["RG13"], "reason": "impossible"}
        assert client.post(url, signs).status_code == 404


def test_every_waivable_gate_of_referral_has_its_page_and_the_others_are_held_by_a_persons_word_or_a_list():
    assert {(table, step) for table, step, _gate in WAIVABLE} == set(SCENES)
    held = {
        right.gate
        for table in (REFERRAL, REQUEST, TRANSFER, CONFERENCE)
        for move in table.moves
        for right in move.rights
        if right.gate and right.effect == "block" and not right.overridable
    }
    # consent, no condition on help, the person's own word, refusals on a listed ground
    assert held == {"RG09", "RG10", "RG14", "RG28"}
