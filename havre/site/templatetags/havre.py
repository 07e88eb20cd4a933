"""The tags that every part's templates use: `{% load havre %}`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext, pgettext

from havre.standards import words as words_of_standards
from havre.trust.ids import new_id

register = template.Library()

# kind -> icon, colour class. A status is a shape, then a word, then a colour: never a colour alone.
STATUSES: dict[str, tuple[str, str]] = {
    "done": ("ok", "ok"),
    "doing": ("part", "wait"),
    "well": ("part", "ok"),
    "soon": ("clock", "wait"),
    "late": ("warn", "stop"),
    "caution": ("warn", "wait"),
    "refused": ("stop", "stop"),
    "own-choice": ("stop", ""),
    "todo": ("todo", ""),
    "none": ("none", ""),
    "closed": ("lock", "seal"),
    "info": ("info", "info"),
    # by colour, for who thinks of the style sheet first
    "ok": ("ok", "ok"),
    "wait": ("part", "wait"),
    "stop": ("stop", "stop"),
    "seal": ("lock", "seal"),
}
# near enough for its weekday to be what one remembers
NEAR = timedelta(days=8)
NBSP = "\u00a0"


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """One drawing of icons.svg. With a label it speaks; without one it is decoration beside a word."""
    css = f"i {css}".strip()
    address = f"{static('site/icons.svg')}#i-{name}"
    if label:
        return format_html('<svg class="{}" role="img" aria-label="{}" viewBox="0 0 24 24"><use href="{}"/></svg>', css, label, address)
    return format_html('<svg class="{}" aria-hidden="true" viewBox="0 0 24 24"><use href="{}"/></svg>', css, address)


@register.simple_tag
def status(kind: str, words: Any, chip: bool = True) -> SafeString:
    """A status: shape, word, colour. `kind` is a key of STATUSES."""
    shape, colour = STATUSES[kind]
    css = " ".join(word for word in ("st", "chip" if chip else "", colour) if word)
    return format_html('<span class="{}">{} {}</span>', css, icon(shape), words)


@register.simple_tag
def once() -> SafeString:
    """The hidden idempotency key of a form: the same POST twice does its act once."""
    return format_html('<input type="hidden" name="once" value="{}">', new_id())


@register.simple_tag
def mark(sign: str) -> str:
    """A colon, semicolon, question or exclamation mark between two translated pieces: French has its unbreakable space before it."""
    return f"{NBSP}{sign}" if (get_language() or "").startswith("fr") else sign


@register.filter
def in_a_row(parts: Iterable[Any]) -> str:
    """Several texts in a row, semicolons between them as the reader's language writes them."""
    return words_of_standards.in_a_row(parts, get_language())


def _local(moment: datetime | date) -> tuple[date, datetime | None]:
    if isinstance(moment, datetime):
        here = timezone.localtime(moment) if timezone.is_aware(moment) else moment
        return here.date(), here
    return moment, None


def day_words(moment: datetime | date, *, today: date | None = None) -> str:
    """A day in words: "today", "Fri 27 Nov" when it is near, "9 December" within the year, "9 December 2025" otherwise. Spaces do not break."""
    day, _moment = _local(moment)
    today = today or timezone.localdate()
    french = get_language() == "fr"
    beside = {0: gettext("today"), 1: gettext("tomorrow"), -1: gettext("yesterday")}.get((day - today).days)
    if beside:
        return beside
    if abs(day - today) <= NEAR:
        words = _french_short(day) if french else date_format(day, "D j M")
    else:
        words = date_format(day, "j F" if day.year == today.year else "j F Y")
        words = words.replace("1 ", "1er ", 1) if french and day.day == 1 else words
    return words.replace(" ", NBSP)


FRENCH_DAYS = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")
FRENCH_MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juill.", "août", "sept.", "oct.", "nov.", "déc.")


def _french_short(day: date) -> str:
    number = "1er" if day.day == 1 else str(day.day)
    return f"{FRENCH_DAYS[day.weekday()]} {number} {FRENCH_MONTHS[day.month - 1]}"


