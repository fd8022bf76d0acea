"""The list of variables and the code that reads them say the same."""

import re

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
