"""The assessment as a tagged PDF (PDF/UA-1), in English or French. The signature on it is that of the version's row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from havre.standards import profile
from havre.standards.words import in_a_row
from havre.trust.assessment.paper import Paper, paper_of
from havre.trust.assessment.snapshot import Model, digest
from havre.trust.models import Assessment

PLACE = Path(__file__).parent / "typst"
# the one place where the house keeps fonts
FONTS = Path(settings.PACKAGE) / "publishing" / "fonts"


def as_pdf(model: Model, signed: Assessment | None, language: str) -> bytes:
    """On A4. Args: model, the table; signed, the version it was signed as, None for a draft, which says so on every page."""
    # loads a compiler: only a page that prints needs it
    import typst

    with translation.override(language):
        data = _data(paper_of(model, signed.residual if signed else {}), digest(model), signed, language)
    return typst.compile(
        str(PLACE / "assessment.typ"),
        root=str(PLACE),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=0,
    )


def _data(paper: Paper, mark: str, signed: Assessment | None, language: str) -> dict[str, Any]:
    state = _state(signed)
    return {
        "title": _("Data-protection impact assessment"),
        "language": language[:2],
        "country": profile(settings.HAVRE_COUNTRY.lower()).name.text(language[:2]),
        "state": state,
        "foot": _("%(state)s Fingerprint of the model: %(mark)s") % {"state": state[0], "mark": mark[:16]},
        "heads": {
            "frame": _("Legal frame"),
            "sections": _("What is held, why, how long, and who may read it"),
            "errands": _("What the house itself does with every row"),
            "risks": _("Risks, measures and what remains"),
            "who": _("Who"),
            "may": pgettext("a right", "May"),
            "basis": _("On which basis"),
            "risk": _("Risks"),
            "others": _("Risks that come from no reader"),
            "common": _("For all of them"),
            "remains": _("What remains"),
            "shown": _("Shown by"),
        },
        "law": _("Law on personal data: %(law)s") % {"law": paper.law}
        if paper.law
        else _("The profile of this country names no law on personal data."),
        "frames": [f"{words} ({standing})" for words, standing in paper.frames],
        "parts": [
            {
                "title": part.title,
                "need": part.need,
                "facts": _facts(part),
                "readers": [[one.who, ", ".join(one.acts), in_a_row((*one.bases, *one.conditions)), ", ".join(one.risks)] for one in part.readers],
                "common": in_a_row(part.common),
                "others": ", ".join(part.others),
            }
            for part in paper.parts
        ],
        "errands": [*paper.errands, _("Coded columns that leave for statistics, without a name: %(n)s.") % {"n": paper.columns}],
        "risks": [
            {
                "title": f"{risk.number}. {risk.words}",
                "level": _("%(sections)s. Severity %(severity)s, likelihood %(likelihood)s before the measures.")
                % {"sections": risk.sections, "severity": risk.severity, "likelihood": risk.likelihood},
                "measures": [{"words": words, "shown": list(shown)} for words, shown in risk.measures],
                "remains": risk.residual or _("not yet judged"),
            }
            for risk in paper.risks
        ],
    }  # fmt: skip


def _facts(part: Any) -> list[list[str]]:
    return [
        [_("Purposes"), ", ".join(part.purposes)],
        [_("Law"), in_a_row(part.laws)],
        [_("Kept"), in_a_row(part.terms)],
        [_("Tables"), ", ".join(part.tables)],
    ]


def _state(signed: Assessment | None) -> list[str]:
    """Whether it is signed, by whom and when; its conclusion; and since when it is out of date."""
    if signed is None:
        return [_("Draft, signed by nobody.")]
    words = {
        "number": signed.number,
        "day": date_format(localtime(signed.signed_at), "DATE_FORMAT"),
        "name": signed.signed_by.user.name,
        "service": signed.signed_by.organisation,
    }
    lines = [_("Version %(number)s, signed on %(day)s by %(name)s, data-protection officer, %(service)s.") % words]
    lines.append(_("Conclusion: %(opinion)s.") % {"opinion": signed.get_opinion_display()})
    if signed.conditions:
        lines.append(signed.conditions)
    lines.append(_("To be read again on %(day)s.") % {"day": date_format(signed.review_on, "DATE_FORMAT")})
    if signed.outdated_at:
        lines.append(_("Out of date since %(day)s.") % {"day": date_format(localtime(signed.outdated_at), "DATE_FORMAT")})
    return lines
