"""The Chinese catalogue is whole, and pages in Chinese are Chinese throughout."""

import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po
from django.apps import apps
from django.conf import settings
from django.db.models import CharField, TextField
from django.test import Client
from django.utils import timezone
from django.utils.translation import override
from django.utils.translation.template import templatize

from complaints.models import Complaint
from complaints.templatetags.look import written
from config.messages import compile_messages
from config.paths import BASE_DIR
from tests.people import People

PO = BASE_DIR / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
APPS = ("appeals", "complaints", "config", "teams")
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
GAP = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
WORDS = re.compile(r"[A-Za-z][a-z'’]*(?:,? [a-z'’]{2,})+")
"""Two Latin words after each other, the second in small letters: no brand is that."""

MORNING = datetime(2027, 1, 18, 9, 5, tzinfo=UTC)

SAME_IN_BOTH = frozenset({"Facebook", "PDF", "Telegram", "X", "H:i"})
"""Names of services and formats, which need no translation."""

Key = tuple[str, str]
"""Context and singular of a message."""


# The catalogue ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with PO.open("rb") as text:
        return read_po(text, locale="zh_Hans", abort_invalid=True)


def _ids(message: Message) -> tuple[str, ...]:
    either: Any = message.id
    return either if isinstance(either, tuple) else (either,)


def _strings(message: Message) -> tuple[str, ...]:
    said: Any = message.string
    return said if isinstance(said, tuple) else (said,)


