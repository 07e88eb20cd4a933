"""What is wrong with an input: where, what, and how to mend it. Codes are stable, words may be mended."""

from __future__ import annotations

from collections.abc import Mapping

from havre.evidence.stats.prevalence.words.text import Text, filled

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
    "no_count_column": (
        "La dernière colonne, {column}, n'est pas un effectif. Mettre les effectifs en dernier ou les nommer (--count) ; ôter {column}, ou en faire "
        "les strates (--strata).",
        "The last column, {column}, holds no counts. Put the counts last or name them (--count); take {column} out, or make it the strata "
        "(--strata).",
    ),
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
        "La liste {list} compte toutes les personnes de toutes les listes. Ce n'est pas une liste indépendante (registre central ?) : l'ôter ; si "
        "c'est une colonne d'effectifs, la nommer (--count).",
        "List {list} holds everyone on any list. It is not a list of its own (a central register?): take it out; if it is a column of counts, "
        "name it (--count).",
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
    """The sentence of a bad input, filled.

    Args: code, a key of BAD; values for its places. Raises: KeyError for another code.
    """
    return filled(BAD[code], values)


class BadTable(ValueError):
    """The input cannot be read as lists of people. `code` is a key of BAD; `text` says where, what and how to mend it, in fr and en.

    A ValueError, so that a caller who knows no Havre can catch it.
    """

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.text = bad(code, **values)
        super().__init__(self.text.en)

    def words(self, language: str) -> str:
        """The message in French ("fr") or English."""
        return self.text.words(language)
