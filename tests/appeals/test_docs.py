"""The pictures in docs/appeals.md are the ones that the code draws."""

from appeals.drawing import diagram
from appeals.models import Referral
from config.paths import BASE_DIR


def test_pictures_of_the_machines_are_those_of_the_code() -> None:
    text = (BASE_DIR / "docs" / "appeals.md").read_text(encoding="utf-8")

    drawn = [part.split("\n```")[0] for part in text.split("```mermaid\n")[1:]]
    assert drawn == [diagram(), diagram(Referral)]
