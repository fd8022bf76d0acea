"""The verifier: every byte of a bundle counts, and it needs Python alone."""

import hashlib
import io
import random
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from appeals import verify_bundle
from appeals.services.bundles.make import VERIFIER_SOURCE
from appeals.services.bundles.pack import Packer, sums
from complaints import signing
from tests.few import few

FILES = {
    "README.txt": b"Read me.\n",
    "exhibits/001-complaint.txt": b"It was not me.\n" * 3,
    "exhibits/002-E1-\xe8\xae\xb0\xe5\xbd\x95.txt".encode("latin-1").decode(): b"\x00"
    * 40,
    "exhibits/003-empty.txt": b"",
}


def packed(files: Iterable[tuple[str, bytes]] = tuple(FILES.items())) -> bytes:
    out = io.BytesIO()
    packer = Packer(out)
    for name, content in files:
        packer.add(name, content)
    listed = [
        {"path": e.name, "size": e.size, "sha256": e.sha256} for e in packer.entries
    ]
    manifest = {"format": verify_bundle.FORMAT, "reference": "RC-1", "files": listed}
    packer.close(verify_bundle.written(manifest))
    assert packer.sha256.hexdigest() == hashlib.sha256(out.getvalue()).hexdigest()
    return out.getvalue()


def faults(content: bytes, folder: Path, key: str = "") -> list[str]:
    path = folder / "bundle.zip"
    path.write_bytes(content)
    return verify_bundle.verify(path, key).faults


def unpacked(folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(packed())) as file:
        assert file.testzip() is None
        file.extractall(folder)
    return folder


# The signature ------------------------------------------------------------------------


def test_vectors_of_the_rfc_hold() -> None:
    assert verify_bundle.knows_ed25519()


def test_says_what_the_library_says() -> None:
    seeded = random.Random(8032)
    for _round in range(20):
        secret = Ed25519PrivateKey.from_private_bytes(seeded.randbytes(32))
        public = secret.public_key().public_bytes_raw()
        message = seeded.randbytes(seeded.randrange(200))
        good = secret.sign(message)
        bad = bytearray(good)
        bad[seeded.randrange(64)] ^= 1 << seeded.randrange(8)

        assert verify_bundle.is_signed(public, message, good)
        assert not verify_bundle.is_signed(public, message, bytes(bad))
        assert not verify_bundle.is_signed(public, message + b"x", good)


@pytest.mark.parametrize(
    ("public", "signature"),
    [
        (b"", b"\0" * 64),
        (b"\0" * 32, b"\0" * 63),
        (b"\xff" * 32, b"\0" * 64),  # y is no element of the field
        (b"\2" + b"\0" * 31, b"\0" * 64),  # no point has this y
        (b"\1" + b"\0" * 30 + b"\x80", b"\0" * 64),  # x is zero and odd
    ],
)
def test_what_is_no_key_signs_nothing(public: bytes, signature: bytes) -> None:
    assert not verify_bundle.is_signed(public, b"", signature)


def test_number_above_the_order_is_refused() -> None:
    """The same signature must not have two spellings (RFC 8032, 8.4)."""
    public, message, name = (bytes.fromhex(one) for one in verify_bundle.VECTORS[1])
    number = int.from_bytes(name[32:], "little") + verify_bundle.ORDER

    again = name[:32] + number.to_bytes(32, "little")

    assert verify_bundle.is_signed(public, message, name)
    assert not verify_bundle.is_signed(public, message, again)


# The ZIP ------------------------------------------------------------------------------


def test_whole_bundle_has_no_fault(tmp_path: Path) -> None:
    assert faults(packed(), tmp_path, signing.public_key()) == []


@pytest.mark.parametrize(
    "every", [pytest.param(1, marks=pytest.mark.drill), pytest.param(17)]
)
def test_any_changed_byte_is_found(every: int, tmp_path: Path) -> None:
    """Each byte of the ZIP in turn, and in every run each seventeenth."""
    content = packed()

    for place in range(0, len(content), every):
        broken = bytearray(content)
        broken[place] ^= 1 << place % 8

        assert faults(bytes(broken), tmp_path), place


def test_file_with_a_changed_byte_is_named(tmp_path: Path) -> None:
    content = packed()
    for name, text in FILES.items():
        if text:
            place = content.index(text)
            broken = content[:place] + b"!" + content[place + 1 :]
            assert f"{name}: was changed" in faults(broken, tmp_path)


