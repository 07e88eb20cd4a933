"""What the media check found, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from havre.standards.library import library

# what a finding says beside its rule: French, English
WHY: dict[str, tuple[str, str]] = {
    "name": ("un nom de personne", "a person's name"),
    "initials": ("des initiales", "initials"),
    "date": ("une date exacte qui désigne une personne", "an exact date that points to one person"),
    "address": ("une adresse", "an address"),
    "locality": ("une petite localité", "a small locality"),
    "landmark": ("un repère qui montre le lieu", "a landmark that shows the place"),
    "relation": ("le métier d'un proche, qui désigne la famille", "a relative's work, which points to the family"),
    "school": ("une école", "a school"),
    "employer": ("un employeur", "an employer"),
    "vessel": ("un navire", "a vessel"),
    "combination": (
        "âge, nationalité, lieu, forme d'exploitation ou trait rare ensemble",
        "age, nationality, place, form of exploitation or a rare trait together",
    ),
    "shelter": ("l'emplacement d'un lieu d'hébergement", "where a shelter is"),
    "phone": ("un numéro de téléphone qui n'est pas celui d'une ligne d'aide", "a phone number that is no helpline's"),
    "staff": ("le nom d'un membre du personnel", "a staff member's name"),
    "story": ("un récit personnel sans consentement écrit déclaré", "a personal story without a stated written consent"),
    "child": ("un enfant que l'on peut reconnaître", "a child who can be recognised"),
    "best_interests": ("un récit sur un enfant sans note sur son intérêt supérieur", "a story about a child without a best-interests note"),
    "word": ("un mot à éviter", "a word to avoid"),
    "sensational": ("un mot à sensation dans un titre ou une légende", "a sensational word in a title or caption"),
    "unsourced": ("un chiffre sans", "a figure without"),
    "no_interval": ("une estimation sans intervalle", "an estimate without its interval"),
    "prevalence": ("un nombre de personnes repérées présenté comme une prévalence", "a detected count called prevalence"),
    "rise": ("une hausse de la traite, sans l'activité des services", "a rise in trafficking, without what services did"),
    "small": ("un effectif sous le seuil", "a count under the threshold"),
    "guilty": ("une personne mise en cause dite coupable", "an accused person called guilty"),
    "no_helpline": ("aucun numéro d'aide", "no helpline"),
    "no_contact": ("ni auteur, ni date, ni contact", "no author, date or contact"),
    "metadata": ("des métadonnées", "metadata"),
    "file_name": ("le nom du fichier", "the file name"),
    "hidden": ("du contenu caché", "hidden content"),
    "id_column": ("une colonne d'identifiants : la retirer", "a column of identifiers: leave it out"),
    "name_column": ("une colonne de noms ou de coordonnées : la retirer", "a column of names or contacts: leave it out"),
    "free_text": ("une colonne de texte libre : la retirer ou la coder", "a column of free text: leave it out or code it"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One place that breaks a rule. `start` and `end` are offsets in the text (or row numbers of a table); `more` names what is missing or
    what to write instead.
    `rule` is an id of media_rules.yaml, `what` a key of WHY.
    """

    rule: str
    what: str
    excerpt: str
    start: int = 0
    end: int = 0
    more: str = ""

    @property
    def blocks(self) -> bool:
        """Whether nothing may be published before this is mended; otherwise it is a warning."""
        return library().media_rules.get(self.rule).effect == "block"

    def words(self, language: str) -> str:
        """The finding in French or English."""
        told = WHY[self.what][0 if language == "fr" else 1] + (f" {self.more}" if self.more and self.what == "unsourced" else "")
        instead = f" → {self.more}" if self.more and self.what != "unsourced" else ""
        return f"{self.rule} {'!' if self.blocks else '-'} {told}: {self.excerpt}{instead}"


def tidy(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each place once for each rule, in reading order.

    A place inside another of the same rule is left out.
    """
    found: dict[tuple[str, int, str, str], Finding] = {}
    for one in findings:
        found.setdefault((one.rule, one.start, one.what, "" if one.end else one.excerpt), one)
    kept: list[Finding] = []
    for one in sorted(found.values(), key=lambda one: (one.start, one.rule, -one.end)):
        inside = any(other.rule == one.rule and other.start <= one.start and one.end <= other.end and one.end for other in kept)
        if not inside:
            kept.append(one)
    return tuple(kept)
