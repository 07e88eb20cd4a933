"""Whatever points to one person: names, exact places and dates, small groups, shelters (MR01, MR02, MR03, MR05)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from havre.release.stats.media.findings import Finding
from havre.release.stats.media.reading import Doc, Sentence

NAME = r"[A-ZÀ-Ý][a-zà-ÿ]+(?:[-'’][A-ZÀ-Ýa-zà-ÿ]+)*"
FULL = rf"{NAME}(?: (?:{NAME}|[A-ZÀ-Ý]\.?)){{0,2}}"
CAPITALISED = re.compile(FULL)
WITH_AGE = re.compile(rf"\b({FULL}),? \(?(?:\d{{2}})(?:\)|,| ans\b| years\b|\.)")
INITIALS = re.compile(
    r"(?<![\w.])(?:[A-ZÀ-Ý]\.[ -]?){1,2}[A-ZÀ-Ý]\.(?![\w.]*[A-Z])|(?<![\w.])(?:"
    + NAME
    + r") [A-ZÀ-Ý]\.(?= |,|$|\))|(?<=[Ii]nitials )[A-Z]{2,3}\b|(?<=[Ii]nitiales )[A-Z]{2,3}\b"
)
# "K., 17", "K. from the village", "K. a quitté": one letter stands for a person; "M." is Monsieur and "I." ends a sentence
ALONE = re.compile(r"(?<![\w.’'-])(?!I\.)[A-ZÀ-Ý]\.(?=,| \(|(?<!M\.) (?!(?:le|la|les)\b)[a-zà-ÿ])")
KINDS = ("address", "locality", "landmark", "school", "employer", "vessel")
PLACE = {
    "en": r"\b(?:in|at|near|from|to|outside) (?:the )?[A-Z][\w'’-]+",
    "fr": r"\b(?:à|en|au|aux|de|d['’]|près de|dans) ?(?:la |le |l['’])?[A-ZÀ-Ý][\w'’-]+",
}
STAFF_AFTER = re.compile(r", (?:the |our |a |an |la |le |l['’]|notre |une? )?")
# states and bodies that are written with stops
BODIES = frozenset({"U.S.", "U.N.", "E.U.", "U.K.", "O.N.U.", "U.E.", "N.G.O.", "O.N.G.", "U.S.A."})
FORMER = re.compile(r"^(?:Mr|Mrs|Ms|Miss|Mme|Mlle|M)$")


def names(doc: Doc) -> Iterator[Finding]:
    """Names and initials of persons in the context of a case; a lone first name that the text says is changed is none.

    Gives findings of MR01, and of MR02 for a small place. Source: MR01 and MR02 of media_rules.yaml, after EJN / ICMPD 2017.
    """
    changed = doc.has("changed")
    for sentence in doc.sentences:
        unknown = list(_unknown(doc, sentence))
        for start, end, what in unknown:
            if what == "locality" and not _is_role(doc, sentence, start, end):
                yield _place(doc, sentence, start, end, "MR02", what)
        names_here = [(start, end) for start, end, what in unknown if what == "name"]
        acting = list(_acting(doc, sentence))
        for start, end in (*_introduced(doc, sentence), *_aged(doc, sentence), *_given(doc, sentence), *names_here, *acting):
            name = sentence.text[start:end]
            # "told the journalists" makes nobody a journalist: after the verb, only a title before the name counts
            verb = (start, end) in acting and not sentence.text[end:].startswith(",")
            if not (_titled if verb else _is_role)(doc, sentence, start, end) and not (changed and " " not in name):
                yield _place(doc, sentence, start, end, "MR01", "name")
        yield from _initials(doc, sentence)


def _place(doc: Doc, sentence: Sentence, start: int, end: int, rule: str, what: str) -> Finding:
    first, last = sentence.start + start, sentence.start + end
    return Finding(rule, what, doc.excerpt(first, last), first, last)


def _is_name(doc: Doc, text: str) -> bool:
    first = text.split(maxsplit=1)[0].split("'", maxsplit=1)[0].split("’", maxsplit=1)[0]
    return first not in doc.words.stop and not doc.words.patterns["nationality"].fullmatch(first)


def _introduced(doc: Doc, sentence: Sentence) -> Iterator[tuple[int, int]]:
    """ "a girl named Ama", "the victim, Ama Mensah" """
    for found in doc.words.patterns["named"].finditer(sentence.text):
        name = CAPITALISED.match(sentence.text, found.end())
        if name and _is_name(doc, name.group()):
            yield name.span()


def _aged(doc: Doc, sentence: Sentence) -> Iterator[tuple[int, int]]:
    """ "Ama, 17," """
    for found in WITH_AGE.finditer(sentence.text):
        if _is_name(doc, found.group(1)):
            yield found.span(1)


def _acting(doc: Doc, sentence: Sentence) -> Iterator[tuple[int, int]]:
    """Whom something was done to, by the verb beside the name: "Bishal, who now drives", "we met Soledad", "Oksana Hrytsenko fled"."""
    near = doc.near(sentence)
    if not any(doc.words.finds(name, near) for name in ("case", "child", "person", "likeness")):
        return
    tried = doc.words.finds("court", sentence.text)
    for found in CAPITALISED.finditer(sentence.text):
        words = found.group().split()
        if any(_known(doc, word) for word in words) or found.group() in doc.words.countries:
            continue
        before, after = sentence.text[: found.start()], sentence.text[found.end() :]
        # one capital at the head of a sentence is any word: two are a name
        alone = len(words) == 1 and before.strip(" \"“«'’") == ""
        if not alone and ((not tried and doc.words.patterns["acted"].match(after)) or doc.words.finds("met", before)):
            place = doc.words.patterns["place_before"].search(before)
            if not place or words[0] in doc.words.given or doc.words.finds("met", before):
                yield found.span()


def _given(doc: Doc, sentence: Sentence) -> Iterator[tuple[int, int]]:
    """A given name of the list, with its family name."""
    for found in CAPITALISED.finditer(sentence.text):
        words = found.group().split()
        skipped = 0
        while words and (words[0] in doc.words.stop or FORMER.match(words[0])):
            skipped += len(words.pop(0)) + 1
        if words and words[0] in doc.words.given:
            yield found.start() + skipped, found.end()


def _unknown(doc: Doc, sentence: Sentence) -> Iterator[tuple[int, int, str]]:
    """Capitalised words beside one person that are no known country, town, body or month: a name, or a small place after "in" or "from"."""
    if not doc.words.finds("person", sentence.text):
        return
    for found in CAPITALISED.finditer(sentence.text):
        words = found.group().split()
        opening = found.start() == 0 or sentence.text[: found.start()].strip(" \"“«'’") == ""
        skipped = 0
        while words and (words[0] in doc.words.stop or FORMER.match(words[0]) or (opening and skipped == 0 and len(words) == 1)):
            skipped += len(words.pop(0)) + 1
        name = " ".join(words)
        if not words or name in doc.words.countries or any(_known(doc, word) for word in words):
            continue
        place = doc.words.patterns["place_before"].search(sentence.text[: found.start()]) if not skipped else None
        yield found.start() + skipped, found.end(), "locality" if place and words[0] not in doc.words.given else "name"


def _known(doc: Doc, word: str) -> bool:
    if word in doc.words.stop or word in doc.words.countries:
        return True
    return bool(doc.words.patterns["nationality"].fullmatch(word) or doc.words.patterns["thing"].fullmatch(word))


def _is_role(doc: Doc, sentence: Sentence, start: int, end: int) -> bool:
    """Whether the name is an official's, an author's, an accused person's or a place's."""
    role = doc.words.patterns["role"].search(sentence.text[end : end + 70])
    return role is not None or _titled(doc, sentence, start, end)


def _titled(doc: Doc, sentence: Sentence, start: int, end: int) -> bool:
    """Whether a title stands before the name, or an accusation beside it."""
    before, after = sentence.text[max(0, start - 40) : start], sentence.text[end : end + 30]
    # whole words only: "nearby Mary" is by nobody, and "Mme" is no "Me"
    title = re.search(r"(?<![\w-])" + doc.words.patterns["official"].pattern + r"$", before, re.IGNORECASE)
    # "the spokesperson for the Ministry of Labour, Kofi Mensah"
    title = title or doc.words.patterns["office_before"].search(sentence.text[:start])
    accused = doc.words.finds("accused_near", before[-30:]) or doc.words.finds("accused_near", after)
    return bool(title or accused)


def _initials(doc: Doc, sentence: Sentence) -> Iterator[Finding]:
    alone = list(ALONE.finditer(sentence.text)) if _about_somebody(doc, sentence) else []
    # behind a capitalised word it is that word's: "Ama K." is a name, "Plan B." is none
    alone = [found for found in alone if not re.search(rf"{NAME} $", sentence.text[: found.start()])]
    for found in (*INITIALS.finditer(sentence.text), *alone):
        words = found.group()
        if words in BODIES or _known(doc, words.split()[0]):  # "U.N.", "Plan B."
            continue
        if not _is_role(doc, sentence, *found.span()) and _is_name(doc, words):
            yield _place(doc, sentence, *found.span(), "MR01", "initials")


def _about_somebody(doc: Doc, sentence: Sentence) -> bool:
    near = doc.near(sentence)
    return any(doc.words.finds(name, near) for name in ("case", "child", "person", "locality"))


def places(doc: Doc) -> Iterator[Finding]:
    """Exact dates and places that stand beside one person.

    Source: MR02 of media_rules.yaml, after EJN / ICMPD 2017.
    """
    for sentence in doc.sentences:
        if not (doc.words.finds("person", sentence.text) or (doc.words.finds("case", sentence.text) and _one(doc, sentence))):
            continue
        for kind in KINDS:
            for found in doc.words.patterns[kind].finditer(sentence.text):
                if not doc.words.finds("shelter", sentence.text) or kind != "address":
                    yield _place(doc, sentence, *found.span(), "MR02", kind)
        yield from _relations(doc, sentence)
        if not doc.words.finds("event", sentence.text):
            for found in doc.words.patterns["date"].finditer(sentence.text):
                yield _place(doc, sentence, *found.span(), "MR02", "date")


def _relations(doc: Doc, sentence: Sentence) -> Iterator[Finding]:
    """What a relative does, where one place has one such person: "the imam's daughter", "her father, the only baker of Lomé"."""
    for found in doc.words.patterns["relation"].finditer(sentence.text):
        single = re.search(r"\b(?:the|du|de la|le|la|des)\b|\bl['’]", found.group(), re.IGNORECASE)
        if single or re.search(PLACE[doc.words.language], sentence.text):
            yield _place(doc, sentence, *found.span(), "MR02", "relation")


def _one(doc: Doc, sentence: Sentence) -> bool:
    place = doc.sentences.index(sentence)
    return place > 0 and doc.words.finds("person", doc.sentences[place - 1].text) is not None


def combinations(doc: Doc, threshold: int) -> Iterator[Finding]:
    """Three of age, nationality, place, form of exploitation and a rare trait about one person or a group under the threshold.

    Args: threshold, in persons; age or the rare trait must be among the three. Source: MR03 of media_rules.yaml; quasi-identifiers, Sweeney 2002.
    """
    if doc.has("changed") and re.search(r"fict|invent|compos|made[- ]up", doc.text, re.IGNORECASE):
        return
    for sentence in doc.sentences:
        several = re.search(rf"\b{doc.words.patterns['few'].pattern}\b", sentence.text, re.IGNORECASE)
        after = sentence.text[several.end() : several.end() + 40] if several else ""
        several_of = doc.words.finds("people", after) or doc.words.finds("nationality", " ".join(after.split()[:3]))
        group = several_of and not _proportion(doc, sentence)
        one = re.search(rf"\b(?:an?|une?) (?:{doc.words.patterns['nationality'].pattern})\b", sentence.text, re.IGNORECASE)
        if not (group or one or doc.words.finds("person", sentence.text)):
            continue
        known = [
            doc.words.finds("age", sentence.text),
            re.search(rf"\b(?:{doc.words.patterns['nationality'].pattern})\b", sentence.text, re.IGNORECASE)
            or _from_country(doc, sentence),
            re.search(PLACE[doc.words.language], sentence.text),
            doc.words.finds("form", sentence.text),
            doc.words.finds("rare", sentence.text),
        ]
        if sum(one is not None for one in known) >= 3 and (known[0] is not None or known[-1] is not None):
            yield Finding("MR03", "combination", doc.excerpt(sentence.start, sentence.end), sentence.start, sentence.end, f"< {threshold}")


def _from_country(doc: Doc, sentence: Sentence) -> bool | None:
    """A country named as the one somebody comes from."""
    origin = r"\bfrom (?:the )?" if doc.words.language == "en" else r"\b(?:venue?s?|originaires?) (?:de |du |des |d['’])(?:la |l['’])?"
    told = re.search(origin + rf"({FULL})", sentence.text)
    return True if told and told.group(1) in doc.words.countries else None


def _proportion(doc: Doc, sentence: Sentence) -> bool:
    return doc.words.finds("proportion", sentence.text) is not None


def shelters(doc: Doc) -> Iterator[Finding]:
    """Where a shelter is, who works there, and phone numbers that are no helpline's.

    Source: MR05 of media_rules.yaml; CoE Convention 2005, art. 12(2).
    """
    for sentence in doc.sentences:
        here = doc.words.finds("shelter", sentence.text)
        if here and not doc.words.finds("not_located", sentence.text):
            where = doc.words.finds("address", sentence.text) or doc.words.patterns["shelter_place"].search(sentence.text, here.end())
            where = where or _shelter_named(doc, sentence) or doc.words.finds("landmark", sentence.text)
            if where:
                yield _place(doc, sentence, *where.span(), "MR05", "shelter")
        elif doc.words.finds("housed", sentence.text) and (home := doc.words.finds("address", sentence.text)):
            yield _place(doc, sentence, *home.span(), "MR05", "shelter")
        for found in doc.words.patterns["phone"].finditer(sentence.text):
            open_line = doc.words.finds("helpline", doc.near(sentence)) and not doc.words.finds("private_line", sentence.text)
            if not open_line and len(re.sub(r"\D", "", found.group())) >= 8:
                yield _place(doc, sentence, *found.span(), "MR05", "phone")
        for found in doc.words.patterns["staff"].finditer(sentence.text):
            name = CAPITALISED.match(sentence.text, found.end())
            if name and _is_name(doc, name.group()) and (doc.has("case") or doc.has("shelter")):
                yield _place(doc, sentence, *name.span(), "MR05", "staff")
        for name in CAPITALISED.finditer(sentence.text):
            told = STAFF_AFTER.match(sentence.text, name.end())
            works = told and doc.words.patterns["staff"].match(sentence.text + ", ", told.end())
            # a matron or a night guard works where people sleep; a nurse may work anywhere
            housed = here or (works and doc.words.patterns["resident_staff"].match(works.group()) and _housed(doc, sentence))
            if works and housed and _is_name(doc, name.group()):
                yield _place(doc, sentence, *name.span(), "MR05", "staff")


def _shelter_named(doc: Doc, sentence: Sentence) -> re.Match[str] | None:
    """The name of a shelter, which leads to it; "the national shelter" is none."""
    for found in doc.words.patterns["shelter_named"].finditer(sentence.text):
        own = [word for word in re.findall(NAME, found.group()) if not _known(doc, word)]
        if own and not re.fullmatch(doc.words.patterns["shelter"].pattern, " ".join(own), re.IGNORECASE):
            return found
    return None


def _housed(doc: Doc, sentence: Sentence) -> bool:
    """Whether those under protection are near: residents, girls, survivors."""
    near = doc.near(sentence)
    return bool(doc.words.finds("case", near) or doc.words.finds("child", near) or doc.words.finds("shelter", near))
