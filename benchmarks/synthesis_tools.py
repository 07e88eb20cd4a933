"""The programs that `benchmarks.synthesis` runs, each in a process of its own: arguments are file, output, epsilon, delta, settings."""

from pathlib import Path

REQUIREMENTS = Path(__file__).parent / "peers" / "synthesis.txt"

HAVRE = """
import json, sys
from pathlib import Path
from havre.release.stats.private.codebook import Codebook, Column, declared_public
from havre.release.stats.reading import read_rows
from havre.release.stats.synthesis.inference import Effort
from havre.release.stats.synthesis.private import synthesise, with_recipe
frame = read_rows(Path(sys.argv[1]))
book = declared_public(frame)
settings = json.loads(sys.argv[5] or "{}")
if settings.pop("countries", False):
    # a list nobody took from the rows: ISO 3166-1
    from havre.standards.library import Library
    codes = ("0", *sorted(Library().countries.by_alpha2))
    book = Codebook(tuple(Column(c.name, codes, "ISO 3166-1") if c.name == "citizenship" else c for c in book.columns))
if "shape" in settings:
    settings["effort"] = Effort(shape=settings.pop("shape"))
found = synthesise(frame, book, epsilon=float(sys.argv[3]), delta=float(sys.argv[4]), recipe=with_recipe(**settings))
found.rows.write_csv(sys.argv[2])
"""

K_ANONYMOUS = """
import sys
from pathlib import Path
from havre.release.stats.private.codebook import declared_public
from havre.release.stats.reading import read_rows
from havre.release.stats.synthesis.kanonymous import synthesise_k
frame = read_rows(Path(sys.argv[1]))
synthesise_k(frame, declared_public(frame), k=11).rows.write_csv(sys.argv[2])
"""

PAC_SYNTH = """
import sys, pandas as pd
from pacsynth import Dataset, DpAggregateSeededParametersBuilder, DpAggregateSeededSynthesizer
frame = pd.read_csv(sys.argv[1], dtype=str, keep_default_na=False)
data = Dataset.from_data_frame(frame)
built = DpAggregateSeededParametersBuilder().reporting_length(3).epsilon(float(sys.argv[3])).delta(float(sys.argv[4])).build()
maker = DpAggregateSeededSynthesizer(built)
maker.fit(data)
rows = maker.sample(len(frame))
head, *body = rows if isinstance(rows, list) else [list(rows.columns), *rows.values.tolist()]
pd.DataFrame(body, columns=head).to_csv(sys.argv[2], index=False)
"""

MARGINAL = """
import sys, pandas as pd
from snsynth import Synthesizer
frame = pd.read_csv(sys.argv[1], dtype=str, keep_default_na=False)
maker = Synthesizer.create("METHOD", epsilon=float(sys.argv[3]), delta=float(sys.argv[4]))
maker.fit(frame, preprocessor_eps=0.0, categorical_columns=list(frame.columns))
maker.sample(len(frame)).to_csv(sys.argv[2], index=False)
"""
MST, AIM = MARGINAL.replace("METHOD", "mst"), MARGINAL.replace("METHOD", "aim")
