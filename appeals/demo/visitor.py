"""A person at a browser without scripts: reads pages, fills forms in, sends them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.http import HttpRequest
from django.test import Client

from teams.models import User

MOST_PAGES = 20


class DoorClosed(Exception):
    """A door did not do what it was asked; the text says which and why."""


@dataclass
class PageForm:
    """A form of a page: where it leads, and what it holds when it is untouched."""

    action: str = ""
    method: str = "get"
    values: dict[str, list[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


class _Forms(HTMLParser):
    """Collects the forms of a page with their untouched values."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self._select = ""
        self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(
                PageForm(given.get("action", ""), given.get("method", "get").lower())
            )
        elif self.forms and given.get("name"):
            self._control(tag, given)
        elif self.forms and tag == "option" and self._select and "selected" in given:
            self._keep(self._select, given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self._keep(self._textarea, data.removeprefix("\n"))

    def _control(self, tag: str, given: dict[str, str]) -> None:
        name, kind = given["name"], given.get("type", "text")
        self.forms[-1].names.add(name)
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._textarea = name
        elif tag == "input" and kind not in ("submit", "file", "button"):
            unticked = kind in ("checkbox", "radio") and "checked" not in given
            if not unticked:
                self._keep(name, given.get("value", ""))

    def _keep(self, name: str, value: str) -> None:
        self.forms[-1].values.setdefault(name, []).append(value)


class Visitor:
    """One person with their own session, going through the whole HTTP stack."""

    def __init__(self, user: User | None = None) -> None:
        hosts = (host for host in settings.ALLOWED_HOSTS if host[:1] not in ".*[")
        self.host = next(hosts, "localhost")
        self.client = Client(
            HTTP_HOST=self.host, enforce_csrf_checks=True, raise_request_exception=True
        )
        self.user = user
        if user is not None:
            self.client.force_login(
                user, backend="django.contrib.auth.backends.ModelBackend"
            )
            self._prove()

    def _prove(self) -> None:
        """As somebody who has just given their password: money asks for it."""
        request = HttpRequest()
        request.session = self.client.session
        record_authentication(request, self.user, method="password")
        request.session.save()

    def read(self, url: str) -> str:
        """The page at ``url``. Raises ``DoorClosed`` unless it is there."""
        response = self.client.get(url, secure=True, follow=True)
        if response.status_code != 200:
            raise DoorClosed(f"GET {url}: {response.status_code}")
        return response.content.decode()

    def submit(
        self, url: str, fields: Mapping[str, Any] | None = None, **more: Any
    ) -> str:
        """Fill in the form at ``url`` that has these fields, and send it.

        Returns the address one lands on. Raises ``DoorClosed`` with what the page
        said when it was not taken.
        """
        wanted = {**(fields or {}), **more}
        response = self._post(url, self._form(url, set(wanted)), wanted)
        if response.status_code not in (301, 302, 303):
            raise DoorClosed(f"POST {url}: {response.status_code} {_said(response)}")
        return str(response["Location"])

    def fill(
        self, url: str, fields: Mapping[str, Any] | None = None, **more: Any
    ) -> str:
        """The same where the answer is a page and no way to another: what it says."""
        wanted = {**(fields or {}), **more}
        response = self._post(url, self._form(url, set(wanted)), wanted)
        if response.status_code != 200:
            raise DoorClosed(f"POST {url}: {response.status_code} {_said(response)}")
        return str(response.content.decode())

    def press(self, url: str, action: str) -> str:
        """Press the button on the page ``url`` whose form leads to ``action``."""
        forms = [f for f in self._forms(url) if urljoin(url, f.action) == action]
        if not forms:
            raise DoorClosed(f"{url} has no button for {action}")
        response = self._post(url, forms[0], {})
        if response.status_code not in (301, 302, 303):
            raise DoorClosed(f"POST {action}: {response.status_code}")
        return str(response["Location"])

    def _post(self, url: str, form: PageForm, wanted: Mapping[str, Any]) -> Any:
        return self.client.post(
            urljoin(url, form.action),
            {**form.values, **wanted},
            secure=True,
            HTTP_REFERER=f"https://{self.host}{url}",
        )

    def answer_all(self, url: str, answers: Mapping[str, Any]) -> str:
        """Go from question to question with these answers until a receipt comes.

        Returns its address. A question that is not among ``answers`` stays as it is.
        Raises ``DoorClosed`` where one is refused, or when they never end.
        """
        for _page in range(MOST_PAGES):
            names = self._form(url, set()).names
            given = {name: text for name, text in answers.items() if name in names}
            url = self.submit(url, given)
            if url.endswith("/received/"):
                return url
        raise DoorClosed(f"{url} asks and asks")

    def _forms(self, url: str) -> list[PageForm]:
        parser = _Forms()
        parser.feed(self.read(url))
        return [form for form in parser.forms if form.method == "post"]

    def _form(self, url: str, names: set[str]) -> PageForm:
        posts = self._forms(url)
        fitting = [form for form in posts if names <= form.names]
        own = [form for form in fitting if _leads_to(form, url)] or fitting
        if not own:
            raise DoorClosed(f"{url} has no form with {', '.join(sorted(names))}")
        return own[0]


def _leads_to(form: PageForm, url: str) -> bool:
    return urljoin(url, form.action).split("?")[0] == url.split("?", maxsplit=1)[0]


def _said(response: Any) -> str:
    """The errors that a page shows, as one line."""
    context = response.context
    form = context.get("form") if context is not None else None
    errors = getattr(form, "errors", None)
    return (
        " ".join(f"{name}: {' '.join(words)}" for name, words in errors.items())
        if errors
        else ""
    )
