"""Which passages of the house's rules are offered in a case."""

from django.conf import settings
from django.db.models import Q, QuerySet

from complaints.models import Complaint, PolicySnippet

FALLBACK = "en"


def snippets_for(complaint: Complaint) -> QuerySet[PolicySnippet]:
    """Those in use of its category, of the one above, and of every category; in the
    language of the case, English where we do not write it."""
    ours = dict(settings.LANGUAGES)
    language = complaint.language if complaint.language in ours else FALLBACK
    wanted = Q(category=None)
    if complaint.category_id is not None:
        wanted |= Q(category=complaint.category_id)
        wanted |= Q(category__children=complaint.category_id)
    return PolicySnippet.objects.filter(wanted, language=language, active=True)
