"""What the media check finds and what it cries over for nothing.

    python -m benchmarks.media [--each]

Texts written for it (benchmarks/media_texts): 40 planted faults and 40 clean texts a language, with which the word lists were made, then
sets of 20 and 20 that were each written after the lists had been frozen. The first line of such a set says what was found when it was first
read, and at which commit: that figure, not the one after mending, says what to expect of a text never seen. The seventh has not been used
to mend anything; the eighth (40 and 40) and the ninth were written by another hand than the lists.
A fault counts as found when the rule that it breaks is among the findings; any finding at all on a clean text is a false alarm.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

from havre.release.stats.attacks.rates import rate
from havre.release.stats.media.text import check_text

TEXTS = Path(__file__).parent / "media_texts"
SETS = (
    "{}.yaml",
    "second_{}.yaml",
    "third_{}.yaml",
    "fourth_{}.yaml",
    "fifth_{}.yaml",
    "sixth_{}.yaml",
    "held_out_{}.yaml",
    "seventh_{}.yaml",
    "eighth_{}.yaml",
    "ninth_{}.yaml",
)


def texts(name: str) -> dict[str, list[dict[str, Any]]]:
    """One file of texts: `faults` (each with its `rule` and `text`) and `clean` (each with its `text`), `caption` where it is one.

    Raises: OSError when there is no such file.
    """
    return yaml.safe_load((TEXTS / name).read_text(encoding="utf8"))


def judge(name: str, language: str, *, each: bool = False) -> tuple[int, int, int, int]:
    """(found, faults, false alarms, clean texts) of one file, as numbers of texts; `each` prints every miss and false alarm.

    Source: the rules of `media_rules.yaml`, after the EJN / ICMPD guidelines 2017.
    """
    found = alarms = 0
    written = texts(name)
    for fault in written["faults"]:
        rules = {one.rule for one in check_text(fault["text"], language=language, caption=fault.get("caption", False))}
        found += fault["rule"] in rules
        if each and fault["rule"] not in rules:
            print(f"  missed {fault['rule']} ({sorted(rules)}): {fault['text']}")
    for clean in written["clean"]:
        findings = check_text(clean["text"], language=language, caption=clean.get("caption", False))
        alarms += bool(findings)
        if each and findings:
            print(f"  false alarm {[one.words('en') for one in findings]}: {clean['text']}")
    return found, len(written["faults"]), alarms, len(written["clean"])


def main() -> None:
    """Print recall and false alarms of every set, with the near end of Wilson's 95 % interval (Wilson 1927)."""
    each = "--each" in sys.argv
    for pattern in SETS:
        for language in ("en", "fr"):
            name = pattern.format(language)
            if not (TEXTS / name).is_file():
                continue
            found, faults, alarms, clean = judge(name, language, each=each)
            low, high = rate(found, faults).low, rate(alarms, clean).high
            print(f"{name:17} recall {found}/{faults} (95 % from {low:.2f})  false alarms {alarms}/{clean} (95 % to {high:.2f})")


if __name__ == "__main__":
    main()
