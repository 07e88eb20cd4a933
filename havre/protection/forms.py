"""Forms of protection. A field left empty is not written down: silence never overwrites a record."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from havre.protection.enums import (
    CloseReason,
    DecisionBody,
    DecisionReason,
    KeptBecause,
    Need,
    Profession,
    Profile,
    RecoveryAnswer,
    RiskLevel,
    ScreeningOutcome,
    ServiceKind,
    ServiceReason,
    Situation,
    Threat,
)
from havre.register.enums import AgeBasis
from havre.trust.models import Organisation
from havre.trust.overrides import OverrideReason

YES_NO = [("", _("Not recorded")), ("true", _("Yes")), ("false", _("No"))]


def optional(choices: Any, label: Any, **fields: Any) -> forms.ChoiceField:
    """A list with an empty first line."""
    return forms.ChoiceField(choices=[("", "—"), *choices], label=label, required=False, **fields)


CHILD_FIELDS = frozenset({"best_interests_at", "child_heard_at", "guardian_named_at", "accompanied"})


def keep_only(form: forms.Form, written: Collection[str], *, child: bool | None) -> None:
    """Leave out of a form the fields that none of the offered steps writes down, and those on a child where the person is none."""
    kept = {"step", "words_for", "words_against", *written}
    if "members" in kept:
        kept |= {"organisations", "professions"}
    for name in set(form.fields) - kept | (CHILD_FIELDS & set(form.fields) if child is False else set()):
        del form.fields[name]


def yes_no(label: Any) -> forms.TypedChoiceField:
    """Three states: yes, no, not recorded (None)."""
    return forms.TypedChoiceField(choices=YES_NO, label=label, required=False, coerce=lambda value: value == "true", empty_value=None)


class StartForm(forms.Form):
    """Before the first card: where, in which language, and the three rights of a first contact."""

    situation = forms.ChoiceField(choices=Situation.choices, label=_("Place"))
    profile = forms.ChoiceField(choices=Profile.choices, label=_("Set of cards"))
    language = forms.CharField(max_length=8, label=_("Language of the talk (three letters)"))
    informed = forms.BooleanField(required=False, label=_("I said who asks, why, and what happens to the answers"))
    interpreter = forms.BooleanField(required=False, label=_("With an interpreter"))
    interpreter_conflict_checked = forms.BooleanField(required=False, label=_("The interpreter has no link with anyone concerned"))
    privacy_confirmed = forms.BooleanField(required=False, label=_("We talk without anyone who came with the person"))
    safety_level = optional(RiskLevel.choices, _("Danger now"))
    medical_need = yes_no(_("Care needed now"))
    urgent_done = forms.BooleanField(required=False, label=_("What was urgent has been done"))
    gender = forms.CharField(max_length=40, required=False, label=_("Gender, as the person says it"))
    age_on_opening = forms.IntegerField(min_value=0, max_value=130, required=False, label=_("Age"))
    age_basis = optional(AgeBasis.choices, _("The age rests on"))
    presumed_minor = forms.BooleanField(required=False, label=_("Age in doubt: presumed a child"))
    # a talk that is not real: nothing of it is stored; and the number of a person of a group, who has a case already
    practice = forms.BooleanField(required=False, widget=forms.HiddenInput)
    number = forms.UUIDField(required=False, widget=forms.HiddenInput)


class KeepForm(forms.Form):
    """After the last card: whether anything is kept, and why."""

    kept_because = forms.ChoiceField(choices=KeptBecause.choices, label=_("Kept because"), widget=forms.RadioSelect, required=False)


class OutcomeForm(forms.Form):
    outcome = forms.ChoiceField(choices=ScreeningOutcome.choices, label=_("Outcome that you confirm"), widget=forms.RadioSelect)


class MomentField(forms.DateTimeField):
    """A day and time that may be left empty."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"})

    def __init__(self, **fields: Any) -> None:
        super().__init__(required=False, **fields)


