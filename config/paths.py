"""Where the project stands, and where it may write while it runs."""

from pathlib import Path

from config.env import env_str

BASE_DIR = Path(__file__).resolve().parent.parent


def private_dir(path: Path) -> Path:
    """``path`` as a folder that nobody else may enter; made when missing."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def var_dir() -> Path:
    """The folder of run-time files: database, keys, queue, mail, evidence."""
    return private_dir(BASE_DIR / env_str("VAR_DIR", "var"))


def past_mark() -> Path:
    """A file that stands while the demo still lacks the year that it looks back on."""
    return var_dir() / "demo-past-wanted"
