"""In step with the data: one helpline, one time limit and one sign change; what rests on them is listed and made again, nothing else.

    python -m benchmarks.step

A house of Ghana in a folder of its own, and a copy of Havre beside it. Every format of every edition is published, PDFs and packages too.
Then, as an administrator would, two persons put another helpline and another time limit in force, and a new version of the standards words
a sign otherwise, which withdraws its questions. After each change what no longer holds is listed, and compared with a list written by hand
from the sources, below; then it is made again by `havre publish all --changed`. At last all three change at once, twice: remade by the
command, and by the order of the page, which the background works off. Seconds are those of whole processes, from start to end, to be read
on a quiet machine of two cores: papers are set beside the rest. Beside them the processor's, and the load. Status 1 when a list differs,
something is left over, an old code does not say superseded, or listing and making again take more than thirty seconds.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import product
from pathlib import Path

GOAL, COUNTRY, SIGN = 30.0, "gh", "DEL-CD02"
HERE = Path(__file__).parents[1]
EVERY, FOUR = ("en", "fr", "pt", "tet", "th"), ("en", "fr", "pt", "th")
Key = tuple[str, str, str]
# document → its languages, and its formats with the shapes of paper: as its source promises
MADE = {
    **{
        f"brochures/{id}": (EVERY, ("pdf trifold", "pdf a6", "web"))
        for id in ["young", "home-work", "sea-work", "online-work", "women", "men", "time", "signs", "interview", "handing"]
    },
    "leaflets/rights": (EVERY, ("pdf a4", "web")),
    "guide/aide-memoire": (EVERY, ("pdf card", "web")),
    "guide/guide": (EVERY, ("pdf book", "web", "epub")),
    "figures/factsheet": (EVERY, ("pdf sheet", "web")),
    "figures/report": (EVERY, ("pdf book", "web")),
    "module/learner": (FOUR, ("pdf book", "web")),
    "module/trainer": (FOUR, ("pdf trainer",)),
    "module/course": (FOUR, ("scorm12", "scorm2004", "cmi5", "epub")),
    "module/self-test": (FOUR, ("pdf book",)),
    "module/exercises": (FOUR, ("pdf book",)),
}
# By hand, from the sources: what prints the helplines (shared/where and shared/where-staff, which every brochure includes; the leaflet; the
# card; annex-data of the guide; the factsheet) ...
HELPLINE = {
    *(id for id in MADE if id.startswith("brochures/")),
    *("leaflets/rights", "guide/aide-memoire", "guide/guide", "figures/factsheet"),
}
# ... what counts the days of recovery and reflection (brochures; the leaflet; the card; chapter-05 and annex-data of the guide; unit-05,
# which learners, trainers and the course read; both figures) ...
LIMIT = {
    *("brochures/time", "brochures/signs", "brochures/interview", "leaflets/rights", "guide/aide-memoire", "guide/guide"),
    *("module/learner", "module/trainer", "module/course", "figures/factsheet", "figures/report"),
}
# ... and what shows the sign, or asks a question that rests on it (u2-04, which the printed self-test has too)
SIGNED = {"brochures/signs", "module/learner", "module/trainer", "module/course", "module/self-test"}
LINE = re.compile(rf"^(?P<document>[\w-]+/[\w-]+) {COUNTRY} (?P<language>\w+) (?P<format>\w+(?: \w+)?): (?P<code>\w{{10}}), ", re.MULTILINE)
PUBLISHED = re.compile(r"^(?P<made>\d+) artefacts (?:remade, (?P<refused>\d+) refused, )?in ", re.MULTILINE)


def by_hand(documents: set[str]) -> set[Key]:
    """Every artefact of these documents: document, language, format with its shape. One row each."""
    return {key for id in documents for key in product((id,), *MADE[id])}


class House:
    """A house in `folder`, and the copy of Havre that it runs: the standards of the copy can be changed."""

    def __init__(self, folder: Path) -> None:
        self.copy, self.out = folder / "copy", folder / "out"
        shutil.copytree(HERE / "havre", self.copy / "havre", ignore=shutil.ignore_patterns("__pycache__"))
        path = os.pathsep.join([str(self.copy), str(HERE)])
        self.environment = {**os.environ, "HAVRE_HOME": str(folder / "home"), "HAVRE_COUNTRY": COUNTRY, "PYTHONPATH": path}
        self.environment.pop("HAVRE_DATABASE_URL", None)
        self.within("make")

    def within(self, *arguments: str) -> tuple[str, float]:
        """One of the acts of benchmarks.step_house, in a process of this house."""
        return self.run("-c", "from benchmarks.step_house import main; main()", *arguments)

    def run(self, *arguments: str) -> tuple[str, float]:
        """What Python, so called in this house, prints, and its seconds from start to end. Raises: SystemExit with its words when it fails."""
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, *arguments], cwd=self.copy, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            sys.exit(f"{' '.join(arguments)}: status {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        return done.stdout, time.perf_counter() - began

    def publish(self, *arguments: str) -> tuple[str, float]:
        """`havre publish all` with these options, into the house's own folder."""
        return self.run("-m", "havre.site.command", "publish", "all", "--address", "example.org/i/c/", "--out", str(self.out), *arguments)

    def change(self, turn: int, *what: str) -> None:
        """Another helpline, time limit or sign; each turn brings other values."""
        if "helpline" in what:
            number = [{"number": f"0800 800 80{turn}", "channel": "call", "verified": True}]
            self.within("fact", "hotline", json.dumps(number))
        if "limit" in what:
            self.within("fact", "reflection_days", json.dumps(40 + turn))
        if "sign" in what:
            self._reword(turn)

    def _reword(self, turn: int) -> None:
        path = self.copy / "havre" / "standards" / "data" / "indicators.yaml"
        before, row, after = path.read_text(encoding="utf-8").partition(f"- id: {SIGN}\n")
        words = re.sub(r"^( +(?:en|fr): .+?)(?: \(\d\))?$", rf"\1 ({turn})", after, count=2, flags=re.MULTILINE)
        path.write_text(before + row + words, encoding="utf-8")

    def listed(self) -> tuple[dict[Key, str], float]:
        """What no longer holds, with the code of each, and the seconds."""
        text, seconds = self.publish("--changed", "--list")
        return {(one["document"], one["language"], one["format"]): one["code"] for one in LINE.finditer(text)}, seconds

    def superseded(self, codes: set[str]) -> int:
        """How many of these codes have a page that says superseded, and does not say current."""
        text, _seconds = self.within("codes", *sorted(codes))
        return sum(line.split()[1:] == ["superseded"] for line in text.splitlines())

    def remade(self) -> tuple[str, str, float]:
        """What the command made again and what it refused, and the seconds."""
        text, seconds = self.publish("--changed")
        told = PUBLISHED.search(text)
        return (told["made"], told["refused"] or "0", seconds) if told else ("?", "?", seconds)

    def ordered(self) -> tuple[str, str, float]:
        """The same by the order of the page: asked, then worked off by the background's own worker."""
        _total, first = self.within("order")
        _text, second = self.run("-m", "havre.site.command", "manage", "db_worker", "--batch", "--no-startup-delay", "--interval", "0")
        made, refused = self.within("last")[0].split()
        return made, refused, first + second


