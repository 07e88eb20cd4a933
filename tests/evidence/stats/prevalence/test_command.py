"""`havre estimate` on every bad input of lists: what it says, in English and in French, and how it ends."""

import pytest
from click.testing import CliRunner

from havre.evidence.estimate_command import estimate

# what the file holds, how the command ends, what it says in English and in French
BAD = {
    "all lists empty": ("a,b,c,n\n1,0,0,0\n0,1,0,0\n0,0,1,0\n", 1, "Every list is empty", "Toutes les listes sont vides"),
    "one list empty": ("a,b,c,n\n1,0,0,5\n0,1,0,4\n1,1,0,2\n", 1, "List c holds nobody", "La liste c ne compte personne"),
    "identical lists": ("a,b,c,n\n1,1,0,5\n0,0,1,4\n1,1,1,3\n", 1, "Lists a and b hold exactly the same", "Les listes a et b comptent exactement"),
    "fewer than three lists": ("a,b,n\n1,0,5\n0,1,4\n1,1,3\n", 0, "at least three are needed", "il en faut au moins trois"),
    "a negative count": ("a,b,c,n\n1,0,0,-5\n0,1,0,3\n", 1, "Column n, row 2: -5 is negative", "Colonne n, ligne 2 : -5 est négatif"),
    "a fractional count": ("a,b,c,n\n1,0,0,2.5\n0,1,0,3\n", 1, "row 2: 2.5 is not whole", "ligne 2 : 2.5 n'est pas entier"),
    "a history written twice": ("a,b,c,n\n1,0,0,2\n0,1,0,3\n1,0,0,4\n", 1, "Rows 2 and 4", "Lignes 2 et 4"),
    "a column that is not 0/1": ("a,b,c,n\n1,0,0,2\n0,2,0,3\n", 1, "Column b, row 3: 2 is neither 0 nor 1", "Colonne b, ligne 3 : 2 n'est ni 0 ni 1"),
    "no overlap anywhere": ("a,b,c,n\n1,0,0,20\n0,1,0,30\n0,0,1,30\n", 0, "Nobody is on two lists", "Personne n'est sur deux listes"),
    "years for counts": ("a,b,c,year\n1,0,0,2020\n0,1,0,2021\n", 1, "column, year, holds no counts", "colonne, year, n'est pas un effectif"),
    "a quotation mark never closed": ('a,b,c,n\n1,0,0,5\n"1,1,0,3\n', 1, "never closed in row 3", "jamais fermé à la ligne 3"),
    "a list of everybody": ("a,b,c\n1,0,1\n0,1,1\n1,1,1\n", 1, "name it (--count)", "la nommer (--count)"),
    "no table at all": ("", 1, "not a readable table (empty)", "pas un tableau lisible (vide)"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_command_on_bad_input_says_what_is_wrong_in_the_language_asked(tmp_path, case, language):
    content, status, *words = BAD[case]
    path = tmp_path / "lists.csv"
    path.write_text(content)
    done = CliRunner().invoke(estimate, [str(path), "--language", language])

    said = done.output.replace("\u00a0", " ")
    assert done.exit_code == status
    assert words[language == "fr"] in said and words[language == "en"] not in said
    refusal = {"en": "No defensible estimate", "fr": "Aucune estimation défendable"}[language]
    error = {"en": "Error: ", "fr": "Erreur : "}[language]
    assert said.startswith(error if status else refusal)


def test_command_that_cannot_read_its_file_leaves_no_report(tmp_path):
    done = CliRunner().invoke(estimate, [str(tmp_path / "no.csv"), "--report", str(tmp_path / "out")])

    assert (done.exit_code, (tmp_path / "out").exists()) == (1, False)
    assert "no.csv: not found" in done.output


SEEN = "a,b,c,d,n\n" + "".join(
    f"{a},{b},{c},{d},{n}\n"
    for (a, b, c, d), n in {
        **{(1, 0, 0, 0): 40, (0, 1, 0, 0): 38, (0, 0, 1, 0): 35, (0, 0, 0, 1): 30, (1, 1, 0, 0): 12, (1, 0, 1, 0): 11, (1, 0, 0, 1): 9},
        **{(0, 1, 1, 0): 10, (0, 1, 0, 1): 8, (0, 0, 1, 1): 8, (1, 1, 1, 0): 4, (1, 1, 0, 1): 3},
    }.items()
)


@pytest.mark.parametrize(
    ("language", "rate", "rests"), [("en", "per 100,000 people", "no list reaches"), ("fr", "habitants", "aucune liste")]
)
def test_command_prints_the_rate_and_what_the_figure_rests_on(tmp_path, language, rate, rests):
    path = tmp_path / "lists.csv"
    path.write_text(SEEN)
    asked = [str(path), "--language", language, "--resamples", "20", "--sweeps", "400", "--population", "50000"]
    said = CliRunner().invoke(estimate, asked).output

    assert rate in said.splitlines()[1]
    assert rests in said.split("\n\n")[-1]


def test_command_reads_what_spreadsheets_call_unicode_text(tmp_path):
    plain, wide = tmp_path / "plain.csv", tmp_path / "wide.csv"
    plain.write_text(SEEN)
    wide.write_bytes(SEEN.replace(",", "\t").encode("utf-16"))
    asked = ["--resamples", "20", "--sweeps", "400", "--language", "en"]
    one, other = (CliRunner().invoke(estimate, [str(path), *asked]) for path in (plain, wide))

    assert one.exit_code == other.exit_code == 0
    assert one.output == other.output
