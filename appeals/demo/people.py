"""The demo accounts, one a role (design/interface: "Demo accounts"), and customers."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.hashers import make_password

from teams.models import Team, User
from teams.models.user import UserKind
from teams.services import add_member
from teams.system import system_actor

STAFF: tuple[tuple[str, str, str, str, str], ...] = (
    ("support", "Mia", "Keller", "support", "member"),
    ("support-lead", "Jonas", "Brandt", "support", "lead"),
    ("risk", "Elena", "Rossi", "risk", "member"),
    ("risk-lead", "Tomasz", "Nowak", "risk", "lead"),
    ("security", "Wei", "Zhang", "security", "member"),
    ("security-lead", "Amara", "Okafor", "security", "lead"),
    ("tech", "Luca", "Ferrari", "tech", "member"),
    ("tech-lead", "Ingrid", "Dahl", "tech", "lead"),
    ("legal", "Claire", "Dubois", "legal", "officer"),
    ("compliance", "Nora", "Lindqvist", "desk", "reviewer"),
    ("compliance-officer", "Pavel", "Novak", "compliance", "officer"),
    ("compliance-officer-2", "Iva", "Horak", "compliance", "officer"),
    ("approver", "Henrik", "Olsen", "desk", "approver"),
    ("executor", "Sofia", "Marin", "desk", "executor"),
    ("appeals", "Ruth", "Adler", "appeals", "lead"),
    ("appeals-2", "David", "Cohen", "appeals", "reviewer"),
    ("appeals-3", "Mei", "Lin", "appeals", "reviewer"),
    ("head", "Katrin", "Vogel", "desk", "head"),
)
"""(account, first name, last name, team, role)."""

SECOND_FACTOR = ("admin", "approver", "executor", "head")
"""Accounts that move money or configure the desk sign in with a code as well."""

CUSTOMERS: tuple[tuple[str, str, str, str, str], ...] = (
    ("customer", "Ada", "Lindgren", "en", "SE"),
    ("li.na", "娜", "李", "zh-hans", "CN"),
    ("chen.wei", "伟", "陈", "zh-hans", "CN"),
    ("marta", "Marta", "Kowalska", "en", "PL"),
    ("omar", "Omar", "Haddad", "en", "FR"),
    ("zhou.min", "敏", "周", "zh-hans", "DE"),
    ("sean", "Sean", "Murphy", "en", "IE"),
    ("yuki", "Yuki", "Tanaka", "en", "DE"),
)
"""(account, first name, last name, language, country)."""


@dataclass
class Cast:
    """Everybody by account name, with the passwords and secrets made for them."""

    users: dict[str, User]
    passwords: dict[str, str]
    secrets: dict[str, str]
    hashes: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> User:
        return self.users[name]


def make_cast() -> Cast:
    """Make the accounts that are missing; existing ones keep their password."""
    cast = Cast({}, {}, {})
    cast.hashes = _hashed_passwords(cast)
    actor = system_actor()
    teams = {team.code: team for team in Team.objects.all()}
    for name, first, last, language, country in CUSTOMERS:
        del country
        columns = {"account_id": _account_id(name), "account_tier": _tier(name)}
        _add(cast, name, first, last, language=language, **columns)
    for name, first, last, team, role in STAFF:
        user = _add(cast, name, first, last, kind=UserKind.STAFF, is_staff=True)
        add_member(user=user, team=teams[team], role=role, actor=actor)
    _add(
        cast,
        "admin",
        "Ana",
        "Admin",
        kind=UserKind.STAFF,
        is_staff=True,
        is_superuser=True,
    )
    _report_lines(cast)
    return cast


def accounts() -> tuple[str, ...]:
    """The names that can sign in; the other people only fill the cases."""
    return ("customer", *(row[0] for row in STAFF), "admin")


def _hashed_passwords(cast: Cast) -> dict[str, str]:
    """A fresh password for each missing account, hashed on all cores at once."""
    have = set(User.objects.values_list("username", flat=True))
    names = [name for name in accounts() if name not in have]
    cast.passwords.update((name, secrets.token_urlsafe(9)) for name in names)
    with ThreadPoolExecutor() as pool:
        hashed = pool.map(make_password, [cast.passwords[name] for name in names])
        return dict(zip(names, hashed, strict=True))


def _account_id(name: str) -> str:
    return "4" + str(int.from_bytes(name.encode(), "big") % 10**7).zfill(7)


def _tier(name: str) -> str:
    return "vip" if int(_account_id(name)) % 4 == 0 else "standard"


def _add(cast: Cast, name: str, first: str, last: str, **columns: object) -> User:
    user = User.objects.filter(username=name).first()
    if user is None:
        user = User(
            username=name,
            email=f"{name}@demo.example",
            first_name=first,
            last_name=last,
            **columns,
        )
        user.password = cast.hashes.get(name) or make_password(None)
        user.save()
        EmailAddress.objects.create(
            user=user, email=user.email, verified=True, primary=True
        )
        if name in SECOND_FACTOR:
            cast.secrets[name] = generate_totp_secret()
            TOTP.activate(user, cast.secrets[name])
    cast.users[name] = user
    return user


def _report_lines(cast: Cast) -> None:
    """Members report to their lead, leads to the head; independence rests on it."""
    for member, boss in (
        ("support", "support-lead"),
        ("risk", "risk-lead"),
        ("security", "security-lead"),
        ("tech", "tech-lead"),
        ("support-lead", "head"),
        ("risk-lead", "head"),
        ("security-lead", "head"),
        ("tech-lead", "head"),
        ("appeals-2", "appeals"),
        ("appeals-3", "appeals"),
    ):
        User.objects.filter(pk=cast[member].pk).update(reports_to=cast[boss])


def write_card(cast: Cast, path: Path) -> None:
    """Keep accounts, passwords and code secrets where only their owner reads them."""
    if not cast.passwords:
        return
    lines = ["account             password       one-time-code secret"]
    for name in accounts():
        if name in cast.passwords:
            secret = cast.secrets.get(name, "-")
            lines.append(f"{name:<19} {cast.passwords[name]:<14} {secret}")
    path.touch(mode=0o600)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
