"""Every page that a customer, a guest or a reader of the board can be shown.

A town of cases in all their states with one of everything, and the addresses of its
pages. ``tests/test_customer_pages.py`` proves that no route is left out; what is to
hold of every page (languages, queries, axe, hostile strings) walks this list.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from django.utils import timezone

from appeals.services.bundles import ask_bundle
from appeals.services.outside import hearing
from complaints.models import Complaint
from complaints.portal.questions import PAGES
from complaints.services import access, drafts, ledger_roots
from complaints.services.protect import ask_protection
from complaints.services.relay import relay_due
from teams.models import User
from tests import cases
from tests.access_matrix import ACCESS, Who
from tests.appeals import walk
from tests.appeals.outside import stage
from tests.complaints.public import drafts as drafts_of
from tests.complaints.public.walk import addresses
from tests.people import People, make_user
from tests.steps import step
from tests.url_walk import make_victim, routes, url_of

OPEN, GUARDED = "", "customer"
NOWHERE = "/nothing/"
OTHER = "other_customer"
"""Who has no second factor yet."""

PUBLIC_ACCOUNTS = (
    "login/",
    "signup/",
    "password/reset/",
    "password/reset/done/",
    "password/reset/key/1-abc/",
    "password/reset/key/done/",
    "confirm-email/",
    "confirm-email/abc/",
    "inactive/",
    "3rdparty/login/cancelled/",
)
OWN_ACCOUNTS = (
    *("profile/", "preferences/", "linked/", "email/", "password/change/", "2fa/"),
    *("2fa/webauthn/", "2fa/webauthn/add/", "2fa/totp/deactivate/", "sessions/"),
    *("2fa/recovery-codes/", "2fa/recovery-codes/generate/", "3rdparty/", "apps/"),
    *("reauthenticate/", "2fa/reauthenticate/", "logout/"),
)
ELSEWHERE = {
    "account_confirm_login_code": "codes are not asked for at sign-in",
    "account_set_password": "of those who came by the exchange; config/test_sign_on",
    "mfa_authenticate": "between two steps of a sign-in; config/test_account_pages",
    "mfa_login_webauthn": "asked by a script",
    "mfa_reauthenticate_webauthn": "needs a passkey; config/test_passkeys",
    "mfa_download_recovery_codes": "a file",
    "openid_connect_login": "leads to the exchange; config/test_account_pages",
    "openid_connect_callback": "comes from the exchange; config/test_sign_on",
    "socialaccount_signup": "between two steps of it; config/test_sign_on",
    "idp:oidc:authorization": "asked by another site; config/test_provider",
    "idp:oidc:configuration": "for programs",
    "idp:oidc:jwks": "for programs",
    "set_language": "leads on",
    "admin:login": "leads to the sign-in of all",
    "admin:logout": "of the desk",
    "portal:advice": "asked by a script",
    "portal:live": "a part of the page of the case",
    "portal:letter-pdf": "a file, or the wait for one; test_browser_pages",
    "portal:copy": "a file, or the wait for one",
    "portal:evidence": "a file",
    "portal:evidence-page": "a picture",
    "portal:draft": "leads on to a question",
    "appeals:latest": "leads on to the appeal",
    "appeals:award": "of an award that two people published; appeals/outside",
    "appeals:bundle-file": "a file",
    "portal:proof-file": "a file, or leads to the page of the proof",
    "public:roots": "for programs",
    "portal:protection-state": "a part of the page of protection",
    "public:feed": "for programs",
    "public:suggest": "asked by a script",
    "public:vote": "takes a vote and leads on",
    "public:subscribe": "takes an address; shown by the page of notices",
    "forum:notes-read": "leads on",
    "forum:accept": "leads on",
    "forum:reply": "stands on the page of the topic",
    **dict.fromkeys(
        [
            f"{door}:{name}"
            for door in ("chat", "chat-embed")
            for name in ("news", "end", "complain", "file", "picture")
        ],
        "a part of the conversation, or a file",
    ),
}
"""Routes that give no page by themselves."""

NEWCOMER = "newcomer"
"""Who has no nickname on the board, and made nothing."""

NO_PAGE = ("api", "appeals-api", "health-", "metrics", "hook-", "-", "arbitration:")
"""Nothing that customers are shown; arbitrators': appeals/outside/test_browser."""


