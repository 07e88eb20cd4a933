"""Words for a person without a name, and for languages. ISO 639-3 codes are kept; what has no word here shows its code."""

from __future__ import annotations

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from havre.register.models import Person

LANGUAGES = {
    "aka": gettext_lazy("Akan"),
    "amh": gettext_lazy("Amharic"),
    "ara": gettext_lazy("Arabic"),
    "ben": gettext_lazy("Bengali"),
    "cmn": gettext_lazy("Mandarin"),
    "dag": gettext_lazy("Dagbani"),
    "eng": gettext_lazy("English"),
    "ewe": gettext_lazy("Ewe"),
    "fra": gettext_lazy("French"),
    "gaa": gettext_lazy("Ga"),
    "hau": gettext_lazy("Hausa"),
    "hin": gettext_lazy("Hindi"),
    "ind": gettext_lazy("Indonesian"),
    "khm": gettext_lazy("Khmer"),
    "lao": gettext_lazy("Lao"),
    "mya": gettext_lazy("Burmese"),
    "por": gettext_lazy("Portuguese"),
    "spa": gettext_lazy("Spanish"),
    "swa": gettext_lazy("Swahili"),
    "tet": gettext_lazy("Tetum"),
    "tha": gettext_lazy("Thai"),
    "twi": gettext_lazy("Twi"),
    "vie": gettext_lazy("Vietnamese"),
    "yor": gettext_lazy("Yoruba"),
}


def language(code: str) -> str:
    """A language in words; its code where there is none."""
    return str(LANGUAGES.get(code, code))


def age(person: Person) -> str:
    """Adult or child, and the age in years where it is recorded. In doubt a child (CoE art. 10(3))."""
    if person.is_child:
        word = pgettext("person", "child")
    elif person.age_on_opening is not None:
        word = pgettext("person", "adult")
    else:
        return capfirst(pgettext("person", "age not recorded"))
    if person.age_on_opening is None:
        return capfirst(_("%(person)s, age not recorded") % {"person": word})
    return capfirst(_("%(person)s, %(years)s years") % {"person": word, "years": person.age_on_opening})


def described(person: Person) -> str:
    """Role and age, for a list of several persons: "Witness: adult, 31 years"."""
    return _("%(role)s: %(age)s") % {"role": person.get_role_display(), "age": age(person)}
