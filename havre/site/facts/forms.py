"""What the fact pages take in: one shape of value for each kind of fact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre.site.facts.services import LONGEST_NOTE
from havre.standards import Fact, profile
from havre.standards.models import Confidence
from havre.trust.forms import DayField

NUMBERS = {"days": _("Days"), "age": _("Years"), "count": _("Persons")}
ROWS = 4


class ProposeForm(forms.Form):
    """A proposed value with its source. The fields of the value depend on the fact's kind; `value()` puts them together."""

    valid_from = DayField(label=_("In force from"), help_text=_("The day from which the law or the service is so."))
    source = forms.CharField(
        label=_("Source"), max_length=300, help_text=_("Article, gazette or document, as printed. The second reader opens it.")
    )
    confidence = forms.ChoiceField(
        label=_("Confidence"),
        choices=Confidence.choices,
        help_text=_("High: the primary text, or two sources. Medium: one secondary source. Low: to be confirmed."),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": ROWS}),
        help_text=_("What remains open. No name of a person and no case."),
    )

    def __init__(self, *args: Any, fact: Fact, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fact = fact
        own = _value_fields(fact)
        self.fields = {**own, **self.fields}
        self.fields["valid_from"].initial = timezone.localdate

    def value(self) -> Any:
        """The value as plain data. Call after `is_valid()`."""
        return _VALUES[self.fact.kind](self.cleaned_data)

    def take(self, problems: Mapping[str, Any]) -> None:
        """Show what the service found wrong beside the field it is about."""
        first = next(iter(self.fields))
        for name, words in problems.items():
            field = first if name == "value" else name if name in self.fields else None
            for word in words:
                self.add_error(field, str(word))


class ForceForm(forms.Form):
    """The day from which a revision that was read holds."""

    valid_from = DayField(label=_("In force from"))


def _area(label: Any, initial: str, help_text: Any = "", required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label, initial=initial, help_text=help_text, required=required, max_length=8000, widget=forms.Textarea(attrs={"rows": ROWS})
    )


def _value_fields(fact: Fact) -> dict[str, forms.Field]:
    now = fact.plain
    if fact.kind in NUMBERS:
        return {"value": forms.IntegerField(label=NUMBERS[fact.kind], initial=now, min_value=0)}
    if fact.kind == "authorities":
        choices = [(one.code, str(one.name)) for one in profile(fact.country).authorities]
        boxes = forms.CheckboxSelectMultiple
        return {"value": forms.MultipleChoiceField(label=_("Authorities"), choices=choices, initial=now or [], widget=boxes)}
    if fact.kind == "phones":
        lines = "\n".join(("SMS " if one["channel"] == "sms" else "") + one["number"] for one in now or [])
        dialled = forms.BooleanField(
            label=_("I have dialled every number and the right service answered"),
            required=False,
            help_text=_("Unless this is ticked, no number is printed or shown to the public."),
        )
        return {"value": _area(_("Numbers"), lines, _("One per line; SMS before a number for messages.")), "dialled": dialled}
    if fact.kind == "rates":
        help_text = _(
            "One per line: from | until (or nothing) | amount | currency, or % | hour, day, month or year | source | where, if not everywhere"
        )
        return {"value": _area(_("Rates"), "\n".join(_rate_line(one) for one in now or []), help_text)}
    if fact.kind == "record":
        return {"value": _area(_("Values"), _lines_of(now), _("One “name: value” per line."))}
    words = _("One entry per line, in the same order in both languages.") if fact.kind == "texts" else ""
    english, french = _both(now)
    return {"value_en": _area(_("In English"), english, words), "value_fr": _area(_("In French"), french, words)}


def _lines_of(value: Any) -> str:
    return "\n".join(f"{name}: {part}" for name, part in value.items()) if isinstance(value, dict) else ""


def _both(value: Any) -> tuple[str, str]:
    if isinstance(value, list):
        pairs = [_both(part) for part in value]
        return "\n".join(pair[0] for pair in pairs), "\n".join(pair[1] for pair in pairs)
    if isinstance(value, dict):
        return str(value.get("en", "")), str(value.get("fr", ""))
    return ("", "") if value is None else (str(value), str(value))


def _entries(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _number(data: Mapping[str, Any]) -> int:
    return data["value"]


def _text(data: Mapping[str, Any]) -> dict[str, str]:
    return {"en": data["value_en"].strip(), "fr": data["value_fr"].strip()}


def _texts(data: Mapping[str, Any]) -> list[dict[str, str]]:
    english, french = _entries(data["value_en"]), _entries(data["value_fr"])
    most = max(len(english), len(french))
    # a line without its other half is refused by the service, which says so
    padded = zip(english + [""] * (most - len(english)), french + [""] * (most - len(french)), strict=True)
    return [{"en": left, "fr": right} for left, right in padded]


def _phones(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for line in _entries(data["value"]):
        by_message = line.upper().startswith("SMS ")
        number = line[4:].strip() if by_message else line
        found.append({"number": number, "channel": "sms" if by_message else "call", "verified": data["dialled"]})
    return found


def _rate_line(entry: Mapping[str, Any]) -> str:
    where = entry.get("where", "")
    both = f"{where['en']} / {where['fr']}" if isinstance(where, dict) else where
    parts = (entry["from"], entry.get("until", ""), entry["amount"], entry["currency"], entry["unit"], entry["source"], both)
    return " | ".join(parts).rstrip(" |")


def _rates(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for line in _entries(data["value"]):
        parts = [part.strip() for part in line.split("|")]
        entry: dict[str, Any] = dict(zip(("from", "until", "amount", "currency", "unit", "source", "where"), parts, strict=False))
        english, both, french = entry.get("where", "").partition(" / ")
        if both:
            entry["where"] = {"en": english, "fr": french}
        # what is not there is left out; what is wrong is refused by the service, which names the line
        found.append({name: part for name, part in entry.items() if part})
    return found


def _record(data: Mapping[str, Any]) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    for line in _entries(data["value"]):
        name, colon, part = line.partition(":")
        if not colon or not name.strip():
            return {}
        found[name.strip()] = int(part) if part.strip().isdigit() else part.strip()
    return found


_VALUES = {
    "days": _number,
    "age": _number,
    "count": _number,
    "text": _text,
    "texts": _texts,
    "phones": _phones,
    "authorities": lambda data: list(data["value"]),
    "record": _record,
    "rates": _rates,
}
