"""`havre release verify` and `havre release key`: is this bundle what its publisher signed, and does it still hold?"""

from __future__ import annotations

import json
from pathlib import Path

import click

from havre.release.saying import Said, said


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--public-key", type=click.Path(path_type=Path), help="The publisher's key (PEM), had by another way than the bundle.")
@click.option("--internal", type=click.Path(path_type=Path), help="The internal half, where you hold it.")
@click.option("--earlier", multiple=True, type=click.Path(path_type=Path), help="A bundle published before: both are attacked together.")
@click.option("--json", "as_json", is_flag=True, help="Every check as JSON.")
def verify(bundle: Path, public_key: Path | None, internal: Path | None, earlier: tuple[Path, ...], as_json: bool) -> None:
    """Check a proof BUNDLE: files, signature, what it states, its tables attacked again.

    Ends with 0 when everything holds, 1 when something does not, 3 when the signature could not be checked.
    """
    from havre.release.stats.bundle import verifier
    from havre.release.stats.bundle.again import attack_again

    try:
        try:
            key = public_key.read_bytes() if public_key else None
        except OSError as problem:
            raise click.ClickException(
                f"{public_key}: cannot be read as a public key ({problem.strerror}); give the publisher's .pub.pem"
            ) from None
        checks = verifier.verify(bundle, public_key=key, internal=internal)
        if not any(check.holds is False for check in checks):
            checks += attack_again(bundle, earlier)
    except (verifier.Broken, OSError) as problem:
        raise Said(f"{bundle.name or bundle}: {problem}") from None
    if as_json:
        click.echo(json.dumps([{"name": one.name, "holds": one.holds, "words": one.words} for one in checks], indent=1, ensure_ascii=False))
    else:
        click.echo("\n".join(verifier.lines(checks)))
    raise SystemExit(verifier.status(checks))


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def key(file: Path) -> None:
    """Make a signing key in FILE (PEM, readable by you alone) and its public half beside it."""
    from havre.release.stats.bundle.packing import new_key
    from havre.release.stats.errors import BadTable

    try:
        mark = new_key(file)
    except BadTable as problem:
        raise said(problem) from None
    except OSError as problem:
        raise Said(f"{file} cannot be written: {problem.strerror}", f"{file} ne peut être écrit : {problem.strerror}") from None
    click.echo(f"{file} and {file.with_suffix('.pub.pem').name}; fingerprint {mark}: publish the second file and the fingerprint")
