"""Forms of an incident: what it is about, what was found, amounts, the end of it."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from complaints.admin.forms import textarea
from complaints.admin.move_form import DayInput, NearMomentField, cause_choices
from complaints.models import Category, Incident, IncidentCase
from complaints.models.incident import TITLE_LIMIT
from complaints.permissions import Viewer
from complaints.services.improvement import TEXT_LIMIT as PLAN_LIMIT
from complaints.services.improvement import Plan
from complaints.services.incident_findings import Shared, Words
from complaints.services.incidents import TEXT_LIMIT, Scope
from complaints.states import CauseScope, Finding, Outcome
from complaints.templatetags.look import amount
from teams.models import Membership, Team, User
from teams.roles import Perm

CHOOSE = ("", _("Choose"))


def teams_to_run(viewer: Viewer) -> Any:
    """Teams for which this person may open an incident or an action."""
    if viewer.holds(Perm.HEAD):
        return Team.objects.all()
    return Team.objects.filter(pk__in=viewer.grants.get(Perm.LEAD, frozenset()))


class TeamForm(forms.Form):
    """Base: ``viewer`` is who fills it in."""

    team = forms.ModelChoiceField(
        Team.objects.none(), label=_("Team"), empty_label=_("Choose")
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["team"]
        field.queryset = teams_to_run(viewer)
        if (only := field.queryset[:2]) and len(only) == 1:
            self.initial.setdefault("team", only[0].pk)


class IncidentForm(TeamForm):
    """What the incident is about; the search of members goes by it."""

    title = forms.CharField(label=_("Title"), max_length=TITLE_LIMIT)
    category = forms.ModelChoiceField(
        Category.objects.filter(active=True),
        label=_("Topic"),
        empty_label=_("Any"),
        required=False,
    )
    asset = forms.CharField(
        label=_("Asset"), help_text=_("Such as USDT."), max_length=16, required=False
    )
    since = NearMomentField(label=_("Began"))
    until = NearMomentField(label=_("Ended"), required=False)
    words = forms.CharField(
        label=_("Words that people use for it"), max_length=200, required=False
    )

    def scope(self) -> Scope:
        return Scope(
            **{name: self.cleaned_data[name] for name in Scope.__dataclass_fields__}
        )


class ScopeForm(IncidentForm):
    """The same for an incident there is: its team stays."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["team"]


