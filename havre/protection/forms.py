"""Forms of protection. A field left empty is not written down: silence never overwrites a record."""

from __future__ import annotations

from collections.abc import Collection, Mapping
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
from havre.protection.enums_care import Channel, OwnView, RiskAbout
from havre.protection.enums_evidence import AnywayReason, LateReason
from havre.register.enums import AgeBasis
from havre.register.models.consents import MAJORITY
from havre.register.tongues import TongueField
from havre.trust.forms import PastMomentField
from havre.trust.models import Organisation

YES_NO = [("", _("Not recorded")), ("true", _("Yes")), ("false", _("No"))]


def optional(choices: Any, label: Any, **fields: Any) -> forms.ChoiceField:
    """A list with an empty first line."""
    return forms.ChoiceField(choices=[("", "—"), *choices], label=label, required=False, **fields)


CHILD_FIELDS = frozenset({"accompanied"})


def keep_only(form: forms.Form, written: Collection[str], *, child: bool | None) -> None:
    """Leave out of a form the fields that none of the offered steps writes down, and those on a child where the person is none."""
    kept = {"step", "words_for", "words_against", *written}
    if "members" in kept:
        kept |= {"organisations", "professions"}
    if "late_reason" in kept:
        kept |= {"anyway"}
    for name in set(form.fields) - kept | (CHILD_FIELDS & set(form.fields) if child is False else set()):
        del form.fields[name]


def yes_no(label: Any) -> forms.TypedChoiceField:
    """Three states: yes, no, not recorded (None)."""
    return forms.TypedChoiceField(choices=YES_NO, label=label, required=False, coerce=lambda value: value == "true", empty_value=None)


class StartForm(forms.Form):
    """Before the first card: where, in which language, and the three rights of a first contact."""

    situation = forms.ChoiceField(choices=Situation.choices, label=_("Place"))
    profile = forms.ChoiceField(choices=Profile.choices, label=_("Set of cards"))
    language = TongueField(label=_("Language of the talk"))
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

    def clean(self) -> dict[str, Any]:
        """For a child no means need be shown (Palermo Protocol art. 3(c)): a set of an adult would ask for them all the same."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        age = told.get("age_on_opening")
        young = told.get("presumed_minor") or (age is not None and age < MAJORITY)
        if young and str(told.get("profile", "")).startswith("adult"):
            self.add_error("profile", _("This person is under 18, or presumed to be: choose a set of cards for a child."))
        return told


# what the rights of a first contact rest on: asked before the first card, and asked again where something was left open
RIGHTS = ("informed", "interpreter", "interpreter_conflict_checked", "privacy_confirmed", "safety_level", "medical_need", "urgent_done")


class KeepForm(forms.Form):
    """After the last card: whether anything is kept, and why."""

    # only "keep nothing" needs no reason, and that button sends none
    all_optional = True
    kept_because = forms.ChoiceField(choices=KeptBecause.choices, label=_("Kept because"), widget=forms.RadioSelect, required=False)


class OutcomeForm(forms.Form):
    outcome = forms.ChoiceField(choices=ScreeningOutcome.choices, label=_("Outcome that you confirm"), widget=forms.RadioSelect)


class RecordForm(forms.Form):
    """What the steps of an identification rest on. `record` gives what was filled in, and nothing else.

    Best interests are a record of their own: here only whether a parent accompanies the child is entered.
    """

    informed_at = PastMomentField(required=False, label=_("Rights explained"))
    language = TongueField(required=False, label=_("In this language"))
    reason = optional(DecisionReason.choices, _("Reason"))
    foreign_national = yes_no(_("Foreign national"))
    removal_hold_ref = forms.CharField(max_length=40, required=False, label=_("Reference of the hold on removal"))
    recovery_offered_at = PastMomentField(required=False, label=_("Recovery period offered"))
    recovery_answer = optional(RecoveryAnswer.choices, _("The person's answer"))
    body = optional(DecisionBody.choices, _("Who decides"))
    organisations = forms.ModelMultipleChoiceField(Organisation.objects.none(), required=False, label=_("Organisations in the decision"))
    professions = forms.MultipleChoiceField(choices=Profession.choices, required=False, label=_("Professions"))
    trained_member = yes_no(_("At least one trained member"))
    notice_at = PastMomentField(required=False, label=_("Decision given to the person"))
    appeal_ref = forms.CharField(max_length=40, required=False, label=_("Reference of the court"))
    late_reason = optional(LateReason.choices, _("Told late because (never counted against the person)"))
    accompanied = yes_no(_("Child accompanied by a parent"))
    anyway = optional(AnywayReason.choices, _("Sent all the same, because"))
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


class OfSteps(forms.BoundField):
    """A field that names the steps which write it down, so that the page shows those of the chosen step alone."""

    form: StepForm

    def css_classes(self, extra_classes: Any = None) -> str:
        steps = "" if self.name == "step" else " ".join(["of-step", *(f"of-{step}" for step in self.form.steps_of(self.name))])
        return f"{super().css_classes(extra_classes)} {steps}".strip()


class StepForm(RecordForm):
    """One step of the identification, chosen among those open to the actor. `records`: step → the fields that it writes down."""

    bound_field_class = OfSteps
    step = forms.ChoiceField(label=_("Step"), widget=forms.RadioSelect)

    def __init__(
        self, *args: Any, steps: list[tuple[str, str]], records: Mapping[str, Collection[str]], child: bool | None = None, **fields: Any
    ) -> None:
        super().__init__(*args, **fields)
        self.written = {step: set(records.get(step, ())) for step, _name in steps}
        self.fields["step"].choices = steps  # type: ignore[attr-defined]
        keep_only(self, set().union(*self.written.values()), child=child)
        self.order_fields(["step"])

    def steps_of(self, name: str) -> list[str]:
        """The offered steps that this field belongs to: words of reasons go with every one."""
        of = {"organisations": "members", "professions": "members", "anyway": "late_reason"}.get(name, name)
        return [step for step, written in self.written.items() if name in {"words_for", "words_against"} or of in written]

    def clean(self) -> dict[str, Any]:
        """What was typed for another step is not seen, so nobody is asked to mend it; `record` does not take it either."""
        found = super().clean() or {}
        if step := found.get("step"):
            for name in [name for name in self.errors if name in self.fields and name != "step" and step not in self.steps_of(name)]:
                del self.errors[name]
        return found


class PeriodForm(forms.Form):
    """One act on the recovery period, on one of the grounds that its rule lists."""

    ground = forms.ChoiceField(label=_("Ground"))
    days = forms.IntegerField(min_value=1, max_value=365, label=_("Days"))

    def __init__(self, *args: Any, act: str, grounds: dict[str, Any], **fields: Any) -> None:
        super().__init__(*args, **fields)
        if act != "extend":
            del self.fields["days"]
        if act == "resume":
            del self.fields["ground"]
            return
        self.fields["ground"].choices = [(code, words) for code, (words, _source) in grounds.items()]  # type: ignore[attr-defined]


class StartHelpForm(forms.Form):
    needs = forms.MultipleChoiceField(
        choices=Need.choices, required=False, widget=forms.CheckboxSelectMultiple, label=_("What is needed now")
    )


class PlanForm(forms.Form):
    """One step of the plan and what it rests on."""

    step = forms.ChoiceField(label=_("Step"), widget=forms.RadioSelect)
    informed_at = PastMomentField(required=False, label=_("What is offered was explained"))
    answered_at = PastMomentField(required=False, label=_("The person answered"))
    free_to_come_and_go = yes_no(_("Free to come and go"))
    threats_reviewed_at = PastMomentField(required=False, label=_("Threats looked at again"))
    exit_plan_at = PastMomentField(required=False, label=_("Exit plan made with the person"))
    accompanied = yes_no(_("Child accompanied by a parent"))
    close_reason = optional(CloseReason.choices, _("Closed because"))
    own_view = optional(OwnView.choices, _("How the person thinks it went"))
    words_view = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=4000, label=_("In the person's own words")
    )

    def __init__(
        self, *args: Any, steps: list[tuple[str, str]], written: Collection[str] | None = None, child: bool | None = None, **fields: Any
    ) -> None:
        super().__init__(*args, **fields)
        self.fields["step"].choices = steps  # type: ignore[attr-defined]
        if written is not None:
            keep_only(self, written, child=child)

    def record(self, allowed: frozenset[str]) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name in allowed and value not in (None, "")}

    def words(self, step: str) -> dict[str, str]:
        """The person's own view, where this step closes the help."""
        return {"account": self.cleaned_data.get("words_view", "")} if step == "close" else {}


