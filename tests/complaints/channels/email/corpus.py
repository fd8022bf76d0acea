"""Mail and replies that others wrote; a test that needs them skips without."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]
CORPUS = ROOT / os.environ.get("RECOURSE_CORPUS", "../shared/corpus")

needs_corpus = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="the corpus folder (RECOURSE_CORPUS) is not here"
)


def files(*folders: str) -> list[Path]:
    """Every file below the folders, in a fixed order; none without the corpus."""
    found = (path for folder in folders for path in (CORPUS / folder).rglob("*"))
    return sorted(path for path in found if path.is_file())


def named(path: Path) -> str:
    """A readable parameter id."""
    return str(path.relative_to(CORPUS))
