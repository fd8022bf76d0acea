"""What our own mail server found out about a sender: SPF, DKIM and DMARC (RFC 8601).

The server writes what the sender chose into the same field: a quoted local part, a
comment. So that is cut out first, as the grammar has it, and of two verdicts on the
domain the worse one counts: a stranger can make their own mail look worse, not better.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from complaints.channels.email.headers import Headers, unfolded

PASS, FAIL = "pass", "fail"
OTHER = "other"
"""DMARC stands by a domain, and it is not the one of the address that we would take
for the sender's: they read From in one way, and we in another."""

LONGEST = 10_000

_VERDICT = re.compile(r"\s*(spf|dkim|dmarc)(?:/1)?\s*=\s*([a-z]{1,20})", re.IGNORECASE)
_DOMAIN = re.compile(r"\sheader\.from\s*=\s*(?:[^\s;@]*@)?([^\s;@]+)", re.IGNORECASE)
_GRAVEST = (FAIL, OTHER)


def authentication(
    head: Headers, authserv_ids: Sequence[str], sender: str = ""
) -> Mapping[str, str]:
    """spf, dkim and dmarc as our own server judged them.

    Only fields under one of our names count, the topmost run of them, and in it the
    first verdict of spf and dkim: a sender can write such fields too, but only below
    ours. Our server must strip fields that claim its name. ``sender`` is the address
    that the mail is taken to be from.
    """
    ours = {name.lower() for name in authserv_ids}
    domain = sender.rpartition("@")[2].lower()
    found: dict[str, str] = {}
    for name, value in _top_results(head, ours):
        for method, verdict in _verdicts(value, domain) if name in ours else ():
            known = found.setdefault(method, verdict)
            if method == "dmarc":
                found[method] = max(known, verdict, key=_gravity)
    return found


def _gravity(verdict: str) -> int:
    if verdict in _GRAVEST:
        return len(_GRAVEST) - _GRAVEST.index(verdict) + 1
    return int(verdict != PASS)


def _top_results(head: Headers, ours: set[str]) -> Iterator[tuple[str, str]]:
    started = False
    for key, raw in head.fields:
        if key == "received" and started:
            return
        if key == "authentication-results":
            name, _, rest = unfolded(raw).partition(";")
            name = (name.split() or [""])[0].lower()
            started = started or name in ours
            yield name, rest


def _verdicts(text: str, domain: str) -> Iterator[tuple[str, str]]:
    """What the field says; and, should a quotation mark of a stranger's have hidden
    it, what it says against them when it is read without any grammar."""
    for method, verdict, shown in _read(_bare(text[:LONGEST])):
        other = method == "dmarc" and verdict == PASS and not _stands_by(shown, domain)
        yield method, OTHER if other else verdict
    for method, verdict, _shown in _read(text[:LONGEST]):
        if method == "dmarc" and verdict != PASS:
            yield method, verdict


def _stands_by(shown: str, domain: str) -> bool:
    """Whether the verdict is on this domain, or on the one that it is below; a server
    need not say on which."""
    return not shown or f".{_ascii(domain)}".endswith(f".{_ascii(shown)}")


def _ascii(domain: str) -> str:
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain


def _read(text: str) -> Iterator[tuple[str, str, str]]:
    for part in text.split(";"):
        hit, shown = _VERDICT.match(part), _DOMAIN.search(part)
        if hit:
            yield hit[1].lower(), hit[2].lower(), shown[1].lower() if shown else ""


def _bare(text: str) -> str:
    """The text without comments, however deep, and without what is quoted."""
    kept, depth, quoted, escaped = [], 0, False, False
    for char in text:
        if escaped:
            escaped = False
        elif char == "\\" and (quoted or depth):
            escaped = True
        elif quoted:
            quoted = char != '"'
        elif depth or char == "(":
            depth += (char == "(") - (char == ")")
        elif char == '"':
            quoted = True
        else:
            kept.append(char)
    return "".join(kept)
