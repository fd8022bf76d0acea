"""What each act on many cases asks for, once for all of them."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.admin.forms import textarea
from complaints.admin.move_form import TEXT_LIMIT
from complaints.errors import InvalidInput
from complaints.models import Complaint
from complaints.models.desk import TAG_LIMIT
from complaints.permissions import Viewer
from complaints.services import bulk, tags
from teams.models import Membership, Team, User
from teams.roles import Perm


class BulkForm(forms.Form):
    """Base: ``chosen`` are the cases this viewer sees and chose."""

    def __init__(
        self, *args: Any, chosen: list[Complaint], viewer: Viewer, **kwargs: Any
    ) -> None:
        self.chosen, self.viewer = chosen, viewer
        super().__init__(*args, **kwargs)


def _reason() -> forms.CharField:
    return forms.CharField(label=_("Reason"), max_length=TEXT_LIMIT, widget=textarea(3))


class AssignForm(BulkForm):
    handler = forms.ModelChoiceField(
        User.objects.none(), label=_("Handler"), empty_label=_("Choose")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Members of the teams that the viewer leads, and the viewer."""
        super().__init__(*args, **kwargs)
        led = sorted(self.viewer.grants.get(Perm.LEAD, ()))
        seats = Membership.objects.live().filter(team_id__in=led)
        people = Q(memberships__in=seats) | Q(pk=self.viewer.user.pk)
        rows = User.objects.filter(people, is_active=True).distinct()
        field: Any = self.fields["handler"]
        field.queryset = rows.order_by("first_name", "username")
        self.initial.setdefault("handler", self.viewer.user.pk)


class RerouteForm(BulkForm):
    team = forms.ModelChoiceField(
        Team.objects.all(), label=_("Team"), empty_label=_("Choose")
    )
    reason = _reason()


class TagForm(BulkForm):
    name = forms.CharField(label=_("Tag"), max_length=TAG_LIMIT)

    def clean_name(self) -> str:
        try:
            return tags.clean_name(self.cleaned_data["name"])
        except InvalidInput as error:
            raise forms.ValidationError(str(error.words)) from error


class MergeForm(BulkForm):
    survivor = forms.ChoiceField(
        label=_("Which one stays"),
        help_text=_("The others become part of it. It can be undone for 30 days."),
        widget=forms.RadioSelect,
    )
    reason = _reason()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["survivor"]
        field.choices = [
            (str(case.pk), f"{case.reference} {case.subject}") for case in self.chosen
        ]

    def clean_survivor(self) -> Complaint:
        chosen = {str(case.pk): case for case in self.chosen}
        return chosen[self.cleaned_data["survivor"]]


FORMS: dict[str, type[BulkForm]] = {
    bulk.ASSIGN: AssignForm,
    bulk.REROUTE: RerouteForm,
    bulk.TAG: TagForm,
    bulk.MERGE: MergeForm,
}