class RecordForm(forms.Form):
    """What the steps of an identification rest on. `record` gives what was filled in, and nothing else."""

    informed_at = MomentField(label=_("Rights explained"))
    language = forms.CharField(max_length=8, required=False, label=_("In this language"))
    reason = optional(DecisionReason.choices, _("Reason"))
    foreign_national = yes_no(_("Foreign national"))
    removal_hold_ref = forms.CharField(max_length=40, required=False, label=_("Reference of the hold on removal"))
    recovery_offered_at = MomentField(label=_("Recovery period offered"))
    recovery_answer = optional(RecoveryAnswer.choices, _("The person's answer"))
    body = optional(DecisionBody.choices, _("Who decides"))
    organisations = forms.ModelMultipleChoiceField(Organisation.objects.none(), required=False, label=_("Organisations in the decision"))
    professions = forms.MultipleChoiceField(choices=Profession.choices, required=False, label=_("Professions"))
    trained_member = yes_no(_("At least one trained member"))
    notice_at = MomentField(label=_("Decision given to the person"))
    best_interests_at = MomentField(label=_("Best interests assessed"))
    child_heard_at = MomentField(label=_("Child heard"))
    guardian_named_at = MomentField(label=_("Guardian named"))
    accompanied = yes_no(_("Child accompanied by a parent"))
    words_for = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False, label=_("What speaks for"))
    words_against = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), required=False, label=_("What speaks against"))

    def __init__(self, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.fields["organisations"].queryset = Organisation.objects.filter(active=True)  # type: ignore[attr-defined]

    def record(self, allowed: frozenset[str]) -> dict[str, Any]:
        """The filled-in fields that this step records."""
        found = {name: value for name, value in self.cleaned_data.items() if name in allowed and value not in (None, "")}
        organisations, professions = list(self.cleaned_data.get("organisations", ())), self.cleaned_data.get("professions", [])
        if organisations and "members" in allowed:
            # the lists are paired in order; a body with fewer professions than organisations keeps the last one for the rest
            padded = [*professions, *[professions[-1] if professions else ""] * len(organisations)]
            found["members"] = [{"organisation": str(one.pk), "profession": padded[number]} for number, one in enumerate(organisations)]
        return found

    def words(self) -> dict[str, str]:
        return {"for": self.cleaned_data["words_for"], "against": self.cleaned_data["words_against"]}


class StepForm(RecordForm):
    """One step of the identification, chosen among those open to the actor."""

    step = forms.ChoiceField(label=_("Step"), widget=forms.RadioSelect)

    def __init__(
        self, *args: Any, steps: list[tuple[str, str]], written: Collection[str] | None = None, child: bool | None = None, **fields: Any
    ) -> None:
        super().__init__(*args, **fields)
        self.fields["step"].choices = steps  # type: ignore[attr-defined]
        if written is not None:
            keep_only(self, written, child=child)
        self.order_fields(["step"])


class WaiverForm(forms.Form):
    gates = forms.MultipleChoiceField(label=_("Conditions waived"), widget=forms.CheckboxSelectMultiple)
    reason = forms.ChoiceField(choices=OverrideReason.choices, label=_("Reason"))

    def __init__(self, *args: Any, gates: list[tuple[str, str]], **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.fields["gates"].choices = gates  # type: ignore[attr-defined]


class ExtendForm(forms.Form):
    ground = forms.ChoiceField(label=_("Ground"))
    days = forms.IntegerField(min_value=1, max_value=365, label=_("Days"))

    def __init__(self, *args: Any, grounds: list[tuple[str, Any]], **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.fields["ground"].choices = grounds  # type: ignore[attr-defined]


class StartHelpForm(forms.Form):
    needs = forms.MultipleChoiceField(
        choices=Need.choices, required=False, widget=forms.CheckboxSelectMultiple, label=_("What is needed now")
    )


class PlanForm(forms.Form):
    """One step of the plan and what it rests on."""

    step = forms.ChoiceField(label=_("Step"), widget=forms.RadioSelect)
    informed_at = MomentField(label=_("What is offered was explained"))
    answered_at = MomentField(label=_("The person answered"))
    free_to_come_and_go = yes_no(_("Free to come and go"))
    threats_reviewed_at = MomentField(label=_("Threats looked at again"))
    exit_plan_at = MomentField(label=_("Exit plan made with the person"))
    best_interests_at = MomentField(label=_("Best interests assessed"))
    child_heard_at = MomentField(label=_("Child heard"))
    guardian_named_at = MomentField(label=_("Guardian named"))
    accompanied = yes_no(_("Child accompanied by a parent"))
    close_reason = optional(CloseReason.choices, _("Closed because"))

    def __init__(
        self, *args: Any, steps: list[tuple[str, str]], written: Collection[str] | None = None, child: bool | None = None, **fields: Any
    ) -> None:
        super().__init__(*args, **fields)
        self.fields["step"].choices = steps  # type: ignore[attr-defined]
        if written is not None:
            keep_only(self, written, child=child)

    def record(self, allowed: frozenset[str]) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name in allowed and value not in (None, "")}


class ServiceForm(forms.Form):
    kind = forms.ChoiceField(choices=ServiceKind.choices, label=_("Kind of service"))
    need = forms.ChoiceField(choices=Need.choices, label=_("For this need"))
    informed = forms.BooleanField(required=False, label=_("The person was told what it is, and that it may be refused"))


class ServiceStepForm(forms.Form):
    step = forms.CharField(max_length=20)
    reason = optional(ServiceReason.choices, _("Reason"))
    informed = forms.BooleanField(required=False, label=_("The person was told what it is, and that it may be refused"))


class RiskForm(forms.Form):
    level = forms.ChoiceField(choices=RiskLevel.choices, label=_("Level"))
    threats = forms.MultipleChoiceField(choices=Threat.choices, required=False, widget=forms.CheckboxSelectMultiple, label=_("Threats"))
    with_person = forms.BooleanField(required=False, label=_("Assessed with the person"))