def _said(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def test_every_message_is_translated(catalogue: Catalog) -> None:
    empty = [m.id for m in _said(catalogue) if not all(_strings(m))]
    guessed = [m.id for m in _said(catalogue) if m.fuzzy]

    assert (empty, guessed) == ([], [])
    assert len(_said(catalogue)) > 1500


def test_every_translation_has_one_form_as_chinese_does(catalogue: Catalog) -> None:
    assert catalogue.num_plurals == 1
    assert [m.id for m in _said(catalogue) if len(_strings(m)) != 1] == []


def _gaps(text: str) -> list[str]:
    return sorted(GAP.findall(text.replace("%%", "")))


def test_every_translation_has_the_gaps_of_its_message(catalogue: Catalog) -> None:
    """The last form of a plural counts: the singular may leave its number out."""
    differ = {
        _ids(m)[-1]: said
        for m in _said(catalogue)
        for said in _strings(m)
        if _gaps(_ids(m)[-1]) != _gaps(said)
    }

    assert differ == {}


COUNTED = re.compile(
    r"%\((?:n|minutes)\)[sd] (?:more )?(?:minutes|days|cases|customers)"
)


def test_what_is_counted_has_words_for_one(catalogue: Catalog) -> None:
    """No page says "Wait 1 minutes"."""
    alone = [_ids(m)[0] for m in _said(catalogue) if len(_ids(m)) == 1]

    assert [said for said in alone if COUNTED.search(said)] == []


def test_every_translation_is_chinese(catalogue: Catalog) -> None:
    """What has no Chinese sign holds no Latin word beside its gaps either."""
    foreign = [
        said
        for m in _said(catalogue)
        for said in _strings(m)
        if not CHINESE.search(said)
        and re.search("[A-Za-z]", GAP.sub("", said).replace("Recourse", ""))
        and said not in SAME_IN_BOTH
    ]

    assert foreign == []


def test_catalogue_is_sorted_so_that_a_new_message_is_one_difference(
    catalogue: Catalog,
) -> None:
    order = [_ids(m)[0] for m in _said(catalogue)]

    assert order == sorted(order)


# What the source says -----------------------------------------------------------------


def _sources() -> Iterator[Path]:
    for app in APPS:
        yield from (BASE_DIR / app).rglob("*.py")
    for ending in ("*.html", "*.txt"):
        yield from (BASE_DIR / "templates").rglob(ending)


def _as_python(path: Path) -> str:
    """A template becomes calls of gettext; its indentation is none of Python's."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text
    return "\n".join(line.lstrip() for line in templatize(text).splitlines())


def marked(path: Path) -> set[Key]:
    """The messages of a source file, read without a program of the system."""
    source = io.BytesIO(_as_python(path).encode())
    options: dict[str, Any] = {"encoding": "utf-8"}
    found = extract("python", source, keywords=KEYWORDS, options=options)
    return {
        (context or "", message[0] if isinstance(message, tuple) else message)
        for _line, message, _comments, context in found
    }


PLURAL = """{% blocktranslate trimmed count n=n %}
    {{ n }} day
{% plural %}
    {{ n }} days, 5 %
{% endblocktranslate %}"""


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("a.py", "from x import y as _\n_('One ' 'two')\n", {("", "One two")}),
        ("b.py", "ngettext_lazy('%(n)d day', '%(n)d days')", {("", "%(n)d day")}),
        ("c.py", "pgettext('date format', 'j M')", {("date format", "j M")}),
        ("a.html", '<p>\n   {% translate "It\'s" %}\n </p>', {("", "It's")}),
        (
            "b.html",
            PLURAL,
            {("", "%(n)s day")},
        ),
        ("c.txt", '{% translate "at" context "a day" as x %}', {("a day", "at")}),
        ("d.html", '{% include "x" with title=_("Home") %}', {("", "Home")}),
    ],
)
def test_marked_finds_what_is_marked(
    name: str, text: str, found: set[Key], tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")

    assert marked(tmp_path / name) == found


def test_everything_marked_is_in_the_catalogue(catalogue: Catalog) -> None:
    known = {(m.context or "", _ids(m)[0]) for m in _said(catalogue)}
    lacking = {
        str(path.relative_to(BASE_DIR)): sorted(absent)
        for path in _sources()
        if (absent := marked(path) - known)
    }

    assert lacking == {}


# Pages --------------------------------------------------------------------------------

VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "source", "wbr"})
UNREAD = frozenset({"script", "style", "code", "kbd"})
SPOKEN = ("alt", "aria-label", "placeholder", "title")


class Reader(HTMLParser):
    """The words of a page as somebody with a Chinese page in front of them meets them.

    Skipped is what is marked as being in another language.
    """

    def __init__(self) -> None:
        super().__init__()
        self.path: list[tuple[str, bool]] = []
        self.words: list[str] = []

    def _is_read(self) -> bool:
        return all(read for _tag, read in self.path)

    def _hear(self, text: str | None) -> None:
        words = " ".join((text or "").split())
        if words and self._is_read():
            self.words.append(words)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        foreign = not (given.get("lang") or "zh").startswith("zh")
        if tag not in VOID:
            self.path.append((tag, tag not in UNREAD and not foreign))
        for name in SPOKEN:
            self._hear(given.get(name))

    def handle_endtag(self, tag: str) -> None:
        while self.path and any(one == tag for one, _read in self.path):
            if self.path.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        self._hear(data)


def kept_texts() -> set[str]:
    """Everything in the database that people may have written, in any language."""
    texts: set[str] = set()
    for model in apps.get_models():
        kinds = (CharField, TextField)
        names = [f.name for f in model._meta.concrete_fields if isinstance(f, kinds)]
        for row in model._default_manager.values_list(*names) if names else ():
            texts |= {" ".join(str(value).split()) for value in row if value}
    return texts


def english_on(
    page: str, catalogue: Catalog, written: set[str] | None = None
) -> list[str]:
    """What stands on a page in English and was neither written by people nor meant."""
    reader = Reader()
    reader.feed(page)
    written = kept_texts() if written is None else written
    meant = "\n".join([*written, *(_strings(m)[0] for m in _said(catalogue))])
    ours = {one for m in _said(catalogue) for one in _ids(m)} - SAME_IN_BOTH - written
    return [
        words
        for words in reader.words
        if words in ours or any(run not in meant for run in WORDS.findall(words))
    ]


def test_english_is_noticed_on_a_page(db: None, catalogue: Catalog) -> None:
    page = (
        '<p>投诉 Recourse <b>Nothing here matches.</b></p><i title="Handler">E1</i>'
        '<q lang="en">What I wrote myself</q><code>git push it</code><br>'
        "<p>最迟 somebody never said this</p><p>USDT</p>"
    )

    assert english_on(page, catalogue) == [
        "Nothing here matches.",
        "Handler",
        "最迟 somebody never said this",
    ]


STAFF = {
    "received": ("support", ("change/", "do/admit/")),
    "investigating": ("security", ("change/", "do/ask_customer/", "do/reroute/")),
    "in_review": ("security", ("change/",)),
}


@pytest.fixture(autouse=True, scope="module")
def _compiled() -> None:
    compile_messages()


def _browser(user: Any = None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    return client


def _found(client: Client, addresses: list[str], catalogue: Catalog) -> dict[str, Any]:
    """English by address; every page must open and say that it is Chinese."""
    english: dict[str, Any] = {}
    for address in addresses:
        answer = client.get(address)
        assert (address, answer.status_code) == (address, 200)
        page = answer.content.decode()
        assert '<html lang="zh-hans"' in page.lower()
        if words := english_on(page, catalogue):
            english[address] = words
    return english


@pytest.mark.parametrize("state", STAFF)
def test_pages_of_staff_hold_no_english(
    state: str,
    people: People,
    case_at: Callable[..., Complaint],
    catalogue: Catalog,
) -> None:
    case = case_at(state)
    who, pages = STAFF[state]
    queue = "/admin/complaints/complaint/"
    addresses = [queue, *(f"{queue}{case.pk}/{page}" for page in pages)]

    found = _found(_browser(getattr(people, who)), addresses, catalogue)

    assert found == {}


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("day", "1月18日"),
        ("short", "2027年1月18日"),
        ("date", "2027年1月18日"),
        ("moment", "2027年1月18日 09:05"),
        ("weekday", "1月18日（星期一）"),
    ],
)
def test_dates_are_written_as_chinese_writes_them(form: str, said: str) -> None:
    with override("zh-hans"), timezone.override(UTC):
        assert written(MORNING, form) == said
