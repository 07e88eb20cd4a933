"""Blocks that a handbook needs beside the common ones: decision trees, the time limits of the clocks, the index of words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from havre.publishing import trees
from havre.publishing.binding import Binding, Words, fingerprint
from havre.publishing.nodes import Node
from havre.publishing.sources import BlockSource
from havre.publishing.terms import term
from havre.trust.clocks import rules
from havre.trust.law import RulePart, recovery_parts
from havre.trust.workflow import Row
from havre.trust.workflows import workflows

RECOVERY = ("identification", "recovery")


def rows_print(rows: Iterable[Row]) -> str:
    """The fingerprint of a workflow's table, as the manifest keeps it."""
    return fingerprint([[row.step, row.start, row.end, row.who, row.after, row.clock] for row in rows])


def tree(binding: Binding, block: BlockSource, words: Words) -> Node | None:
    """A workflow as a decision tree: at each state, the acts that may follow and where they lead. English and French only."""
    table = workflows().get(block.data["name"])
    if table is None:
        binding.wrong("workflow", block.id, _("there is no workflow %(name)s") % {"name": block.data["name"]})
        return None
    language = binding.language if binding.language == "fr" else "en"
    title = words.one("title")
    binding.use("workflows", table.name, rows_print(table.as_table(language)))
    held = []
    for number, piece in enumerate(trees.pages(trees.forks(table, language)), 1):
        alt = f"{title} ({number}). {trees.spoken(piece)}"
        data = {"svg": trees.ladder(title, piece), "alt": alt, "wide": True, "ladder": True}
        held.append(Node(f"{block.id}.{number}", "figure", text=title, data=data))
    return Node(block.id, "section", title=title, nodes=tuple(held), level=block.data.get("level", 3))


def limits(binding: Binding, block: BlockSource, words: Words) -> Node:
    """The time limits that the clocks of these workflows keep: what, how long, from which source; the country's own where it has one."""
    wanted, rows, doubtful = set(block.data["workflows"]), [], False
    for rule in rules():
        if rule.workflow not in wanted or (set(block.data.get("clocks", (rule.name,))) & {rule.name}) == set():
            continue
        parts = recovery_parts(binding.country, on=binding.on) if (rule.workflow, rule.name) == RECOVERY else rule.parts
        if not parts:
            continue
        with translation.override(binding.language):
            rows.append((str(rule.title), " + ".join(map(_length, parts)), "; ".join(dict.fromkeys(part.source for part in parts))))
        doubtful |= any(not part.confirmed for part in parts)
        binding.use("clocks", f"{rule.workflow}.{rule.name}", fingerprint([asdict(part) for part in parts]))
    if not rows:
        binding.wrong("empty", block.id, _("no clock fits: mend workflows or clocks"))
    columns = tuple(term(head, binding.language) for head in ("what", "here", "source"))
    return Node(block.id, "table", title=words.one("title"), columns=columns, rows=tuple(rows), unconfirmed=doubtful)


def _length(part: RulePart) -> str:
    # the words are those of the pages where the same clocks run (havre.trust.clocks)
    return {
        "hours": ngettext("%(amount)d hour", "%(amount)d hours", part.amount),
        "days": ngettext("%(amount)d day", "%(amount)d days", part.amount),
        "working_days": ngettext("%(amount)d working day", "%(amount)d working days", part.amount),
    }[part.unit] % {"amount": part.amount}


def index(binding: Binding, block: BlockSource, words: Words) -> Node:
    """Words in the order of the language, each with the sections where it is treated; the pages are the typesetter's."""
    places = block.data["places"]
    entries: list[dict[str, Any]] = [{"words": word, "ids": list(places.get(key, ()))} for key, word in words.map("items").items()]
    lost = sorted(entry["words"] for entry in entries if not entry["ids"])
    if lost:
        binding.wrong("index", block.id, _("%(words)s leads nowhere: name its sections under `places`") % {"words": ", ".join(lost)})
    return Node(block.id, "index", data={"entries": sorted(entries, key=lambda entry: _order(entry["words"]))})


def _order(word: str) -> str:
    return unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode().casefold() or word
