"""`havre link-private`: the same persons on two owners' lists, without showing identities to one another, without Django.

Data owners: agreement, keys, vectors, encode, resolve. The linkage unit: compare, which takes no key.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from havre.evidence.bilingual_command import Refusal, in_words

if TYPE_CHECKING:
    from havre.evidence.stats.linkage.private import Agreement, ExchangeKey

PATH = click.Path(path_type=Path, dir_okay=False)
KEY = click.option("--key", "key_file", required=True, type=PATH, help="The exchange's key file (`keys agree`).")
AGREEMENT = click.option("--agreement", "agreement_file", required=True, type=PATH, help="The agreement, the same file on both sides.")
OUT = click.option("--out", required=True, type=PATH, help="The file to write; it must not exist.")
REGISTER = click.option(
    "--register", type=PATH, default=Path("destroyed-keys.jsonl"), show_default=True, help="Where destroyed keys are written down."
)


# what a system says of a file, in the words of a person; the rest as the system says it
_FILES = {
    errno.ENOENT: ("fichier introuvable ; vérifiez le chemin", "not found; check the path"),
    errno.EISDIR: ("c'est un dossier ; donnez un fichier", "is a folder; give a file"),
    errno.EACCES: ("accès refusé ; vérifiez les droits du fichier", "access denied; check the file's rights"),
}


@contextmanager
def _said() -> Iterator[None]:
    """People's errors as one sentence, in French where the house or the shell is French."""
    from havre.evidence.stats.linkage.private import CannotLink
    from havre.evidence.stats.linkage.reading import ListError

    try:
        yield
    except (CannotLink, ListError) as problem:
        raise Refusal(in_words(problem.fr, problem.en)) from None
    except OSError as problem:
        name = Path(str(problem.filename)).name
        fr, en = _FILES.get(problem.errno or 0, (problem.strerror or "", problem.strerror or ""))
        raise Refusal(in_words(f"{name} : {fr}", f"{name}: {en}")) from None


def _taken(path: Path) -> Refusal:
    return Refusal(in_words(f"{path.name} existe déjà : nommez un autre fichier", f"{path.name} exists already: name another file"))


def _passphrase(*, new: bool = False) -> str:
    return str(
        click.prompt(
            in_words("Phrase secrète du fichier de clé", "Passphrase of the key file"), hide_input=True, confirmation_prompt=new, err=True
        )
    )


def _write(path: Path, text: str) -> None:
    """A new file, whole or not at all."""
    if path.exists():
        raise _taken(path)
    half = path.with_name(path.name + ".part")
    half.write_text(text)
    os.replace(half, path)


def _terms(path: Path) -> Agreement:
    from havre.evidence.stats.linkage.private import agreement

    return agreement.read(path.read_text())


def _owner(key_file: Path, agreement_file: Path, register: Path | None = None) -> tuple[ExchangeKey, Agreement]:
    """Key and agreement, ready for use, or a refusal."""
    from havre.evidence.stats.linkage.private import keys, ready

    terms = _terms(agreement_file)
    key = keys.read_key(key_file, _passphrase())
    ready(key, terms, on=date.today(), destroyed=keys.destroyed(register) if register else frozenset())
    return key, terms


@click.group("link-private")
def link_private() -> None:
    """Link lists of two owners without showing identities: keyed encoding, a linkage unit without keys, counts as result."""


@link_private.command("agreement")
@click.option("--exchange", required=True, help="A new name for this exchange.")
@click.option("--parties", required=True, help="The owners' names, comma between them.")
@click.option("--purpose", required=True, help="What it is for, in words.")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The last day of use.")
@click.option("--size", required=True, type=click.IntRange(1), help="About how many records the smaller list has.")
@click.option(
    "--output", type=click.Choice(["cells", "pairs"]), default="cells", show_default=True, help="What may leave the linkage unit."
)
@click.option("--least-cell", default=11, show_default=True, type=click.IntRange(1), help="The smallest count shown.")
@OUT
def agreement_(exchange: str, parties: str, purpose: str, until: object, size: int, output: str, least_cell: int, out: Path) -> None:
    """Write an agreement as a file that both owners keep, byte for byte."""
    from havre.evidence.stats.linkage.private import agreement

    terms = {"kind": agreement.KIND, "version": 1, "exchange": exchange, "parties": [name.strip() for name in parties.split(",")]}
    terms |= {"purpose": purpose, "expires_on": f"{until:%Y-%m-%d}", "size": size, "output": output, "least_cell": least_cell}
    with _said():
        made = agreement.read(json.dumps(terms))
        _write(out, json.dumps(made.as_json(), indent=1, ensure_ascii=False) + "\n")
    click.echo(made.digest)


