"""Fixtures that any test may ask for; people and cases have files of their own."""

import gc
import os
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import TestCase, TransactionTestCase
from django.utils import timezone, translation

from config.paths import BASE_DIR

CORPUS = BASE_DIR / os.environ.get("RECOURSE_CORPUS", "../shared/corpus")


hypothesis.settings.register_profile("quick", max_examples=25, deadline=None)


def pytest_configure(config: pytest.Config) -> None:
    """Playwright's loop makes Django's guard against async think it is called there.

    The quick suite tries a quarter of the examples that the drills try.
    """
    gc.disable()  # See pytest_collection_finish.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    quick = "not drill" in config.getoption("markexpr")
    if quick and os.environ.get("SECOND_DATABASE") != "rest":
        hypothesis.settings.load_profile("quick")
    _flush_quickly()
    _follow_steps()


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was loaded until here stays: looking through it for garbage finds none.

    That took a quarter of the collection and a twentieth of the tests.
    """
    gc.freeze()
    gc.enable()
    gc.set_threshold(10_000, 20, 20)


def _flush_quickly() -> None:
    """The rows are put back as they were; see ``tests.flush``.

    Where that is not to be had they are flushed. The ledger refuses to be emptied, so
    its triggers are lifted, and ``post_migrate``, which the flush sends, puts them and
    the reference data back.
    """
    flush = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        from complaints import triggers
        from tests.flush import put_back

        if put_back():
            return
        for using in self._databases_names(include_mirrors=False):
            triggers.remove(using=using)
        flush(self)
        _track().forget()

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[method-assign]


def _follow_steps() -> None:
    """A test that is rolled back begins where all do; see ``tests.steps``."""
    enter = TestCase._fixture_setup.__func__  # type: ignore[attr-defined]
    roll_back = TestCase._fixture_teardown

    def begin(cls: type[TestCase]) -> None:
        enter(cls)
        _track().begin()

    def end(self: TestCase) -> None:
        _track().leave()
        roll_back(self)

    TestCase._fixture_setup = classmethod(begin)  # type: ignore[assignment,method-assign]
    TestCase._fixture_teardown = end  # type: ignore[method-assign]


def _track() -> Any:
    """Its module needs the models, so it is imported late."""
    from tests.steps import TRACK

    return TRACK


@pytest.fixture
def monkeypatch(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """What is patched may change what a step does, so ``tests.steps`` looks at it."""
    _track().patch = monkeypatch
    yield monkeypatch
    _track().patch = None


DIFFERS = re.compile(
    r"tests/(test_(flush|steps)"
    r"|complaints/(test_(amounts|concurrency|rowsets|tasks|together|triggers|verify_ledger)"
    r"|services/test_(clocks|identity|relay)|api/test_concurrency"
    r"|selectors/test_(queue|search)"
    r"|channels/(test_(counts|decide|hold|pipeline|store)|email/test_dedupe))"
    r"|appeals/test_(triggers|walk))"
)
"""Locks, triggers, decimals, search, sets of rows: where two databases may differ."""


def _belongs_to_second(item: pytest.Item) -> bool:
    """Whether the second run has it: where the databases may differ, what is marked
    ``both`` or ``postgres``, and every browser test. The drills run the rest."""
    if item.get_closest_marker("once"):
        return False
    marks = ("browser", "both", "postgres")
    return bool(any(map(item.get_closest_marker, marks)) or DIFFERS.match(item.nodeid))


_MARKED = re.compile(r"\b(browser|both|postgres)\b")


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Modules that have nothing for the second run are not even read there.

    A mark stands in the module that it is for, by its name.
    """
    path = collection_path
    if os.environ.get("SECOND_DATABASE") != "near" or path.suffix != ".py":
        return None
    if DIFFERS.match(path.relative_to(BASE_DIR).as_posix()):
        return None
    return None if _MARKED.search(path.read_text(encoding="utf-8")) else True


