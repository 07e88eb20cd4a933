"""What the person's page takes in. Labels are in the person's language, so they are given when the form is made."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from havre.register.enums import RequestKind, RequestOutcome, SafetyAnswer, WhatIsWrong, WhyNot
from havre.register.models import Consent
from havre.register.person.acts import HOURS, LONGEST
from havre.register.person.words import Words, languages
from havre.trust.enums import Section


class OpenForm(forms.Form):
    """In which language the page opens."""

    language = forms.ChoiceField(label=_("Language of the page"), choices=lambda: list(languages().items()), widget=forms.RadioSelect)
    agrees = forms.BooleanField(label=_("The person wants to look at it now, here, with you"))


class AskForm(forms.Form):
    """What is asked, about which part, what is not right, and words that may stay empty."""

    all_optional = True
    about = forms.TypedChoiceField(required=False, coerce=lambda value: Section(int(value)), empty_value=None)
    wrong = forms.ChoiceField(required=False, widget=forms.RadioSelect)
    reading = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    words = forms.CharField(required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, words: Words, kind: str, **fields: Any) -> None:
        super().__init__(*args, **fields)
        inner: Any = self.fields
        inner["about"].label, inner["words"].label = words["about"], words["your_words"]
        inner["about"].choices = [("", words["not_said"]), *((int(one), words[one.code]) for one in Section)]
        if kind == RequestKind.RECTIFY:
            inner["wrong"].label = words["what_wrong"]
            inner["wrong"].required = True
            inner["wrong"].choices = [(one.value, words[one.value]) for one in WhatIsWrong]
        else:
            del inner["wrong"]


class LessForm(forms.Form):
    """The parts that stay open."""

    sections = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, words: Words, consent: Consent, **fields: Any) -> None:
        super().__init__(*args, **fields)
        inner: Any = self.fields
        open_now = [one for one in Section(consent.sections) if one != Section.CASE]
        inner["sections"].label = words["keep_open"]
        inner["sections"].choices = [(str(int(one)), words[one.code]) for one in open_now]
        inner["sections"].initial = [str(int(one)) for one in open_now]


class AnswerRequestForm(forms.Form):
    """What came of a request, and why not where it is not done in full."""

    outcome = forms.ChoiceField(label=_("Outcome"), choices=RequestOutcome.choices, widget=forms.RadioSelect)
    why_not = forms.ChoiceField(label=_("If not in full: why"), choices=[("", "—"), *WhyNot.choices], required=False)


class CodeForm(forms.Form):
    """The safety question before a remote code."""

    wished = forms.BooleanField(label=_("The person asks for it; nobody proposed it"), required=False)
    answers = forms.MultipleChoiceField(
        label=_("Who else may hold or see the telephone?"), choices=SafetyAnswer.choices, widget=forms.CheckboxSelectMultiple
    )
    hours = forms.TypedChoiceField(label=_("How long the code lives (hours)"), choices=[(one, one) for one in HOURS], coerce=int)
    language = forms.ChoiceField(label=_("Language of the page"), choices=lambda: list(languages().items()))
