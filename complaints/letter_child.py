"""A PDF drawn by a process of its own: ``python -m complaints.letter_child VARIANT``.

The renderer keeps some of what it took for as long as its process lives. Where one page
is drawn after the other for one file, each has a process, which gives back all of it.
"""

import os
import subprocess
import sys
from typing import Final

from config.paths import BASE_DIR

SECONDS: Final = 300
"""How long a page may take; more is a failure, which is tried again."""


class Failed(Exception):
    """The child ended without a PDF; another time it may."""


def pdf_apart(page: str, variant: str) -> bytes:
    """The same bytes as ``letter_pdf.pdf_of``. Raises ``Failed``."""
    kept = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
    try:
        child = subprocess.run(  # noqa: S603 - ours, and the page is its input alone
            [sys.executable, "-m", "complaints.letter_child", variant],
            input=page.encode("utf-8", "surrogatepass"),
            capture_output=True,
            cwd=BASE_DIR,
            env=kept | {"PYTHONPATH": str(BASE_DIR), "LANG": "C.UTF-8"},
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Failed("It took too long.") from None
    if child.returncode or not child.stdout.startswith(b"%PDF-"):
        raise Failed(child.stderr.decode(errors="replace")[-300:])
    return child.stdout


def main() -> None:
    from complaints.letter_pdf import pdf_of  # noqa: PLC0415 - loads the renderer

    page = sys.stdin.buffer.read().decode("utf-8", "surrogatepass")
    sys.stdout.buffer.write(pdf_of(page, variant=sys.argv[1]))


if __name__ == "__main__":
    main()
