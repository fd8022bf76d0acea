"""Reference numbers: unique, speakable, not guessable, with a check character.

``RC-7K4M-93XD``: seven random characters and one check character (ISO 7064,
hybrid system MOD 29,28: finds every single wrong character and all but one in
378 swaps of two neighbours) over 28 characters without vowels and without 0, 1, I, L
and O.
They are not a secret: they open nothing by themselves.
"""

import secrets

ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
PREFIX = "RC"
RANDOM_LENGTH = 7
_SIZE = len(ALPHABET)


def check_character(body: str) -> str:
    """The ISO 7064 check character of ``body`` (characters of ``ALPHABET``)."""
    rest = _SIZE
    for character in body:
        rest = (rest + ALPHABET.index(character)) % _SIZE or _SIZE
        rest = rest * 2 % (_SIZE + 1)
    return ALPHABET[(_SIZE + 1 - rest) % _SIZE]


def new_reference() -> str:
    """A fresh random reference, such as ``RC-7K4M-93XD``."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    return _grouped(body + check_character(body))


def normalise(text: str) -> str | None:
    """The reference that ``text`` spells, or None when it cannot be one.

    Spaces, dashes, case and a missing prefix are forgiven; a wrong check
    character is not.
    """
    packed = "".join(c for c in text.upper() if c.isalnum())
    if len(packed) == RANDOM_LENGTH + 1 + len(PREFIX):
        packed = packed.removeprefix(PREFIX)
    if len(packed) != RANDOM_LENGTH + 1 or not set(packed) <= set(ALPHABET):
        return None
    return _grouped(packed) if check_character(packed[:-1]) == packed[-1] else None


def _grouped(packed: str) -> str:
    return f"{PREFIX}-{packed[:4]}-{packed[4:]}"
