"""The linkage unit's work: files in, capture cells out; pseudonymous pairs only when the owners' agreement says so. It holds no key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations, product
from typing import Any

import numpy as np
import numpy.typing as npt

from havre.evidence.stats.linkage.private import cells, encoded_file, judging, scoring
from havre.evidence.stats.linkage.private.agreement import LEAST_CELL, Agreement
from havre.evidence.stats.linkage.private.cells import Cell, History
from havre.evidence.stats.linkage.private.encoded_file import Header
from havre.evidence.stats.linkage.private.encoding import Encoded
from havre.evidence.stats.linkage.private.errors import CannotLink
from havre.evidence.stats.linkage.private.meet import meet
from havre.evidence.stats.linkage.private.scoring import Scored

FLOOR = 4.0
DRAWS = 50
# (French, English); what a reader of cells is told
WARNINGS: Mapping[str, tuple[str, str]] = {
    "blocking": (
        "Le rappel estimé ne compte pas les paires qu'aucun bloc n'a réunies : il est un maximum.",
        "Estimated recall leaves out the pairs that no block brought together: it is an upper bound.",
    ),
    "duplicates": (
        "Les doublons repérés dans une liste comptent pour une personne ; mieux vaut dédoublonner avant d'encoder.",
        "Duplicates found inside a list count as one person; better remove them before encoding.",
    ),
    "bounds": (
        "Les bornes portent sur la seule erreur d'appariement, pas sur l'échantillonnage.",
        "The bounds are of linkage error alone, not of sampling.",
    ),
}


@dataclass(frozen=True, slots=True)
class Linked:
    """What one comparison found. `scored`, candidate pairs by pair of lists; `links`, (list, record, list, record, probability); `groups`,
    persons (list, first record) found on several lists; `same`, each record's person, by list; `expected`, true pairs among the
    candidates by their probabilities; `compared`, row pairs."""

    scored: Mapping[tuple[int, int], Scored]
    same: tuple[npt.NDArray[np.int64], ...]
    groups: tuple[tuple[tuple[int, int], ...], ...]
    links: tuple[tuple[int, int, int, int, float], ...]
    expected: float
    compared: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What may leave the linkage unit. `cells`; `precision`, `recall`, estimated, None when nothing is linked or a cell is hidden; `parties`,
    the lists' order in a history; `sizes`, persons on each list; `pairs`, (party, pseudonym, party, pseudonym, probability), or None when
    only cells were agreed."""

    exchange: str
    agreement: str
    parties: tuple[str, ...]
    sizes: tuple[int, ...]
    least_cell: int
    cells: tuple[Cell, ...]
    precision: float | None
    recall: float | None
    warnings: tuple[str, ...]
    pairs: tuple[tuple[str, str, str, str, float], ...] | None

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values without the pairs, warnings in both languages."""
        values = {name: value for name, value in asdict(self).items() if name != "pairs"}
        words = {f"warnings_{language}": [WARNINGS[key][place] for key in self.warnings] for place, language in enumerate(("fr", "en"))}
        return values | words


def _chance(one: Header, other: Header) -> dict[str, list[float]]:
    """Agreement by chance between two lists: the mean of what each says of itself."""
    both = {name: (values, other.chance.get(name, values)) for name, values in one.chance.items()}
    return {name: [(one + two) / 2 for one, two in zip(mine, theirs, strict=True)] for name, (mine, theirs) in both.items()}


def persons_of(one: tuple[Header, Encoded]) -> tuple[npt.NDArray[np.int64], int]:
    """Each record's person in one list, by comparing the list with itself, and how many row pairs were compared."""
    table = scoring.weights(one[0].chance, flip=one[0].hardening.flip / 64)
    found = meet(one[1], one[1], table.bits, floor=FLOOR + 4)
    return scoring.twice(scoring.once(found, table), size=len(one[1].pseudonym)), found.compared


