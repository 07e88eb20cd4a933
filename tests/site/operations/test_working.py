from datetime import timedelta

from click.testing import CliRunner

from havre.referral.workflow import LEAD_ANSWER
from havre.register.models import Consent
from havre.site.commands.house import found
from havre.site.operations.working import sweep
from havre.trust import clocks
from havre.trust.enums import Role
from havre.trust.models import BreakGlass, Membership
from tests.factories import NOW, make_actor, make_case
from tests.factories_casework import consent_to


def test_sweep_does_what_is_due_once():
    actor = make_actor()
    case = make_case(actor)
    BreakGlass.objects.create(
        case_id=case.pk,
        user=actor.user,
        holder_id=actor.personal_id,
        reason="danger",
        starts_at=NOW - timedelta(days=4),
        ends_at=NOW - timedelta(days=4) + timedelta(minutes=60),
        review_by=NOW - timedelta(days=1),
    )
    assert (sweep(NOW), sweep(NOW)) == (1, 0)
    actor.user.refresh_from_db()
    assert actor.user.suspended_from_break_glass


def test_part_that_fails_keeps_no_other_from_what_is_due(caplog):
    """The clocks are trust's, the consent is the register's: a deadline that cannot be handled must not leave an access open."""
    worker = make_actor()
    case = make_case(worker)
    clocks.start(LEAD_ANSWER, case_id=case.pk, subject_id=case.pk, at=NOW - timedelta(days=40), by=None)
    consent_to(case, make_actor(Role.SHELTER), days=40)

    def fails(**_rest):
        raise RuntimeError("a name that must not be logged")

    clocks.clock_expired.connect(fails)
    try:
        assert sweep(NOW + timedelta(days=40)) == 1
    finally:
        clocks.clock_expired.disconnect(fails)
    assert Consent.objects.for_house("tests").get().state == "expired"
    # referral lets the clocks run out too before it looks at its own records
    assert [record.getMessage() for record in caplog.records] == [
        f"the sweep of {part} failed: RuntimeError" for part in ("trust", "referral")
    ]


def test_found_makes_two_administrators_once():
    words = ["--organisation", "Example ministry", "--administrator", "ada:Example Ada", "--administrator", "bo:Example Bo"]
    first, second = CliRunner().invoke(found, words), CliRunner().invoke(found, words)
    assert (first.exit_code, first.output.count("once, until")) == (0, 2)
    assert Membership.objects.count() == 2
    assert second.exit_code == 1


def test_found_with_one_person_is_refused():
    answer = CliRunner().invoke(found, ["--organisation", "Example ministry", "--administrator", "ada:Example Ada"])
    assert (answer.exit_code, Membership.objects.count()) == (1, 0)
