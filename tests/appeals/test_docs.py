"""The picture in docs/appeals.md is the one that the code draws."""

from appeals.drawing import diagram
from config.paths import BASE_DIR


def test_picture_of_the_machine_is_that_of_the_code() -> None:
    text = (BASE_DIR / "docs" / "appeals.md").read_text(encoding="utf-8")

    assert text.split("```mermaid\n")[1].split("\n```")[0] == diagram()