def turn(house: House, number: int, what: tuple[str, ...], hand: set[str], *, page: bool = False) -> bool:
    """Change, list, ask the old codes, make again, list once more. Prints a row, and says whether all of it held."""
    house.change(number, *what)
    before = _processor()
    found, listing = house.listed()
    between = _processor()
    wanted, codes = by_hand(hand), set(found.values())
    old = house.superseded(codes)
    asking = _processor()
    made, refused, seconds = house.ordered() if page else house.remade()
    processor = _processor() - asking + between - before
    left, _listing = house.listed()
    load, way = os.getloadavg()[0], "page" if page else "command"
    print(
        f"{' + '.join(what):24} {len(found):6} {len(wanted):7} {'same' if set(found) == wanted else 'OTHER':6} {old:4}/{len(codes):<4} "
        f"{made:>6} {refused:>7} {len(left):5} {listing:8.1f} {seconds:8.1f} {processor:10.1f}  {way}, load {load:.1f}",
        flush=True,
    )
    for key in sorted(set(found) ^ wanted):
        print(f"  {'listed only' if key in found else 'by hand only'}: {' '.join(key)}")
    return (
        set(found) == wanted
        and old == len(codes)
        and (int(made), int(refused), len(left)) == (len(wanted), 0, 0)
        and listing + seconds <= GOAL
    )


def _processor() -> float:
    """Processor seconds of the processes that have ended so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Publish, then five turns."""
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder))
        text, seconds = house.publish("--country", COUNTRY, "--cases-pending")
        told = PUBLISHED.search(text)
        number = told["made"] if told else "?"
        print(f"published for {COUNTRY}: {number} artefacts, by hand {len(by_hand(set(MADE)))}, {seconds:.1f} s", flush=True)
        print(f"{'changed':24} listed by hand {'':6} superseded   made refused  left  list, s again, s processor", flush=True)
        every = ("helpline", "limit", "sign")
        held = [
            turn(house, 1, ("helpline",), HELPLINE),
            turn(house, 2, ("limit",), LIMIT),
            turn(house, 3, ("sign",), SIGNED),
            turn(house, 4, every, HELPLINE | LIMIT | SIGNED),
            turn(house, 5, every, HELPLINE | LIMIT | SIGNED, page=True),
        ]
    print(f"goal: listed and made again in {GOAL:.0f} s on two quiet cores; {sum(held)} of {len(held)} turns held")
    sys.exit(0 if all(held) else 1)


if __name__ == "__main__":
    main()
