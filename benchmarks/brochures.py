"""How long a hundred distinct brochures take: ten documents, five languages, two countries, each bound to its facts and set as PDF/A-2a and UA-1.

    python -m benchmarks.brochures [papers]

The facts are those that Havre ships, so no database is asked. Twice: in one process, and shared by two (goals: 8 s on two quiet cores,
200 MB). A paper that the checks refuse is named and counted, and the status is then 1. Prints both times with their ratio, the processor
time of each, the memory of the processes at most (each alone, and together with shared pages counted once), and whether both gave the
same bytes. Starting Python and reading the standards is in neither time, and is printed by itself.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import resource
import sys
import time
from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path

from benchmarks import own_house

DAY = date(2026, 11, 29)
PAPERS, COUNTRIES, CORES, SECONDS, MEGABYTES = 100, ("th", "tl", "gh"), 2, 8.0, 200
Wanted = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Made:
    """What one process made: digest by paper, what was refused in words, processor seconds, and its memory in megabytes (most, own share)."""

    digests: dict[Wanted, str]
    refused: list[str]
    size: int
    processor: float
    most: float
    share: float


def wanted(papers: int) -> list[Wanted]:
    """That many of country, language and document: all documents in all languages of a country before the next country."""
    from havre.publishing.sources import LANGUAGES, editions

    return list(product(COUNTRIES, LANGUAGES, editions()["brochures"].documents))[:papers]


def make(papers: list[Wanted]) -> Made:
    """Bind and set each paper, in this process."""
    from havre import standards
    from havre.publishing.documents import build
    from havre.publishing.printing import as_pdf
    from havre.trust.errors import HavreError

    began = time.process_time()
    known = {(country, DAY, fact.id): fact for country in COUNTRIES for fact in standards.packaged_facts(country)}
    digests, refused, size = {}, [], 0
    for country, language, id in papers:
        try:
            paper = as_pdf(build("brochures", id, country=country, language=language, on=DAY, known=known), "trifold")
        except HavreError as error:
            refused.append(f"{id} {country} {language}: {error}")
            continue
        digests[country, language, id] = hashlib.sha256(paper).hexdigest()
        size += len(paper)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Made(digests, refused, size, time.process_time() - began, most, _share())


def _share() -> float:
    """Megabytes of this process now, pages that others share counted by their part (Linux); 0 where the system does not say."""
    path = Path("/proc/self/smaps_rollup")
    lines = path.read_text().splitlines() if path.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def timed(papers: list[Wanted], processes: int) -> tuple[float, list[Made]]:
    """Seconds until the last of that many fresh processes is done, and what each made."""
    # forked: each begins with the standards read, and with no font and no paper in memory
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        began = time.perf_counter()
        made = pool.map(make, [papers[place::processes] for place in range(processes)], chunksize=1)
        return time.perf_counter() - began, made


def main() -> None:
    """Time both ways and say what came of it."""
    began = time.perf_counter()
    own_house.opened()
    papers = wanted(int(sys.argv[1]) if len(sys.argv) > 1 else PAPERS)
    print(f"{len(papers)} papers; Python and the sources ready in {time.perf_counter() - began:.1f} s")
    digests, seconds, refused = [], [], []
    for processes in (1, CORES):
        took, made = timed(papers, processes)
        digests.append({key: digest for one in made for key, digest in one.digests.items()})
        seconds.append(took)
        refused = [words for one in made for words in one.refused]
        print(
            f"{processes} at once: {took:.2f} s, processor {sum(one.processor for one in made):.2f} s, {sum(one.size for one in made)} bytes"
        )
        memory = ", ".join(f"{one.most:.0f} MB" for one in made)
        print(f"  most memory {memory}; together {sum(one.share for one in made):.0f} MB (goal {MEGABYTES})")
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"two at once take {seconds[1] / seconds[0]:.2f} of one (goal {SECONDS:.0f} s on quiet cores; load {load})")
    print(f"distinct {len(set(digests[1].values()))}; the same bytes both times: {'yes' if digests[0] == digests[1] else 'NO'}")
    for words in refused:
        print(f"refused: {words}")
    sys.exit(1 if refused or digests[0] != digests[1] else 0)


if __name__ == "__main__":
    main()
