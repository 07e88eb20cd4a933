"""What prevalence says to people, French and English side by side. Codes are stable, words may be mended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Text(NamedTuple):
    """One sentence in the two languages of the house."""

    fr: str
    en: str

    def words(self, language: str) -> str:
        """The sentence in French ("fr") or English (anything else)."""
        return self.fr if language == "fr" else self.en


# what is wrong with an input: where, what, and how to mend it
BAD: Mapping[str, tuple[str, str]] = {
    "missing_file": (
        "{file} : fichier introuvable ou illisible. Vérifier le chemin.",
        "{file}: not found or not readable. Check the path.",
    ),
    "not_a_table": (
        "{file} : ce n'est pas un tableau lisible ({detail}). Donner un CSV avec une ligne d'en-tête.",
        "{file}: not a readable table ({detail}). Give a CSV with a header line.",
    ),
    "bad_type": (
        "Entrée de type {kind} : donner un chemin, un tableau polars ou Arrow, ou Overlaps.",
        "Input of type {kind}: give a path, a polars or Arrow table, or Overlaps.",
    ),
    "no_rows": (
        "Le tableau est vide. Il faut une ligne par combinaison de listes.",
        "The table is empty. It needs one row for each combination of lists.",
    ),
    "no_lists": ("Aucune colonne de liste trouvée.", "No list column found."),
    "same_name": (
        "La colonne {column} paraît deux fois. Donner à chaque liste son nom.",
        "Column {column} appears twice. Give each list a name of its own.",
    ),
    "no_name": (
        "La colonne {place} n'a pas de nom. La nommer, ou l'ôter.",
        "Column {place} has no name. Name it, or take it out.",
    ),
    "ragged": (
        "{file}, ligne {row} : {cells} cellules pour {columns} colonnes. Ôter ce qui est de trop, ou mettre le nom entre guillemets.",
        "{file}, row {row}: {cells} cells for {columns} columns. Take out what is too much, or put the name in quotes.",
    ),
    "no_such_column": ("Pas de colonne {column}. Colonnes : {columns}.", "No column {column}. Columns: {columns}."),
    "two_roles": (
        "La colonne {column} est demandée deux fois (effectif et strate). Choisir l'un ou l'autre.",
        "Column {column} is asked for twice (count and stratum). Choose one.",
    ),
    "not_binary": (
        "Colonne {column}, ligne {row} : {value} n'est ni 0 ni 1. Une colonne de liste dit 1 (sur la liste) ou 0 ; ôter les autres colonnes, "
        "ou nommer celle des effectifs (--count) ou des strates (--strata).",
        "Column {column}, row {row}: {value} is neither 0 nor 1. A list column says 1 (on the list) or 0; take other columns out, or name "
        "the one that holds counts (--count) or strata (--strata).",
    ),
    "blank_count": (
        "Colonne {column}, ligne {row} : effectif manquant. Écrire 0 s'il n'y a personne.",
        "Column {column}, row {row}: no count. Write 0 if nobody is there.",
    ),
    "not_a_count": (
        "Colonne {column}, ligne {row} : {value} n'est pas un nombre de personnes. L'écrire en chiffres, sans espace ni séparateur.",
        "Column {column}, row {row}: {value} is not a number of people. Write it in digits, with no space or separator.",
    ),
    "negative": (
        "Colonne {column}, ligne {row} : {value} est négatif. Un effectif est 0 ou plus.",
        "Column {column}, row {row}: {value} is negative. A count is 0 or more.",
    ),
    "fractional": (
        "Colonne {column}, ligne {row} : {value} n'est pas entier. Donner des personnes, non des taux ni des effectifs pondérés.",
        "Column {column}, row {row}: {value} is not whole. Give people, not rates or weighted counts.",
    ),
    "too_large": (
        "Colonne {column}, ligne {row} : {value} dépasse {most} personnes. Vérifier l'unité.",
        "Column {column}, row {row}: {value} is above {most} people. Check the unit.",
    ),
    "twice": (
        "Lignes {first} et {second} : même combinaison de listes ({history}). N'en garder qu'une, avec le bon effectif.",
        "Rows {first} and {second}: the same combination of lists ({history}). Keep one, with the right count.",
    ),
    "nowhere": (
        "Ligne {row} : {value} personne(s) sur aucune liste. C'est ce nombre que l'on estime : ôter la ligne.",
        "Row {row}: {value} people on no list. That number is what is estimated: take the row out.",
    ),
    "nobody": ("Toutes les listes sont vides : personne à compter.", "Every list is empty: nobody to count."),
    "empty_list": ("La liste {list} ne compte personne. L'ôter du tableau.", "List {list} holds nobody. Take it out of the table."),
    "identical": (
        "Les listes {first} et {second} comptent exactement les mêmes personnes : c'est une seule liste écrite deux fois. En ôter une.",
        "Lists {first} and {second} hold exactly the same people: one list written twice. Take one out.",
    ),
    "everybody": (
        "La liste {list} compte toutes les personnes de toutes les listes. Ce n'est pas une liste indépendante (registre central ?) : l'ôter.",
        "List {list} holds everyone on any list. It is not a list of its own (a central register?): take it out.",
    ),
    "too_many": (
        "{count} listes : dix au plus. Fusionner celles de même nature.",
        "{count} lists: ten at most. Merge those of the same kind.",
    ),
    "blank_stratum": (
        "Colonne {column}, ligne {row} : strate manquante. Écrire une valeur, même « inconnu ».",
        "Column {column}, row {row}: no stratum. Write a value, even 'unknown'.",
    ),
    "population": (
        "Population {value} : il faut plus de personnes que le tableau n'en compte ({people}).",
        "Population {value}: it must be more people than the table holds ({people}).",
    ),
    "setting": ("{name} = {value} : {rule}.", "{name} = {value}: {rule}."),
    "different_lists": (
        "Les tableaux tirés n'ont pas les mêmes listes ({one} ; {other}).",
        "The drawn tables do not have the same lists ({one}; {other}).",
    ),
}


def bad(code: str, **values: object) -> Text:
    """The sentence of a bad input, filled."""
    return _filled(BAD[code], values)


class BadTable(ValueError):
    """The input cannot be read as lists of people. `code` is a key of BAD; `text` says where, what and how to mend it, in fr and en."""

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.text = bad(code, **values)
        super().__init__(self.text.en)

    def words(self, language: str) -> str:
        """The message in French ("fr") or English."""
        return self.text.words(language)


# why a family, or the whole estimate, has no answer or a weak one
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
    """The sentence of a reason, filled; a float has a decimal comma in French, a Text its own words in each language."""
    return _filled(REASONS[code], values)


def _filled(pair: tuple[str, str], values: Mapping[str, object]) -> Text:
    said = ({name: _said(value, language) for name, value in values.items()} for language in ("fr", "en"))
    return Text(*(words.format(**each) for words, each in zip(pair, said, strict=True)))


def _said(value: object, language: str) -> object:
    if isinstance(value, Text):
        return value.words(language)
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",") if language == "fr" else f"{value:g}"
    return value


ASSUMPTIONS: tuple[Text, ...] = (
    Text(
        "Les listes portent sur la même population, dans le même lieu et la même période ; personne n'y est par erreur.",
        "The lists are of the same population, in the same place and period; nobody is on one by mistake.",
    ),
    Text(
        "Les rapprochements sont justes : une personne sur deux listes y est reconnue. Un lien manqué gonfle l'estimation d'environ 1/rappel.",
        "The links are right: a person on two lists is recognised. A missed link inflates the estimate by about 1/recall.",
    ),
    Text(
        "La dépendance entre listes (renvois, évitements) est assez bien décrite par les modèles essayés. Ce que plusieurs listes manquent "
        "ensemble ne se voit pas dans leurs recouvrements.",
        "Dependence between lists (referral, avoidance) is described well enough by the models tried. What several lists miss together does not "
        "show in their overlaps.",
    ),
    Text(
        "Chaque personne a quelque chance d'être sur une liste. Celles qu'aucune liste ne peut atteindre ne laissent aucune trace et ne sont "
        "pas comptées ici.",
        "Everyone has some chance of being on a list. Those whom no list can reach leave no trace and are not counted here.",
    ),
    Text(
        "La population est close : on n'y entre et n'en sort pas en cours de période, ou assez peu.",
        "The population is closed: nobody enters or leaves during the period, or few enough.",
    ),
)

CRITICS: tuple[Text, ...] = (
    Text(
        "Whitehead, Jackson, Balch et Francis (Journal of Human Trafficking 7(1), 2021) montrent par simulation que retenir les interactions par "
        "tests fait paraître l'estimation bien plus sûre qu'elle n'est, même sans interaction, et la fausse quand il y en a ; ils concluent que "
        "la méthode ne convient pas ici.",
        "Whitehead, Jackson, Balch and Francis (Journal of Human Trafficking 7(1), 2021) show by simulation that choosing interactions by tests "
        "makes an estimate look far more reliable than it is even where there is no interaction, and unsound where there is; they conclude "
        "that the method is unsuitable here.",
    ),
    Text(
        "Silverman (Journal of the Royal Statistical Society A, 2020) trouve que quelques modèles donnent pour le Royaume-Uni des réponses "
        "tout autres.",
        "Silverman (Journal of the Royal Statistical Society A, 2020) finds that a small share of models gives quite different answers for the "
        "United Kingdom.",
    ),
    Text(
        "Havre y répond par des mesures : plusieurs familles de méthodes côte à côte, un choix de modèle refait dans chaque rééchantillon, et une "
        "table de couverture sur des populations simulées de taille connue, publiée avec chaque version (docs/reference/coverage.md). Elle "
        "montre aussi où l'intervalle manque son but.",
        "Havre answers with measurements: several families of methods side by side, the model chosen anew in every resample, and a table of "
        "coverage on simulated populations of known size, published with each release (docs/reference/coverage.md). It also shows where the "
        "interval misses.",
    ),
)

UNITS: Mapping[str, Text] = {"people": Text("personnes", "people")}

FAMILY_NAMES: Mapping[str, Text] = {
    "stepwise": Text("Pas à pas", "Stepwise"),
    "least_bic": Text("Moindre BIC", "Least BIC"),
    "decomposable": Text("Moyenne de graphes", "Graph average"),
    "latent_class": Text("Classes latentes", "Latent classes"),
    "heterogeneous": Text("Visibilité inégale", "Unequal visibility"),
    "pooled": Text("Ensemble", "Together"),
}

CHANGES: Mapping[str, Text] = {
    "drop": Text("sans la liste {what}", "without list {what}"),
    "merge": Text("{what} fusionnées", "{what} merged"),
    "threshold": Text("seuil p < {what}", "threshold p < {what}"),
    "prior": Text("a priori ou grille : {what}", "prior or grid: {what}"),
    "overlap": Text("recouvrement rare {what}", "rare overlap {what}"),
}

COLOURS: Mapping[str, Text] = {
    "green": Text("vert : rien ne s'y oppose", "green: nothing speaks against it"),
    "amber": Text("orange : à lire avec ses réserves", "amber: to be read with its reservations"),
    "red": Text("rouge : ne pas citer de chiffre seul", "red: do not quote one figure"),
    "refused": Text("refusé : aucune estimation défendable", "refused: no defensible estimate"),
}

HEADINGS: Mapping[str, Text] = {
    "title": Text(
        "Prévalence : les personnes vues et celles que personne n'a listées", "Prevalence: the people seen and those nobody listed"
    ),
    "families": Text("Les familles de méthodes, côte à côte", "The families of methods, side by side"),
    "spread": Text(
        "Écart entre familles : la plus haute estimation vaut {spread} fois la plus basse.",
        "Spread between families: the highest estimate is {spread} times the lowest.",
    ),
    "rate": Text(
        "Soit {value} pour 100\u202f000 habitants ({low} à {high} ; population {population} ; indicateur ODD 16.2.2).",
        "That is {value} per 100,000 people ({low} to {high}; population {population}; SDG indicator 16.2.2).",
    ),
    "helps": Text("Ce qui aiderait :", "What would help:"),
    "strata": Text("Par strate", "By stratum"),
    "linkage": Text("Incertitude des rapprochements", "Uncertain links"),
    "linkage_how": Text(
        "Sur {tables} tableaux tirés des rapprochements possibles : {inside}. Sur le tableau donné, par les mêmes familles : {without}.",
        "Over {tables} tables drawn from the possible links: {inside}. On the table as given, by the same families: {without}.",
    ),
    "sensitivity": Text("Sensibilité", "Sensitivity"),
    "sensitivity_how": Text(
        "Une liste ôtée, deux listes fusionnées, un autre seuil, un autre a priori, une personne de plus ou de moins dans un recouvrement rare. "
        "Bande grise : l'intervalle cité ; tireté : l'estimation citée. La figure montre au plus les 40 changements qui pèsent le plus.",
        "One list dropped, two lists merged, another threshold, another prior, one person more or less in a rare overlap. Grey band: the interval "
        "quoted; dashed: the estimate quoted. The figure shows at most the 40 changes that matter most.",
    ),
    "all_changes": Text("Tous les changements", "All changes"),
    "consistency": Text("Épreuve interne", "Internal check"),
    "consistency_how": Text(
        "Les personnes de chaque liste, dont le nombre est connu, sont estimées d'après les recouvrements des autres listes.",
        "The people of each list, whose number is known, are estimated from the overlaps of the other lists.",
    ),
    "assumptions": Text("Ce que suppose tout chiffre de cette page", "What every figure on this page rests on"),
    "critics": Text("Ce qu'en disent les critiques", "What the critics say"),
    "table": Text("Le tableau utilisé", "The table used"),
    "table_how": Text(
        "✱ : moins de 5 personnes, ou masqué pour protéger une telle case. Le calcul se fait sur les vrais effectifs.",
        "✱: fewer than 5 people, or masked to protect such a cell. The computation uses the true counts.",
    ),
    "models": Text("Modèles retenus", "Models chosen"),
    "how": Text("Méthode, données, graine et versions", "Method, data, seed and versions"),
    "pool_method": Text(
        "familles log-linéaires et moyenne de graphes mises ensemble, jointes aux classes latentes et à la visibilité inégale : médiane du "
        "mélange à parts égales ; bornes extrêmes des trois",
        "log-linear families and graph average pooled, joined with latent classes and with unequal visibility: median of the equal mixture; "
        "outer ends of the three",
    ),
    "family": Text("Famille", "Family"),
    "estimate": Text("Estimation", "Estimate"),
    "interval": Text("Intervalle", "Interval"),
    "remarks": Text("Remarques", "Remarks"),
    "stratum": Text("Strate", "Stratum"),
    "seen": Text("Vues", "Seen"),
    "apart": Text("À part", "Apart"),
    "pooled": Text("Mise en commun", "Partially pooled"),
    "weight": Text("Poids propre", "Own weight"),
    "per": Text("Pour 100\u202f000", "Per 100,000"),
    "gap": Text(
        "Somme des strates : {total}. Chiffre national : {national}. Écart : {gap} ; il est montré, non corrigé.",
        "Sum of the strata: {total}. National figure: {national}. Gap: {gap}; it is shown, not mended.",
    ),
    "change": Text("Changement", "Change"),
    "list": Text("Liste", "List"),
    "known": Text("Taille connue", "Known size"),
    "verdict": Text("Verdict", "Verdict"),
    "hit": Text("retrouvée", "recovered"),
    "miss": Text("manquée", "missed"),
    "untested": Text("sans réponse", "no answer"),
    "on_lists": Text("Sur les listes", "On the lists"),
    "people": Text("Personnes", "People"),
    "terms": Text("Interactions", "Interactions"),
    "main_effects": Text("effets principaux seuls", "main effects only"),
    "bic": Text("BIC", "BIC"),
    "mass": Text("Masse", "Mass"),
    "minus": Text("Termes à −∞", "Terms at −∞"),
    "method": Text("Méthode", "Method"),
    "source": Text("Source", "Source"),
    "period": Text("Période", "Period"),
    "coverage": Text("Champ", "Coverage"),
    "seed": Text("Graine", "Seed"),
    "versions": Text("Versions", "Versions"),
    "what": Text("Quoi", "What"),
    "value": Text("Valeur", "Value"),
}