class Visit(NamedTuple):
    """Who goes where.

    ``holds`` presses the one button there, and is let in. A page that is ``kept`` is
    in the language of the case, as it was sent, whatever its reader's is.
    """

    url: str
    who: str = OPEN
    status: int = 200
    holds: bool = False
    kept: bool = False


@dataclass
class Town:
    """The pages, and the cases that they are about, by state."""

    people: People
    visits: list[Visit] = field(default_factory=list)
    cases: dict[str, Complaint] = field(default_factory=dict)

    def add(self, who: str, *urls: str, status: int = 200) -> None:
        self.visits += [Visit(url, who, status) for url in urls]

    def of(self, state: str, *pages: str, status: int = 200) -> None:
        """Pages below the address of the case that stands in ``state``."""
        home = f"/complaints/{self.cases[state].reference}/"
        self.add(GUARDED, *(f"{home}{page}" for page in pages), status=status)


def wanted() -> set[str]:
    """The names of the routes that somebody who is no staff can open."""
    people = (Who.PUBLIC, Who.SELF, Who.CUSTOMER, Who.CASE)
    return {
        route.name
        for route in routes()
        if (rule := ACCESS.get(route.name)) and rule.who in people
        if not route.name.startswith(NO_PAGE)
    }


def names(town: Town) -> set[str]:
    """The routes that are visited; a page that is not there has none."""
    paths = {visit.url.partition("?")[0] for visit in town.visits}
    return {resolve(path).view_name for path in paths - {NOWHERE}}


def build(people: People) -> Town:
    """The town, through the services."""
    town = Town(people)
    _cases(town)
    _accounts(town)
    _filing(town)
    _board(town)
    drafts_of.published(town.people, drafts_of.document())
    town.add(OPEN, "/pages/news/")
    for url in addresses():
        gone = url.endswith("/x/")  # a link that nobody was sent
        town.add(OPEN, url, status=410 if gone else 200)
    town.add(OPEN, "/track/", "/track/sent/", _tracking_link(town.cases["received"]))
    town.add(OPEN, "/track/0000/", status=410)
    town.add(OPEN, NOWHERE, status=404)
    town.add(OPEN, "/chat/", "/embed/chat/", "/embed/feedback/")
    town.add(GUARDED, "/", "/complaints/", "/chat/")
    return town


OF_THE_BOARD = [
    f"forum:{name}" for name in ("topic", "edit", "delete", "report", "complain")
]
STATES = (
    *("received", "awaiting_customer", "in_review", "remedying", "answered"),
    *("inadmissible", "closed", "withdrawn", "merged"),
)


def _cases(town: Town) -> None:
    people = town.people
    victim = make_victim(people)
    for state in STATES:
        town.cases[state] = cases.at(people, state)
        town.of(state, "")
    town.cases["appealed"] = victim.case
    town.of("received", "received/", "message/", "withdraw/", "evidence/new/")
    town.of("awaiting_customer", "answer/")
    town.of("answered", "decision/", "accept/", "appeal/")
    town.of("inadmissible", "complete/", "appeal/")
    town.of("closed", "decision/", "rating/")
    town.of("appealed", "", f"appeal/{victim.appeal.pk}/", "evidence/1/look/")
    town.of("appealed", f"appeal/{victim.appeal.pk}/withdraw/")
    town.of("received", "answer/", "complete/", "accept/", "rating/", status=409)
    for letter in (*victim.case.letters.all(), *town.cases["closed"].letters.all()):
        home = f"/complaints/{letter.complaint.reference}/letters/{letter.pk}/"
        town.visits.append(Visit(home, GUARDED, kept=True))
    town.add(GUARDED, f"{home}paper/")
    _offered(town)
    _ruled(town)
    _heard(town)
    _protected(town)
    for route in routes():
        if route.name in OF_THE_BOARD:
            town.add(GUARDED, url_of(route, victim))


def _offered(town: Town) -> None:
    """An offer that waits for the customer's word."""
    people = town.people
    case = town.cases["offered"] = cases.at(people, "investigating")
    propose(people, case)
    for move in cases.PATHS["answered"][-2:]:
        move(people, case)
    town.of("offered", f"remedies/{case.remedies.get().pk}/", "decision/", "")


@step
def propose(people: People, case: Complaint) -> None:
    from complaints.workflow import perform

    cases.draft(people, case, on_acceptance=True)
    perform(case, "propose_decision", actor=people.security)


