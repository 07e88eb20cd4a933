"""The commands of exchange, as somebody types them."""

from __future__ import annotations

from datetime import timedelta

import pyrage
import pytest
from click.testing import CliRunner
from django.utils import timezone

from havre.register.models import Case, ExportRecord, ExternalDataset, ImportBatch
from havre.site.commands import import_ as commands
from havre.site.commands.export import export
from havre.trust.enums import Role
from tests.factories import MembershipFactory
from tests.factories_exchange import csv_file, sheet
from tests.factories_vault import unlocked  # noqa: F401

PASSWORD = "a long example password"


@pytest.fixture
def account(unlocked, monkeypatch):  # noqa: F811
    membership = MembershipFactory(role=Role.CASE_MANAGER)
    membership.user.set_password(PASSWORD)
    membership.user.save()
    # the vault is open in this process already
    monkeypatch.setattr(commands, "unlock_for_command", lambda: unlocked)
    return membership.user


def typed(command, *arguments, words=PASSWORD):
    return CliRunner().invoke(command, [str(argument) for argument in arguments], input=f"{words}\n")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "sheet.csv"
    path.write_bytes(sheet(prs_FirstName=["Efua", "Kofi"], prs_Gender=["Feminine", "Masculin"]).getvalue())
    return path


def test_import_command_imports_and_says_what_became_of_the_rows(account, file):
    answer = typed(commands.import_, file, "--as", account.username)
    assert (answer.exit_code, Case.objects.for_house("tests").count()) == (0, 1)
    assert "1 new, 0 unchanged, 1 rejected and kept" in answer.output


def test_import_command_check_writes_nothing_but_the_report_that_was_asked_for(account, file, tmp_path):
    report = tmp_path / "report.csv"
    answer = typed(commands.import_, file, "--as", account.username, "--check", "--report", report)
    assert (answer.exit_code, ImportBatch.objects.count(), oct(report.stat().st_mode)[-3:]) == (0, 0, "600")
    assert "3,prs_Gender,Masculin,yes," in report.read_text(encoding="utf-8-sig")


def test_import_command_with_a_wrong_password_does_nothing(account, file):
    answer = typed(commands.import_, file, "--as", account.username, words="wrong")
    assert (answer.exit_code, ImportBatch.objects.count()) == (1, 0)


def test_import_command_of_a_broken_file_ends_with_its_mend_and_no_traceback(account, tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"\x89PNG\0\0")
    answer = typed(commands.import_, path, "--as", account.username)
    assert (answer.exit_code, "CSV UTF-8" in answer.output, "Traceback" in answer.output) == (1, True, False)


def test_external_command_keeps_published_data(account, tmp_path, settings):
    settings.HAVRE_HOME = tmp_path
    path = tmp_path / "ctdc.csv"
    header = ["yearOfRegistration", "gender", "ageBroad", "citizenship", "meansThreats", "isForcedLabour"]
    path.write_bytes(csv_file([header, ["2020", "Woman", "9--17", "GHA", "1", "1"]]).getvalue())
    said = ("--title", "Example", "--source", "Example publisher", "--licence", "CC BY 4.0")
    answer = typed(commands.external, path, "--as", account.username, *said)
    assert (answer.exit_code, ExternalDataset.objects.get().rows) == (0, 1)


def test_export_command_without_an_application_for_codes_is_refused(account, file, tmp_path):
    typed(commands.import_, file, "--as", account.username)
    key = pyrage.x25519.Identity.generate().to_public()
    until = (timezone.now() + timedelta(days=5)).date()
    to = tmp_path / "copy.age"
    said = ("--reason", "transfer", "--recipient", key, "--until", until)
    answer = typed(export, to, "--as", account.username, *said, words=f"{PASSWORD}\n000000")
    assert (answer.exit_code, to.exists(), ExportRecord.objects.count()) == (1, False, 0)


def test_demonstration_command_refuses_an_instance_that_is_no_demonstration(account):
    answer = typed(commands.demonstration, "--country", "gh", "--persons", "5")
    assert (answer.exit_code, Case.objects.for_house("tests").count()) == (1, 0)


def test_demonstration_command_fills_a_demonstration(account, settings):
    settings.DEMO = True
    answer = typed(commands.demonstration, "--country", "tl", "--persons", "12")
    assert (answer.exit_code, ImportBatch.objects.count()) == (0, 6)
    assert Case.objects.for_house("tests").filter(made_up=False).count() == 0


def test_demonstration_command_writes_sheets_to_look_at(account, tmp_path):
    answer = typed(commands.demonstration, "--country", "th", "--persons", "12", "--folder", tmp_path / "sheets")
    assert (answer.exit_code, len(list((tmp_path / "sheets").iterdir())), ImportBatch.objects.count()) == (0, 6, 0)