@link_private.group("keys")
def keys_() -> None:
    """Make, agree, confirm, pass on and destroy the keys of one exchange."""


@keys_.command("new")
@click.option("--exchange", required=True)
@click.option("--party", required=True, help="Your organisation's name in the agreement.")
@OUT
def new(exchange: str, party: str, out: Path) -> None:
    """Make a key pair for one exchange; send the *.public.json file to the other owner."""
    from havre.evidence.stats.linkage.private import keys

    with _said():
        pair = keys.new_pair(exchange, party)
        keys.write_pair(out, pair, _passphrase(new=True))
        card = out.with_name(out.name + ".public.json")
        _write(card, json.dumps(pair.card(), indent=1) + "\n")
    click.echo(
        in_words(f"gardez {out.name} ; envoyez {card.name} à l'autre détenteur", f"keep {out.name}; send {card.name} to the other owner")
    )


@keys_.command("agree")
@click.option("--mine", required=True, type=PATH, help="Your key pair (`keys new`).")
@click.option("--theirs", required=True, type=PATH, help="The other owner's public card.")
@AGREEMENT
@REGISTER
@OUT
def agree(mine: Path, theirs: Path, agreement_file: Path, register: Path, out: Path) -> None:
    """Compute the exchange's secret and print the confirmation code to read to the other owner."""
    from havre.evidence.stats.linkage.private import keys

    with _said():
        terms, words = _terms(agreement_file), _passphrase()
        keys.not_destroyed(terms.exchange, keys.destroyed(register))
        key = keys.agree(keys.read_pair(mine, words), theirs.read_text(), agreement=terms.digest)
        keys.write_key(out, key, words)
    click.echo(key.code)
    click.echo(
        in_words(
            "lisez ce code de vive voix à l'autre détenteur, tapez le sien avec `keys confirm`",
            "read this code to the other owner by voice, type theirs with `keys confirm`",
        ),
        err=True,
    )


@keys_.command("confirm")
@click.argument("key_file", type=PATH)
@click.argument("code")
def confirm(key_file: Path, code: str) -> None:
    """Type the code that the other owner read out; without it nothing is encoded."""
    from havre.evidence.stats.linkage.private import keys

    with _said():
        words = _passphrase()
        keys.write_key(key_file, keys.confirm(keys.read_key(key_file, words), code), words, replace=True)
    click.echo(in_words("confirmé", "confirmed"))


@keys_.command("give")
@KEY
@click.option("--to", required=True, type=PATH, help="The third owner's public card.")
@AGREEMENT
@OUT
def give(key_file: Path, to: Path, agreement_file: Path, out: Path) -> None:
    """Seal a confirmed secret for a third owner named in the agreement."""
    from havre.evidence.stats.linkage.private import keys

    with _said():
        key, terms = _owner(key_file, agreement_file)
        _write(out, keys.give(key, to.read_text(), parties=terms.parties) + "\n")
    click.echo(
        in_words(
            f"envoyez {out.name} au troisième détenteur ; le code à comparer de vive voix est {key.code}",
            f"send {out.name} to the third owner; the code to compare by voice is {key.code}",
        )
    )


@keys_.command("take")
@click.option("--mine", required=True, type=PATH, help="Your key pair (`keys new`).")
@click.option("--sealed", required=True, type=PATH, help="The file that `keys give` wrote for you.")
@AGREEMENT
@OUT
def take(mine: Path, sealed: Path, agreement_file: Path, out: Path) -> None:
    """Open a secret sealed for you; then compare the code and confirm it."""
    from havre.evidence.stats.linkage.private import keys

    with _said():
        terms, words = _terms(agreement_file), _passphrase()
        key = keys.take(keys.read_pair(mine, words), sealed.read_text(), agreement=terms.digest)
        keys.write_key(out, key, words)
    click.echo(key.code)


