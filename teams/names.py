"""How the parts of a person's name stand together."""

import unicodedata


def full_name(first: str, last: str) -> str:
    """``Ada Lindgren``; where both are written in Chinese characters, the family name
    comes first and nothing stands between: ``李娜``."""
    if first and last and _is_chinese(first) and _is_chinese(last):
        return f"{last}{first}"
    return " ".join(part for part in (first, last) if part)


def _is_chinese(part: str) -> bool:
    return all(
        unicodedata.name(sign, "").startswith("CJK UNIFIED IDEOGRAPH") for sign in part
    )
