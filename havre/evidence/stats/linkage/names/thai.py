"""Thai (and Lao) script in Latin letters, by sound: tone and silent marks gone, finals by the eight final sounds.

Source: the 44-letter table and finals of the Royal Thai General System of Transcription; the reading rules are our own
and only as fine as a consonant skeleton needs (vowel length and tone are not told).
"""

from __future__ import annotations

import re

# letter -> (sound at the head of a syllable, sound at its end)
LETTERS: dict[str, tuple[str, str]] = {
    "ก": ("k", "k"), "ข": ("kh", "k"), "ฃ": ("kh", "k"), "ค": ("kh", "k"), "ฅ": ("kh", "k"), "ฆ": ("kh", "k"),
    "ง": ("ng", "ng"), "จ": ("ch", "t"), "ฉ": ("ch", "t"), "ช": ("ch", "t"), "ซ": ("s", "t"), "ฌ": ("ch", "t"),
    "ญ": ("y", "n"), "ฎ": ("d", "t"), "ฏ": ("t", "t"), "ฐ": ("th", "t"), "ฑ": ("th", "t"), "ฒ": ("th", "t"),
    "ณ": ("n", "n"), "ด": ("d", "t"), "ต": ("t", "t"), "ถ": ("th", "t"), "ท": ("th", "t"), "ธ": ("th", "t"),
    "น": ("n", "n"), "บ": ("b", "p"), "ป": ("p", "p"), "ผ": ("ph", "p"), "ฝ": ("f", "p"), "พ": ("ph", "p"),
    "ฟ": ("f", "p"), "ภ": ("ph", "p"), "ม": ("m", "m"), "ย": ("y", "i"), "ร": ("r", "n"), "ล": ("l", "n"),
    "ว": ("w", "o"), "ศ": ("s", "t"), "ษ": ("s", "t"), "ส": ("s", "t"), "ห": ("h", ""), "ฬ": ("l", "n"),
    "อ": ("", ""), "ฮ": ("h", ""),
}  # fmt: skip
LEADS = "เแโใไ"
MARKS = "ะัาำิีึืุู"
TITLES = ("นางสาว", "เด็กชาย", "เด็กหญิง", "นาย", "นาง", "คุณ", "น.ส.", "ด.ช.", "ด.ญ.")
_HISSING = "จฉชซฌศษส"
_LINKING = "ฎฏฐฑฒตถทธภ"  # finals of Indic words that are said again with a short a (Natthawut, Witthaya)
_CLUSTERS = {"ร": "กขคตปพทสศซจผ", "ล": "กขคปพผ", "ว": "กขค"}
# a nasal closes its syllable before a stop of the same place
_HOMORGANIC = {"ญ": "จฉช", "น": "ทตธดถ", "ณ": "ฑฐ", "ม": "พภบป", "ง": "กขคฆ"}
_SILENT_TAILS = ("กษณ์", "ตร์", "ทร์", "ดร์", "ชร์", "ษณ์")
_WHOLE = (
    ("เพชร", "เพช"),
    ("พรหม", "พรม"),
    ("เกียรติ", "เกียต"),
    ("สามารถ", "สามาต"),
    ("เจริญ", "ชะเริน"),
    ("สวัส", "สะวัส"),
    ("ฤทธิ", "ริท"),
    ("ฤๅ", "รือ"),
    ("ฤ", "ริ"),
    ("ฦ", "ลิ"),
)


def _prepared(text: str) -> str:
    text = text.replace("ํา", "ำ").replace("เเ", "แ")
    text = re.sub("[่้๊๋ๆฯ็ฺ]", "", text)
    for tail in _SILENT_TAILS:
        text = text.replace(tail, {"กษณ์": "ก|", "ตร์": "ต|"}.get(tail, "|"))
    text = re.sub("[ก-ฮ][ิุ]?์", "|", text)  # a silenced letter ends its syllable
    text = re.sub(f"สุข(?![{MARKS}])", "สุข|", text)
    text = re.sub(f"(^|[^ัาิีึืุูเแโไใ])([ก-ฮ])ว([กงดตนบมยลสญ])(?![{MARKS}ร])", r"\1\2ัว\3", text)
    for written, read in _WHOLE:
        text = text.replace(written, read)
    return re.sub("^ทร(?=[งัาิีุูก-ฮ])", "ซ", text)


