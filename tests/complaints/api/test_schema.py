"""The description of the API is whole: no warning, no view that it leaves out."""

from pathlib import Path

import pytest
from django.core.management import call_command

from tests.url_walk import routes


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("schema") / "schema.yml"
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(path))
    return Path(path).read_text("utf-8")


def test_schema_is_valid_without_a_warning(schema: str) -> None:
    assert schema.startswith("openapi: 3.")


def test_schema_holds_every_address(schema: str) -> None:
    of_api = [route for route in routes() if route.pattern.startswith("api/v1/")]
    spelled = [
        "/"
        + route.pattern.replace("<str:", "{").replace("<int:", "{").replace(">", "}")
        for route in of_api
    ]

    assert len(spelled) >= 12
    assert [path for path in spelled if f"  {path}:\n" not in schema] == []