def time_words(moment: datetime) -> str:
    """An hour in words: "18:02", "18 h 02" in French."""
    here = timezone.localtime(moment)
    if get_language() != "fr":
        return f"{here:%H:%M}"
    return f"{here.hour}{NBSP}h{NBSP}{here:%M}" if here.minute else f"{here.hour}{NBSP}h"


@register.filter
def when(moment: datetime | date | None) -> str | SafeString:
    """A moment as `<time>`: weekday when near, hour when there is one."""
    if moment is None:
        return gettext("not recorded")
    words = day_words(moment)
    if isinstance(moment, datetime):
        words = gettext("%(day)s, %(hour)s") % {"day": words, "hour": time_words(moment)}
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), words)


@register.filter
def day(moment: datetime | date | None) -> str | SafeString:
    """The day alone, as `<time>`."""
    if moment is None:
        return gettext("not recorded")
    return format_html('<time datetime="{}">{}</time>', _local(moment)[0].isoformat(), day_words(moment))


@register.filter
def plain_day(moment: datetime | date) -> str:
    """The day in words without markup, for a drawing's title."""
    return day_words(moment)


@register.filter
def long_day(moment: datetime) -> str:
    """The whole day, for the head of a page: "Tuesday 24 November 2026"."""
    here, _moment = _local(moment)
    words = date_format(here, "l j F Y")
    if get_language() == "fr" and here.day == 1:
        words = words.replace(" 1 ", " 1er ", 1)
    return words[:1].upper() + words[1:]


@register.filter
def stamp(moment: datetime) -> str:
    """A moment that will be read later, on paper: whole date and hour, never "today"."""
    here = timezone.localtime(moment)
    words = date_format(here, "j F Y")
    words = "1er" + words[1:] if get_language() == "fr" and here.day == 1 else words
    return (gettext("%(day)s, %(hour)s") % {"day": words, "hour": time_words(moment)}).replace(" ", NBSP)


@register.filter
def weekday(on: date) -> str:
    """The name of a weekday that is less than a week away: "Monday"."""
    return date_format(on, "l")


@register.filter
def initial(on: date) -> str:
    """The first letter of a weekday."""
    return date_format(on, "D")[:1].lower() if get_language() == "fr" else date_format(on, "D")[:1]


@register.filter
def left(due: datetime | date | None) -> str:
    """The time left before a limit, or since it passed: "3 days left", "4 h 20 left", "late by 2 days"."""
    if due is None:
        return pgettext("no date", "no date set")
    moment = due if isinstance(due, datetime) else timezone.make_aware(datetime(due.year, due.month, due.day, 23, 59, 59))
    gap = moment - timezone.now()
    late, gap = gap < timedelta(0), abs(gap)
    span = _span(gap, abs((timezone.localdate(moment) - timezone.localdate()).days))
    return (gettext("late by %(span)s") if late else gettext("%(span)s left")) % {"span": span}


def _span(gap: timedelta, days: int) -> str:
    # days are counted as people do, by nights
    minutes = int(gap.total_seconds() // 60)
    if gap >= timedelta(days=2):
        return (ngettext("%(n)s day", "%(n)s days", days) % {"n": days}).replace(" ", NBSP)
    if minutes >= 60:
        hours, rest = divmod(minutes, 60)
        return f"{hours}{NBSP}h{NBSP}{rest:02}" if rest and hours < 12 else f"{hours}{NBSP}h"
    return f"{minutes}{NBSP}min"


@register.filter
def urgency(due: datetime | None) -> str:
    """The status kind of a limit: late, soon (two days), to do."""
    if due is None:
        return "todo"
    gap = due - timezone.now()
    if gap < timedelta(0):
        return "late"
    return "soon" if gap <= timedelta(days=2) else "todo"


@register.filter
def attribute(thing: Any, name: str) -> Any:
    """A mapping's value by a name known only at run time."""
    return thing.get(name) if hasattr(thing, "get") else getattr(thing, name, None)
