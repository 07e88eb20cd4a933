"""Why a family, or the whole estimate, has no answer or a weak one. Codes are stable, words may be mended."""

from __future__ import annotations

from collections.abc import Mapping

from havre.evidence.stats.prevalence.words.text import Text, filled

REASONS: Mapping[str, tuple[str, str]] = {
    "no_model": (
        "Aucun modèle n'a d'estimation : le maximum de vraisemblance n'existe pas, ou n'est pas déterminé (en cause : {terms}).",
        "No model has an estimate: the maximum of the likelihood does not exist, or is not determined (at fault: {terms}).",
    ),
    "absurd": ("L'estimation est sans limite : elle n'a pas de sens.", "The estimate has no bound: it has no meaning."),
    "failed": (
        "{share} % des rééchantillons n'ont pas d'estimation : aucun intervalle n'est donné.",
        "{share} % of the resamples have no estimate: no interval is given.",
    ),
    "too_many_graphs": ("Cette famille s'arrête à {most} listes.", "This family stops at {most} lists."),
    "edge": (
        "La borne haute vient de la grille, non des données ({mass} % de la masse au bord ; grille doublée : {moved} % de plus).",
        "The upper end comes from the grid, not from the data ({mass} % of the mass at its edge; grid doubled: moved {moved} %).",
    ),
    "gates": (
        "Les chaînes ne se rejoignent pas (R̂ {rhat}, taille effective {bulk} au centre et {tail} aux extrêmes ; demandés : 1,01 et 400).",
        "The chains do not meet (R-hat {rhat}, effective size {bulk} in the bulk and {tail} in the tails; asked: 1.01 and 400).",
    ),
    "few_lists": (
        "{count} liste(s) : il en faut au moins trois pour qu'une dépendance entre listes puisse se voir.",
        "{count} list(s): at least three are needed for dependence between lists to show.",
    ),
    "no_overlap": (
        "Personne n'est sur deux listes : rien ne relie le vu au non-vu.",
        "Nobody is on two lists: nothing links the seen to the unseen.",
    ),
    "no_family": ("Aucune famille de méthodes n'a de réponse.", "No family of methods has an answer."),
    "saturated": (
        "Avec trois listes, seul le modèle de toutes les paires tient : il ne reste rien pour l'éprouver.",
        "With three lists only the model of all pairs holds: nothing is left to test it.",
    ),
    "edge_quoted": ("La borne haute d'une famille citée dépend de la grille.", "The upper end of a family quoted depends on its grid."),
    "spread_red": (
        "Les familles se contredisent : la plus haute vaut {spread} fois la plus basse.",
        "The families contradict one another: the highest is {spread} times the lowest.",
    ),
    "spread_amber": (
        "Les familles diffèrent : la plus haute vaut {spread} fois la plus basse.",
        "The families differ: the highest is {spread} times the lowest.",
    ),
    "consistency": ("Épreuve interne : {hits} liste(s) retrouvée(s) sur {tried}.", "Internal check: {hits} of {tried} lists recovered."),
    "no_triple": (
        "Personne n'est sur trois listes : la dépendance à trois ne peut être éprouvée.",
        "Nobody is on three lists: dependence among three cannot be tested.",
    ),
    "three_lists": (
        "Trois listes seulement : la dépendance entre les trois à la fois ne peut être éprouvée.",
        "Three lists only: dependence among all three at once cannot be tested.",
    ),
    "one_list": ("Sans la liste {list}, l'estimation sort de l'intervalle.", "Without list {list} the estimate leaves the interval."),
    "one_family": (
        "Une seule famille a une réponse : rien ne la contredit ni ne la confirme.",
        "One family only has an answer: nothing contradicts or confirms it.",
    ),
    "family_silent": ("La famille « {family} » n'a pas de réponse.", "The family '{family}' has no answer."),
    "reached": (
        "La famille « {family} » n'a pas de réponse : ses chaînes ne se sont pas tout à fait rejointes ; elles vont de {low} à {high}, et "
        "l'intervalle va jusque-là.",
        "The family '{family}' has no answer: its chains have not quite met; they reach from {low} to {high}, and the interval goes that far.",
    ),
    "failed_some": (
        "{share} % des rééchantillons n'ont pas d'estimation ({family}).",
        "{share} % of the resamples have no estimate ({family}).",
    ),
    "linkage_wide": (
        "L'incertitude des rapprochements élargit l'intervalle de {more} %.",
        "Uncertain links widen the interval by {more} %.",
    ),
    "few_overlaps": (
        "{count} personne(s) seulement sur deux listes ou plus : une fiche de plus ou de moins change la réponse.",
        "Only {count} people on two lists or more: one record more or less changes the answer.",
    ),
    "wide": (
        "L'intervalle est très large : la borne haute vaut {ratio} fois la basse.",
        "The interval is very wide: its upper end is {ratio} times its lower end.",
    ),
    "misfit": (
        "Le modèle log-linéaire retenu n'explique pas le tableau (p = {p}) : la dépendance ou la diversité des personnes lui échappe.",
        "The log-linear model chosen does not explain the table (p = {p}): dependence or differences between people escape it.",
    ),
    "no_spread": (
        "Une différence de visibilité entre personnes ne peut être estimée sur ce tableau (trop peu de personnes sur trois listes).",
        "Differences in visibility between people cannot be estimated from this table (too few people on three lists).",
    ),
    "untried": (
        "On n'a pu éprouver si les personnes diffèrent en visibilité : si c'est le cas, l'estimation est trop basse.",
        "Whether people differ in visibility could not be tried: if they do, the estimate is too low.",
    ),
    "differ": (
        "Si les personnes diffèrent en visibilité, l'estimation est multipliée par {ratio} ; l'intervalle en tient compte.",
        "If people differ in visibility the estimate is multiplied by {ratio}; the interval allows for it.",
    ),
    "forms": (
        "Une différence de visibilité se voit, mais non sa forme : {normal} si elle est normale, {gamma} si elle est gamma ; l'intervalle va de "
        "l'une à l'autre.",
        "A difference in visibility shows, but not its form: {normal} if it is normal, {gamma} if it is gamma; the interval holds both.",
    ),
    "unseen": (
        "{share} % des personnes estimées n'ont été vues par aucune liste : si d'autres sont hors de portée de toutes, rien ici ne le montre.",
        "{share} % of the people estimated were seen by no list: if others are out of reach of all lists, nothing here shows it.",
    ),
    "nested": (
        "La liste {inner} ({count} personnes) est tout entière dans la liste {outer} : elle ne dit rien des personnes non vues et n'est pas "
        "comptée comme une liste.",
        "List {inner} ({count} people) lies wholly within list {outer}: it says nothing of the unseen and is not counted as a list.",
    ),
    "strata_gap": (
        "La somme des strates ({total}) s'écarte du tableau pris d'un bloc : les strates ne sont pas vues par les mêmes listes ; l'intervalle "
        "tient compte des deux.",
        "The sum of the strata ({total}) differs from the table taken whole: the strata are not seen by the same lists; the interval holds both.",
    ),
    "help_lists": ("Obtenir une liste de plus, d'une autre nature.", "Obtain one more list, of another kind."),
    "help_links": (
        "Vérifier le rapprochement : des liens manqués effacent les recouvrements.",
        "Check the linkage: missed links erase overlaps.",
    ),
    "help_merge": (
        "Fusionner les listes rares, allonger la période ou élargir le territoire.",
        "Merge rare lists, lengthen the period or widen the area.",
    ),
}


def reason(code: str, **values: object) -> Text:
    """The sentence of a reason, filled; a float has a decimal comma in French, a Text its own words in each language.

    Args: code, a key of REASONS; values for its places. Raises: KeyError for another.
    """
    return filled(REASONS[code], values)
