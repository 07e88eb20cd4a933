"""The impact assessment: generated from the model and the policy that run, signed by the officer, out of date once they change."""

from __future__ import annotations

import ast
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from havre.standards import StandardsError
from havre.trust.assessment import services
from havre.trust.assessment.catalogue import PLACE, catalogue, read
from havre.trust.assessment.paper import change_words, paper_of
from havre.trust.assessment.snapshot import changes, digest, model_of
from havre.trust.contract import due, waiting
from havre.trust.enums import Act, Role, Section
from havre.trust.errands import ERRANDS
from havre.trust.errors import Invalid, Refused
from havre.trust.models import ActRow, Assessment
from havre.trust.policy import POLICY
from havre.trust.policy.rls import protected_models
from havre.trust.policy.rows import ON_CASE_WITH_CONSENT, Allow
from havre.trust.retention.planning import rules
from tests.factories_site import make_now, signed_in

ROOT = Path(__file__).resolve().parents[2]
OFFICER = Role.DATA_PROTECTION_OFFICER


def today():
    return timezone.localdate()


def in_a_year():
    return today() + timedelta(days=365)


def levels(level="low"):
    return {risk.id: level for risk in catalogue().risks}


def sign(officer, **other):
    said = {"shown": digest(model_of(today())), "residual": levels(), "opinion": "accept", "conditions": "", "review_on": in_a_year()}
    return services.sign(**{**said, **other}, by=officer)


class TestModel:
    def test_names_every_protected_table_right_errand_and_term(self):
        model = model_of(today())
        assert {key.split("/")[1] for key in model["table"]} == {one._meta.label for one in protected_models()}
        assert set(model["right"]) == {f"{section.code}/{role.value}/{act.value}" for act, section, role in POLICY.rules}
        assert set(model["errand"]) == ERRANDS - {"tests"}
        assert set(model["term"]) == {rule.id for rule in rules()}
        assert all(right["laws"] and right["bases"] for right in model["right"].values())

    def test_every_reader_of_every_section_has_a_risk_with_a_measure_and_a_test(self):
        paper = paper_of(model_of(today()), {})
        pairs = {(part.code, reader.who): reader.risks for part in paper.parts for reader in part.readers}
        assert len(pairs) == len({(section, role) for _act, section, role in POLICY.rules})
        assert [pair for pair, risks in pairs.items() if not risks] == []
        assert [part.code for part in paper.parts if not part.others] == []
        assert [risk.id for risk in paper.risks if not risk.measures or not all(shown for _words, shown in risk.measures)] == []
        print(f"assessment: {len(paper.parts)} sections, {len(pairs)} readers of a section, {len(paper.risks)} risks,"
              f" {sum(len(risk.measures) for risk in paper.risks)} measures")  # fmt: skip

    def test_every_test_named_for_a_measure_exists(self):
        named = [one for risk in catalogue().risks for measure in risk.measures for one in measure.shown]
        wrong = []
        for one in named:
            path, _, name = one.partition("::")
            file = ROOT / path
            tree = ast.parse(file.read_text(encoding="utf-8")) if file.is_file() else ast.Module([], [])
            if name not in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}:
                wrong.append(one)
        assert wrong == []
        assert len(named) > 40

    def test_justice_has_no_line_under_whereabouts(self):
        part = next(one for one in paper_of(model_of(today()), {}).parts if one.code == "whereabouts")
        assert not {Role.INVESTIGATOR.label, Role.PROSECUTOR.label, Role.COMPENSATION_FUND.label} & {one.who for one in part.readers}

    def test_texts_are_there_in_french(self):
        with translation.override("fr"):
            paper = paper_of(model_of(today()), levels("moderate"))
            words = [risk.words for risk in paper.risks] + [part.need for part in paper.parts]
            assert paper.parts[1].title == "Identité"
        book = catalogue()
        assert set(words) == {one.fr for one in book.risks} | {one.fr for one in book.needs.values()}
        assert all(one.en != one.fr for one in (*book.risks, *book.frames))


