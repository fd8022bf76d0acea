"""Our published figures."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from complaints.public.caching import revalidated
from complaints.public.charts import drawings
from complaints.selectors import published as register
from complaints.services import ledger_roots


@require_safe
@revalidated
def figures(request: HttpRequest) -> HttpResponse:
    """What the last twelve months came to; small numbers stay hidden."""
    year = register.of_today(timezone.now())
    context = {"year": year, "drawings": drawings(year)}
    context["root"] = ledger_roots.latest()
    return render(request, "public/figures.html", context)
