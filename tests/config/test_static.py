"""Static files: what pages name is there, since production fails on what is not."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from config.paths import BASE_DIR

NAMED = re.compile(r"""{%\s*static\s+["']([^"']+)["']""")


def named_files() -> list[str]:
    pages = [
        *BASE_DIR.glob("templates/**/*.html"),
        *BASE_DIR.glob("*/templates/**/*.html"),
    ]
    return sorted({name for page in pages for name in NAMED.findall(page.read_text())})


@pytest.mark.parametrize("name", named_files())
def test_static_file_that_a_template_names_exists(name: str) -> None:
    assert finders.find(name) is not None


def test_static_file_comes_whole_and_with_its_type(client: Client) -> None:
    response = client.get("/static/favicon.svg")

    assert response.status_code == 200
    assert response["Content-Type"] == "image/svg+xml"
    assert response.content == (BASE_DIR / "static/favicon.svg").read_bytes()
    assert "Access-Control-Allow-Origin" not in response


@pytest.mark.parametrize(
    "path", ["/static/../manage.py", "/static/%2e%2e/manage.py", "/static//etc/passwd"]
)
def test_static_path_leads_nowhere_else(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404
