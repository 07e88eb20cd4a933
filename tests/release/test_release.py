"""A publication from draft to the public file: nothing goes out that the attack got through or that two did not sign."""

from datetime import timedelta

import pytest
from django.urls import reverse

from havre.evidence import services as evidence
from havre.evidence import tasks
from havre.evidence.models import JobState
from havre.register.models import Person
from havre.release import services, tables, views
from havre.release.models import Release, ReleaseState, Side
from havre.trust.enums import Role
from havre.trust.errors import Invalid, Refused
from tests.factories import NOW, make_actor
from tests.factories_evidence import make_register, sign_in


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.HAVRE_HOME = tmp_path
    settings.HAVRE_JOBS_INLINE = True
    return tmp_path


@pytest.fixture
def analyst():
    return make_actor(Role.RAPPORTEUR)


@pytest.fixture
def officer():
    return make_actor(Role.DATA_PROTECTION_OFFICER)


def extract_of(analyst, number=0):
    if number:
        make_register(number)
    job = evidence.ask_extract(by=analyst)
    tasks.run_job.func(str(job.pk))
    return f"extract:{job.pk}"


def drafted(analyst, source, *columns, k=11):
    return services.draft(title="Persons detected", source=source, tables=[list(table) for table in columns], k=k, by=analyst)


def checked(analyst, release):
    job = services.check(release_id=release.pk, by=analyst)
    tasks.run_job.func(str(job.pk))
    job.refresh_from_db()
    release.refresh_from_db()
    return job


def signed(release, analyst, officer):
    services.sign(release_id=release.pk, side=Side.ANALYSIS, digest=release.digest, by=analyst)
    services.sign(release_id=release.pk, side=Side.DATA_PROTECTION, digest=release.digest, by=officer)


def test_release_from_draft_to_the_public_file(client, analyst, officer):
    release = drafted(analyst, extract_of(analyst, 60), ("gender", "age_group"))
    assert client.get(reverse("release:table_csv", args=[release.pk, 0])).status_code == 404
    job = checked(analyst, release)
    assert (job.state, job.error, release.state) == (JobState.DONE, "", ReleaseState.CHECKED)
    # 10 boys and 10 men: four cells of the table must go, and the margins tell nothing
    assert (release.proof["primary"], release.proof["audit"]["exposed"], release.proof["control"]["exposed"]) == (2, 0, 2)
    signed(release, analyst, officer)
    services.publish(release_id=release.pk, by=analyst)
    text = client.get(reverse("release:table_csv", args=[release.pk, 0])).content.decode()
    lines = text.splitlines()
    assert lines[0] == "gender,age_group,persons"
    assert "Masculine,child,x" in lines
    assert "*,*,60" in lines
    assert all(cell == "x" or int(cell) == 0 or int(cell) >= 11 for cell in (line.rsplit(",", 1)[1] for line in lines[1:]))
    page = client.get(reverse("release:table", args=[release.pk, 0])).content.decode()
    assert "primary" not in page + text


def test_answer_that_was_written_in_two_spellings_is_one_row_of_a_published_table_with_the_words_of_the_standard(client, analyst, officer):
    """HTCDS says "Feminine"; what earlier forms of the house wrote stood beside it as a row of its own, and small parts were held back."""
    make_register(60)
    women = Person.objects.for_house("tests").filter(gender="Feminine").values_list("pk", flat=True)
    Person.objects.for_house("tests").filter(pk__in=list(women)[::2]).update(gender="Female")
    release = drafted(analyst, extract_of(analyst), ("gender",))
    checked(analyst, release)
    signed(release, analyst, officer)
    services.publish(release_id=release.pk, by=analyst)
    text = client.get(reverse("release:table_csv", args=[release.pk, 0])).content.decode()
    assert sorted(line for line in text.splitlines()[1:] if not line.endswith(",0")) == ["*,60", "Feminine,40", "Masculine,20"]
    page = client.get(reverse("release:table", args=[release.pk, 0])).content.decode()
    assert ("Woman or girl" in page, "Man or boy" in page, "Female" in page) == (True, True, False)


def test_publish_without_check_or_signatures_is_refused_with_every_reason(analyst):
    release = drafted(analyst, extract_of(analyst, 30), ("age_group",))
    with pytest.raises(Refused) as refusal:
        services.publish(release_id=release.pk, by=analyst)
    assert [str(reason) for reason in refusal.value.reasons] == [
        "the tables have not been checked: protect and attack them first",
        "not signed yet by: Analysis",
        "not signed yet by: Data protection",
    ]
    release.refresh_from_db()
    assert release.state == ReleaseState.DRAFT


def test_one_person_cannot_be_both_looks(analyst):
    release = drafted(analyst, extract_of(analyst, 30), ("age_group",))
    checked(analyst, release)
    services.sign(release_id=release.pk, side=Side.ANALYSIS, digest=release.digest, by=analyst)
    both = make_actor(Role.DATA_PROTECTION_OFFICER, user=analyst.user)
    with pytest.raises(Refused, match="two persons"):
        services.sign(release_id=release.pk, side=Side.DATA_PROTECTION, digest=release.digest, by=both)


