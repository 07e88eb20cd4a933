"""What the page of a case's files takes in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from havre.register import wording
from havre.register.attachments.kinds import MOST_BYTES
from havre.register.models import Person
from havre.trust.enums import SECTION_LABELS, Section

ACCEPT = "image/png,image/jpeg,image/gif,image/webp,application/pdf,text/plain"


class FileForm(forms.Form):
    """A file: in which section, about whom."""

    section = forms.TypedChoiceField(
        label=_("Section"), coerce=lambda value: Section(int(value)), help_text=_("Whoever may read this section will read the file.")
    )
    person = forms.TypedChoiceField(label=_("Whom it concerns"))
    file = forms.FileField(
        label=pgettext_lazy("upload", "File"),
        help_text=_("A photograph, a PDF or a plain text, up to 8 MB. A clean copy is made for reading; the original is sealed."),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )

    def __init__(self, *args: Any, sections: list[Section], persons: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["section"].choices = [(int(section), SECTION_LABELS[section]) for section in sections]
        fields["person"].choices = [(str(person.pk), wording.described(person)) for person in persons]
        fields["person"].coerce = {str(person.pk): person for person in persons}.__getitem__
        if len(persons) == 1:
            fields["person"].widget = forms.HiddenInput()
            fields["person"].initial = str(persons[0].pk)
        if Section.PROTECTION in sections:
            fields["section"].initial = int(Section.PROTECTION)


def too_big(content_length: str | None) -> bool:
    """Whether a request's body is over the limit, so that the server's own handler took no file from it."""
    return bool(content_length and content_length.isdigit() and int(content_length) > MOST_BYTES)
