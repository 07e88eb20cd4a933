"""The specimens of the style guide: every component in every state. People, organisations and figures are made up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from havre.site.templatetags.havre import STATUSES
from havre.trust.contracts import Entry, Waiting
from havre.trust.forms import DayField

# fmt: off
ICONS = (
    "havre", "home", "case", "swap", "consent", "screen", "chart", "board", "doc", "lock", "seal", "eye", "out", "menu", "close", "sound",
    "person", "note", "phone", "ok", "part", "none", "todo", "warn", "stop", "info", "clock",
)
# fmt: on


class SpecimenForm(forms.Form):
    """One field of each kind."""

    words = forms.CharField(label=gettext_lazy("A short text"), help_text=gettext_lazy("What is expected, in one line."))
    day = DayField(label=gettext_lazy("A day"))
    choice = forms.ChoiceField(
        label=gettext_lazy("One of several"),
        choices=(
            ("yes", gettext_lazy("Yes")),
            ("no", gettext_lazy("No")),
            ("refused", gettext_lazy("Does not wish to answer")),
            ("not_asked", gettext_lazy("Not asked")),
        ),
        widget=forms.RadioSelect,
    )
    list_of = forms.ChoiceField(
        label=gettext_lazy("One of many"), choices=(("a", gettext_lazy("First")), ("b", gettext_lazy("Second"))), required=False
    )
    agreed = forms.BooleanField(
        label=gettext_lazy("The person agrees"), help_text=gettext_lazy("They may change their mind."), required=False
    )
    long = forms.CharField(label=gettext_lazy("A long text"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    fixed = forms.CharField(label=gettext_lazy("Read only"), disabled=True, required=False, initial="D-2419")


def all_of_them() -> dict[str, Any]:
    """The context of the style guide's page."""
    now = timezone.now()
    wrong = SpecimenForm({"words": "", "day": "2026-13-01", "agreed": "on"}, prefix="wrong", initial={"fixed": "D-2419"})
    return {
        "icons": ICONS,
        "statuses": [(kind, words) for kind, words in _status_words().items() if kind in STATUSES],
        "form": SpecimenForm(prefix="right"),
        "wrong": wrong,
        "work": _work(now),
        "entries": _entries(now),
        "facts": [
            (_("Person"), _("Adult, 24 years")),
            (_("Languages"), _("English")),
            (_("Papers held by somebody else"), True),
            (_("Debt"), False),
            (_("Country of birth"), None),
        ],
        "heads": [_("Reference"), _("From"), _("Need")],
        "rows": _rows(),
        "tabs": [
            {"title": _("Thread"), "url": "#tabs", "current": True},
            {"title": _("Protection"), "url": "#tabs", "count": 4},
            {"title": _("Health"), "url": "#tabs", "locked": True},
        ],
        "steps": _steps(),
        "clocks": _clocks(),
        "gates": _gates(),
        "unmet": [
            {
                "heading": _("The recovery period is still running"),
                "words": _("It ends on 27 November. A decision before that day needs the person's written agreement."),
                "url": "#notices",
                "act": _("Attach their agreement"),
                "source": _("Council of Europe Convention, art. 13"),
            },
            _("the reasons do not say what speaks against"),
        ],
        "chart": _chart(),
        "method": _("Days, all cases made up. A number never stands without its period, unit and coverage."),
    }


def _status_words() -> dict[str, str]:
    return {
        "done": _("in place"),
        "doing": _("asked for"),
        "well": _("tomorrow, noon"),
        "soon": _("4 h 20 left"),
        "late": _("late by 2 days"),
        "caution": _("with a reserve"),
        "refused": _("refused"),
        "own-choice": _("declined by the person"),
        "todo": _("wished for"),
        "none": _("not recorded"),
        "closed": _("closed section"),
        "info": _("to know"),
    }


def _work(now: Any) -> list[Waiting]:
    return [
        Waiting(
            _("D-2398 · Give the person the answer"),
            "#work",
            now - timedelta(hours=15),
            _("The shelter answered. The person is waiting to know."),
        ),
        Waiting(
            _("D-2431 · Answer the referral"), "#work", now + timedelta(hours=4, minutes=20), _("A safe night, interpreter in English.")
        ),
        Waiting(
            _("D-2419 · End of the recovery period"),
            "#work",
            now + timedelta(days=3),
            _("Offer the extension, or note that it is not wanted."),
        ),
    ]


def _entries(now: Any) -> list[Entry]:
    return [
        Entry(now - timedelta(days=1), _("Contact, at the shelter"), _("Sleeps better. Safety plan read again together."), "person"),
        Entry(now - timedelta(days=4), _("Referral sent: medical consultation"), _("Shared: language, need, hours."), "swap"),
        Entry(now - timedelta(days=30), _("Presumption accepted"), "", "case"),
    ]


def _rows() -> list[list[Any]]:
    heads = (_("From"), _("Need"))
    return [
        ["O-881", {"head": heads[0], "value": _("Central hospital")}, {"head": heads[1], "value": _("A place, one adult")}],
        ["O-884", {"head": heads[0], "value": _("Airport brigade")}, {"head": heads[1], "value": _("One safe night, one adult")}],
    ]


def _steps() -> list[dict[str, str]]:
    return [
        {"title": _("Screening"), "words": _("27 October"), "state": "done"},
        {"title": _("Presumption"), "words": _("28 October, in 1 day"), "state": "done"},
        {"title": _("Recovery"), "words": _("until 27 November"), "state": "now"},
        {"title": _("Decision"), "words": _("28 November at the earliest"), "state": "next"},
    ]


def _clocks() -> list[dict[str, Any]]:
    return [
        {"title": _("Health answer"), "kind": "well", "said": _("26 h"), "share": 40, "words": _("Due tomorrow, noon")},
        {"title": _("Recovery"), "kind": "soon", "said": _("3 days"), "share": 90, "words": _("27 of 30 days."), "url": "#clocks"},
        {"title": _("Referral"), "kind": "late", "said": _("late by 50 min"), "share": 100, "words": _("Passed on to the coordination")},
        {"title": _("Residence"), "kind": "none", "said": _("paused"), "share": 40, "words": _("Paused: a document is awaited")},
    ]


def _gates() -> list[dict[str, str]]:
    return [
        {"words": _("Rights explained, in English, on 27 October"), "state": "met", "source": _("Council of Europe Convention, art. 12")},
        {"words": _("Recovery period over"), "state": "missing"},
        {"words": _("Two professions present"), "state": "overridden", "by": _("Set aside by the head of service: urgent medical care")},
    ]


def _chart() -> Any:
    title = _("Two made-up values: 94 % and 63 %, target 80 %.")
    return format_html(
        '<svg class="chart" viewBox="0 0 440 110" role="img" aria-labelledby="specimen-chart"><title id="specimen-chart">{}</title>'
        '<path class="l" d="M0 22V105M220 22V105M440 22V105"/><path class="l-ink" stroke-dasharray="4 3" d="M352 22V105"/>'
        '<text class="q" x="352" y="13" text-anchor="middle">80 %</text><text x="0" y="42">{}</text><text class="b" x="440" y="42" '
        'text-anchor="end">94 %</text><path class="l" d="M0 57H440"/><circle class="c-sea" cx="414" cy="57" r="6.5"/><text x="0" y="82">{}'
        '</text><text class="b" x="440" y="82" text-anchor="end">63 %</text><path class="l" d="M0 97H440"/>'
        '<path class="c-wait" d="M277 89l8 8l-8 8l-8 -8z"/></svg>',
        title,
        _("Shelters"),
        _("Bar association"),
    )
