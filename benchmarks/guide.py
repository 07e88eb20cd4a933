"""The operational guide from its sources to paper: time, pages, the same bytes twice.

    python -m benchmarks.guide [--country tl] [--language en] [--times 3]

Goal: 80 pages within 3 s. Times of the wall and of the processor are printed apart: on a shared machine only the second compares.
"""

from __future__ import annotations

import argparse
import time
from datetime import date

from benchmarks import own_house


def main() -> None:
    """Build, print and compare."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--country", default="tl")
    asked.add_argument("--language", default="en")
    asked.add_argument("--times", type=int, default=3)
    chosen = asked.parse_args()
    own_house.opened()
    import pypdfium2

    from havre.publishing.documents import build
    from havre.publishing.outputs import manifest_of
    from havre.publishing.printing import as_pdf

    papers, day = [], date.today()
    for number in range(chosen.times):
        wall, busy = time.perf_counter(), time.process_time()
        made = build("guide", "guide", country=chosen.country, language=chosen.language, on=day)
        # another address each time: the typesetter must not answer from its memory
        as_pdf(made, "book", address=f"example.org/{number}/")
        wall, busy = time.perf_counter() - wall, time.process_time() - busy
        papers.append(as_pdf(made, "book"))
        print(f"build and print {number + 1}: {wall:.2f} s, of the processor {busy:.2f} s")
    count = len(pypdfium2.PdfDocument(papers[0]))
    print(f"{count} pages, {len(papers[0]) / 1000:.0f} kB, same bytes: {len(set(papers)) == 1}")
    print(f"engine and frame: {manifest_of(made, 'pdf book')['engine']}")


if __name__ == "__main__":
    main()
