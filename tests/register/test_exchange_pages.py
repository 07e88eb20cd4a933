"""The pages of exchange: upload, check, map, import, report, mend, copies, published data."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pyrage
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from havre.register.exchange import staging
from havre.register.models import Case, ExportRecord, ExternalDataset, ImportBatch, SavedMapping
from havre.trust.enums import Role
from havre.trust.middleware import SESSION_FACTOR
from havre.trust.models import SealedSection
from tests.factories_exchange import csv_file, excel_file, sheet, template
from tests.factories_site import make_now, signed_in
from tests.factories_vault import unlocked  # noqa: F401
from tests.pages import shell  # noqa: F401

pytestmark = pytest.mark.usefixtures("unlocked", "shell")


def upload(client, source, follow=True):
    file = SimpleUploadedFile("cases.csv", source.getvalue())
    return client.post(reverse("exchange:imports"), {"file": file}, follow=follow)


def staged() -> ImportBatch:
    return ImportBatch.objects.get(state="staged")


def rested(client):
    """The same session half an hour after its second factor."""
    session = client.session
    session[SESSION_FACTOR] = (timezone.now() - timedelta(minutes=30)).isoformat()
    session.save()
    return client


def cases() -> int:
    return Case.objects.for_house("tests").count()


def test_sheet_goes_from_upload_over_its_check_to_a_report_and_the_upload_is_forgotten():
    client = signed_in(make_now())
    page = upload(client, sheet(prs_FirstName=["Efua", "Kofi"], prs_Gender=["Feminine", "Masculin"]))
    assert (page.status_code, cases()) == (200, 0)
    assert "Masculin" in page.content.decode()

    report = client.post(reverse("exchange:run", args=[staged().pk]), follow=True)
    assert (report.status_code, cases()) == (200, 1)
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.created, batch.rejected) == ("done", 1, 1)
    assert SealedSection.objects.for_house("tests").filter(kind="upload").count() == 0


def test_waiting_sheet_is_sealed_and_no_column_of_it_is_in_plain():
    upload(signed_in(make_now()), sheet(prs_FirstName="Unmistakable", prs_Gender="Feminine"))
    (row,) = SealedSection.objects.for_house("tests")
    assert (row.kind, b"Unmistakable" in bytes(row.body)) == ("upload", False)
    assert "Unmistakable" not in str(vars(staged()))


def test_unknown_header_is_mapped_on_the_page_and_the_mapping_is_kept():
    client = signed_in(make_now())
    page = upload(client, csv_file([["Prénom", "Sexe"], ["Efua", "F"]]))
    assert page.status_code == 422

    url = reverse("exchange:check", args=[staged().pk])
    said = {"column_0": "prs_FirstName", "column_1": "prs_Gender", "save_as": "Our list", "names_from": "", "mapping": ""}
    page = client.post(url, said, follow=True)
    assert (page.status_code, SavedMapping.objects.get().options["columns"]) == (200, {"Prénom": "prs_FirstName", "Sexe": "prs_Gender"})
    client.post(reverse("exchange:run", args=[staged().pk]))
    assert cases() == 1

    upload(client, csv_file([["Prénom", "Sexe"], ["Kofi", "M"]]))
    url = reverse("exchange:check", args=[staged().pk])
    page = client.post(url, {"mapping": SavedMapping.objects.get().pk, "names_from": ""}, follow=True)
    assert page.status_code == 200


def test_contradicting_template_and_two_sheets_are_asked_about_on_the_page():
    client = signed_in(make_now())
    page = upload(client, template({"D": "Efua", "N": "1 Example Street"}, blank=3))
    assert (page.status_code, "contradict" in page.content.decode()) == (422, True)
    page = upload(client, excel_file([["prs_FirstName"], ["Efua"]], [["x"], ["y"]], names=["People", "Lists"]))
    assert (page.status_code, 'name="sheet"' in page.content.decode()) == (422, True)


def test_broken_upload_is_answered_with_its_mend_and_nothing_is_kept():
    page = upload(signed_in(make_now()), io.BytesIO(b"\x89PNG\0\0"))
    assert (page.status_code, ImportBatch.objects.count()) == (422, 0)
    assert "CSV UTF-8" in page.content.decode()


def test_upload_over_the_pages_limit_names_the_command():
    page = upload(signed_in(make_now()), io.BytesIO(b"a,b\n" + b"x" * (11 * 1024 * 1024)))
    assert (page.status_code, "havre import" in page.content.decode()) == (422, True)


def test_report_lists_and_rejected_rows_are_downloaded_and_mended_rows_come_in():
    client = signed_in(make_now())
    upload(client, sheet(prs_FirstName=["Efua", "=Kofi()"], prs_Gender=["Feminine", "Masculin"]))
    client.post(reverse("exchange:run", args=[staged().pk]))
    batch = ImportBatch.objects.get()
    listed = client.get(reverse("exchange:report_list", args=[batch.pk])).content.decode("utf-8-sig")
    assert listed.splitlines()[1].startswith("3,prs_Gender,Masculin,yes,")
    rows = client.get(reverse("exchange:rejected", args=[batch.pk])).content.decode("utf-8-sig")
    assert rows.splitlines()[0] == "prs_FirstName,prs_Gender,havre_row,havre_problem"
    assert rows.splitlines()[1].startswith("'=Kofi(),Masculin,3,prs_Gender:")

    upload(client, io.BytesIO(rows.replace(",Masculin,", ",Masculine,").encode()))
    client.post(reverse("exchange:run", args=[staged().pk]))
    assert cases() == 2


@pytest.mark.parametrize("name", ["check", "check_list", "report_list", "rejected"])
def test_what_stands_in_a_sheet_is_opened_only_after_the_second_factor(name):
    client = signed_in(make_now())
    upload(client, sheet(prs_FirstName="Efua", prs_Gender="Masculin"))
    pk = staged().pk
    if name in ("report_list", "rejected"):
        client.post(reverse("exchange:run", args=[pk]))
        pk = ImportBatch.objects.get().pk
    answer = rested(client).get(reverse(f"exchange:{name}", args=[pk]))
    assert (answer.status_code, b"Efua" in answer.content) == (302, False)
    assert "confirm" in answer["Location"]


def test_report_without_the_second_factor_shows_counts_and_no_value():
    client = signed_in(make_now())
    upload(client, sheet(prs_FirstName="Efua", prs_Gender="Masculin"))
    client.post(reverse("exchange:run", args=[staged().pk]))
    page = rested(client).get(reverse("exchange:report", args=[ImportBatch.objects.get().pk]))
    assert (page.status_code, b"Masculin" in page.content, b"not in the standard" in page.content) == (200, False, True)


@pytest.mark.parametrize("name", ["report", "report_list", "rejected", "check"])
def test_import_of_another_organisation_is_missing(name):
    client = signed_in(make_now())
    upload(client, sheet(prs_FirstName="Efua", prs_Gender="Masculin"))
    pk = staged().pk
    if name != "check":
        client.post(reverse("exchange:run", args=[pk]))
        pk = ImportBatch.objects.get().pk
    assert signed_in(make_now()).get(reverse(f"exchange:{name}", args=[pk])).status_code == 404


def test_button_pressed_twice_imports_once_and_gives_the_same_report():
    client = signed_in(make_now())
    upload(client, sheet(prs_FirstName="Efua", prs_Gender="Feminine"))
    url, said = reverse("exchange:run", args=[staged().pk]), {"once": "018f3c1e-0000-7000-8000-000000000001"}
    first, second = client.post(url, said), client.post(url, said)
    assert (first.status_code, first["Location"], cases()) == (302, second["Location"], 1)


def test_waiting_sheet_is_removed_on_request():
    client = signed_in(make_now())
    upload(client, sheet(prs_FirstName="Efua", prs_Gender="Feminine"))
    client.post(reverse("exchange:forget", args=[staged().pk]))
    assert (ImportBatch.objects.count(), SealedSection.objects.for_house("tests").count()) == (0, 0)


def test_sweep_removes_sheets_after_a_day_and_rejected_rows_after_thirty():
    client = signed_in(make_now())
    upload(client, sheet(prs_FirstName="Efua", prs_Gender="Masculin"))
    client.post(reverse("exchange:run", args=[staged().pk]))
    upload(client, sheet(prs_FirstName="Kofi", prs_Gender="Masculine"))
    now = timezone.now()
    kinds = SealedSection.objects.for_house("tests").order_by("kind").values_list("kind", flat=True)

    assert (staging.sweep(at=now), list(kinds)) == (0, ["import", "upload"])
    assert (staging.sweep(at=now + timedelta(days=2)), list(kinds.all())) == (1, ["import"])
    assert (staging.sweep(at=now + timedelta(days=31)), list(kinds.all())) == (1, [])
    assert ImportBatch.objects.get().rejected == 1


@pytest.mark.parametrize(
    ("role", "imports", "exports", "datasets"),
    [
        (Role.CASE_MANAGER, 200, 200, 200),
        (Role.HELPLINE, 200, 403, 200),
        (Role.RAPPORTEUR, 403, 403, 200),
        (Role.INVESTIGATOR, 403, 403, 403),
    ],
)
def test_pages_are_open_to_the_jobs_that_have_the_right(role, imports, exports, datasets):
    client = signed_in(make_now(role))
    found = tuple(client.get(reverse(f"exchange:{name}")).status_code for name in ("imports", "exports", "datasets"))
    assert found == (imports, exports, datasets)


def test_copy_is_downloaded_sealed_under_a_name_that_says_nothing():
    officer, recipient = make_now(), pyrage.x25519.Identity.generate()
    client = signed_in(officer)
    upload(client, sheet(prs_FirstName="Efua", prs_Gender="Feminine"))
    client.post(reverse("exchange:run", args=[staged().pk]))
    until = (timezone.now() + timedelta(days=20)).date().isoformat()
    said = {"reason": "transfer", "recipient": str(recipient.to_public()), "expires_on": until, "form": "csv"}
    answer = client.post(reverse("exchange:exports"), said)

    record = ExportRecord.objects.get()
    assert answer["Content-Disposition"] == f'attachment; filename="copy-{record.mark}.age"'
    with zipfile.ZipFile(io.BytesIO(pyrage.decrypt(answer.content, [recipient]))) as archive:
        assert sorted(archive.namelist()) == ["htcds.csv", "sidecar.json"]
    assert client.post(reverse("exchange:exports"), {**said, "recipient": "age1x"}).status_code == 422


def test_published_data_are_kept_from_their_page(settings, tmp_path):
    settings.HAVRE_HOME = tmp_path
    header = ["yearOfRegistration", "gender", "ageBroad", "citizenship", "meansThreats", "isForcedLabour"]
    file = SimpleUploadedFile("x.csv", csv_file([header, ["2020", "Woman", "9--17", "GHA", "1", "1"]]).getvalue())
    said = {"title": "Example set", "origin": "Example publisher", "licence": "CC BY 4.0"}
    page = signed_in(make_now(Role.RAPPORTEUR)).post(reverse("exchange:datasets"), {**said, "file": file}, follow=True)
    assert (page.status_code, ExternalDataset.objects.get().rows, cases()) == (200, 1, 0)


def test_list_of_imports_asks_the_database_no_more_for_twenty_than_for_one(django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    officer = make_now()
    client = signed_in(officer)

    def add(number):
        ImportBatch.objects.create(
            organisation_id=officer.organisation_id, by=officer.user, file_key=str(number), options_key="", state="running"
        )

    def asked():
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get(reverse("exchange:imports")).status_code == 200
        return len(found)

    add(0)
    one = asked()
    for number in range(1, 20):
        add(number)
    assert asked() == one
