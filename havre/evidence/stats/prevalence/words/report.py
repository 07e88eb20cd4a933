"""What the report says: assumptions, critics, names, headings."""

from __future__ import annotations

from collections.abc import Mapping

from havre.evidence.stats.prevalence.words.text import Text

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
        "Chaque personne a quelque chance d'être sur une liste, et une fois listée n'en devient ni plus ni moins visible aux autres. Celles "
        "qu'aucune liste n'atteint, ou presque, ne laissent pas de trace et ne sont pas comptées ici.",
        "Everyone has some chance of being on a list, and once listed becomes neither more nor less visible to the others. Those whom no list "
        "reaches, or hardly any, leave no trace and are not counted here.",
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
    "green": Text(
        "vert : aucune épreuve ne s'y oppose, si les hypothèses tiennent", "green: no test speaks against it, if the assumptions hold"
    ),
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
    "assumptions": Text("Ce que suppose tout chiffre donné ici", "What every figure given here rests on"),
    "critics": Text("Ce qu'en disent les critiques", "What the critics say"),
    "table": Text("Le tableau utilisé", "The table used"),
    "table_how": Text(
        "✱ : moins de 5 personnes, ou masqué pour protéger une telle case. Le calcul se fait sur les vrais effectifs.",
        "✱: fewer than 5 people, or masked to protect such a cell. The computation uses the true counts.",
    ),
    "models": Text("Modèles retenus", "Models chosen"),
    "all_models": Text("Tous les modèles", "All models"),
    "how": Text("Méthode, données, graine et versions", "Method, data, seed and versions"),
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
        "Somme des strates : {total} ({ends}). Chiffre national : {national}. Écart : {gap} ; il est montré, non corrigé.",
        "Sum of the strata: {total} ({ends}). National figure: {national}. Gap: {gap}; it is shown, not mended.",
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
