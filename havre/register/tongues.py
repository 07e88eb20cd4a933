"""A language in a form: by its three letters, or by the name that the page gives it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from havre.register import wording


class TongueInput(forms.TextInput):
    """A line to type in, with the known languages to choose from; it works without script."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        found = super().get_context(name, value, attrs)
        found["widget"]["attrs"]["list"] = f"known-{name}"
        return found

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        by_name = sorted((str(words), code) for code, words in wording.LANGUAGES.items())
        known = format_html_join("", '<option value="{}">{}</option>', ((code, words) for words, code in by_name))
        return format_html('{}<datalist id="known-{}">{}</datalist>', super().render(name, value, attrs, renderer), name, known)


class TongueField(forms.CharField):
    """A language, by its three letters (ISO 639-3) or by its name as the page writes it."""

    def __init__(self, **fields: Any) -> None:
        given = {"widget": TongueInput, "help_text": _("A name of the list, or its three letters"), **fields}
        super().__init__(max_length=40, **given)

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        named = {str(words).casefold(): code for code, words in wording.LANGUAGES.items()}
        found = named.get(typed.casefold(), typed.lower())
        if found and not (found.isascii() and found.isalpha() and 2 <= len(found) <= 3):
            raise forms.ValidationError(_("Choose a language of the list, or give its three letters."))
        return found