def score(
    a: tuple[Header, Encoded],
    b: tuple[Header, Encoded],
    *,
    same: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]] | None = None,
    rounds: int = 12,
) -> tuple[Scored, int]:
    """The candidate pairs of two lists with their probabilities, and how many row pairs were compared.

    Args: same, each record's person in the two lists. Prior and m are found by repeating: from the probabilities, and the probabilities
    from them.
    Source: Fellegi and Sunter, A Theory for Record Linkage, JASA 64 (1969).
    """
    chance, flip = _chance(a[0], b[0]), a[0].hardening.flip / 64
    table = scoring.weights(chance, flip=flip)
    found = meet(a[1], b[1], table.bits, floor=FLOOR)
    sizes = (len(a[1].pseudonym), len(b[1].pseudonym))
    expected = 0.3 * min(a[0].records, b[0].records)
    for _ in range(rounds):
        used = table
        pairs = scoring.once(found, table)
        pairs = replace(pairs, probability=scoring.with_rivals(pairs, sizes=sizes, expected=expected, same=same))
        expected = float(pairs.probability.sum())
        table = scoring.weights(chance, flip=flip, m=scoring.refit(table, pairs))
    return replace(pairs, probability=judging.judged(pairs, used, sizes=sizes, same=same)), found.compared


def _balanced(probability: npt.NDArray[np.float64]) -> int:
    """How many of the best links to keep so that expected false links equal expected missed ones."""
    return round(float(probability.sum()))


def _grouped(edges: Sequence[tuple[int, int, int, int]]) -> tuple[list[list[tuple[int, int]]], list[int]]:
    """Groups from edges, best first: an edge joins two groups only when they share no list. Returns groups of two or more, and edges used."""
    home: dict[tuple[int, int], list[tuple[int, int]]] = {}
    used = []
    for place, (i, x, j, y) in enumerate(edges):
        one, other = home.setdefault((i, x), [(i, x)]), home.setdefault((j, y), [(j, y)])
        if one is other:
            used.append(place)
        elif not {mine for mine, _ in one} & {theirs for theirs, _ in other}:
            one.extend(other)
            for member in other:
                home[member] = one
            used.append(place)
    unique = {id(group): group for group in home.values() if len(group) > 1}
    return list(unique.values()), used


def link(files: Sequence[tuple[Header, Encoded]], *, balanced: bool = True) -> Linked:
    """Score every pair of lists and link: one person of a list with at most one of another; groups of three need no third edge.

    Args: balanced, keep as many links as are expected to be true (for counting); else those with probability 0.5 or more.
    Source: Sadinle, Bayesian Estimation of Bipartite Matchings for Record Linkage, JASA 112 (2017), for one to one.
    """
    inside = [persons_of(one) for one in files]
    same = [persons for persons, _ in inside]
    compared = sum(looked for _, looked in inside)
    scored, edges = {}, []
    for i, j in combinations(range(len(files)), 2):
        found, looked = score(files[i], files[j], same=(same[i], same[j]))
        scored[i, j] = found
        compared += looked
        kept = scoring.one_to_one(found, least=0.05 if balanced else 0.5, same=(same[i], same[j]))
        kept = kept[: _balanced(found.probability)] if balanced else kept
        edges += [(float(found.probability[place]), i, int(found.a[place]), j, int(found.b[place])) for place in kept]
    edges.sort(key=lambda edge: (-round(edge[0], 9), edge[1:]))
    groups, used = _grouped([_at_persons(edge[1:], same) for edge in edges])
    links = tuple((*edges[place][1:], edges[place][0]) for place in used)
    expected = sum(float(pairs.probability.sum()) for pairs in scored.values())
    return Linked(scored, tuple(same), tuple(tuple(sorted(group)) for group in groups), links, expected, compared)


def _at_persons(edge: tuple[int, int, int, int], same: Sequence[npt.NDArray[np.int64]]) -> tuple[int, int, int, int]:
    i, x, j, y = edge
    return i, int(same[i][x]), j, int(same[j][y])


def persons(found: Linked, files: Sequence[tuple[Header, Encoded]]) -> tuple[int, ...]:
    """How many persons each list holds: its records without dummies, less those found to be there twice."""
    return tuple(head.records - int((same != np.arange(len(same))).sum()) for (head, _), same in zip(files, found.same, strict=True))


def histories(groups: Sequence[Sequence[tuple[int, int]]], sizes: tuple[int, ...]) -> dict[History, int]:
    """How many persons have each history (1 for each list they are on); those on one list alone follow from its size.

    Source: Otis and others, Statistical Inference from Capture Data on Closed Animal Populations, Wildlife Monographs 62 (1978).
    """
    lists = len(sizes)
    counts: dict[History, int] = {history: 0 for history in product((0, 1), repeat=lists) if any(history)}
    for group in groups:
        on = {place for place, _ in group}
        counts[tuple(int(place in on) for place in range(lists))] += 1
    for place, size in enumerate(sizes):
        alone = tuple(int(other == place) for other in range(lists))
        counts[alone] = size - sum(count for history, count in counts.items() if history[place] and sum(history) > 1)
    return {history: max(0, count) for history, count in counts.items()}


