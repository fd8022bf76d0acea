"""Words to search by, the same for both databases: Chinese in overlapping pairs.

Chinese, Japanese and Korean are written without spaces, so a run of them is kept as
pairs (提现失败 as 提现 现失 失败), and any word of two characters or more is found as a
row of neighbours. Other words are kept whole. Width and case make no difference.
"""

import re
import unicodedata
from collections.abc import Iterator

LONGEST_WORD = 100
"""Characters of a word; what comes behind them is not told apart."""

_CJK = "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_CJK += "\U00020000-\U0003ffff"
_RUN = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+")
_IS_CJK = re.compile(rf"[{_CJK}]")


def words_of(text: str) -> Iterator[str]:
    """The words of ``text`` in its order, as they are kept.

    After the pairs of a run its last character stands alone, so that a single one is
    found at every place.
    """
    for run in _runs(text):
        if not _IS_CJK.match(run):
            yield run[:LONGEST_WORD]
            continue
        yield from _pairs(run)
        yield run[-1]


def phrases_of(text: str) -> list[str]:
    """What is searched for ``text``: each run of words that must stand together.

    Words are parted by spaces. A character alone ends in ``*``: any word that begins
    with it.
    """
    return list(dict.fromkeys(_phrase(run) for run in _runs(text)))


def _runs(text: str) -> list[str]:
    return _RUN.findall(unicodedata.normalize("NFKC", text).casefold())


def _phrase(run: str) -> str:
    if not _IS_CJK.match(run):
        return run[:LONGEST_WORD]
    return " ".join(_pairs(run)) if len(run) > 1 else f"{run}*"


def _pairs(run: str) -> Iterator[str]:
    return (run[at : at + 2] for at in range(len(run) - 1))
