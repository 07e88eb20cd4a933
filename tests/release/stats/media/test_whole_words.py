"""Classes of faults that were missed, and of clean texts that were cried over, on texts of another hand (the eighth and ninth sets)."""

import pytest

from benchmarks.media import judge
from havre.release.stats.media.text import check_text

FAULTS = [
    # a title is a whole word: "Mme" is no "Me", "nearby" and "against" are by nobody and no saint's
    ("fr", "MR01", "La plaignante, Mme Afi Amouzou, a dit avoir été retenue onze mois."),
    ("en", "MR01", "The shopkeeper saw the victim and nearby Mary Mensah, who had been locked in."),
    ("en", "MR01", "The trial for the crimes against Ama Serwaa, who was held for a year, goes on."),
    # one letter and a village
    ("fr", "MR01", "K., du village d'Agbodrafo, a passé deux saisons sur le lac."),
    ("en", "MR01", "J., 15, was sold to a couple in the capital."),
    # a shelter by its landmark
    ("en", "MR05", "Our new shelter stands two streets from the cathedral."),
    ("fr", "MR05", "Notre nouveau foyer se trouve à deux rues de la cathédrale."),
    # a headline alone
    ("en", "MR19", "House of horrors: inside the slave den"),
    ("fr", "MR19", "La maison de l'horreur : dans l'antre du cauchemar"),
    ("fr", "MR23", "Neuf femmes victimes de traite sur dix ont été trahies par un proche."),
    ("fr", "MR23", "Chaque année, des dizaines de milliers d'enfants sont victimes de traite."),
    ("fr", "MR26", "Nous hébergeons actuellement trois filles béninoises."),
]
CLEAN = [
    ("en", "The spokesperson for the Ministry of Labour, Kofi Mensah, said inspections would continue for victims' sake."),
    ("fr", "Le porte-parole du ministère du Travail, Kofi Mensah, a parlé de l'aide aux victimes."),
    ("en", "Our team, which helps victims, now has three social workers and a lawyer."),
    ("fr", "Notre équipe, qui aide les victimes, compte trois travailleuses sociales."),
    ("en", "Plan B. is ready for the survivors' meeting, organisers said."),
    ("fr", "M. le ministre a répondu aux questions sur les victimes."),
]


@pytest.mark.parametrize(("language", "rule", "text"), FAULTS)
def test_class_of_faults_is_found(language, rule, text):
    assert rule in {one.rule for one in check_text(text, language=language)}


@pytest.mark.parametrize(("language", "text"), CLEAN)
def test_class_of_clean_sentences_passes(language, text):
    assert check_text(text, language=language) == ()


def test_met_officer_does_not_excuse_the_name_of_the_person_met():
    found = check_text("The minister met the survivor, Kofi Mensah, who had been locked in.", language="en")
    assert ("MR01", "Kofi Mensah") in {(one.rule, one.excerpt) for one in found}


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("name", "number"), [("eighth", 40), ("ninth", 20)])
def test_sets_of_another_hand_stay_found(name, number, language):
    assert judge(f"{name}_{language}.yaml", language) == (number, number, 0, number)
