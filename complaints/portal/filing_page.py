"""What the pages of a filing show: a question, its files, the answers to check."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.forms import Form
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from complaints.models import Complaint, Draft
from complaints.portal import advice, recent
from complaints.portal.case import FORMATS
from complaints.portal.questions import (
    FilesForm,
    Page,
    Teller,
    bound,
    filled,
    page_named,
    pages_for,
    teller_of,
)
from complaints.registry import Suggestion, suggestions_for
from complaints.services.drafts import FILES_A_DRAFT
from complaints.templatetags.look import amount, written

if TYPE_CHECKING:
    from teams.models import User


@dataclass(frozen=True)
class Asked:
    """A question as it is put to somebody; no draft where it begins one."""

    page: Page
    form: Form
    draft: Draft | None
    user: "User | None"

    @property
    def teller(self) -> Teller:
        if self.draft is None:
            return Teller(self.user is not None, alarmed=False, behalf="self")
        return teller_of(self.draft, self.user)


def asked(name: str, draft: Draft, user: "User | None", *, fix: bool) -> Asked | None:
    """The question of that name, judged when it is to be put right; None for none."""
    page = page_named(name, teller_of(draft, user))
    if page is None:
        return None
    known = name in draft.answers
    form = bound(page, draft) if fix and known else filled(page, draft)
    return Asked(page, form, draft, user)


def context(asked: Asked) -> dict[str, Any]:
    """Everything the template of a question draws."""
    page, pages = asked.page, pages_for(asked.teller)
    place = pages.index(page)
    files = _files(asked)
    return {
        "asked": page,
        "draft": asked.draft,
        "form": asked.form,
        "rows": _rows(asked),
        "recent": recent.offers(asked.user, page.name, _given(asked.form)),
        "number": place + 1,
        "total": len(pages),
        "back_url": _back(asked, pages, place),
        "files": files,
        "proofs": [row for row in files if row["authority"]],
        "most": FILES_A_DRAFT,
    }


def _given(form: Form) -> dict[str, str]:
    """The fields as they stand on the page."""
    return {field.name: str(field.value() or "") for field in form.visible_fields()}


def _rows(asked: Asked) -> list[dict[str, Any]]:
    tips = _tips(asked.page, asked.draft, asked.form)
    return [
        {
            "field": field,
            "advice": tips.get(field.name, ""),
            "advised": field.name in asked.page.advised,
            "heading": asked.page.is_single,
            "code": field.name in asked.page.code,
            "half": field.name in asked.page.half,
        }
        for field in asked.form.visible_fields()
    ]


def _tips(page: Page, draft: Draft | None, form: Form) -> dict[str, str]:
    """Advice on what was typed just now, or before."""
    if not page.advised or draft is None:
        return {}
    judged = form if form.is_bound else bound(page, draft)
    return advice.tips(judged)


def _back(asked: Asked, pages: list[Page], place: int) -> str:
    draft = asked.draft
    if draft is not None and place:
        return reverse("portal:question", args=[draft.key, pages[place - 1].name])
    if draft is not None and draft.complaint is not None:
        return reverse("portal:protection", args=[draft.complaint.reference])
    return reverse("portal:new")


def _files(asked: Asked) -> list[dict[str, Any]]:
    if asked.draft is None or asked.page.name not in ("files", "mandate"):
        return []
    return files_of(asked.draft)


def files_of(draft: Draft) -> list[dict[str, Any]]:
    """The files that wait with a draft."""
    return [
        {
            "pk": row.pk,
            "name": row.original_name,
            "format": FORMATS.get(row.content_type, ""),
            "size": row.size,
            "authority": row.authority,
        }
        for row in draft.files.all()
    ]


# The answers --------------------------------------------------------------------------


def check(
    draft: Draft,
    user: "User | None",
    answers: Mapping[str, Form],
    broken: str = "",
    *,
    problem: str = "",
) -> dict[str, Any]:
    """All answers in order, with what has to be put right first."""
    teller = teller_of(draft, user)
    pages = pages_for(teller)
    files = files_of(draft)
    parts = [_part(page, draft, answers[page.name], files, broken) for page in pages]
    return {
        "draft": draft,
        "parts": parts,
        "problem": problem,
        "broken": next((part for part in parts if part["broken"]), None),
        "back_url": reverse("portal:question", args=[draft.key, pages[-1].name]),
        "teller": teller,
        "suggestions": _suggested(answers["story"]),
    }


def _suggested(story: Form) -> list[Suggestion]:
    """Articles that the story may be about; with scripts they stood under it."""
    said = (story[name].value() or "" for name in ("subject", "description"))
    return suggestions_for("\n".join(said), get_language() or "en")


def _part(
    page: Page, draft: Draft, form: Form, files: list[dict[str, Any]], broken: str
) -> dict[str, Any]:
    url = reverse("portal:question", args=[draft.key, page.name]) + "?back=check"
    tips = _tips(page, draft, form)
    rows = [
        {
            "question": field.label,
            "answer": shown(form, field),
            "tip": tips.get(field.name, ""),
            "code": field.name in page.code,
        }
        for field in form.visible_fields()
        if field.name not in ("proof", "file")
    ]
    names = _names(page, files)
    if names is not None:
        rows.append({"question": names[0], "answer": names[1]})
    return {
        "title": page.title,
        "url": url,
        "rows": rows,
        "fix_url": f"{url}&fix=1",
        "broken": page.name == broken,
    }


def _names(page: Page, files: list[dict[str, Any]]) -> tuple[str, str] | None:
    """(question, names of the files) of a page that takes files."""
    if page.name not in ("files", "mandate"):
        return None
    proof = page.form is not FilesForm
    words = _("Proof") if proof else _("Files")
    return words, "\n".join(f["name"] for f in files if f["authority"] == proof)


def shown(form: Form, field: Any) -> str:
    """An answer as people read it; what is wrong is shown as it was typed."""
    value = form.cleaned_data.get(field.name)
    if hasattr(field.field, "choices"):
        return _choice(field, field.value())
    if field.errors or value is None:
        return str(field.value() or "")
    if isinstance(value, date):
        return str(written(value, "date"))
    if isinstance(value, Decimal):
        return str(amount(value))
    return "\n".join(value) if isinstance(value, tuple) else str(value)


def _choice(field: Any, value: Any) -> str:
    flat: list[tuple[Any, Any]] = []
    for code, words in field.field.choices:
        flat += words if isinstance(words, list | tuple) else [(code, words)]
    return next((str(words) for code, words in flat if str(code) == str(value)), "")


# The receipt --------------------------------------------------------------------------


def written_to(case: Complaint) -> str:
    """The address that the receipt goes to, empty where there is none."""
    speaker = case.representatives.exclude(email="").first()
    return case.customer.email or (speaker.email if speaker else "")
