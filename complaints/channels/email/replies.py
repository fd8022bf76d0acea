"""What a person wrote now, without the quotes and the signature below it.

A scanner over lines. Each line is judged once, with at most LOOKAHEAD
neighbours, and no pattern can backtrack: the libraries for this take quadratic
or cubic time, and whoever writes to a complaint desk could use that.

It prefers leaving too much to taking too much: a dash before an amount, a line
"On Friday your agent wrote:" or a list of "From, To, Date" of a transfer is the
complaint itself. The untrimmed text is always kept beside the trimmed one.
"""

from __future__ import annotations

from complaints.channels.email import phrases
from complaints.channels.email.lines import (
    Line,
    intro_start,
    is_header_block,
    is_separator,
    is_strong_intro,
    read_lines,
)

MAX_TEXT = 200_000
RECOURSE_MARKER = "-- reply above this line --"
RECOURSE_MARKER_ZH = "-- 请在此行上方回复 --"

_MARKER_WORDS = ("reply above this line", "请在此行上方回复")
_SIGNATURE_LINES = 30
_LOOSE_SIGNATURE_LINES = 15
_FOOTER_LINES = 12


def trim(text: str, *, forwarded: bool = False) -> str:
    """The new part of a mail's text, at most MAX_TEXT characters of it.

    A forwarded mail is what the sender wants to show us, so it stays: with
    ``forwarded`` set, or where a line announces it, only our own marker cuts.
    Where nothing would be left the text comes back whole.
    """
    cut = text[:MAX_TEXT].replace("\r\n", "\n")
    lines = read_lines(cut)
    kept = _kept(lines, forwarded=forwarded)
    body = "\n".join(line.raw for line in lines[: kept or len(lines)])
    return body.strip("\n").rstrip()


def _kept(lines: list[Line], *, forwarded: bool) -> int:
    """How many lines are a person's own; 0 when none seem to be."""
    end, is_forward = _hard_end(lines, forwarded=forwarded)
    if is_forward:
        return _without_blanks(lines, end)
    return _trimmed_end(lines, end) or _trimmed_end(lines, len(lines))


def _hard_end(lines: list[Line], *, forwarded: bool) -> tuple[int, bool]:
    """The first line that says: from here on it is an older mail.

    And whether that mail is shown to us rather than quoted.
    """
    for index, line in enumerate(lines):
        if line.quoted or line.blank:
            continue
        if _is_marker(line):
            return _with_intro(lines, index), False
        forwarded = forwarded or _is_forward(line)
        if forwarded:
            continue
        if _is_original(line) or is_header_block(lines, index):
            return _with_intro(lines, index), False
        if is_strong_intro(lines, index):
            return intro_start(lines, index), False
    return len(lines), forwarded


def _with_intro(lines: list[Line], index: int) -> int:
    """Some programs write "On …, … wrote:" above what they quote, unmarked."""
    above = intro_start(lines, index - 1) if index else -1
    return above if above >= 0 else index


def _is_marker(line: Line) -> bool:
    return len(line.text) < 200 and any(words in line.text for words in _MARKER_WORDS)


def _is_original(line: Line) -> bool:
    return _between_rules(line) in phrases.ORIGINAL


def _is_forward(line: Line) -> bool:
    return _between_rules(line) in phrases.FORWARDED or line.text.startswith(
        phrases.FORWARD_STARTS
    )


def _between_rules(line: Line) -> str:
    """ "message" of a line such as "---- Message ----", else empty."""
    if line.text[:2] not in {"--", "__", "==", "—-", "——"}:
        return ""
    return line.text.replace("&nbsp;", " ").strip("-_=— \xa0:：")


def _trimmed_end(lines: list[Line], end: int) -> int:
    """Take quotes and signatures off the end, until the end is a person's."""
    before = -1
    while before != end and end > 0:
        before = end
        end = _without_blanks(lines, end)
        end = _without_quote(lines, end)
        end = _without_signature(lines, end)
    return end


def _without_blanks(lines: list[Line], end: int) -> int:
    while end and (lines[end - 1].blank or is_separator(lines[end - 1])):
        end -= 1
    return end


def _without_quote(lines: list[Line], end: int) -> int:
    """Without the quoted lines at the end, and the line that announces them."""
    start = end
    while start and (lines[start - 1].quoted or lines[start - 1].blank):
        start -= 1
    if start == end:
        return end
    found = intro_start(lines, start - 1) if start else -1
    return found if found >= 0 else start


def _without_signature(lines: list[Line], end: int) -> int:
    if not end:
        return end
    last = lines[end - 1]
    if _is_device(last) or _is_dashed_name(lines, end):
        return end - 1
    for index in range(end - 1, max(-1, end - 1 - _SIGNATURE_LINES), -1):
        if lines[index].quoted:
            return end
        if _opens_signature(lines, index, end):
            return index
    return end


def _opens_signature(lines: list[Line], index: int, end: int) -> bool:
    """A signature's first line: "-- " by the standard, or near enough."""
    raw = lines[index].raw
    if raw in {"-- ", "--\xa0"}:
        return True
    if lines[index].text in {"--", "—", "––"}:
        return end - index <= _LOOSE_SIGNATURE_LINES
    return raw.startswith("_____") and _is_footer(lines, index, end)


def _is_footer(lines: list[Line], index: int, end: int) -> bool:
    """A rule of underscores above a mailing list's lines, not above a text."""
    if end - index > _FOOTER_LINES or not is_separator(lines[index]):
        return False
    below = (line.text for line in lines[index + 1 : end])
    return any(word in text[:500] for text in below for word in phrases.LIST_FOOTER)


def _is_device(line: Line) -> bool:
    text = line.text[:80].strip(" .*_")
    if len(line.text) > 80 or not text:
        return False
    if text.startswith("sent from my "):
        words = text.removeprefix("sent from my ").split()
        return len(words) <= 3 and all(word.isalnum() for word in words)
    return any(
        text.startswith(first) and text.endswith(last) and len(text) < 50
        for first, last in phrases.DEVICE_LINES
    )


def _is_dashed_name(lines: list[Line], end: int) -> bool:
    """ "-Ann Smith" as a paragraph of its own, below some text."""
    text = lines[end - 1].raw.strip()
    if not 2 < len(text) < 40 or text[0] != "-" or not text[1].isalpha():
        return False
    if end < 3 or not lines[end - 2].blank:
        return False
    words = text[1:].split()
    return len(words) <= 3 and all(w[0].isupper() and w.isalpha() for w in words)