@keys_.command("destroy")
@click.argument("key_files", nargs=-1, required=True, type=PATH)
@click.option("--by", required=True, help="Who destroys them.")
@REGISTER
def destroy(key_files: tuple[Path, ...], by: str, register: Path) -> None:
    """Overwrite and delete key files and write that it was done. Name the key pair too: it could make the key again."""
    from havre.evidence.stats.linkage.private import keys

    with _said():
        for key_file in key_files:
            click.echo(json.dumps(keys.destroy(key_file, register, by=by), sort_keys=True))


@link_private.command("vectors")
@KEY
@AGREEMENT
def vectors_(key_file: Path, agreement_file: Path) -> None:
    """Print the digest of fifty invented persons, encoded: it must be the same on both sides before real data moves."""
    from havre.evidence.stats.linkage.private import vectors

    with _said():
        key, terms = _owner(key_file, agreement_file)
        found = vectors(key, size=terms.size, how=terms.hardening)
    click.echo(f"vectors    {found.digest}\nnormaliser {found.normaliser}")


@link_private.command()
@click.argument("file", type=PATH)
@KEY
@AGREEMENT
@click.option("--their-vectors", required=True, help="The digest that `vectors` printed on the other owner's side.")
@REGISTER
@OUT
def encode(file: Path, key_file: Path, agreement_file: Path, their_vectors: str, register: Path, out: Path) -> None:
    """Encode one list for the linkage unit."""
    # the statistics are heavy: imported when the command runs
    from havre.evidence.stats.linkage.private import encode_list

    with _said():
        if out.exists():
            raise _taken(out)
        key, terms = _owner(key_file, agreement_file, register)
        made = encode_list(file, out, key=key, terms=terms, their_vectors=their_vectors)
    dropped = sum(made.dropped.values())
    dummies = len(made.pseudonym) - made.real
    click.echo(
        in_words(
            f"{made.real} fiches et {dummies} fictives, {len(made.record)} lignes ; {dropped} lignes non envoyées",
            f"{made.real} records and {dummies} dummies, {len(made.record)} rows; {dropped} rows not sent",
        )
    )


@link_private.command()
@click.argument("files", nargs=-1, required=True, type=PATH)
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="The folder for the results.")
@click.option("--agreement", "agreement_file", type=PATH, help="The owners' agreement; wanted for --pairs.")
@click.option("--pairs", is_flag=True, help="Write pseudonymous pairs too, if the agreement says so.")
@click.option("--seed", default=1, show_default=True, help="Of the draws behind the bounds.")
def compare(files: tuple[Path, ...], out: Path, agreement_file: Path | None, pairs: bool, seed: int) -> None:
    """Compare encoded lists; take no key. Writes cells.csv and cells.json."""
    from havre.evidence.stats.linkage.private import compare_files

    with _said():
        found = compare_files(files, out, terms=_terms(agreement_file) if agreement_file else None, pairs=pairs, seed=seed)
    click.echo(out.joinpath("cells.csv").read_text(), nl=False)
    if found.precision is not None:
        click.echo(
            in_words(
                f"précision estimée {found.precision}, rappel parmi les paires comparées {found.recall}",
                f"estimated precision {found.precision}, recall among compared pairs {found.recall}",
            ),
            err=True,
        )
    for line in found.as_json()[in_words("warnings_fr", "warnings_en")]:
        click.echo(line, err=True)


@link_private.command()
@click.argument("pairs_file", type=PATH)
@click.option("--list", "list_file", required=True, type=PATH, help="Your own list, as it was encoded.")
@KEY
@AGREEMENT
@OUT
def resolve(pairs_file: Path, list_file: Path, key_file: Path, agreement_file: Path, out: Path) -> None:
    """Turn your own pseudonyms of agreed pairs back into your record ids."""
    from havre.evidence.stats.linkage.private import resolve_pairs

    with _said():
        key, terms = _owner(key_file, agreement_file)
        text, number = resolve_pairs(pairs_file, list_file, key=key, terms=terms)
        _write(out, text)
    click.echo(in_words(f"{number} paires", f"{number} pairs"))
