"""The question bank: each question rests on a row of the data, with its reason and source; a changed row withdraws it until it is read again.

`source/<edition>/questions*.yaml`. The same bank feeds the web exercise, the packages and the printed self-test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from havre import standards
from havre.publishing.binding import Binding, Words, fingerprint
from havre.publishing.citations import cited
from havre.publishing.nodes import Node
from havre.publishing.sources import SOURCE, BlockSource
from havre.standards.reading import Page, Unfit
from havre.trust.workflows import workflows

ABOUT = ("indicator", "right", "fact", "workflow", "rule")
FIELDS = frozenset({"id", "unit", "about", "stem", "options", "right", "reason", "source", "read", "only"})


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `about`: kind and id of the row it rests on; `right`: keys of the right options; `read`: the row as its author read it."""

    id: str
    unit: str
    about: tuple[str, str]
    stem: str
    options: Mapping[str, str]
    right: frozenset[str]
    reason: str
    source: str
    file: str
    read: str = ""
    only: tuple[str, ...] = ()

    @property
    def block(self) -> BlockSource:
        """Its words as those of a block, which is how they are translated and bound."""
        return BlockSource(self.id, "question", {"stem": self.stem, "reason": self.reason, "options": self.options}, self.file)


@cache
def bank(edition: str) -> Mapping[str, Question]:
    """Every question of an edition by id, in the order of its files. Raises: StandardsError with file, line and mend."""
    found: dict[str, Question] = {}
    for path in sorted((SOURCE / edition).glob("questions*.yaml")):
        for one in read(path.relative_to(SOURCE).with_suffix("").as_posix()):
            found[one.id] = one
    return found


@cache
def read(file: str) -> tuple[Question, ...]:
    """The questions of one file. Raises: StandardsError with file, line and mend."""
    page = Page(SOURCE / f"{file}.yaml")
    return tuple(_question(page, data, place, file) for place, data in enumerate(page.data["questions"]))


def _question(page: Page, data: dict[str, Any], place: int, file: str) -> Question:
    here = ("questions", place)
    unknown, lacking = sorted(set(data) - FIELDS), sorted(FIELDS - {"read", "only"} - set(data))
    if unknown or lacking:
        problem = f"a question has no field {unknown[0]}" if unknown else f"this question lacks {lacking[0]}"
        raise page.wrong(Unfit(problem, f"It has {', '.join(sorted(FIELDS))}", here))
    right, options = frozenset(data["right"]), data["options"]
    if not right or not right < set(options):
        raise page.wrong(Unfit("the right options must be some of the options, not all", "Name them by their keys", (*here, "right")))
    if len(right) > 1 and len(options) > 5:
        raise page.wrong(Unfit("five options at most where several are right", "Leave some out", (*here, "options")))
    ((kind, row),) = data["about"].items()
    if kind not in ABOUT:
        raise page.wrong(Unfit(f"{kind} is nothing that a question can be about", f"Use one of {', '.join(ABOUT)}", (*here, "about")))
    texts = {key: str(text) for key, text in options.items()}
    made = (data["id"], data["unit"], (kind, str(row)), data["stem"], texts, right, data["reason"], data["source"], file)
    return Question(*made, str(data.get("read", "")), tuple(data.get("only", ())))


def compared(question: Question) -> bool:
    """Whether a change of the row withdraws the question: a fact that several countries fill differently does not, it is put in on the day."""
    return question.about[0] != "fact" or len(question.only) == 1


def row_of(question: Question, binding: Binding) -> str:
    """The fingerprint of the row that a question rests on, today. Raises: KeyError when it is not there any more."""
    kind, row = question.about
    if kind == "indicator":
        one = standards.indicators().get(row)
        return fingerprint([one.statement.en, one.dimension])
    if kind == "right":
        gate = standards.rights().get(row)
        return fingerprint([gate.right.en, gate.effect, list(gate.sources)])
    if kind == "workflow":
        name, _dot, step = row.partition(".")
        moves = [move for move in workflows()[name].moves if step in ("", move.step)]
        if not moves:
            raise KeyError(row)
        return fingerprint(
            [[m.step, sorted(map(str, m.starts)), str(m.end), sorted(map(str, m.who)), [r.key for r in m.rights]] for m in moves]
        )
    if kind == "fact":
        return fingerprint(binding.fact(row).plain)
    return fingerprint(standards.media_rules().get(row).rule.en)


def bound(binding: Binding, block: BlockSource) -> tuple[Node, ...]:
    """The questions of a block: of its unit or by its ids, `most` at most, in order."""
    edition, data = block.file.partition("/")[0], block.data
    every = [one for one in bank(edition).values() if binding.country in (one.only or (binding.country,))]
    chosen = (
        [one for one in every if one.id in data["ids"]]
        if "ids" in data
        else [one for one in every if one.unit == data.get("unit", one.unit)]
    )
    found = []
    for one in chosen[: data.get("most", len(chosen))]:
        node = _bound(binding, one)
        if node is not None:
            found.append(node)
    return tuple(found)


def _bound(binding: Binding, question: Question) -> Node | None:
    try:
        today = row_of(question, binding)
    except KeyError:
        binding.wrong("question", question.id, _("it rests on %(row)s, which is not there") % {"row": question.about[1]})
        return None
    binding.use("questions", question.id, today)
    if question.read and question.read != today and compared(question):
        binding.withheld.append(question.id)
        return None
    words = Words(binding, question.block)
    binding.use("asked", question.id, fingerprint([words.revision, sorted(question.right), question.source]))
    options = words.map("options")
    answer = [place for place, key in enumerate(options) if key in question.right]
    source = cited((question.source,), binding.language)
    data = {"right": answer, "several": len(answer) > 1, "reason": words.one("reason"), "source": source, "keys": list(options)}
    node = Node(question.id, "question", text=words.one("stem"), items=tuple(options.values()), data=data)
    flags = words.flags(node)
    return Node(question.id, "question", text=node.text, items=node.items, data=data, law=(question.source,), **flags)
