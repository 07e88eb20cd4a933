"""What somebody gives by mistake: one sentence that says where, what and how, in French too, and nothing written, lost or spent."""

import json

import pytest
from click.testing import CliRunner

from havre.release.command import release
from havre.release.stats.bundle.packing import new_key
from havre.release.stats.ledger import Head
from havre.release.stats.ledger_file import create, read

ABOUT = {"release": "r1", "title": "Persons", "publisher": "House", "contact": "c@example.org", "issued": "2026-11-28"}
BOOK = {"region": ["A", "B"], "sex": ["f", "m"]}


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = [f"{'AB'[n % 3 == 0]},{'fm'[n % 2]},{('Ama', 'Esi', 'Kofi')[n % 3]},{n % 2}" for n in range(90)]
    (tmp_path / "named.csv").write_text("region,sex,nom,persons\n" + "\n".join(lines) + "\n")
    (tmp_path / "rows.csv").write_text("region,sex\n" + "\n".join(line.rsplit(",", 2)[0] for line in lines) + "\n")
    (tmp_path / "one.csv").write_text("region,sex\nA,f\n")
    (tmp_path / "twice.csv").write_text("region,region\nA,B\n")
    (tmp_path / "ragged.csv").write_text("region,sex\nA,f\nA,f,m\n")
    (tmp_path / "latin.csv").write_bytes("region,sex\nNord-Été,f\n".encode("latin-1"))
    (tmp_path / "void.csv").write_text("region,sex\nA,f\n(not recorded),f\n" + "A,m\n" * 20)
    (tmp_path / "book.json").write_text(json.dumps(BOOK))
    (tmp_path / "letters.json").write_text(json.dumps({**BOOK, "region": "AB"}))
    (tmp_path / "repeated.json").write_text(json.dumps({**BOOK, "region": ["A", "B", "A"]}))
    (tmp_path / "list.json").write_text("[1]")
    (tmp_path / "up.json").write_text(json.dumps({**ABOUT, "release": "../up"}))
    (tmp_path / "soon.json").write_text(json.dumps({**ABOUT, "issued": "soon"}))
    (tmp_path / "about.json").write_text(json.dumps(ABOUT))
    (tmp_path / "noise.ledger").write_bytes(b"\xff\xfe\n")
    new_key(tmp_path / "key.pem")
    return tmp_path


ROWS = "--codebook book.json --epsilon 1 --delta 0.000001 --out made"
FAULTS = [
    ("table rows.csv --by region,region", "'region' twice", "deux fois la colonne 'region'"),
    ("table rows.csv --by region,", "empty name", "un nom est vide"),
    ("table named.csv --by persons,sex", "rename it", "la renommer"),
    ("table one.csv --by region", "1 rows and k is 11", "1 lignes et k vaut 11"),
    ("table rows.csv --by region --k 91", "90 rows and k is 91", "90 lignes et k vaut 91"),
    ("table twice.csv --by region", "two columns named 'region'", "deux colonnes nommées 'region'"),
    ("table ragged.csv --by region", "line 3: 3 fields", "ligne 3 : 3 champs"),
    ("table latin.csv --by region", "latin.csv is not UTF-8", "latin.csv n'est pas en UTF-8"),
    ("table void.csv --by region", "leave such values empty", "laisser ces valeurs vides"),
    ("table rows.csv --by region --codes letters.json", "as a JSON list", "en une liste JSON"),
    ("table rows.csv --by region --codes repeated.json", "each code once", "chaque code une fois"),
    ("table rows.csv --by region --out rows.csv", "never written over", "n'en écrase jamais"),
    ("table rows.csv --by region --out no/made.csv", "make it first", "le créer d'abord"),
    ("table rows.csv --by region --proof no/made.json", "make it first", "le créer d'abord"),
    ("table rows.csv --by region --bundle made --key key.pem --about up.json", "it names two files", "est celui de deux fichiers"),
    ("table rows.csv --by region --bundle made --key key.pem --about soon.json", "is no day", "n'est pas un jour"),
    ("synthetic named.csv --method k-anonymous --out made", "column 'nom': a column of names", "colonne 'nom' : une colonne de noms"),
    ("synthetic named.csv --domain-is-public --out made", "column 'nom': a column of names", "colonne 'nom' : une colonne de noms"),
    (f"synthetic rows.csv {ROWS} --ledger none.ledger", "there is no ledger here", "aucun registre ici"),
    (f"synthetic rows.csv {ROWS} --ledger noise.ledger", "line 1 of the ledger", "ligne 1 du registre"),
    (f"dp rows.csv --tables region {ROWS} --ledger none.ledger", "there is no ledger here", "aucun registre ici"),
    (f"dp rows.csv --tables region {ROWS} --epsilon 0", "nothing can be released for it", "rien ne peut être publié à ce prix"),
    (f"dp rows.csv --tables region {ROWS} --delta nan", "give a number above 0", "donner un nombre au-dessus de 0"),
    ("codebook rows.csv --out no/made.json", "make it first", "le créer d'abord"),
    ("check none.txt", "there is no such file", "ce fichier n'existe pas"),
    ("checklist none.txt", "there is no such file", "ce fichier n'existe pas"),
    ("checklist rows.csv --answers list.json --by r --key key.pem --out made", "JSON of every rule", "JSON de chaque règle"),
    ("key no/made.pem", "cannot be written", "ne peut être écrit"),
]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("line", "english", "french"), FAULTS, ids=[one[0] for one in FAULTS])
def test_fault_is_one_sentence_and_leaves_no_trace(place, monkeypatch, language, line, english, french):
    monkeypatch.setenv("HAVRE_LANGUAGE", language)
    before = {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    done = CliRunner().invoke(release, line.split())
    assert (done.exit_code, type(done.exception)) == (1, SystemExit)
    assert done.output.startswith({"en": "Error: ", "fr": "Erreur : "}[language])
    assert {"en": english, "fr": french}[language] in done.output
    assert {path: path.read_bytes() for path in place.rglob("*") if path.is_file()} == before


def test_bundle_is_never_written_over_by_another_release(place):
    made = ["--bundle", "made", "--key", "key.pem", "--about", "about.json"]
    assert CliRunner().invoke(release, ["table", "rows.csv", "--by", "region", *made]).exit_code == 0
    kept = (place / "made" / "r1.public.zip").read_bytes()
    refused = CliRunner().invoke(release, ["table", "rows.csv", "--by", "sex", *made])
    assert "r1.public.zip exists and holds another release" in refused.output
    assert (place / "made" / "r1.public.zip").read_bytes() == kept
    # packed again, the same release may take its place
    assert CliRunner().invoke(release, ["table", "rows.csv", "--by", "region", *made]).exit_code == 0


def test_run_refused_for_its_price_may_be_asked_again_for_less(place):
    create(place / "small.ledger", Head("people", 0.5, 1e-6))
    asked = f"dp rows.csv --tables region {ROWS} --ledger small.ledger".split()
    assert "budget is not enough" in CliRunner().invoke(release, asked).output
    asked[asked.index("--epsilon") + 1] = "0.3"
    done = CliRunner().invoke(release, asked)
    assert (done.exit_code, [line.act for line in read(place / "small.ledger").lines]) == (0, ["reserve", "draw"])


def test_columns_may_be_written_with_a_space_behind_the_comma(place):
    assert CliRunner().invoke(release, ["table", "rows.csv", "--by", "region, sex", "--codes", "book.json"]).exit_code == 0