def _bare_run(text: str, start: int) -> int:
    """How many consonants from `start` stand without a vowel of their own."""
    i = start
    while i < len(text) and text[i] in LETTERS:
        after = text[i + 1] if i + 1 < len(text) else ""
        two = text[i + 1 : i + 3]
        if after and (after in MARKS or two == "รร" or (after == "อ" and not (text[i + 2 : i + 3] and text[i + 2] in MARKS))):
            break
        if i + 2 < len(text) and text[i + 2] in MARKS and after in _CLUSTERS and text[i] in _CLUSTERS[after]:
            break
        if after and ((text[i] == "ห" and after in "งญนมยรลว") or (text[i] == "อ" and text[i + 1 : i + 3] in ("ยู", "ยา"))):
            break
        i += 1
    return i - start


def _final(text: str, i: int) -> str:
    """The closing sound of text[i]; a hissing letter inside a word opens the next syllable too (Ratchada, Wasana)."""
    sound = LETTERS[text[i]][1]
    if text[i] in _HISSING and i + 1 < len(text) and text[i + 1] not in _HISSING:
        return "t" if text[i + 1] == "|" else "t" + LETTERS[text[i]][0] + "a"
    if text[i] in _LINKING and i + 1 < len(text) and text[i + 1] not in _LINKING and text[i + 1] in LETTERS:
        return sound + "a"
    return "ra" if text[i] == "ร" and i + 1 < len(text) and text[i + 1] != "|" else sound


def _bare(text: str, i: int, run: int) -> str:
    """Read `run` bare consonants from i: pairs are closed syllables, an odd one out stands first."""
    out = []
    if run % 2 and run > 2 and text[i + 1] == "ง":  # ng seldom heads a syllable
        return LETTERS[text[i]][0] + "ong" + _bare(text, i + 2, run - 2)
    if run % 2:
        out.append(LETTERS[text[i]][0] + "a")
        i, run = i + 1, run - 1
    for j in range(i, i + run, 2):
        head, tail = text[j], text[j + 1]
        if tail == "ร":
            out.append(LETTERS[head][0] + ("ora" if head in "อวส" and j + 2 < len(text) else "on"))
        else:
            out.append(LETTERS[head][0] + "o" + _final(text, j + 1))
    return "".join(out)


def _vowel(text: str, i: int, lead: str) -> tuple[str, int, bool | None]:  # noqa: PLR0911
    """The vowel after a head at i: its sound, where it ends, and whether the syllable must be closed (None: it cannot be)."""
    rest = text[i : i + 3]
    if lead == "เ":
        for shape, sound in (
            ("ียะ", "ia"),
            ("ีย", "ia"),
            ("ือ", "uea"),
            ("าะ", "o"),
            ("า", "ao"),
            ("ิ", "oe"),
            ("อะ", "oe"),
            ("อ", "oe"),
            ("ะ", "e"),
        ):
            if rest.startswith(shape):
                return sound, i + len(shape), None if sound == "ao" else False
        if rest[:1] == "ย" and (len(rest) == 1 or rest[1] in LETTERS or rest[1] in LEADS):
            return "oei", i + 1, False
        return "e", i, False
    if lead in ("แ", "โ"):
        return ("ae" if lead == "แ" else "o"), i + (rest[:1] == "ะ"), False
    if lead:
        return "ai", i + (rest[:1] == "ย" and rest[1:2] not in tuple(MARKS)), None
    for shape, sound in (("ัวะ", "ua"), ("ัว", "ua"), ("ัย", "ai"), ("ำ", "am"), ("ะ", "a"), ("า", "a"), ("ิ", "i"), ("ี", "i"), ("ือ", "ue"), ("ึ", "ue"), ("ื", "ue"), ("ุ", "u"), ("ู", "u")):  # fmt: skip  # noqa: E501
        if rest.startswith(shape) and not (len(shape) == 2 and len(rest) > 2 and rest[2] in MARKS):
            return sound, i + len(shape), None if shape in ("ำ", "ะ", "ัย") else False
    if rest[:1] == "ั":
        return "a", i + 1, True
    if rest[:2] == "รร":
        closed = len(rest) == 2 or (rest[2] in LETTERS and not (text[i + 3 : i + 4] and text[i + 3] in MARKS))
        return ("a", i + 2, True) if closed and len(rest) > 2 else ("an", i + 2, False)
    if rest[:1] == "อ":
        return "o", i + 1, False
    return "", i, False


