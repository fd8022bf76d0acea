"""The lines of a mail's text, and what one of them announces.

Each question looks at a bounded number of neighbours, so that asking it of
every line stays linear in the text.
"""

from __future__ import annotations

from dataclasses import dataclass

from complaints.channels.email import phrases

LOOKAHEAD = 6
_MAX_INTRO = 400


@dataclass(frozen=True, slots=True)
class Line:
    """One line; ``text`` is lower case, without the spaces around it."""

    raw: str
    text: str
    quoted: bool

    @property
    def blank(self) -> bool:
        """Whether there is nothing on it."""
        return not self.text


def read_lines(text: str) -> list[Line]:
    """The text cut into lines."""
    return [_line(raw) for raw in text.split("\n")]


def _line(raw: str) -> Line:
    text = raw.strip("\r \t\xa0\u3000").lower()
    return Line(raw, text, text.startswith((">", "＞")))


def is_separator(line: Line) -> bool:
    """A rule drawn with at least five characters."""
    return len(line.text) >= 5 and not line.text.strip("-_=*— ")


def intro_start(lines: list[Line], index: int) -> int:
    """Where the line "On …, … wrote:" that ends at ``index`` begins, or -1.

    Programs wrap it, so up to LOOKAHEAD lines are read, none of them empty.
    """
    while index >= 0 and lines[index].blank:
        index -= 1
    if index < 0 or not _ends_intro(lines[index]):
        return -1
    joined, likely = "", -1
    for start in range(index, max(-1, index - LOOKAHEAD), -1):
        if lines[start].blank or lines[start].quoted:
            break
        joined = f"{lines[start].text} {joined}"[:_MAX_INTRO]
        if not _has_origin(joined):
            continue
        if _begins_intro(lines[start].text):
            return start
        if likely < 0:
            likely = start
    return likely


def is_strong_intro(lines: list[Line], index: int) -> bool:
    """Whether ``index`` ends an intro that surely was written by a program,
    with an unmarked quote below: one with an address or a full date."""
    if not _ends_intro(lines[index]) or _next_is_quoted(lines, index):
        return False
    start = intro_start(lines, index)
    if start < 0:
        return False
    joined = " ".join(line.text for line in lines[start : index + 1])[:_MAX_INTRO]
    return "@" in joined or _has_machine_date(joined)


def is_header_block(lines: list[Line], index: int) -> bool:
    """Whether a block "From, Sent, To, Subject" begins here.

    A customer's list "From: 0xab…, To: 0xcd…, Date: …" is no such block: it
    has neither a mail address nor a subject.
    """
    label, value = _label(lines[index].text)
    if label not in phrases.FROM_LABELS:
        return False
    labels = {_label(line.text)[0] for line in lines[index + 1 : index + 1 + LOOKAHEAD]}
    has_date = bool(labels & phrases.DATE_LABELS)
    has_subject = bool(labels & phrases.SUBJECT_LABELS)
    count = has_date + has_subject + bool(labels & phrases.TO_LABELS)
    return count >= 2 and (has_subject or (has_date and "@" in value))


def _label(text: str) -> tuple[str, str]:
    """ "*from:* ann" as ("from", "ann")."""
    head, colon, value = text[:500].replace("：", ":", 1).partition(":")
    return (head.strip("*_ \t\xa0"), value) if colon else ("", "")


def _ends_intro(line: Line) -> bool:
    tail = line.text[-_MAX_INTRO:].rstrip(" *_")
    if not tail.endswith((":", "：", "写道", "寫道")):
        return False
    if any(verb in tail for verb in phrases.WROTE):
        return True
    # Japanese Gmail: "2026年1月5日(木) 12:00 Ann <ann@example.com>:"
    return tail.endswith((">:", ">：")) and "@" in tail and line.text[:4].isdigit()


def _begins_intro(text: str) -> bool:
    text = text.lstrip("*_ \"'“")
    if text.startswith(phrases.INTRO_STARTS) or text[:4].isdigit():
        return True
    return "<" in text and ("于" in text or "於" in text)


def _has_origin(text: str) -> bool:
    """A date or an address: what tells a program's line from a person's."""
    return "@" in text or any(char.isdigit() for char in text)


def _has_machine_date(text: str) -> bool:
    if "年" in text and "日" in text and (":" in text[:-1] or "：" in text[:-1]):
        return True
    words = text.replace(",", " ").replace("，", " ").split()[:8]
    day = any(word[:3] in phrases.WEEKDAYS and len(word) < 10 for word in words[:2])
    iso = any(len(w) == 10 and w[4:5] == "-" and w[:4].isdigit() for w in words)
    clock = any(":" in w[1:3] and w[:1].isdigit() for w in words)
    return clock and (iso or day)


def _next_is_quoted(lines: list[Line], index: int) -> bool:
    for line in lines[index + 1 : index + 1 + LOOKAHEAD]:
        if not line.blank:
            return line.quoted
    return False
