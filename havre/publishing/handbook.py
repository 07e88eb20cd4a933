"""Blocks that a handbook needs beside the common ones: decision trees, the time limits of the clocks, the index of words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict

from django.utils.translation import gettext as _

from havre.publishing import trees
from havre.publishing.acts import Acts, rows_print
from havre.publishing.binding import Binding, Words, fingerprint
from havre.publishing.nodes import Node
from havre.publishing.sources import BlockSource
from havre.publishing.terms import term
from havre.trust.clocks import ClockRule, rules
from havre.trust.law import RulePart, recovery_parts
from havre.trust.workflows import workflows

RECOVERY = ("identification", "recovery")
# vowels of Thai that are written before their consonant, and its marks of tone and silence, which count last of all
BEFORE, TONES = re.compile("([\u0e40-\u0e44])([\u0e01-\u0e2e])"), re.compile("[\u0e47-\u0e4c]")


def tree(binding: Binding, block: BlockSource, words: Words) -> Node | None:
    """A workflow as a decision tree: at each state, the acts that may follow and where they lead."""
    table = workflows().get(block.data["name"])
    if table is None:
        binding.wrong("workflow", block.id, _("there is no workflow %(name)s") % {"name": block.data["name"]})
        return None
    says, title = Acts(binding, block), words.one("title")
    binding.use("workflows", table.name, rows_print(table.rows(says)))
    held = []
    for number, piece in enumerate(trees.pages(trees.forks(table, says)), 1):
        alt = f"{title} ({number}). {trees.spoken(piece)}"
        data = {"svg": trees.ladder(title, piece), "alt": alt, "wide": True, "ladder": True}
        held.append(Node(f"{block.id}.{number}", "figure", text=title, data=data))
    return Node(block.id, "section", title=title, nodes=tuple(held), level=block.data.get("level", 3))


def limits(binding: Binding, block: BlockSource, words: Words) -> Node:
    """The time limits that the clocks of these workflows keep: what, how long, from which source; the country's own where it has one."""
    wanted, rows, doubtful, says = set(block.data["workflows"]), [], False, Acts(binding, block)
    for rule in rules():
        if rule.workflow not in wanted or (set(block.data.get("clocks", (rule.name,))) & {rule.name}) == set():
            continue
        parts = recovery_parts(binding.country, on=binding.on) if (rule.workflow, rule.name) == RECOVERY else rule.parts
        if not parts:
            continue
        length = " + ".join(says.length(part.amount, part.unit) for part in parts)
        rows.append((says.clock(rule), length, "; ".join(dict.fromkeys(_source(says, rule, part) for part in parts))))
        doubtful |= any(not part.confirmed for part in parts)
        binding.use("clocks", f"{rule.workflow}.{rule.name}", fingerprint([*map(asdict, parts), *rows[-1]]))
    if not rows:
        binding.wrong("empty", block.id, _("no clock fits: mend workflows or clocks"))
    columns = tuple(term(head, binding.language) for head in ("what", "here", "source"))
    return Node(block.id, "table", title=words.one("title"), columns=columns, rows=tuple(rows), unconfirmed=doubtful)


def _source(says: Acts, rule: ClockRule, part: RulePart) -> str:
    # what a country's own period rests on is a fact of its profile
    return says.law(part.source) if part in rule.parts else says.binding.cited(part.fact, part.source, says.block.id)


def index(binding: Binding, block: BlockSource, words: Words) -> Node:
    """Words in the order of the language, each with the sections where it is treated; the pages are the typesetter's."""
    places = block.data["places"]
    entries = sorted(((word, list(places.get(key, ()))) for key, word in words.map("items").items()), key=lambda entry: _order(entry[0]))
    lost = [word for word, ids in entries if not ids]
    if lost:
        binding.wrong("index", block.id, _("%(words)s leads nowhere: name its sections under `places`") % {"words": ", ".join(lost)})
    return Node(block.id, "index", data={"entries": [{"words": word, "ids": ids} for word, ids in entries]})


def _order(word: str) -> str:
    """Where a word stands: by its letters without their marks. In Thai a vowel written before its consonant is sorted after it."""
    turned = BEFORE.sub(r"\2\1", TONES.sub("", word))
    return unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode().casefold().strip() or turned
