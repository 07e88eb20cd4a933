"""From the analyst's button to a profile on the page, through the front door."""

import os
import re
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from django.urls import reverse

from havre.evidence import services, sources, tasks
from havre.evidence.models import JobKind, JobRun, JobState
from havre.trust.enums import Role
from havre.trust.errors import Missing, Refused
from tests.factories import make_actor
from tests.factories_evidence import make_register, sign_in

EXTRACT = Path(os.environ.get("HAVRE_PUBLISHED_DATA", "/nowhere")) / "ctdc" / "ctdc_k_anonymised_extract.csv"


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.HAVRE_HOME = tmp_path
    settings.HAVRE_JOBS_INLINE = True
    return tmp_path


@pytest.fixture
def analyst(client):
    return sign_in(client, Role.RAPPORTEUR)


def done_job(client, capture, url, **data):
    with capture(execute=True):
        response = client.post(reverse(url), data)
    assert response.status_code == 302
    return JobRun.objects.first()


def test_analyst_makes_extract_then_profile_and_reads_both_denominators(analyst, django_capture_on_commit_callbacks, home):
    make_register(60)
    extract = done_job(analyst, django_capture_on_commit_callbacks, "evidence:extract")
    assert (extract.state, extract.error) == (JobState.DONE, "")
    assert (home / "evidence" / str(extract.pk) / "manifest.json").is_file()
    profile = done_job(analyst, django_capture_on_commit_callbacks, "evidence:profile", source=f"extract:{extract.pk}")
    assert (profile.state, profile.error) == (JobState.DONE, "")
    page = analyst.get(reverse("evidence:profile_page", args=[profile.pk]))
    words = page.content.decode()
    assert page.status_code == 200
    assert "Recorded: 30 persons. All: 30 persons. Unit: distinct person." in words
    assert words.count('<svg class="chart"') == len(profile.result["breakdowns"])
    assert "style=" not in words
    assert re.findall(r"<script(?![^>]*\bsrc=\"/static/)", words) == []


def test_profile_holds_small_counts_back_and_one_more_against_subtraction(analyst, django_capture_on_commit_callbacks):
    make_register(60)
    extract = done_job(analyst, django_capture_on_commit_callbacks, "evidence:extract")
    profile = done_job(analyst, django_capture_on_commit_callbacks, "evidence:profile", source=f"extract:{extract.pk}")
    gender = next(one for one in profile.result["breakdowns"] if (one["column"], one["group"]) == ("gender", "child"))
    # 10 boys of 30 children: below 11, so the girls are held back too
    assert [row.get("held_back", False) for row in gender["measures"]] == [True, True]
    assert "10" not in [row["numerator"] for row in gender["measures"]]


def test_role_that_may_not_count_is_refused(client):
    sign_in(client, Role.CASE_MANAGER)
    assert client.get(reverse("evidence:figures")).status_code == 403
    with pytest.raises(Refused):
        services.ask_extract(by=make_actor(Role.CASE_MANAGER))


def test_second_extract_while_one_waits_is_refused():
    by = make_actor(Role.RAPPORTEUR)
    services.ask_extract(by=by)
    with pytest.raises(Refused, match="already being made"):
        services.ask_extract(by=by)


def test_profile_of_two_sources_or_none_is_missing():
    with pytest.raises(Missing):
        services.ask_profile(source="extract:1+external:2", by=make_actor(Role.RAPPORTEUR))


def test_job_given_twice_is_done_once():
    by = make_actor(Role.RAPPORTEUR)
    job = services.ask_extract(by=by)
    assert [tasks.run_job.func(str(job.pk)), tasks.run_job.func(str(job.pk))] == [0, 2]


def test_failed_job_says_why_and_leaves_no_folder(home):
    job = JobRun.objects.create(kind=JobKind.PROFILE, parameters={"source": f"external:{'0' * 32}"}, by=make_actor().user)
    assert tasks.run_job.func(str(job.pk)) == 1
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert not sources.folder_of(job.pk).exists()


@pytest.mark.parametrize("rows", [1, 20])
def test_figures_page_asks_the_same_number_of_queries_whatever_its_length(analyst, django_assert_max_num_queries, rows):
    by = make_actor(Role.RAPPORTEUR).user
    JobRun.objects.bulk_create([JobRun(kind=JobKind.PROFILE, parameters={}, by=by) for _ in range(rows)])
    analyst.get(reverse("evidence:figures"))
    with django_assert_max_num_queries(14):
        assert analyst.get(reverse("evidence:figures")).status_code == 200


def test_child_process_makes_an_extract_and_ends(tmp_path):
    env = {**os.environ, "HAVRE_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "havre.site.settings"}
    code = (
        "import django; django.setup(); from django.core.management import call_command as c;"
        "[c('migrate', database=d, verbosity=0) for d in ('default', 'access', 'keys', 'ops')];"
        "from havre.trust.models import User; from havre.evidence.models import JobRun; from havre.evidence.tasks import run_job;"
        "job = JobRun.objects.create(kind='extract', by=User.objects.create(username='analyst', name='Example'));"
        "status = run_job.func(str(job.pk)); job.refresh_from_db(); "
        "print(status, job.state, job.progress, job.result['tables']['persons']['rows'], end='')"
    )
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert done.stdout == "0 done 100 0", done.stderr[-2000:]


def external(home, text):
    """A data set of others on disk, and its profile's job, run."""
    key = uuid4()
    (home / "external").mkdir(exist_ok=True)
    (home / "external" / f"{key}.csv").write_text(text)
    job = JobRun.objects.create(kind=JobKind.PROFILE, parameters={"source": f"external:{key}"}, by=make_actor().user)
    tasks.run_job.func(str(job.pk))
    job.refresh_from_db()
    return job


def test_profile_of_an_external_data_set_keeps_blank_and_marker_as_not_recorded(home):
    rows = "".join("Female,1,GH\n" for _ in range(40)) + "".join("Male,0,0\n" for _ in range(20)) + "".join(",-99,\n" for _ in range(15))
    job = external(home, "gender,isForcedLabour,citizenship\n" + rows)
    assert (job.state, job.error) == (JobState.DONE, "")
    found = {
        one["column"]: (one["recorded"], one["everyone"], {m["code"]: m["numerator"] for m in one["measures"]})
        for one in job.result["breakdowns"]
    }
    assert found == {
        "gender": (60, 75, {"gender=Female": 40, "gender=Male": 20}),
        # a yes-no column keeps its 0: it is an answer; a country "0" is none
        "isForcedLabour": (60, 75, {"isForcedLabour=1": 40, "isForcedLabour=0": 20}),
        "citizenship": (40, 75, {"citizenship=GH": 40}),
    }
    assert "upstream" in job.result["breakdowns"][0]["measures"][0]["warnings"]
    assert "chain" not in job.result


def test_profile_of_an_empty_external_file_fails_in_words(home):
    job = external(home, "")
    assert job.state == JobState.FAILED
    assert job.error == "the file has no columns: publish it again with a first row of column names"


@pytest.mark.skipif(not EXTRACT.is_file(), reason="HAVRE_PUBLISHED_DATA does not hold the CTDC extract")
def test_profile_of_the_published_extract_prints_both_denominators(home):
    job = external(home, EXTRACT.read_text())
    found = {one["column"]: (one["recorded"], one["everyone"]) for one in job.result["breakdowns"]}
    # counted by hand in the file: 8,353 rows have citizenship "0", 61 have forced labour -99
    assert (found["citizenship"], found["isForcedLabour"], job.result["persons"]) == ((5946, 14299), (14238, 14299), 14299)