def _ruled(town: Town) -> None:
    case = town.cases["ruled"] = cases.at(town.people, "answered")
    row = walk.ruled(town.people, case, "confirmed")
    town.of("ruled", "", f"appeal/{row.pk}/", f"appeal/{row.pk}/refer/")
    ask_bundle(complaint=case, variant="shared", actor=town.people.customer)
    ledger_roots.make_root()
    town.of("ruled", "bundle/", "proof/")
    town.of("received", "proof/")


def _heard(town: Town) -> None:
    """Before an arbitrator, who has asked the customer something."""
    case = town.cases["heard"] = cases.at(town.people, "answered")
    row = stage.hearing(town.people, case)
    asked = hearing.ask(
        referral=row,
        side="customer",
        text="Q17",
        answer_by=timezone.now() + timedelta(days=5),
        actor=stage.presiding(row),
    )
    page = f"appeal/{row.appeal_id}/"
    town.of("heard", "", page, f"{page}outside/end/")
    town.of("heard", f"{page}outside/question/{asked.number}/")
    town.of("heard", f"{page}outside/seats/1/reject/")
    town.add(OPEN, "/figures/awards/")


def _protected(town: Town) -> None:
    case = town.cases["protected"] = cases.filed(town.people)
    ask_protection(complaint=case, kind="freeze", actor=town.people.customer)
    town.of("protected", "protection/", "")


def _tracking_link(case: Complaint) -> str:
    access.issue_link(complaint=case)
    relay_due(limit=1_000)
    body = case.outbox.filter(kind="tracking_link").latest("pk").body
    return "/track/" + body.partition("/track/")[2].split()[0]


def _accounts(town: Town) -> None:
    for path in PUBLIC_ACCOUNTS:
        town.add(OPEN, f"/accounts/{path}")
    user = town.people.customer
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(user)
    # A passkey that no device made: only the pages that name it are asked for.
    key = Authenticator.objects.create(
        user=town.people.outsider,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "K17", "credential": {}},
    )
    for path in OWN_ACCOUNTS:
        town.add(GUARDED, f"/accounts/{path}")
    for page in ("edit", "remove"):
        town.add("outsider", f"/accounts/2fa/webauthn/keys/{key.pk}/{page}/")
    town.add("outsider", "/accounts/2fa/webauthn/")
    town.add(OTHER, "/accounts/2fa/", "/accounts/2fa/totp/activate/")
    town.add(OTHER, "/complaints/", "/accounts/preferences/")
    town.add(OPEN, "/accounts/3rdparty/login/error/", status=401)


def _filing(town: Town) -> None:
    new = "/complaints/new/"
    town.add(OPEN, "/", new, f"{new}?at_risk=no", f"{new}urgent/", f"{new}template/")
    town.add(OPEN, f"{new}resume/0000/", f"{new}nothing/check/", status=404)
    town.add(GUARDED, f"{new}urgent/", f"{new}template/")
    answers = {"behalf": {"behalf": "attorney"}, "story": {"subject": "R17"}}
    draft = drafts.begin(user=None, language="en", answers=answers)
    link = drafts.issue_link(draft).removeprefix(settings.SITE_URL)
    town.visits.append(Visit(link, holds=True))
    pages = [page.name for page in PAGES]
    for name in (*pages, "check", "saved"):
        town.add(OPEN, f"{new}{draft.key}/{name}/")


def _board(town: Town) -> None:
    home = "/community/"
    make_user(NEWCOMER)
    town.add(NEWCOMER, f"{home}join/")
    town.add(OPEN, home, f"{home}parts/fees/", f"{home}?q=zwiebel")
    town.add(GUARDED, home, f"{home}new/", f"{home}notes/")


def signed_in(who: str, language: str) -> Client:
    """A browser in ``language``; of somebody who has just said again who they are."""
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    if not who:
        return client
    user = User.objects.get(username=who)
    User.objects.filter(pk=user.pk).update(language=language)
    EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    client.force_login(user)
    session = client.session
    said = {"method": "password", "at": time.time(), "reauthenticated": True}
    session["account_authentication_methods"] = [said]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def walk_all(town: Town, language: str) -> Iterator[tuple[Visit, Any, int]]:
    """Each page, as its visitor gets it in that language, and what it asked for."""
    visitors = {visit.who for visit in town.visits}
    clients = {who: signed_in(who, language) for who in visitors}
    for visit in town.visits:
        client = clients[visit.who]
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(visit.url)
        yield visit, answer, len(queries)
        if visit.holds:
            client.post(visit.url)
