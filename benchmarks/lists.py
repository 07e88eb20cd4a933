"""Known-truth lists of several agencies: people, kin, orthographies, clerks' errors. Nothing here is read by the product."""

from __future__ import annotations

import csv
import math
import random
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

from benchmarks import speller as sp
from havre.evidence.stats.linkage.reading import COLUMNS

GROUPS = ("west_africa", "thai", "lusophone", "horn")
LEVELS = {"low": 0.5, "ordinary": 1.0, "high": 1.8}


# sounds: J as in jam, C as in church, N as in canyon, S as in she
@dataclass(slots=True)
class Person:
    """One invented person as they are, before any clerk writes them down."""

    number: int
    group: str
    sex: str
    given: list[str]
    family: list[str]
    born: date
    nationality: str
    birthplace: str
    phone: str
    document: str
    address: str
    nick: str = ""
    kin: int = 0
    latent: float = 0.0


@dataclass(slots=True)
class Made:
    """Lists of records and who each record is."""

    lists: list[list[dict[str, str]]]
    person: dict[str, int]
    group: dict[str, str]
    kin: dict[int, int]
    people: int

    def true_pairs(self) -> set[tuple[str, str]]:
        by: dict[int, list[str]] = {}
        for record, person in self.person.items():
            by.setdefault(person, []).append(record)
        return {(min(a, b), max(a, b)) for ids in by.values() for a, b in combinations(ids, 2)}

    def write(self, folder: Path) -> list[Path]:
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for i, rows in enumerate(self.lists):
            paths.append(folder / f"{'ABCDEFG'[i]}.csv")
            with paths[-1].open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, COLUMNS)
                writer.writeheader()
                writer.writerows(rows)
        return paths


def _pick(rng: random.Random, names: list[str], skew: float = 1.6) -> str:
    """A name, the first ones of the pool far more often than the last (few names carry many people)."""
    return names[int(len(names) * rng.random() ** skew)]


def _one_name(these: list[str], those: list[str]) -> bool:
    """Whether one given name holds all parts of the other, however a Thai name was put together."""
    one, other = ({part.replace("-", "") for part in names} for names in (these, those))
    return one <= other or other <= one


def _invented(rng: random.Random, n: int) -> list[str]:
    heads, tails = sp.WA_BITS
    return ["".join(rng.choice(heads) for _ in range(rng.choice((2, 3, 3)))) + rng.choice(tails) for _ in range(n)]