def test_added_byte_is_found_wherever_it_stands(tmp_path: Path) -> None:
    content = packed()
    for place in (0, 1, 40, len(content) // 2, len(content) - 1, len(content)):
        assert faults(content[:place] + b"\0" + content[place:], tmp_path), place


def test_cut_off_end_is_found(tmp_path: Path) -> None:
    content = packed()
    for length in (0, 1, 25, 60, len(content) // 2, len(content) - 1):
        assert faults(content[:length], tmp_path), length


def test_added_and_missing_files_are_named(tmp_path: Path) -> None:
    """By somebody who writes the ZIP anew as it must be, but cannot sign."""
    out = io.BytesIO()
    packer = Packer(out)
    kept = [one for one in FILES.items() if "001" not in one[0]]
    for name, content in [*kept, ("exhibits/004-mine.txt", b"mine")]:
        packer.add(name, content)
    with zipfile.ZipFile(io.BytesIO(packed())) as file:
        manifest, signature = file.read("manifest.json"), file.read("signature.json")
    packer.add("manifest.json", manifest)
    packer.add("signature.json", signature)
    out.write(verify_bundle.directory(packer.entries, packer.at))

    assert faults(out.getvalue(), tmp_path) == [
        "exhibits/001-complaint.txt: is missing",
        "exhibits/004-mine.txt: was added",
    ]


def test_another_order_and_a_file_twice_are_found(tmp_path: Path) -> None:
    out = io.BytesIO()
    packer = Packer(out)
    for name, content in [*reversed(FILES.items()), ("README.txt", b"Read me.\n")]:
        packer.add(name, content)
    with zipfile.ZipFile(io.BytesIO(packed())) as file:
        for name in ("manifest.json", "signature.json"):
            packer.add(name, file.read(name))
    out.write(verify_bundle.directory(packer.entries, packer.at))

    assert faults(out.getvalue(), tmp_path) == [
        "README.txt: is in the ZIP twice",
        "the ZIP: its files stand in another order",
    ]


def test_signed_by_another_is_found_by_who_knows_the_key(
    tmp_path: Path, settings: object
) -> None:
    ours = signing.public_key()
    settings.SIGNING_KEY = "another-signing-key-0123456789-abcdefgh"  # type: ignore[attr-defined]
    content = packed()

    assert faults(content, tmp_path) == []
    assert len(faults(content, tmp_path, ours)) == 1


@pytest.mark.parametrize(
    "content",
    [b"[]", b"{", b'{"format": "x", "files": []}', b"[" * 100_000, b"\xff"],
    ids=["list", "broken", "other", "deep", "bytes"],
)
def test_manifest_that_is_none_is_said_to_be_none(
    content: bytes, tmp_path: Path
) -> None:
    out = io.BytesIO()
    packer = Packer(out)
    packer.close(content)

    assert faults(out.getvalue(), tmp_path) == [
        "manifest.json: is no manifest of a bundle"
    ]


def test_offsets_beyond_four_gigabytes_have_64_bits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the limit set low: readers take such a ZIP, and the check holds."""
    for module in (verify_bundle, sys.modules[Packer.__module__]):
        monkeypatch.setattr(module, "FAR", 120)
    monkeypatch.setattr("appeals.services.bundles.pack.FAR", 1 << 32)
    content = packed()

    assert b"PK\6\6" in content
    assert faults(content, tmp_path) == []
    broken = content[:-30] + bytes([content[-30] ^ 1]) + content[-29:]
    assert len(faults(broken, tmp_path)) == 1


# Unpacked, and alone ------------------------------------------------------------------


def test_folder_is_checked_as_well(tmp_path: Path) -> None:
    folder = unpacked(tmp_path)
    assert verify_bundle.verify(folder).faults == []

    (folder / "README.txt").write_bytes(b"Read me!\n")
    (folder / "exhibits" / "001-complaint.txt").unlink()
    (folder / "exhibits" / "more.txt").write_bytes(b"")

    assert verify_bundle.verify(folder).faults == [
        "README.txt: was changed",
        "exhibits/001-complaint.txt: is missing",
        "exhibits/more.txt: was added",
    ]


@pytest.mark.parametrize(("whole", "code"), few([(True, 0), (False, 1)], (False, 1)))
def test_runs_with_python_alone(whole: bool, code: int, tmp_path: Path) -> None:
    """No package of ours or anybody's is on its path (-I -S)."""
    script, path = tmp_path / "verify_bundle.py", tmp_path / "bundle.zip"
    script.write_bytes(VERIFIER_SOURCE.read_bytes())
    path.write_bytes(packed() if whole else packed().replace(b"not me", b"not us"))

    ran = subprocess.run(
        [sys.executable, "-I", "-S", script, path, "--key", signing.public_key()],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )

    assert ran.returncode == code, ran.stderr
    named = "exhibits/001-complaint.txt: was changed" in ran.stdout
    assert named is not whole


@pytest.mark.parametrize(
    "name", ["\x1b[2J\x1b[HWHOLE  RC-1", "a\rWHOLE  RC-1", "a\nWHOLE", "\u202ekcab"]
)
def test_name_in_a_bundle_does_not_steer_the_terminal(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever forged it chose the names, and would like the fault not to be read."""
    content = packed([*FILES.items(), (name, b"x")]).replace(b"x", b"y")
    path = tmp_path / "bundle.zip"
    path.write_bytes(content)

    assert verify_bundle.main([str(path), "--key", signing.public_key()]) == 1

    said = capsys.readouterr().out
    assert all(line.isprintable() for line in said.split("\n"))
    assert not any(line.startswith("WHOLE") for line in said.split("\n"))


@pytest.mark.parametrize(
    "manifest",
    [
        '{"format": "recourse-bundle/1", "files": [], "ledger": null}',
        '{"format": "recourse-bundle/1", "files": [], "ledger": []}',
        '{"format": "recourse-bundle/1", "files": null}',
        '{"format": "recourse-bundle/1", "files": [{"path": 1, "size": Infinity}]}',
        '{"format": "recourse-bundle/1", "files": [[]]}',
        "[]",
        "null",
    ],
)
def test_manifest_of_any_shape_is_a_fault_and_no_crash(
    manifest: str, tmp_path: Path
) -> None:
    for name, text in (
        (verify_bundle.MANIFEST, manifest),
        (verify_bundle.SIGNATURE, manifest),
        (verify_bundle.LEDGER, '{"previous": ""}\n'),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")

    assert verify_bundle.verify(tmp_path).faults


def test_path_that_cannot_be_read_is_no_fault_of_the_bundle(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify_bundle.main([str(tmp_path / "none.zip")]) == 2
    assert "Cannot read" in capsys.readouterr().err


def test_sums_are_of_all_parts() -> None:
    assert sums(iter([b"ab", b"c"])) == (
        3,
        0x352441C2,
        hashlib.sha256(b"abc").hexdigest(),
    )
