"""What Art 11 of Delegated Regulation (EU) 2025/305 asks a file to say of complaints,
read from the configuration in force: nothing here is written twice.

What configuration cannot know (CVs, contracts) is named as to be attached.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from complaints import profiles, registry, signing
from complaints.compliance.returns.period import Period
from complaints.compliance.returns.sheets import Cell, Return, Table
from complaints.profiles import Profile, limit_words
from complaints.states import Channel, SignOffRole, Step
from teams.models import Membership, Team
from teams.roles import Role

NAME: Final = "authorisation"
NOTES: Final = (
    _("Letters (a) to (h) are those of Art 11 of Delegated Regulation (EU) 2025/305."),
    _("To be attached by hand: the CV of the person in charge (b)."),
    _("Who is counted works here on the day of the cut-off."),
    _("Where the published procedure holds a list, it stands in the tables."),
)
Rows = list[tuple[Cell, ...]]


def build(period: Period, cut_off: datetime) -> Return:
    """As configured at ``cut_off``, in the language in force."""
    enabled = [profile for profile in profiles.PROFILES if profile.enabled]
    tables = (
        Table("a_people", ("team", "role", "people"), _people(cut_off)),
        Table("a_channels", ("channel", "value"), _channels()),
        Table("b_head", ("role", "person"), _heads(cut_off)),
        Table("c_languages", ("profile", "languages"), _languages(enabled)),
        Table("d_published", ("item", "value"), _published(cut_off)),
        Table("e_records", ("profile", "item", "value"), _records(enabled)),
        Table("f_limits", ("profile", "step", "limit"), _limits(enabled)),
        Table(
            "g_routes",
            ("profile", "name", "address", "limit", "remark"),
            _routes(enabled),
        ),
        Table("h_sign_offs", ("profile", "up_to", "signs"), _bands(enabled)),
        Table("h_grounds", ("profile", "name", "value"), _grounds(enabled)),
    )
    return Return(NAME, period, cut_off, tables, NOTES)


def procedure(cut_off: datetime) -> registry.PublicPage | None:
    """The published procedure in the language in force."""
    return registry.public_page("procedure", get_language() or "en", cut_off)


def _people(at: datetime) -> Rows:
    """How many hold each role in each team."""
    live = Membership.objects.live(at).select_related("team")
    found: dict[tuple[str, str], set[int]] = {}
    for row in live:
        found.setdefault((str(row.team), str(row.get_role_display())), set()).add(
            row.user_id
        )
    return [(*key, len(people)) for key, people in sorted(found.items())]


def _channels() -> Rows:
    return [(str(code), str(label)) for code, label in Channel.choices]


def _heads(at: datetime) -> Rows:
    live = Membership.objects.live(at).filter(role=Role.HEAD).select_related("user")
    return [(str(row.get_role_display()), str(row.user)) for row in live]


def _languages(enabled: Iterable[Profile]) -> Rows:
    return [(str(one.title), ", ".join(one.languages)) for one in enabled]


def _published(at: datetime) -> Rows:
    page = procedure(at)
    rows: Rows = [
        (gettext("Procedure"), f"{settings.SITE_URL}/procedure/"),
        (gettext("Template"), f"{settings.SITE_URL}/template/"),
        (gettext("Figures"), f"{settings.SITE_URL}/figures/"),
        (gettext("Teams"), str(Team.objects.count())),
    ]
    if page is not None:
        rows.append((gettext("Version in force"), str(page.number)))
        rows.append((gettext("In force since"), page.since.date().isoformat()))
    return rows


def _records(enabled: Iterable[Profile]) -> Rows:
    rows: Rows = []
    for one in enabled:
        kept, title = one.retention, str(one.title)
        rows.append((title, gettext("Kept, years"), str(kept.years)))
        rows.append((title, gettext("At most, years"), str(kept.most_years)))
        begins = {"received": gettext("receipt"), "closed": gettext("closing")}
        rows.append((title, gettext("Counted from"), begins[kept.starts]))
        rows.append((title, gettext("Notice of privacy"), one.privacy_notice_version))
    ours = gettext("Every profile")
    rows.append((ours, gettext("Ledger"), "SHA-256, HMAC, Merkle"))
    rows.append((ours, gettext("Public key (Ed25519)"), signing.public_key()))
    return rows


def _limits(enabled: Iterable[Profile]) -> Rows:
    return [
        (str(one.title), str(Step(step).label), str(limit_words(limit)))
        for one in enabled
        for step, limit in one.time_frames()
    ]


def _routes(enabled: Iterable[Profile]) -> Rows:
    return [
        (
            str(one.title),
            str(route.name),
            route.url or str(route.address),
            str(route.time_limit),
            gettext("to be checked before use") if route.waits else "",
        )
        for one in enabled
        for route in one.outside_routes
    ]


def _bands(enabled: Iterable[Profile]) -> Rows:
    return [
        (str(one.title), _up_to(band), " + ".join(_signs(band.capacities)))
        for one in enabled
        for band in one.bands
    ]


def _up_to(band: profiles.Band) -> str:
    if band.up_to is None:
        return gettext("above that")
    return f"{band.up_to:,.0f} {profiles.REPORTING_CURRENCY}"


def _signs(capacities: Iterable[SignOffRole]) -> list[str]:
    return [str(SignOffRole(one).label) for one in capacities]


def _grounds(enabled: Iterable[Profile]) -> Rows:
    return [
        (str(one.title), str(ground.label), str(ground.explanation))
        for one in enabled
        for ground in one.grounds
    ]