def draws(found: Linked, sizes: tuple[int, ...], *, seed: int, number: int = DRAWS) -> dict[History, npt.NDArray[np.int64]]:
    """Counts of every cell over draws of the links from their probabilities: each draw keeps a pair with its probability, one partner each.

    Source: Sadinle 2018 (linkage averaging).
    """
    random = np.random.default_rng(seed)
    rows: list[dict[History, int]] = []
    for _ in range(number):
        edges: list[tuple[int, int, int, int]] = []
        for (i, j), pairs in found.scored.items():
            kept = np.flatnonzero(random.random(len(pairs.a)) < pairs.probability)
            edges += [_at_persons((i, int(pairs.a[place]), j, int(pairs.b[place])), found.same) for place in kept]
        random.shuffle(edges)
        rows.append(histories(_grouped(edges)[0], sizes))
    return {history: np.array([row[history] for row in rows]) for history in rows[0]}


def may_pairs(heads: Sequence[Header], terms: Agreement | None) -> None:
    """Raises CannotLink unless the agreement in hand is the very one that every file was encoded under, and says "pairs"."""
    if terms is None:
        raise CannotLink(
            "no_agreement",
            en="pairs leave only under an agreement that says so: give it with --agreement, or take cells",
            fr="les paires ne sortent que si un accord le dit : donnez-le par --agreement, ou prenez les cellules",
        )
    if any(head.agreement != terms.digest for head in heads):
        raise CannotLink(
            "other_agreement",
            en="this is not the agreement that the files were encoded under: ask the owners for theirs. Nothing was written",
            fr="ce n'est pas l'accord sous lequel les fichiers ont été encodés : demandez-le aux détenteurs. Rien n'a été écrit",
        )
    if terms.output != "pairs":
        raise CannotLink(
            "cells_only",
            en='the agreement allows capture cells only ("output": "cells"). Nothing was written',
            fr="l'accord ne permet que des cellules (« output » : « cells »). Rien n'a été écrit",
        )


def compare(files: Sequence[tuple[Header, Encoded]], *, terms: Agreement | None = None, pairs: bool = False, seed: int = 1) -> Comparison:
    """Compare encoded lists of two or more owners.

    Args: terms, the agreement, wanted for pairs; seed, of the draws behind the bounds.
    Raises: CannotLink when files do not match, with every reason at once, or when pairs were not agreed.
    Source: Fellegi & Sunter 1969; Winkler 1988 (EM); Sadinle 2017 (one to one) and 2018 (linkage averaging).
    """
    if len(files) < 2:
        raise CannotLink("too_few", en="give two encoded files or more", fr="donnez deux fichiers encodés ou plus")
    files = sorted(files, key=lambda file: file[0].party)
    heads = [head for head, _ in files]
    encoded_file.must_match(heads)
    if pairs:
        may_pairs(heads, terms)
    found = link(files, balanced=not pairs)
    sizes = persons(found, files)
    least = heads[0].least_cell or LEAST_CELL
    shown = cells.table(histories(found.groups, sizes), draws(found, sizes, seed=seed), sizes=sizes, least=least)
    right = sum(edge[4] for edge in found.links)
    # quality figures are counts in disguise: with a hidden cell they stay inside
    open_ = bool(found.links) and not any(cell.why for cell in shown)
    return Comparison(
        heads[0].exchange,
        heads[0].agreement,
        tuple(head.party for head in heads),
        sizes,
        least,
        shown,
        round(right / len(found.links), 3) if open_ else None,
        round(right / found.expected, 3) if open_ and found.expected else None,
        ("blocking", "duplicates", "bounds"),
        _pairs(files, found) if pairs else None,
    )


def _pairs(files: Sequence[tuple[Header, Encoded]], found: Linked) -> tuple[tuple[str, str, str, str, float], ...]:
    rows = [
        (files[i][0].party, files[i][1].pseudonym[x].hex(), files[j][0].party, files[j][1].pseudonym[y].hex(), round(probability, 6))
        for i, x, j, y, probability in found.links
    ]
    return tuple(sorted(rows))