def _waits_and_browsers_first(item: pytest.Item) -> tuple[bool, bool]:
    waits, browser = map(item.get_closest_marker, ("waits", "browser"))
    return not waits, not browser


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """A test of PostgreSQL alone is skipped by name elsewhere.

    ``SECOND_DATABASE`` is "near" in the run on a second one (see above) and "rest" in
    that of what it left out. What waits for other processes goes first, so that no
    run ends with waiting; then what shares a browser.
    """
    items.sort(key=_waits_and_browsers_first)
    if which := os.environ.get("SECOND_DATABASE"):
        kept = [item for item in items if _belongs_to_second(item) == (which == "near")]
        config.hook.pytest_deselected(items=[i for i in items if i not in set(kept)])
        items[:] = kept
    if connection.vendor == "postgresql":
        return
    for item in items:
        if item.get_closest_marker("postgres"):
            item.add_marker(pytest.mark.skip(reason="only means it on PostgreSQL"))


@pytest.fixture(autouse=True)
def _leave_nothing() -> Iterator[None]:
    """Rate limits, throttles and the language of one test do not reach the next, nor
    does a browser that it has no use for."""
    yield
    cache.clear()
    translation.deactivate()
    _end_browser()


@pytest.fixture
def one_window() -> Iterator[None]:
    """The clock stands still: tries are counted by windows of the clock, and whoever
    counted over the end of one would have half of them again."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The test database with everybody of ``tests.people`` in it.

    Twenty-one people with their grants cost more than most tests do. A thread of a
    live server may still answer a page that nobody waits for: it does not keep the
    database from being dropped.
    """
    from tests import worded_twice
    from tests.flush import end_other_sessions, keep
    from tests.people import make_people

    worded_twice.install()
    with django_db_blocker.unblock():
        make_people()
        keep()
    yield
    with django_db_blocker.unblock():
        end_other_sessions()


@pytest.fixture
def people(db: None) -> Any:
    """Everybody of ``tests.people`` with their memberships."""
    from tests.people import everybody

    return everybody()


@pytest.fixture
def case_at(people: Any) -> Callable[..., Any]:
    """``case_at("investigating")`` walks a complaint there; see ``tests.cases``."""
    from tests import cases

    return partial(cases.at, people)


@pytest.fixture
def corpus() -> Path:
    """The folder of messages that others wrote; skips where it is not there."""
    if not CORPUS.is_dir():
        pytest.skip(f"no corpus at {CORPUS} (RECOURSE_CORPUS)")
    return CORPUS


@pytest.fixture
def browser() -> Any:
    """Chromium; ask ``page`` for a fresh visitor.

    One for all tests of a browser that follow each other: while it runs, its event loop
    is in the way of other async code.
    """
    if not _open_browser:
        _open_browser.append(_start_browser())
    return _open_browser[0][1]


_open_browser: list[tuple[Any, Any]] = []
"""Playwright and its Chromium, if they run."""


def _start_browser() -> tuple[Any, Any]:
    from playwright.sync_api import sync_playwright

    from tests.services import find_chromium

    program = os.environ.get("CHROMIUM") or find_chromium()
    if not program:
        pytest.skip("Chromium is not installed")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    # A microphone that hums, and nobody who has to be asked for it.
    arguments += ["--use-fake-device-for-media-stream"]
    arguments += ["--use-fake-ui-for-media-stream"]
    arguments += ["--disable-background-networking"]
    playwright = sync_playwright().start()
    return playwright, playwright.chromium.launch(
        executable_path=program, args=arguments
    )


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """The browser goes on where the next test is marked as one of it."""
    goes_on = nextitem is not None and nextitem.get_closest_marker("browser")
    _ending[:] = [] if goes_on else _open_browser


_ending: list[tuple[Any, Any]] = []


def _end_browser() -> None:
    """Before the database goes: what still asks for a page would keep it."""
    for playwright, chromium in _ending:
        chromium.close()
        playwright.stop()
        _open_browser.clear()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A visitor without cookies; fails on any console error or refused resource."""
    context = browser.new_context()
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: message.type == "error" and complaints.append(message.text),
    )
    yield page
    context.close()
    assert complaints == []