class TestCatalogue:
    @pytest.mark.parametrize(
        ("found", "put", "said"),
        [
            ("sections: [whereabouts, identity]", "sections: [whereabout, identity]", "whereabout"),
            ("readers: [guardian, child_protection, case_manager]", "readers: [gardian]", "gardian"),
            ("severity: 2", "severity: 4", "1 to 3"),
            ("id: traced", "id: colleague", "twice"),
        ],
        ids=["section", "role", "level", "id"],
    )
    def test_fault_is_named_with_its_line_and_mend(self, found, put, said, tmp_path):
        path = tmp_path / "risks.yaml"
        path.write_text(PLACE.read_text(encoding="utf-8").replace(found, put, 1), encoding="utf-8")
        with pytest.raises(StandardsError, match=re.escape(said)) as wrong:
            read(path)
        assert "risks.yaml" in str(wrong.value)


class TestSigning:
    def test_officer_signs_a_version_that_keeps_the_model_and_leaves_one_act(self):
        officer = make_now(OFFICER)
        made = sign(officer, residual=levels("moderate"))
        made.refresh_from_db()
        assert (made.number, made.signed_by.user, made.outdated_at) == (1, officer.user, None)
        assert digest(made.model) == made.digest == digest(model_of(today()))
        assert [row.codes for row in ActRow.objects.filter(event="assessment.sign")] == [{"version": 1}]
        assert sign(officer).number == 2

    @pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.COORDINATOR, Role.CASE_MANAGER])
    def test_nobody_else_signs(self, role):
        with pytest.raises(Refused) as refused:
            sign(make_now(role))
        assert (refused.value.status, Assessment.objects.count()) == (403, 0)

    def test_what_was_read_is_what_is_signed_and_the_factor_is_fresh(self):
        officer = make_now(OFFICER)
        with pytest.raises(Refused) as refused:
            sign(officer.on(officer.at + timedelta(hours=1)), shown="0" * 64)
        assert len(refused.value.reasons) == 2
        assert Assessment.objects.count() == 0

    def test_high_risk_that_remains_asks_for_the_supervisory_authority(self):
        officer = make_now(OFFICER)
        with pytest.raises(Invalid) as invalid:
            sign(officer, residual={**levels(), "traced": "high"})
        assert list(invalid.value.problems) == ["opinion"]
        assert sign(officer, residual={**levels(), "traced": "high"}, opinion="consult").opinion == "consult"

    def test_every_gap_is_named_at_once(self):
        some = levels()
        del some["child"]
        with pytest.raises(Invalid) as invalid:
            sign(make_now(OFFICER), residual=some, opinion="conditions", conditions=" ", review_on=today())
        assert set(invalid.value.problems) == {"risk_child", "conditions", "review_on"}


class TestOutOfDate:
    def test_new_policy_row_new_table_and_new_errand_are_listed(self):
        before = model_of(today())
        row = Allow(frozenset({Act.READ}), Section.HEALTH, {Role.LEGAL_AID}, ON_CASE_WITH_CONSENT, "law X")
        after = model_of(today(), policy=type(POLICY)((*POLICY.rows, row)))
        after["table"]["health/protection.Planted"] = ""
        del after["errand"]["clocks"]
        after["term"]["whereabouts"]["months"] = 99
        found = changes(before, after)
        assert [(one.kind, one.key, one.what) for one in found] == [
            ("table", "health/protection.Planted", "added"),
            ("right", "health/legal_aid/read", "added"),
            ("errand", "clocks", "gone"),
            ("term", "whereabouts", "changed"),
        ]
        words = change_words(found, after, before)
        assert words[1] == "Right “Health, Legal aid, Read”: new"
        assert digest(after) != digest(before)

    def test_worker_notes_since_when_once_and_takes_it_back_when_the_model_agrees_again(self):
        officer = make_now(OFFICER)
        assert (services.mark(officer.at), [one.url for one in waiting(officer)]) == (0, [reverse("assessment")])
        made = sign(officer)
        assert (services.mark(officer.at), list(waiting(officer))) == (0, [])
        older = {**made.model, "errand": {name: "" for name in made.model["errand"] if name != "vault"}}
        Assessment.objects.filter(pk=made.pk).update(model=older, digest=digest(older))
        assert due(officer.at) == 1
        assert services.mark(officer.at + timedelta(days=3)) == 0
        made.refresh_from_db()
        assert (made.outdated_at, made.changes) == (officer.at, [["errand", "vault", "added"]])
        assert [str(one.title) for one in waiting(officer)] == ["The impact assessment is out of date"]
        Assessment.objects.filter(pk=made.pk).update(model=model_of(today()), digest=digest(model_of(today())))
        assert services.mark(officer.at) == 1
        made.refresh_from_db()
        assert (made.outdated_at, made.changes) == (None, [])


