"""Blocks that are bound to the data: rights, helplines, authorities, signs, workflows, facts, terms, sources, questions."""

from __future__ import annotations

from django.utils.translation import gettext as _

from havre import standards
from havre.publishing import published, questions, tables
from havre.publishing.acts import Acts, rows_print
from havre.publishing.binding import Binding, Words, fingerprint
from havre.publishing.citations import cited
from havre.publishing.nodes import Node
from havre.publishing.pictograms import drawing
from havre.publishing.sources import BlockSource
from havre.publishing.terms import term
from havre.publishing.texts import worded
from havre.standards.dated import Fact
from havre.trust.workflows import workflows


def rights(binding: Binding, block: BlockSource, words: Words) -> Node:
    """Rights by their gates, or every right of one phase; `cite` prints the article beside each."""
    all_of = standards.rights()
    ids = block.data.get("gates") or [gate.id for gate in all_of.at(block.data["phase"])]
    lines, doubtful, unreviewed = [], False, False
    for id in ids:
        text = binding.row(tables.RIGHTS, id, block.id)
        if binding.holds_back(text, block, id):
            continue
        lines.append(f"{text.value} ({_cited(binding, id, block.id)})" if block.data.get("cite") else text.value)
        doubtful |= all_of.get(id).confidence == "low"
        unreviewed |= not text.reviewed
    law = tuple(source for id in ids for source in all_of.get(id).sources)
    return Node(block.id, "list", title=words.one("title"), items=tuple(lines), law=law, unconfirmed=doubtful, unreviewed=unreviewed)


def _cited(binding: Binding, gate: str, block: str) -> str:
    """The articles that a right rests on, in the language."""
    row = f"{gate}.sources"
    text = binding.noted(worded(tables.RIGHTS, row, binding.language), f"{tables.RIGHTS} {row}", block)
    binding.use("sources", gate, fingerprint([text.value, text.source]))
    # in English the row holds the codes themselves
    return cited((text.value,), "en") if binding.language == "en" else text.value


def numbers(binding: Binding, block: BlockSource, words: Words) -> Node:
    """Only numbers that somebody has dialled are printed; else the block's `without`."""
    found = binding.fact(block.data["fact"])
    if found.printable_numbers:
        return Node(block.id, "list", items=found.printable_numbers, data={"numbers": True})
    if "without" not in block.data:
        binding.wrong(
            "fact",
            block.id,
            _("no number of %(fact)s was dialled: sign one in the country profile, or write `without`") % {"fact": found.id},
        )
    return Node(block.id, "note", text=words.stand_in, data={"tone": "caution"}, unconfirmed=True)


def authorities(binding: Binding, block: BlockSource, words: Words) -> Node:
    """The bodies that a fact names, or those with one of these roles; `phones` adds the numbers that somebody has dialled."""
    profile = standards.profile(binding.country)
    if "fact" in block.data:
        found = binding.fact(block.data["fact"])
        codes, doubtful = list(found.value or ()), found.unconfirmed
    else:
        codes = [one.code for one in profile.authorities if set(one.roles) & set(block.data["roles"])]
        doubtful = any(profile.authority(code).confidence != "high" for code in codes)
    lines, unreviewed = [], False
    for code in codes:
        text, one = binding.row(tables.AUTHORITIES, f"{binding.country}.{code}", block.id), profile.authority(code)
        shown = block.data.get("phones") and one.phone_verified and one.phone
        if shown:
            binding.use("phones", f"{binding.country}.{code}", fingerprint(one.phone))
        lines.append(f"{text.value}: {', '.join(one.phone or ())}" if shown else text.value)
        unreviewed |= not text.reviewed
    return Node(block.id, "list", title=words.one("title"), items=tuple(lines), unconfirmed=doubtful, unreviewed=unreviewed)


def indicators(binding: Binding, block: BlockSource, words: Words) -> Node:
    """Signs by id, or the first `most` of a set, profile and dimension, as that profile words them."""
    data, profile = block.data, block.data.get("profile", "adult_labour")
    every = standards.indicators()
    chosen = [every.get(id) for id in data["ids"]] if "ids" in data else list(every.for_profile(profile, set=data.get("set")))
    if "dimension" in data:
        chosen = [one for one in chosen if one.dimension == data["dimension"]]
    lines, unreviewed = [], False
    for one in chosen[: data.get("most", len(chosen))]:
        key = f"{one.id}.{profile}" if profile in one.statement_by_profile else one.id
        text = binding.row(tables.SIGNS, key, block.id)
        if binding.holds_back(text, block, key):
            continue
        binding.use("grades", one.id, fingerprint([one.grade(profile).strength, one.dimension]))
        lines.append(text.value)
        unreviewed |= not text.reviewed
    if not chosen:
        binding.wrong("empty", block.id, _("no sign fits: mend set, profile or dimension"))
    return Node(block.id, "list", title=words.one("title"), items=tuple(lines), unreviewed=unreviewed)


