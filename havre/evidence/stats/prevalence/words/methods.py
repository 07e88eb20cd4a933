"""How each family computes, in one line; the line that every figure of the report is traced to."""

from __future__ import annotations

from collections.abc import Mapping

from havre.evidence.stats.prevalence.words.text import Text, filled

METHODS: Mapping[str, tuple[str, str]] = {
    "together": (
        "familles log-linéaires et moyenne de graphes mises ensemble (mélange d'opinions à parts égales), jointes aux classes latentes et à la "
        "visibilité inégale : médiane du mélange à parts égales ; bornes extrêmes des trois",
        "log-linear families and graph average pooled (linear opinion pool), joined with latent classes and with unequal visibility: median of the "
        "equal mixture; lowest lower and highest upper end",
    ),
    "stepwise": (
        "pas à pas, p de Poisson à une queue < {threshold} ; BCa sur {resamples} rééchantillons, choix refait dans chacun",
        "stepwise, one-tailed Poisson p < {threshold}; BCa over {resamples} resamples, selection repeated",
    ),
    "least_bic": (
        "moindre BIC, {how}, ordre {order} ; BCa sur {resamples} rééchantillons parmi les {kept} meilleurs",
        "least BIC, {how}, order {order}; BCa over {resamples} resamples among the best {kept}",
    ),
    "exhaustive": ("exhaustif, {admitted} modèles admis sur {tried}", "exhaustive, {admitted} of {tried} models admitted"),
    "downhill": ("par descente, {searches} recherches", "downhill, {searches} searches"),
    "decomposable": (
        "moyenne sur les graphes décomposables, a priori 1/N^{prior}, grille jusqu'à {reach} fois les personnes vues",
        "average over decomposable graphs, prior 1/N^{prior}, grid to {reach} times the people seen",
    ),
    "latent_class": (
        "classes latentes, {classes} au plus, {chains} chaînes de {sweeps} balayages, dont {burn_in} de chauffe",
        "latent classes, {classes} at most, {chains} chains of {sweeps} sweeps, burn-in {burn_in}",
    ),
    "heterogeneous": (
        "paires du pas à pas et visibilité inégale commune, k(k-1)/2 ; BCa sur {resamples} rééchantillons, choix refait dans chacun",
        "stepwise pairs with a common spread of visibility, k(k-1)/2; BCa over {resamples} resamples, selection repeated",
    ),
    "heterogeneous_forms": (
        "paires du pas à pas et visibilité inégale commune, k(k-1)/2, jointe à sa forme gamma, -log(3,5+k), avec ces paires ou sans ; "
        "BCa sur {resamples} rééchantillons, choix refait dans chacun",
        "stepwise pairs with a common spread of visibility, k(k-1)/2, joined with its gamma form, -log(3.5+k), with these pairs or without; BCa "
        "over {resamples} resamples, selection repeated",
    ),
}


def method(code: str, **values: object) -> Text:
    """The line of one method, filled.

    Args: a key of METHODS and values for its places. Raises: KeyError for another.
    """
    return filled(METHODS[code], values)