class FindingForm(forms.Form):
    """The shared finding: one judgement, its words in each language."""

    outcome = forms.ChoiceField(label=_("Outcome"), choices=[CHOOSE, *Outcome.choices])
    finding = forms.ChoiceField(
        label=_("Finding on every point"), choices=[CHOOSE, *Finding.choices]
    )
    cause = forms.ChoiceField(label=_("Root cause"), choices=cause_choices)
    rule = forms.CharField(
        label=_("Rule and version it rests on"), max_length=300, required=False
    )
    exchange_share = forms.IntegerField(
        label=_("Our share of the responsibility, in per cent"),
        min_value=0,
        max_value=100,
    )

    def __init__(self, *args: Any, incident: Incident, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = Shared.__dataclass_fields__
        self.initial.update({name: getattr(incident, name) for name in names})
        known = {row.language: row for row in incident.findings.all()}
        for code, _name in settings.LANGUAGES:
            self._add_words(code, known.get(code))

    def _add_words(self, code: str, row: Any) -> None:
        name = get_language_info(code)["name_local"]
        labels = {
            "summary": _("Outcome in one sentence (%(language)s)"),
            "reasons": _("Reasons (%(language)s)"),
            "what_changes": _("What we change (%(language)s)"),
        }
        hints = {"summary": _("{amount} becomes what each customer gets.")}
        for field, label in labels.items():
            self.fields[f"{code}-{field}"] = forms.CharField(
                label=label % {"language": name},
                help_text=hints.get(field, ""),
                max_length=TEXT_LIMIT,
                required=False,
                widget=textarea(2 if field != "reasons" else 6),
            )
            self.initial[f"{code}-{field}"] = getattr(row, field, "")

    def shared(self) -> Shared:
        names = Shared.__dataclass_fields__
        return Shared(**{name: self.cleaned_data[name] for name in names})

    def words(self) -> Mapping[str, Words]:
        return {
            code: Words(
                **{
                    name: self.cleaned_data[f"{code}-{name}"]
                    for name in Words.__dataclass_fields__
                }
            )
            for code, _name in settings.LANGUAGES
        }


class AmountsForm(forms.Form):
    """What each customer gets, filled in from what they claim in the asset it has."""

    asset = forms.CharField(label=_("Asset"), max_length=16)
    rate = forms.DecimalField(
        label=_("Rate, in EUR for one of the asset"), max_digits=38, decimal_places=18
    )

    def __init__(
        self,
        *args: Any,
        rows: Iterable[IncidentCase],
        percent: Decimal | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.keys: dict[str, int] = {}
        for row in rows:
            self._add(row, percent)

    def _add(self, row: IncidentCase, percent: Decimal | None) -> None:
        case, name = row.complaint, f"a{row.complaint_id}"
        self.keys[name] = case.pk
        claimed = f"{amount(case.amount)} {case.asset}" if case.amount else ""
        self.fields[name] = forms.DecimalField(
            label=case.reference,
            help_text=_("claims %(claimed)s") % {"claimed": claimed} if claimed else "",
            max_digits=38,
            decimal_places=18,
            required=False,
            error_messages={"invalid": _("Enter the amount as a number, such as 0.25")},
        )
        self.initial[name] = _plain(row.amount)
        is_paid_in_it = case.asset.upper() == self.initial.get("asset", "")
        if percent is not None and case.amount is not None and is_paid_in_it:
            part = case.amount * percent / 100
            self.initial[name] = _plain(part.quantize(Decimal("0.00000001")))

    def amounts(self) -> dict[int, Decimal | None]:
        return {pk: self.cleaned_data[name] for name, pk in self.keys.items()}

    @property
    def shared_fields(self) -> list[forms.BoundField]:
        return [self["asset"], self["rate"]]

    @property
    def amount_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.keys]


def _plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():f}"


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why this is no incident"), max_length=300)


class NoticeForm(forms.Form):
    notice = forms.SlugField(
        label=_("Last part of the notice's address"), max_length=60, required=False
    )


class CloseForm(forms.Form):
    cause = forms.ChoiceField(label=_("Root cause"), choices=cause_choices)
    nature = forms.ChoiceField(
        label=_("Kind of cause"), choices=[CHOOSE, *CauseScope.choices]
    )
    lesson = forms.CharField(
        label=_("What was learned"), max_length=TEXT_LIMIT, widget=textarea(4)
    )


class ActionForm(TeamForm):
    """An improvement action: who does what until when."""

    title = forms.CharField(label=_("Title"), max_length=TITLE_LIMIT)
    text = forms.CharField(
        label=_("What is done"), max_length=PLAN_LIMIT, widget=textarea(4)
    )
    cause = forms.ChoiceField(label=_("Root cause"), choices=cause_choices)
    category = forms.ModelChoiceField(
        Category.objects.filter(active=True),
        label=_("Topic"),
        empty_label=_("Any"),
        required=False,
    )
    owner = forms.ModelChoiceField(
        User.objects.none(), label=_("Owner"), empty_label=_("Choose")
    )
    due_on = forms.DateField(label=_("To be done by"), widget=DayInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seats = Membership.objects.live()
        field: Any = self.fields["owner"]
        rows = User.objects.filter(memberships__in=seats, is_active=True).distinct()
        field.queryset = rows.order_by("first_name", "username")

    def plan(self, incident: Incident | None) -> Plan:
        names = set(Plan.__dataclass_fields__) - {"incident"}
        given = {name: self.cleaned_data[name] for name in names}
        return Plan(**given, incident=incident)


class WordsForm(forms.Form):
    """How it was done, or why it was given up."""

    words = forms.CharField(
        label=_("How it was done, or why not"),
        max_length=PLAN_LIMIT,
        widget=textarea(4),
    )
