"""Readers of the environment."""

from pathlib import Path

import pytest

from config import env
from config.env import SettingError

MISSING = "THING: is required and not set."


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", True),
        ("true", True),
        ("True", True),
        ("0", False),
        ("false", False),
        ("False", False),
    ],
)
def test_env_bool_known_word(
    monkeypatch: pytest.MonkeyPatch, text: str, value: bool
) -> None:
    monkeypatch.setenv("THING", text)

    assert env.env_bool("THING") is value


@pytest.mark.parametrize("text", ["yes", "on", "TRUE", " 1", "2", "off", "no"])
def test_env_bool_other_word_is_refused(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("THING", text)

    with pytest.raises(SettingError) as caught:
        env.env_bool("THING", False)

    assert caught.value.name == "THING"
    assert str(caught.value) == f"THING: {text!r} is not one of 1, 0, true, false."


@pytest.mark.parametrize(
    "reader", [env.env_str, env.env_bool, env.env_int, env.env_list, env.env_secret]
)
@pytest.mark.parametrize("state", ["unset", "empty"])
def test_reader_without_value_and_default_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, reader, state: str
) -> None:
    monkeypatch.delenv("THING", raising=False)
    if state == "empty":
        monkeypatch.setenv("THING", "")

    with pytest.raises(SettingError) as caught:
        reader("THING")

    assert str(caught.value) == MISSING


def test_env_int_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", "3")
    assert env.env_int("THING", minimum=3) == 3

    with pytest.raises(SettingError, match="THING: 3 is below 4"):
        env.env_int("THING", minimum=4)


@pytest.mark.parametrize("text", ["three", "1.5", "0x10", "-"])
def test_env_int_not_a_number(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("THING", text)

    with pytest.raises(SettingError, match="is not a whole number"):
        env.env_int("THING", 1)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("a", ["a"]),
        (" a , b ,", ["a", "b"]),
        (",", []),
        ("*.x.org,y", ["*.x.org", "y"]),
    ],
)
def test_env_list_items(
    monkeypatch: pytest.MonkeyPatch, text: str, items: list[str]
) -> None:
    monkeypatch.setenv("THING", text)

    assert env.env_list("THING") == items


def test_env_list_empty_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("THING", raising=False)

    assert env.env_list("THING", []) == []


def test_env_secret_from_file_without_its_last_newline(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "thing"
    file.write_text(" s3cret \n")
    monkeypatch.setenv("THING_FILE", str(file))

    assert env.env_secret("THING") == " s3cret "


def test_env_secret_given_twice_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("THING", "here")
    monkeypatch.setenv("THING_FILE", str(tmp_path / "thing"))

    with pytest.raises(SettingError, match="THING: is set twice"):
        env.env_secret("THING")


def test_env_secret_missing_file_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("THING_FILE", str(tmp_path / "nothing"))

    with pytest.raises(SettingError) as caught:
        env.env_secret("THING")

    assert caught.value.name == "THING_FILE"


def test_env_secret_too_short_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", "hunter2")

    with pytest.raises(SettingError) as caught:
        env.env_secret("THING", minimum=32)

    assert str(caught.value) == "THING: is shorter than 32 characters."


@pytest.mark.parametrize("text", ["http://x:port/", "http://[::1"])
def test_parse_url_refused(text: str) -> None:
    with pytest.raises(SettingError) as caught:
        env.parse_url("THING", text)

    assert caught.value.name == "THING"


@pytest.mark.parametrize(
    ("debug", "module"),
    [
        ("1", "config.settings.dev"),
        ("0", "config.settings.production"),
        ("", "config.settings.production"),
    ],
)
def test_settings_module_by_debug(
    monkeypatch: pytest.MonkeyPatch, debug: str, module: str
) -> None:
    monkeypatch.setenv("DEBUG", debug)

    assert env.settings_module() == module


def test_env_secrets_reads_none_one_and_several(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert env.env_secrets("THINGS") == ()

    monkeypatch.setenv("THINGS", " first , ,second,")
    assert env.env_secrets("THINGS", minimum=5) == ("first", "second")

    (tmp_path / "things").write_text("first,second\n")
    monkeypatch.delenv("THINGS")
    monkeypatch.setenv("THINGS_FILE", str(tmp_path / "things"))
    assert env.env_secrets("THINGS") == ("first", "second")


def test_env_secrets_refuses_a_short_one_without_saying_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("THINGS", "long-enough,tiny")

    with pytest.raises(SettingError) as caught:
        env.env_secrets("THINGS", minimum=5)

    assert str(caught.value) == "THINGS: holds one shorter than 5 characters."
