"""Throw-away keys of a development machine."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from config.keys import NAMES, development_keys


def test_development_keys_are_private_long_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"

    keys = development_keys(file)

    assert sorted(keys) == sorted(NAMES)
    assert len(set(keys.values())) == 4
    assert min(map(len, keys.values())) == 64
    assert file.stat().st_mode & 0o777 == 0o600
    assert development_keys(file) == keys


def test_development_keys_made_by_one_of_many(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(development_keys, [file] * 8))

    assert all(keys == found[0] for keys in found)
    assert [entry.name for entry in tmp_path.iterdir()] == ["keys.json"]
