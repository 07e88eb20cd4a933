"""Bars as SVG, by class, without script, style or a remote font. The numbers are also in the table beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, ROW, LABEL_AT, BAR_AT = 440, 46, 12, 19


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `value`, `low`, `high` are shares from 0 to 1; None is "not shown"."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    words: str


def bars(title: str, rows: Sequence[Bar], *, name: str) -> str:
    """Horizontal bars with the interval as a whisker. `title` is read aloud; `name` makes its id unique on the page."""
    height = ROW * len(rows) + 6
    parts = [f'<path class="l" d="M0 2V{height}M{WIDTH // 2} 2V{height}M{WIDTH} 2V{height}"/>']
    for number, row in enumerate(rows):
        top = number * ROW + 4
        # a background behind the words, so that the axis lines do not cross them
        parts.append(f'<rect class="c-sheet" x="0" y="{top - 2}" width="{WIDTH}" height="17"/>')
        parts.append(f'<text x="0" y="{top + LABEL_AT}">{escape(row.label)}</text>')
        parts.append(f'<text class="b" x="{WIDTH}" y="{top + LABEL_AT}" text-anchor="end">{escape(row.words)}</text>')
        y = top + BAR_AT
        parts.append(f'<rect class="c-soft" x="0" y="{y}" width="{WIDTH}" height="12" rx="1"/>')
        if row.value is not None:
            parts.append(f'<rect class="c-sea" x="0" y="{y}" width="{row.value * WIDTH:.1f}" height="12" rx="1"/>')
        if row.low is not None and row.high is not None:
            low, high = row.low * WIDTH, row.high * WIDTH
            parts.append(f'<path class="l-ink" d="M{low:.1f} {y + 6}H{high:.1f}M{low:.1f} {y + 2}v8M{high:.1f} {y + 2}v8"/>')
    label = f"chart-{name}"
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="{escape(label)}">'
        f'<title id="{escape(label)}">{escape(title)}</title>{"".join(parts)}</svg>'
    )
