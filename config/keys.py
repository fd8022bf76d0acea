"""Throw-away keys of a development machine, kept beside its database.

Production never comes here: there every key is given by the environment.
"""

import json
import os
import secrets
import tempfile
from pathlib import Path

NAMES = ("SECRET_KEY", "LEDGER_KEY", "SIGNING_KEY", "REPLY_KEY")


def development_keys(path: Path) -> dict[str, str]:
    """The keys in ``path`` (0600), by name; made when the file is missing."""
    if not path.exists():
        _write_once(path, {name: secrets.token_urlsafe(48) for name in NAMES})
    keys: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return {name: keys[name] for name in NAMES}


def _write_once(path: Path, keys: dict[str, str]) -> None:
    """Whoever is first wins: web and worker may both start on an empty folder."""
    handle, draft = tempfile.mkstemp(dir=path.parent)  # mode 0600
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(keys, file, indent=1)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()
