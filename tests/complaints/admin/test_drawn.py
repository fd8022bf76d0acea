"""A template drawn once writes each row as if it were drawn for it."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from complaints.admin.drawn import Mould


def test_cast_is_what_the_template_would_draw() -> None:
    for kind in ("late", "soon", "paused", "done", "normal"):
        mould = Mould("partials/sla_chip.html", "words", kind=kind)
        for words in ("Decide: 3 d left", "<b>&\"'", "\0words\0", "提现"):
            drawn = render_to_string(
                "partials/sla_chip.html", {"kind": kind, "words": words}
            )
            assert mould.cast({"words": words}) == drawn
            assert isinstance(mould.cast({"words": words}), SafeString)


def test_what_is_safe_stays_as_it_is() -> None:
    mould = Mould("partials/sla_chip.html", "words", kind="late")
    assert "<b>1</b></span>" in mould.cast({"words": SafeString("<b>1</b>")})
    assert "&lt;b&gt;1&lt;/b&gt;</span>" in mould.cast({"words": "<b>1</b>"})
