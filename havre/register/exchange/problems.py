"""What can be wrong with a row, in words: one code, how grave, what it is, how to mend it. Codes are stored, words are not."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from havre.trust.errors import Words

ERROR, WARNING = "error", "warning"


class Problem(NamedTuple):
    """One thing to mend or to know. `row` is the sheet's own number, 1 the first; `value` is what stood there and may be personal."""

    row: int
    column: str
    field: str
    value: str
    code: str

    @property
    def rejects(self) -> bool:
        return KINDS[self.code].gravity == ERROR

    @property
    def what(self) -> Words:
        return KINDS[self.code].what

    @property
    def mend(self) -> Words:
        return KINDS[self.code].mend


class Kind(NamedTuple):
    gravity: str
    what: Words
    mend: Words


class Bad(Exception):
    """A cell cannot be taken. Holds the problem's code."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


KINDS: dict[str, Kind] = {
    "date_unreadable": Kind(ERROR, _("This is not a date that can be read."), _("Write it as year-month-day, for example 2024-05-31.")),
    "date_impossible": Kind(
        ERROR, _("There is no such day."), _("Check day and month; if the sheet puts the month first, say so in the mapping.")
    ),
    "date_future": Kind(ERROR, _("The date lies in the future."), _("Check the year; a Buddhist Era year must be above 2400.")),
    "birth_too_old": Kind(ERROR, _("The person would be older than 120 years."), _("Check the year of birth, or leave it empty.")),
    "value_unknown": Kind(
        ERROR,
        _("The value is not in the standard's list for this field."),
        _("Use a value name of HTCDS 2.0, or map the column elsewhere."),
    ),
    "value_several": Kind(
        ERROR, _("The field takes one value and holds several."), _("Keep one; the others may go into a field that takes several.")
    ),
    "country_unknown": Kind(
        ERROR, _("This is no country that can be recognised."), _("Write the two letters of ISO 3166, for example GH.")
    ),
    "language_unknown": Kind(
        ERROR, _("This is no language that can be recognised."), _("Write the three letters of ISO 639-3, for example tet.")
    ),
    "number_unreadable": Kind(ERROR, _("This is not a whole number."), _("Write digits only, for example 17.")),
    "age_impossible": Kind(ERROR, _("No person has this age."), _("Write the age in years, from 0 to 120.")),
    "yes_no_unreadable": Kind(ERROR, _("Neither yes, no nor unknown."), _("Write yes, no or unknown, or leave the cell empty.")),
    "formula": Kind(
        ERROR, _("The cell holds a formula, not a value."), _("Copy the column and paste it as values, then save the file again.")
    ),
    "cell_error": Kind(ERROR, _("The spreadsheet shows an error in this cell."), _("Mend the cell, or empty it.")),
    "merged": Kind(
        ERROR,
        _("The cell is merged with others: which rows it speaks for is not certain."),
        _("Unmerge the cells and write the value in every row."),
    ),
    "short_row": Kind(
        ERROR,
        _("The row has fewer cells than the header: the file may be cut off here."),
        _("Export the file again, and compare its last row with the source."),
    ),
    "long_row": Kind(
        ERROR,
        _("The row has more cells than the header: a separator may stand inside a value."),
        _("Put values that hold a separator between quotation marks."),
    ),
    "id_reused": Kind(
        ERROR,
        _("This record id was imported before with other content. What is here was left as it is."),
        _("Correct the case itself, or give the row its own id."),
    ),
    "id_twice": Kind(
        ERROR, _("This record id stands on an earlier row of the same file with other content."), _("Give each record its own id.")
    ),
    "row_twice": Kind(
        ERROR,
        _("An earlier row of the file says exactly the same of a person with the same name."),
        _("Remove one of the two, or give each its own record id."),
    ),
    "sidecar_broken": Kind(
        ERROR, _("What the copy's sidecar says of this row cannot be read."), _("Ask the sender for another copy of the file.")
    ),
    "text_too_long": Kind(
        ERROR, _("The text is longer than 32,767 characters."), _("Shorten it, or keep it as an attachment of the case.")
    ),
    "date_buddhist": Kind(
        WARNING, _("A Buddhist Era year was read as the Common Era (minus 543)."), _("Nothing to do if the sheet uses the Thai calendar.")
    ),
    "date_january": Kind(
        WARNING, _("1 January is often a guess: only the year is taken as known."), _("If the day is certain, say so in the case.")
    ),
    "date_year_only": Kind(
        WARNING, _("Only the year, or the year and month, is given."), _("Nothing to do: the date is kept with its precision.")
    ),
    "date_serial": Kind(WARNING, _("A number was read as a spreadsheet's day count."), _("Check that the date is right.")),
    "age_for_date": Kind(
        WARNING, _("An age stands where a date of birth belongs: it is kept as the age told."), _("Give the date of birth if it is known.")
    ),
    "value_coarse": Kind(WARNING, _("The value is coarser than the standard's: it is kept as it is and never split."), _("Nothing to do.")),
    "value_extension": Kind(
        WARNING, _("The standard's list lacks this value: it is kept here and exported as Other with a note."), _("Nothing to do.")
    ),
    "said_unknown": Kind(WARNING, _("The sheet says that this is not known: it stays not recorded."), _("Nothing to do.")),
    "several_exported_first": Kind(
        WARNING, _("Several values are kept; an export to HTCDS shows the first."), _("Put the main one first.")
    ),
    "deprecated": Kind(
        WARNING, _("The standard has given this field up: it is read, and never exported."), _("Record vulnerability in an assessment.")
    ),
    "column_unknown": Kind(
        WARNING,
        _("The column is in no standard: its words are kept, sealed, with the identity."),
        _("Map the column to a field if there is one."),
    ),
    "label_recovered": Kind(
        WARNING, _("The column has a label and no name: it was recognised by its label."), _("Check that it is the right field.")
    ),
    "claim": Kind(
        WARNING, _("Another body's finding is kept as a claim with its deciding body; it decides nothing here."), _("Nothing to do.")
    ),
    "claim_without_body": Kind(
        WARNING, _("A finding without the body that made it: it is kept, and will not be exported."), _("Name the deciding body.")
    ),
    "event_without_type": Kind(
        WARNING, _("A place or date of an event without its type: kept as exploitation, as its commonest reading."), _("Give hte_Type.")
    ),
    "consent_reported": Kind(
        WARNING, _("Consent given elsewhere is noted as reported; it opens nothing here."), _("Ask the person, and record their answer.")
    ),
}
