"""Serials that a hand copies: seven letters by chance and one that checks them."""

from __future__ import annotations

import secrets

from django.utils.translation import gettext_lazy as _

from havre.trust.errors import Invalid

# Crockford's letters: none that a hand writes like another
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
FORM, GROUP = "F", "G"


def serial(head: str = FORM) -> str:
    """Seven letters by chance and one that checks them, as F-0000-0000 for a form and G-0000-0000 for a group."""
    body = "".join(secrets.choice(LETTERS) for _n in range(7))
    whole = body + check_letter(body)
    return f"{head}-{whole[:4]}-{whole[4:]}"


def check_letter(body: str) -> str:
    """The letter that shows one wrong or two exchanged letters: a sum weighted by place (odd weights, modulo 32)."""
    return LETTERS[sum((2 * place + 1) * LETTERS.index(letter) for place, letter in enumerate(body)) % 32]


def tidy(typed: str, head: str = FORM) -> str:
    """A serial as it is kept, from what a hand typed. Raises: Invalid when it is none, so that a slip is seen at once."""
    bare = "".join(letter for letter in typed.upper().translate(str.maketrans("OIL", "011")) if letter in LETTERS)
    bare = bare.removeprefix(head) if len(bare) == 9 else bare
    if len(bare) != 8 or check_letter(bare[:7]) != bare[7]:
        raise Invalid({"serial": [_("this is no serial of a form: copy it again from the head of the paper, like F-12AB-34CD")]})
    return f"{head}-{bare[:4]}-{bare[4:]}"