def workflow(binding: Binding, block: BlockSource, words: Words) -> Node | None:
    """A workflow as the software runs it: `show` diagram, steps (who may, after which rights) or both."""
    table = workflows().get(block.data["name"])
    if table is None:
        binding.wrong("workflow", block.id, _("there is no workflow %(name)s") % {"name": block.data["name"]})
        return None
    says, show = Acts(binding, block), block.data.get("show", "both")
    rows, title = table.rows(says), words.one("title") or says.title(table)
    binding.use("workflows", table.name, rows_print(rows))
    heads = ("step", "from", "to", "who_may", "only_after", "law")
    lines = tuple((row.step, row.start, row.end, row.who, row.after, row.law) for row in rows)
    held = []
    if show in {"diagram", "both"}:
        held.append(Node(f"{block.id}.diagram", "figure", text=title, data={"svg": table.picture(says), "alt": title, "wide": True}))
    if show in {"steps", "both"}:
        columns = tuple(term(head, binding.language) for head in heads)
        held.append(Node(f"{block.id}.steps", "table", columns=columns, rows=lines, data={"folded": True}))
    return Node(block.id, "section", title=title, nodes=tuple(held), level=block.data.get("level", 3))


def facts(binding: Binding, block: BlockSource, words: Words) -> Node:
    """Facts of the country with their state: what the law says here, and what nobody has confirmed."""
    rows, doubtful = [], False
    for id in block.data["ids"]:
        found = binding.fact(id)
        label = binding.row(tables.FACTS, f"label.{id}", block.id).value
        # a fact that somebody remembered, or that nobody found, has no source that a reader could open
        source = term("awaits_national", binding.language) if found.source in tables.NO_SOURCE else binding.source(found, block.id)
        rows.append((label, _stated(binding, block, found) or term("not_known", binding.language), source))
        doubtful |= found.unconfirmed
    columns = tuple(term(head, binding.language) for head in ("what", "here", "source"))
    return Node(block.id, "table", title=words.one("title"), columns=columns, rows=tuple(rows), unconfirmed=doubtful)


def _stated(binding: Binding, block: BlockSource, found: Fact) -> str:
    """The value of a fact in a cell of its own: a number of days says that it counts days."""
    if found.kind == "days" and isinstance(found.value, int):
        return Acts(binding, block).length(found.value, "days")
    return binding.value(found, block.id)


def terms(binding: Binding, block: BlockSource, words: Words) -> Node:
    """Words of the field with their meaning, from the glossary. A word that the language does not have yet is a problem of the block."""
    rows, unreviewed = [], False
    for id in block.data["ids"]:
        one = standards.glossary().get(id)
        preferred, meaning = (
            one.preferred(binding.language),
            binding.noted(worded(tables.GLOSSARY, id, binding.language), id, block.id),
        )
        if binding.language not in one.term.languages:
            lacking = _("not translated into %(language)s: add it to glossary.yaml") % {"language": binding.language}
            binding.wrong("missing", f"{block.id} ({id})", lacking)
        binding.use("glossary", id, fingerprint([preferred, meaning.value]))
        unreviewed |= not one.may_be_printed(binding.language)
        rows.append((preferred, meaning.value))
    columns = tuple(term(head, binding.language) for head in ("term", "meaning"))
    return Node(block.id, "table", title=words.one("title"), columns=columns, rows=tuple(rows), unreviewed=unreviewed)


def pictogram(binding: Binding, block: BlockSource, words: Words) -> Node:
    """A pictogram of Havre's own, by name."""
    svg = drawing(block.data["name"])
    binding.use("pictograms", block.data["name"], fingerprint(svg))
    return Node(block.id, "figure", text=words.one("caption"), data={"svg": svg, "alt": words.one("alt"), "name": block.data["name"]})


def asked(binding: Binding, block: BlockSource, words: Words) -> Node:
    """Questions of the bank; those whose row was withdrawn or changed are left out and said in the problems."""
    nodes = questions.bound(binding, block)
    return Node(block.id, "questions", title=words.one("title"), nodes=nodes, data={"answers": bool(block.data.get("answers"))})


def chart(binding: Binding, block: BlockSource, words: Words) -> Node:
    """Published figures as bars (or a map of countries) with their table; the block's `without` where no such release was published."""
    columns, show = block.data["measure"], block.data.get("show", "bars")
    found = published.newest(columns)
    if found is None:
        binding.use("releases", "+".join(columns), "")
        if "without" not in block.data:
            words_of = _("no release of %(columns)s was published: publish one, or write `without`")
            binding.wrong("release", block.id, words_of % {"columns": ", ".join(columns)})
        return Node(block.id, "note", text=words.stand_in)
    binding.use("releases", "+".join(columns), f"{found.release.ref} {found.release.digest[:12]}")
    # the pens bring the statistics' libraries along: a process that draws nothing does not load them
    from havre.publishing import charts

    title, hidden = words.one("title"), term("hidden", binding.language)
    say = published.Labels(binding, block.id).code
    draw = charts.country_map if show == "map" else charts.bars
    svg = draw(found, say, title, binding.language, hidden)
    rows = tuple(
        (*row, hidden if count is None else charts.figure(count, binding.language))
        for row, count in zip(found.words(say), found.counts, strict=True)
    )
    heads = (*map(say, found.columns), term("persons", binding.language))
    source = term("figures_of", binding.language).format(ref=found.release.ref, k=found.release.k)
    picture = Node(f"{block.id}.picture", "figure", data={"svg": svg, "alt": words.one("alt"), "wide": True})
    table = Node(f"{block.id}.table", "table", columns=heads, rows=rows)
    # the typesetter knows what a Thai mark stands for only once it has set it as text, and refuses a paper whose drawings have it first
    both = (table, picture) if binding.language == "th" else (picture, table)
    return Node(block.id, "section", title=title, nodes=(*both, Node(f"{block.id}.source", "text", text=source)), level=3)
