"""Translations without gettext's programs: ``python -m config.messages``."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from config.paths import BASE_DIR


def compile_messages(folder: Path = BASE_DIR / "locale") -> list[Path]:
    """Compiles every .po that is newer than its .mo; returns the files written."""
    sources = sorted(folder.glob("*/LC_MESSAGES/*.po"))
    return [_compile(source) for source in sources if _is_stale(source)]


def _is_stale(source: Path) -> bool:
    target = source.with_suffix(".mo")
    return not target.exists() or target.stat().st_mtime < source.stat().st_mtime


def _compile(source: Path) -> Path:
    """By way of a draft, since a running server may read the old file right now."""
    target, draft = source.with_suffix(".mo"), source.with_suffix(".mo.new")
    with source.open("rb") as text:
        catalog = read_po(text, locale=source.parts[-3])
    with draft.open("wb") as binary:
        write_mo(binary, catalog)
    return draft.replace(target)


if __name__ == "__main__":
    for written in compile_messages():
        print(f"compiled {written.relative_to(BASE_DIR)}")