class ServiceForm(forms.Form):
    """A service offered; `local` is the country's own list beside the nine HTCDS types."""

    kind = forms.ChoiceField(choices=ServiceKind.choices, label=_("Kind of service"))
    need = forms.ChoiceField(choices=Need.choices, label=_("For this need"))
    local_kind = optional([], _("Of the country's own list"))
    provider = forms.ModelChoiceField(
        Organisation.objects.none(),
        required=False,
        label=_("Organisation that gives it"),
        help_text=_("Not for a place to sleep: its name would tell where the person is. Write that under whereabouts."),
    )
    informed = forms.BooleanField(required=False, label=_("The person was told what it is, and that it may be refused"))

    def __init__(self, *args: Any, local: list[tuple[str, str]] | None = None, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.fields["provider"].queryset = Organisation.objects.filter(active=True)  # type: ignore[attr-defined]
        if local:
            self.fields["local_kind"].choices = [("", "—"), *local]  # type: ignore[attr-defined]
        else:
            del self.fields["local_kind"]


class ServiceStepForm(forms.Form):
    step = forms.CharField(max_length=20)
    reason = optional(ServiceReason.choices, _("Reason"))
    informed = forms.BooleanField(required=False, label=_("The person was told what it is, and that it may be refused"))


class RiskForm(forms.Form):
    """The danger, looked at again at a contact with the person or their family."""

    about = forms.ChoiceField(choices=RiskAbout.choices, label=_("Danger to"), initial=RiskAbout.PERSON, required=False)
    contact = optional(Channel.choices, _("At this contact"))
    level = forms.ChoiceField(choices=RiskLevel.choices, label=_("Level"))
    threats = forms.MultipleChoiceField(choices=Threat.choices, required=False, widget=forms.CheckboxSelectMultiple, label=_("Threats"))
    retrafficking = yes_no(_("Signs of being trafficked again"))
    with_person = forms.BooleanField(required=False, label=_("Assessed with the person"))