class World:
    """The pools of names, places and shared lines of one seed."""

    def __init__(self, seed: int, records: int, *, namesakes: bool = False) -> None:
        self.rng, self.namesakes = random.Random(seed), namesakes
        rng = self.rng
        shuffled = {}
        for name in ("WA_MALE", "WA_FEMALE", "WA_FAMILY", "TH_GIVEN", "PT_MALE", "PT_FEMALE", "PT_FAMILY", "HORN_MALE", "HORN_FEMALE"):
            pool = list(getattr(sp, name))
            rng.shuffle(pool)
            shuffled[name] = pool
        self.pool = shuffled
        new = _invented(rng, 60 + records // 400)
        self.pool["WA_FAMILY"] = shuffled["WA_FAMILY"] + new[: len(new) // 2]
        self.pool["WA_GIVEN_NEW"] = new[len(new) // 2 :]
        elements = [e for e in sp.TH if len(e) > 1]
        self.thai_families = ["-".join(rng.sample(elements, rng.choice((2, 2, 3)))) for _ in range(50 + records // 8)]
        self.thai_given = ["-".join(sp.thai_elements(name)) for name in self.pool["TH_GIVEN"]] + [
            "-".join(rng.sample(elements, 2)) for _ in range(150)
        ]
        self.shelters = {g: [self._address(g) for _ in range(3 + records // 8000)] for g in GROUPS}
        self.lines = [self._line(g) for g in ("west_africa", "thai", "lusophone", "thai", "lusophone") for _ in range(2 + records // 5000)]

    def _line(self, group: str) -> str:
        rng = self.rng
        code = {"west_africa": "+22", "thai": "+66", "lusophone": "+670", "horn": "+25"}[group]
        return code + "".join(rng.choice("0123456789") for _ in range(8))

    def _address(self, group: str) -> str:
        return f"{self.rng.choice(('Rua', 'Rue', 'Street', 'Soi', 'Suco', 'Quartier'))} {self.rng.randint(1, 999)} {_pick(self.rng, sp.PLACES[group][1]).split('|')[-1]}"  # noqa: E501

    def given(self, group: str, sex: str, rng: random.Random | None = None) -> list[str]:
        rng = rng or self.rng
        if group == "thai":
            return [_pick(rng, self.thai_given, 1.3)]
        if group == "lusophone":
            pool = self.pool["PT_MALE" if sex == "M" else "PT_FEMALE"]
            return list(dict.fromkeys(_pick(rng, pool) for _ in range(rng.choice((1, 2, 2)))))
        if group == "horn":
            return [_pick(rng, self.pool["HORN_MALE" if sex == "M" else "HORN_FEMALE"], 1.2)]
        pool = self.pool["WA_MALE" if sex == "M" else "WA_FEMALE"]
        first = _pick(rng, self.pool["WA_GIVEN_NEW"]) if rng.random() < 0.25 else _pick(rng, pool)
        return list(dict.fromkeys([first] + ([_pick(rng, pool)] if rng.random() < 0.3 else [])))

    def family(self, group: str) -> list[str]:
        rng = self.rng
        if group == "thai":
            return [rng.choice(self.thai_families)]
        if group == "lusophone":
            names = [_pick(rng, self.pool["PT_FAMILY"]) for _ in range(rng.choice((1, 1, 2, 2)))]
            return list(dict.fromkeys(names))
        if group == "horn":
            return [rng.choice(self.pool["HORN_MALE"]), *([rng.choice(self.pool["HORN_MALE"])] if rng.random() < 0.4 else [])]
        return [] if rng.random() < 0.03 else [_pick(rng, self.pool["WA_FAMILY"], 1.5)]

    def person(self, number: int, group: str) -> Person:
        rng = self.rng
        sex = "F" if rng.random() < 0.65 else "M"
        born = date(2008, 12, 31) - timedelta(days=int(365.25 * 38 * rng.random() ** 1.4))
        places = sp.PLACES[group]
        nick = rng.choice(sp.TH_NICK) if group == "thai" else ""
        document = rng.choice("ABCGPT") + "".join(rng.choice("0123456789") for _ in range(7)) if rng.random() < 0.5 else ""
        phone = self._line(group) if rng.random() < 0.6 else ""
        return Person(number, group, sex, self.given(group, sex), self.family(group), born, rng.choice(places[0]), _pick(rng, places[1]), phone, document, self._address(group), nick, latent=rng.gauss(0, 1))  # fmt: skip  # noqa: E501

    def kin_of(self, other: Person, number: int, household: list[Person]) -> Person:
        """A sibling, twin, cousin or child of the same household; but for a child of its mother's name, nobody bears another's whole name."""
        rng, kin = self.rng, self.person(number, other.group)
        kin.family, kin.birthplace, kin.nationality, kin.kin = list(other.family), other.birthplace, other.nationality, other.number
        if rng.random() < 0.7:
            kin.address, kin.phone = other.address, other.phone or kin.phone
        chance = rng.random()
        namesake = 0.12 <= chance < 0.25
        if chance < 0.12:
            kin.born = other.born
        elif namesake:  # mother and child with one name
            kin.born, kin.given = other.born + timedelta(days=rng.randint(6500, 9000)), list(other.given)
        else:
            kin.born = other.born + timedelta(days=rng.choice((-1, 1)) * rng.randint(330, 3000))
        # a stream of its own, so that the rest of the world stays as it is
        apart = random.Random(number)
        while not self.namesakes and any(_one_name(kin.given, one.given) for one in household[namesake:]):
            kin.given = self.given(kin.group, kin.sex, apart)
        if kin.born > date(2018, 1, 1):
            kin.born = date(2018, 1, 1) - timedelta(days=0 if self.namesakes else apart.randrange(1500))
        return kin


class Clerk:
    """One agency's way of writing people down, with its errors. Rates are for `ordinary`; a level scales them."""

    def __init__(self, world: World, agency: int, level: float, varied: float = 0.0) -> None:
        self.world, self.agency, self.level, self.rng, self.varied = world, agency, level, world.rng, varied
        self.habits: dict[float, float] = {}

    def happens(self, rate: float) -> bool:
        """Whether an error of this rate happens; with `varied`, each agency has rates of its own around it."""
        if self.varied and rate not in self.habits:
            self.habits[rate] = min(3.0, math.exp(self.rng.gauss(0, self.varied)))
        return self.rng.random() < min(0.9, rate * self.level * self.habits.get(rate, 1.0))

    def _typo(self, text: str) -> str:
        rng = self.rng
        if len(text) < 4:
            return text
        i = rng.randrange(1, len(text) - 1)
        letter = rng.choice("aeinrstlmou")
        return rng.choice(
            (
                text[:i] + text[i + 1 :],
                text[:i] + text[i + 1] + text[i] + text[i + 2 :],
                text[:i] + letter + text[i + 1 :],
                text[:i] + text[i] + text[i:],
            )
        )

    def _way(self, group: str) -> str:
        ways = sp.WAYS[group]
        return ways[self.agency % 3] if self.rng.random() < 0.85 else self.rng.choice(ways)

    def _words(self, person: Person, names: list[str], way: str) -> list[str]:
        out = [sp.write_word(self.rng, person.group, name, way) for name in names]
        if way != "script":
            out = [self._typo(w) if self.happens(0.05) else w for w in out]
        return out

    def names(self, person: Person) -> tuple[str, str]:
        rng, group, way = self.rng, person.group, self._way(person.group)
        given, family = list(person.given), list(person.family)
        if self.happens(0.012):  # false name, or one assigned by traffickers
            given = self.world.given(group, person.sex)
            family = self.world.family(group) if rng.random() < 0.7 else family
        elif group == "thai" and self.happens(0.015):  # legal renaming
            given = self.world.given(group, person.sex)
        nicknames = {"lusophone": sp.PT_NICK, "west_africa": sp.WA_NICK}.get(group, {})
        if group == "thai" and self.happens(0.05):
            given = [person.nick]
        elif given[0] in nicknames and self.happens(0.06):
            given[0] = rng.choice(nicknames[given[0]].split())
        if len(given) > 1 and self.happens(0.2):
            given = given[:1] if rng.random() < 0.7 else given[1:]
        elif len(given) > 1 and self.happens(0.05):
            given.reverse()
        if len(family) > 1 and self.happens(0.22):
            family = [family[-1]] if rng.random() < 0.7 else [family[0]]
        first, last = self._words(person, given, way), self._words(person, family, way)
        if group == "lusophone" and last and rng.random() < 0.25:
            last.insert(len(last) - 1, rng.choice(("da", "dos", "de")))
        if self.happens(0.03):
            title = {
                "thai": "นางสาว" if person.sex == "F" else "นาย",
                "west_africa": "El Hadj" if person.sex == "M" else "Madame",
                "lusophone": "Sra." if person.sex == "F" else "Sr.",
                "horn": "Mr",
            }[group]
            first.insert(0, title if way in ("script",) or group != "thai" else "Khun")
        glue = "" if way == "script" and first and first[0] in ("นาย", "นางสาว") else " "
        a, b = glue.join(first), " ".join(last)
        if self.happens(0.025):
            b = ""
        case = rng.random()
        a, b = (
            (a.upper(), b.upper())
            if case < 0.2
            else (a.title(), b.upper())
            if case < 0.4
            else (a.title(), b.title())
            if case < 0.95
            else (a.lower(), b.lower())
        )
        if self.happens(0.035):
            a, b = b, a
        elif b and self.happens(0.01):
            a, b = f"{a} {b}", ""
        return a, b

    def birth_date(self, person: Person, recorded: date) -> str:
        rng, born, group = self.rng, person.born, person.group
        missing = {"west_africa": 0.08, "thai": 0.05, "lusophone": 0.07, "horn": 0.1}[group]
        if self.happens(missing):
            return ""
        age = recorded.year - born.year
        if age < 18 and self.happens(0.02):
            return str(recorded.year - 18)
        if self.happens(0.06):
            year = born.year + rng.choice((0, 0, 0, 1, -1))
            return str(recorded.year - 5 * round(age / 5)) if rng.random() < 0.2 else str(year)
        if self.happens(0.05 if group != "west_africa" else 0.1):
            return f"{born.year + rng.choice((0, 0, 0, 1, -1))}-01-01"
        year, month, day = born.year, born.month, born.day
        if self.happens(0.025) and day <= 12:
            month, day = day, month
        elif self.happens(0.035):
            which = rng.random()
            if which < 0.5:
                day = min(28, max(1, day + rng.choice((-10, 10, 1, -1, 3, 5))))
            elif which < 0.8:
                month = min(12, max(1, month + rng.choice((-1, 1, 10, -10))))
                day = min(day, 28)
            else:
                year = year - year % 10 + rng.randrange(10)
                day = min(day, 28)
        elif self.happens(0.03):
            year += rng.choice((-2, -1, -1, 1, 1, 2))
            day = min(day, 28)
        if group == "thai" and self.agency % 3 == 0 and rng.random() < 0.5:
            year += 543
        return f"{year:04d}-{month:02d}-{day:02d}"

    def confuse(self, text: str) -> str:
        i = self.rng.randrange(len(text))
        return text[:i] + {"0": "O", "1": "I", "8": "B", "5": "S"}.get(text[i], self.rng.choice("0123456789")) + text[i + 1 :]

    def phone(self, person: Person) -> str:
        rng = self.rng
        if rng.random() < 0.35:
            return rng.choice(self.world.lines) if rng.random() < 0.35 else ""
        text = person.phone
        if not text or self.happens(0.25):
            return ""
        if self.happens(0.2):
            text = self.world._line(person.group)
        if rng.random() < 0.4:
            text = "0" + text[3:]
        return self.confuse(text) if self.happens(0.03) else f"{text[:4]} {text[4:7]} {text[7:]}" if rng.random() < 0.2 else text

    def place(self, person: Person) -> str:
        if self.happens(0.3):
            return ""
        text = person.birthplace if not self.happens(0.04) else _pick(self.rng, sp.PLACES[person.group][1])
        if person.group == "thai":
            return text.split("|")[sp.WAYS["thai"].index(self._way("thai"))].strip()
        return " ".join(sp.write_word(self.rng, person.group, word, self._way(person.group)) for word in text.split()).title()

    def record(self, person: Person, record_id: str, recorded: date) -> dict[str, str]:
        rng = self.rng
        given, family = self.names(person)
        nationality = person.nationality
        if self.happens(0.04):
            nationality = rng.choice(sp.PLACES[person.group][0])
        row = {
            "record_id": record_id, "given_name": given, "family_name": family,
            "sex": "" if self.happens(0.04) else ("M" if person.sex == "F" else "F") if self.happens(0.01) else person.sex,
            "birth_date": self.birth_date(person, recorded), "nationality": "" if self.happens(0.06) else nationality,
            "birthplace": self.place(person), "phone": self.phone(person), "doc_number": "", "address": "", "recorded_on": recorded.isoformat(),
        }  # fmt: skip
        if person.document and not self.happens(0.35):
            row["doc_number"] = self.confuse(person.document) if self.happens(0.05) else person.document
            if self.happens(0.04):
                row["doc_number"] = rng.choice("ABCGPT") + "".join(rng.choice("0123456789") for _ in range(7))
        if rng.random() < 0.65:
            row["address"] = (
                rng.choice(self.world.shelters[person.group])
                if rng.random() < 0.4
                else person.address
                if not self.happens(0.11)
                else self.world._address(person.group)
            )
        if self.happens(0.003):  # a column shifted
            row["birthplace"], row["phone"], row["doc_number"] = "", row["birthplace"], row["phone"]
        return row


def make(
    records: int,
    *,
    seed: int,
    level: str | float = "ordinary",
    agencies: int = 3,
    groups: dict[str, float] | None = None,
    presence: float = 0.5,
    varied: float = 0.0,
    namesakes: bool = False,
) -> Made:
    """Lists of about `records` records in all, of people of the name groups in the shares given; `level`, of LEVELS, or how many times
    the ordinary error rates; `varied`, how far each
    agency's error rates stray from the level's (standard deviation of their logarithm); `namesakes`, whether chance may give
    two siblings one name and two late-born children one birth date (then no field tells them apart)."""
    world, rng = World(seed, records, namesakes=namesakes), None
    rng = world.rng
    groups = groups or {"west_africa": 0.4, "thai": 0.3, "lusophone": 0.3}
    count = int(records / (agencies * presence * 1.04))
    people: list[Person] = []
    while len(people) < count:
        group = rng.choices(list(groups), list(groups.values()))[0]
        person = world.person(len(people) + 1, group)
        people.append(person)
        household = [person]
        while rng.random() < 0.22 and len(people) < count:
            household.append(world.kin_of(person, len(people) + 1, household))
            people.append(household[-1])
    clerks = [Clerk(world, agency, LEVELS[level] if isinstance(level, str) else level, varied) for agency in range(agencies)]
    lists: list[list[dict[str, str]]] = [[] for _ in clerks]
    truth, group_of, serial = {}, {}, 0
    for person in people:
        for agency, clerk in enumerate(clerks):
            lean = 0.12 * person.latent + (0.05 if GROUPS.index(person.group) == agency else -0.02)
            while rng.random() < min(0.95, max(0.03, presence + lean)):
                serial += 1
                record_id = f"{'abcdefg'[agency]}{rng.getrandbits(28):07x}{serial:x}"
                lists[agency].append(clerk.record(person, record_id, date(2019, 1, 1) + timedelta(days=rng.randrange(2700))))
                truth[record_id], group_of[record_id] = person.number, person.group
                if rng.random() > 0.05:
                    break
    for rows in lists:
        rng.shuffle(rows)
    return Made(lists, truth, group_of, {p.number: p.kin for p in people if p.kin}, len(people))