class TestPages:
    def form(self, **other):
        said = {f"risk_{risk}": level for risk, level in levels().items()}
        return {**said, "digest": digest(model_of(today())), "opinion": "accept", "review_on": in_a_year().isoformat(), **other}

    @pytest.fixture(autouse=True)
    def _static(self, settings, tmp_path):
        settings.STATIC_ROOT = tmp_path

    @pytest.mark.parametrize("language", ["en", "fr"])
    def test_officer_reads_signs_and_reads_the_version(self, language):
        client, page = signed_in(make_now(OFFICER, language=language)), reverse("assessment")
        shown = client.get(page)
        said = catalogue().risks[0]
        assert (shown.status_code, getattr(said, language) in shown.content.decode()) == (200, True)
        assert client.post(page, self.form(opinion="")).status_code == 422
        assert client.post(page, self.form(digest="x")).status_code == 409
        assert client.post(page, self.form(conditions="More drills")).status_code == 302
        version = client.get(page + "?version=1")
        assert "More drills" in version.content.decode()
        assert client.get(page + "?version=2").status_code == 404
        assert client.get(page + "?version=x").status_code == 404

    def test_overtaken_version_says_what_changed(self):
        officer = make_now(OFFICER)
        made = sign(officer)
        older = {**made.model, "errand": {name: "" for name in made.model["errand"] if name != "vault"}}
        Assessment.objects.filter(pk=made.pk).update(model=older, digest=digest(older))
        text = signed_in(officer).get(reverse("assessment")).content.decode()
        assert "out of date since today" in text
        assert "Errand of the house “opens, re-seals and rotates sealed sections" in text

    def test_stale_factor_is_asked_for_and_nobody_else_comes_in(self):
        page = reverse("assessment")
        assert signed_in(make_now(OFFICER), fresh=False).post(page, self.form()).status_code == 409
        assert Assessment.objects.count() == 0
        for role in (Role.ADMINISTRATOR, Role.COORDINATOR, Role.CASE_MANAGER):
            client = signed_in(make_now(role))
            assert (client.get(page).status_code, client.get(reverse("assessment_paper")).status_code) == (403, 403)

    def test_paper_holds_every_risk_and_the_signature(self):
        pdfium = pytest.importorskip("pypdfium2")
        officer = make_now(OFFICER, language="fr")
        sign(officer, residual=levels("moderate"))
        answer = signed_in(officer).get(reverse("assessment_paper") + "?version=1")
        assert answer["Content-Type"] == "application/pdf"
        assert ActRow.objects.filter(event="assessment.print").count() == 1
        document = pdfium.PdfDocument(answer.content)
        text = re.sub(r"\s+", " ", " ".join(page.get_textpage().get_text_bounded() for page in document))
        assert [risk.id for risk in catalogue().risks if re.sub(r"\s+", " ", risk.fr) not in text] == []
        assert officer.user.name in text and "Modéré" in text
        draft = signed_in(officer).get(reverse("assessment_paper")).content
        assert draft[:5] == b"%PDF-"
        print(f"assessment as PDF: {len(document)} pages, {len(answer.content)} bytes")