def _after_vowel(text: str, i: int, must_close: bool | None, short: bool) -> tuple[str, int]:
    """Finals and bare syllables that follow a vowel."""
    run = _bare_run(text, i)
    if run == 0:
        return "", i
    if must_close is None:
        return _bare(text, i, run), i + run
    end = i + run
    tail = text[i:end]
    if run == 2 and end == len(text) and short and tail[1] == "ร" and tail[0] in "ตทชกด":
        return LETTERS[tail[0]][1], end
    closes = must_close or run % 2 == 1 or (run >= 2 and (tail[0] in "วย" or tail[1] in _HOMORGANIC.get(tail[0], "")))
    if not closes:
        return _bare(text, i, run), end
    said = _final(text, i)
    if run == 2 and end == len(text):  # a consonant left over at the end is silent
        return said, end
    return said + (_bare(text, i + 1, run - 1) if run > 1 else ""), end


def romanise(text: str) -> str:
    """One Thai word in Latin letters, by sound: สมชาย gives somchai, กาญจนา kanchana, พรทิพย์ phonthip.

    Source: Royal Thai General System of Transcription, Royal Institute (1999); the reading rules are our own.
    """
    text, out, i = _prepared(text), [], 0
    while i < len(text):
        lead = text[i] if text[i] in LEADS else ""
        i += bool(lead)
        if i >= len(text) or text[i] not in LETTERS:
            i += 1
            continue
        if not lead:
            run = _bare_run(text, i)
            if run:
                out.append(_bare(text, i, run))
                i += run
                continue
        head, i, mark = text[i], i + 1, text[i + 1 : i + 2]
        follow = text[i] if i < len(text) else ""
        if head == "ห" and follow and follow in "งญนมยรลว" and i + 1 < len(text):
            head, i = follow, i + 1
            sound = LETTERS[head][0]
        elif head == "อ" and follow == "ย" and text[i + 1 : i + 2] in ("ู", "า"):
            sound, i = "y", i + 1
        elif (
            follow in _CLUSTERS and head in _CLUSTERS[follow] and (lead or text[i + 1 : i + 2] in tuple(MARKS)) and text[i : i + 2] != "รร"
        ):
            closed_by_lead = lead and i + 1 == len(text)
            sound = LETTERS[head][0]
            if not closed_by_lead:
                sound += "" if head in "สศซจ" else LETTERS[follow][0]
                i += 1
        else:
            sound = LETTERS[head][0]
        vowel, i, must_close = _vowel(text, i, lead)
        tail, i = _after_vowel(text, i, must_close, short=mark in tuple("ิุั") or vowel == "e")
        out.append(sound + (vowel or "a") + tail)
    return "".join(out)


def untitled(text: str) -> str:
    """A Thai name without a title written on to it (นายสมชาย gives สมชาย)."""
    for title in TITLES:
        rest = text.removeprefix(title)
        if rest != text and len(rest) >= 2 and (rest[0] in LETTERS or rest[0] in LEADS or rest[0] in " ."):
            return rest.lstrip(" .")
    return text