def test_signature_on_another_state_of_the_tables_is_refused(analyst):
    release = drafted(analyst, extract_of(analyst, 30), ("age_group",))
    checked(analyst, release)
    with pytest.raises(Refused, match="read them again"):
        services.sign(release_id=release.pk, side=Side.ANALYSIS, digest="0" * 64, by=analyst)


def test_new_check_makes_signatures_void(analyst, officer):
    release = drafted(analyst, extract_of(analyst, 30), ("age_group",))
    checked(analyst, release)
    signed(release, analyst, officer)
    services.check(release_id=release.pk, by=analyst)
    release.refresh_from_db()
    assert (release.state, services.unsigned(release)) == (ReleaseState.DRAFT, [Side.ANALYSIS, Side.DATA_PROTECTION])


def test_analyst_may_not_sign_for_data_protection(analyst):
    release = drafted(analyst, extract_of(analyst, 30), ("age_group",))
    checked(analyst, release)
    with pytest.raises(Refused) as refusal:
        services.sign(release_id=release.pk, side=Side.DATA_PROTECTION, digest=release.digest, by=analyst)
    assert refusal.value.status == 403


def test_difference_of_few_persons_from_the_last_release_refuses_publication(analyst, officer):
    first = drafted(analyst, extract_of(analyst, 40), ("age_group",))
    checked(analyst, first)
    signed(first, analyst, officer)
    services.publish(release_id=first.pk, by=analyst)
    # two persons more: 20 becomes 21 in both groups, and the total 42
    second = drafted(analyst, extract_of(analyst, 2), ("age_group",))
    checked(analyst, second)
    assert second.state == ReleaseState.DRAFT
    with pytest.raises(Refused) as refusal:
        services.publish(release_id=second.pk, by=analyst)
    words = [str(reason) for reason in refusal.value.reasons]
    assert (
        "the attack got through: total: differs from the earlier release by fewer than 11 persons; "
        "count the same extract as then, or wait for more"
    ) in words
    assert [line["ref"] for line in second.proof["ledger"]] == [first.ref]


def test_release_that_came_in_between_asks_for_another_check(analyst, officer):
    source = extract_of(analyst, 60)
    first, second = drafted(analyst, source, ("age_group",)), drafted(analyst, source, ("gender",))
    for release in (first, second):
        checked(analyst, release)
        signed(release, analyst, officer)
    Release.objects.filter(pk=second.pk).update(checked_at=NOW - timedelta(days=1))
    services.publish(release_id=first.pk, by=analyst)
    with pytest.raises(Refused, match="check again"):
        services.publish(release_id=second.pk, by=analyst)
    checked(analyst, second)
    assert second.proof["audit"]["earlier_cells"] > 0


def test_table_over_a_column_with_several_answers_says_what_to_do(analyst):
    release = drafted(analyst, extract_of(analyst, 12), ("forms",))
    job = checked(analyst, release)
    assert job.state == JobState.FAILED
    assert "use a column with one answer a person" in job.error


@pytest.mark.parametrize(("columns", "k"), [([], 11), ([["a", "a"]], 11), ([["a"]], 2)])
def test_draft_that_cannot_be_made_into_tables_is_invalid(analyst, columns, k):
    source = extract_of(analyst)
    with pytest.raises(Invalid):
        services.draft(title="T", source=source, tables=columns, k=k, by=analyst)


def test_pages_show_the_proof_and_refuse_on_the_page(client, analyst):
    source = extract_of(analyst, 60)
    sign_in(client, Role.RAPPORTEUR)
    posted = client.post(reverse("release:releases"), {"title": "T", "source": source, "tables": "gender, age_group", "k": 11})
    release = Release.objects.get()
    assert posted.url == reverse("release:release", args=[release.pk])
    assert client.get(reverse("release:releases")).status_code == 200
    assert client.post(reverse("release:releases"), {"title": "", "source": source, "tables": "", "k": 1}).status_code == 422
    checked(analyst, release)
    page = client.get(reverse("release:release", args=[release.pk])).content.decode()
    assert "primary: below k = 11" in page
    refused = client.post(reverse("release:act", args=[release.pk, "publish"]))
    assert refused.status_code == 409
    assert "Not signed yet by: Analysis" in refused.content.decode()


def test_case_worker_may_not_read_the_proof(client, analyst):
    release = drafted(analyst, extract_of(analyst, 30), ("age_group",))
    checked(analyst, release)
    sign_in(client, Role.CASE_MANAGER)
    assert client.get(reverse("release:release", args=[release.pk])).status_code == 403
    assert client.get(reverse("release:table", args=[release.pk, 0])).status_code == 404


def test_csv_keeps_a_code_from_being_run_as_a_formula():
    shown = [[[["a", "=1+1"]], 20], [[], 20]]
    assert tables.as_csv(shown, ["a"]).splitlines() == ["a,persons", "'=1+1,20", "*,20"]


def test_two_codes_of_one_name_are_told_apart_on_the_page():
    lines = [{"codes": [code]} for code in ("Feminine", "Female", "Masculine", "*")]
    (named,) = views._names(lines, 1)
    assert (named["Feminine"], named["Female"], named["Masculine"]) == ("Woman or girl (Feminine)", "Woman or girl (Female)", "Man or boy")
