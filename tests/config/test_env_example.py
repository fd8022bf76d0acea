"""The list of variables and the code that reads them say the same."""

import re

import yaml

from config.paths import BASE_DIR

READ = re.compile(r"""\benv_\w+\(\s*"([A-Z][A-Z0-9_]*)\"""")
LISTED = re.compile(r"^#? ?([A-Z][A-Z0-9_]*)=", re.MULTILINE)
SOURCES = ("config", "teams", "complaints", "appeals")


def test_env_example_lists_what_is_read_and_nothing_else() -> None:
    files = [file for name in SOURCES for file in (BASE_DIR / name).rglob("*.py")]
    read = {name for file in files for name in READ.findall(file.read_text())}
    read |= {"DATABASE_URL", "EMAIL_URL"}  # also the defaults of their readers

    listed = LISTED.findall((BASE_DIR / ".env.example").read_text())

    assert sorted(listed) == sorted(read)


def test_compose_sets_only_what_is_listed() -> None:
    compose = yaml.safe_load((BASE_DIR / "compose.yaml").read_text())

    given = {name.removesuffix("_FILE") for name in compose["x-app"]["environment"]}

    listed = set(LISTED.findall((BASE_DIR / ".env.example").read_text()))
    assert sorted(given - listed) == []
    services = compose["services"]
    assert all(services[name]["environment"] for name in ("web", "worker", "beat"))
