# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Both backends verify and sign alike.

``recorded.json`` holds keys and provenance files that gpg made (``record.py``).
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import io
import json
import os
import random
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.openpgp.gnupg import GnuPg
from ansible_collections.windlass.charts.plugins.module_utils._adapters.openpgp.keyrings import (
    default_keyring,
    openpgp,
    read_keyring_file,
)
from ansible_collections.windlass.charts.plugins.module_utils._adapters.openpgp.sequoia import Sequoia
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import OperatorError, OptionError, VerificationError
from ansible_collections.windlass.charts.plugins.module_utils._engine.publish.pgp_packets import packets, read_clearsigned
from ansible_collections.windlass.charts.plugins.module_utils._engine.publish.provenance import Keyring, OpenPgp, sign, verify

RECORDED: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("recorded.json").read_text())
ARCHIVE = b"the bytes of an archive"
FILE = "demo-1.2.3.tgz"
PASSPHRASE = "correct horse"


@pytest.fixture(params=["pysequoia", "gpg"])
def pgp(request: pytest.FixtureRequest) -> OpenPgp:
    if request.param == "pysequoia":
        pytest.importorskip("pysequoia")
        return Sequoia()
    if shutil.which("gpg") is None:
        pytest.skip("gpg is not installed")
    return GnuPg(os.environ)


def ring(*names: str, part: str = "public") -> Keyring:
    return Keyring.read("".join(RECORDED[name][part] for name in names).encode(), "ring.asc")


def prov(name: str) -> bytes:
    return RECORDED[name]["prov"].encode()


def chart(**more: str) -> bytes:
    """A packaged chart, with the same bytes each time."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        data = "".join(f"{key}: {value}\n" for key, value in {"name": "demo", "version": "1.2.3", "apiVersion": "v2", **more}.items()).encode()
        info = tarfile.TarInfo("demo/Chart.yaml")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return gzip.compress(out.getvalue(), mtime=0)


@pytest.mark.parametrize("name", ["rsa", "ed", "nist", "locked", "subkey"])
def test_a_signed_archive_is_confirmed(pgp: OpenPgp, name: str) -> None:
    found = verify(ARCHIVE, prov(name), FILE, ring("ed", "rsa", "nist", "locked", "subkey"), pgp, FILE)
    assert found.key.names == (f"{name} <{name}@example.com>",)
    assert len(found.key.fingerprint) == 40
    assert found.words()[0] == f"Signed by: {name} <{name}@example.com>"
    assert found.words()[2] == f"Chart Hash Verified: {found.digest}"


def test_a_keyring_with_secret_keys_verifies(pgp: OpenPgp) -> None:
    assert verify(ARCHIVE, prov("rsa"), FILE, ring("ed", "rsa", part="secret"), pgp, FILE).key.names == ("rsa <rsa@example.com>",)


#: what is verified, with which keys -> the reason of the refusal, and a part of its sentence
REFUSED = [
    ("rsa", ("ed", "nist"), "unknown_key", "which is not a signing key of the keyring ring.asc"),
    ("expired", ("expired",), "expired", "has expired"),
    ("short", ("short",), "expired", "has expired"),
    ("subexpired", ("subexpired",), "expired", "has expired"),
    ("revoked", ("revoked",), "revoked", "has been revoked"),
    ("subrevoked", ("subrevoked",), "revoked", "has been revoked"),
    ("sha1", ("rsa",), "weak_hash", "relies on SHA-1"),
]


@pytest.mark.parametrize(("name", "keys", "reason", "words"), REFUSED)
def test_a_signature_is_refused(pgp: OpenPgp, name: str, keys: tuple[str, ...], reason: str, words: str) -> None:
    with pytest.raises(VerificationError) as caught:
        verify(ARCHIVE, prov(name), FILE, ring(*keys), pgp, FILE)
    assert caught.value.fields["reason"] == reason
    assert words in str(caught.value)


def test_a_key_whose_self_signature_uses_sha1_is_refused(pgp: OpenPgp) -> None:
    with pytest.raises(VerificationError) as caught:
        verify(ARCHIVE, prov("sha1key"), FILE, ring("sha1key"), pgp, FILE)
    assert caught.value.fields["reason"] in ("weak_hash", "unknown_key")  # gpg does not even import it


@pytest.mark.parametrize("old, new", [(b"version: 1.2.3", b"version: 1.2.4"), (b"sha256:", b"sha256:0"), (b"name: demo", b"name:  demo")])
def test_a_provenance_file_that_was_altered_is_refused(pgp: OpenPgp, old: bytes, new: bytes) -> None:
    altered = prov("ed").replace(old, new)
    assert altered != prov("ed")
    with pytest.raises(VerificationError, match=r"was altered after the key [0-9A-F]{40}") as caught:
        verify(ARCHIVE, altered, FILE, ring("ed"), pgp, FILE)
    assert caught.value.fields["reason"] == "altered"


def test_a_damaged_signature_is_refused(pgp: OpenPgp) -> None:
    """The last byte of the signature differs."""
    message = read_clearsigned(prov("ed"))
    assert message is not None
    damaged = message.signatures[0][:-1] + bytes([message.signatures[0][-1] ^ 1])
    armored = b"-----BEGIN PGP SIGNATURE-----\n\n" + base64.b64encode(damaged) + b"\n-----END PGP SIGNATURE-----\n"
    text = prov("ed")[: prov("ed").index(b"-----BEGIN PGP SIGNATURE")] + armored
    with pytest.raises(VerificationError) as caught:
        verify(ARCHIVE, text, FILE, ring("ed"), pgp, FILE)
    assert caught.value.fields["reason"] == "altered"


def test_an_archive_that_was_altered_is_refused(pgp: OpenPgp) -> None:
    with pytest.raises(VerificationError, match=r"was altered after it was signed: its checksum is sha256:[0-9a-f]{64}, but") as caught:
        verify(ARCHIVE + b".", prov("ed"), FILE, ring("ed"), pgp, FILE)
    assert caught.value.fields["reason"] == "checksum"


def test_an_archive_that_was_renamed_is_refused(pgp: OpenPgp) -> None:
    with pytest.raises(VerificationError, match=r"signed for demo-1\.2\.3\.tgz, not for other-1\.2\.3\.tgz") as caught:
        verify(ARCHIVE, prov("ed"), "other-1.2.3.tgz", ring("ed"), pgp, FILE)
    assert caught.value.fields["reason"] == "not_listed"


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Some bytes are changed, lost or added."""
    found = bytearray(data)
    for _change in range(rng.choice((1, 1, 2, 5))):
        at = rng.randrange(len(found))
        kind = rng.randrange(3)
        if kind == 0:
            found[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del found[at : at + rng.randrange(1, 9)]
        else:
            found[at:at] = rng.randbytes(rng.randrange(1, 5))
        found = found or bytearray(b".")
    return bytes(found)


def test_damaged_files_are_one_sentence(pgp: OpenPgp) -> None:
    """Damage leads neither to an error of another kind nor to another signer."""
    rng = random.Random(1)
    names = [name for name in RECORDED if "public" in RECORDED[name]]
    confirmed = 0
    for number in range(3000 if isinstance(pgp, Sequoia) else 60):
        name = rng.choice(names)
        text, keys = prov(name), b"".join(ring(name, part=rng.choice(("public", "secret"))).certificates)
        if number % 3 == 0:
            text = damaged(text, rng)
        elif number % 3 == 1:
            message = read_clearsigned(text)
            assert message is not None
            body = base64.b64encode(damaged(message.signatures[0], rng))
            head = text[: text.index(b"-----BEGIN PGP SIGNATURE")]
            text = head + b"-----BEGIN PGP SIGNATURE-----\n\n" + body + b"\n-----END PGP SIGNATURE-----\n"
        else:
            keys = damaged(keys, rng)
        try:
            found = verify(ARCHIVE, text, FILE, Keyring.read(keys, "ring"), pgp, FILE)
        except VerificationError as error:
            assert error.fields["reason"]
            continue
        confirmed += 1
        # a keyring that has lost its revocation does not know of it
        assert name in ("rsa", "ed", "nist", "locked", "subkey") or (number % 3 == 2 and name in ("revoked", "subrevoked"))
        assert found.digest == f"sha256:{hashlib.sha256(ARCHIVE).hexdigest()}"
    assert confirmed or not isinstance(pgp, Sequoia)


# --- signing


@pytest.mark.parametrize(("name", "passphrase"), [("rsa", ""), ("ed", "unneeded"), ("nist", ""), ("locked", PASSPHRASE), ("subkey", "")])
def test_a_signed_chart_is_confirmed_by_the_public_key(pgp: OpenPgp, name: str, passphrase: str) -> None:
    archive = chart(description='"-----BEGIN PGP SIGNATURE----- \\u00e4"')
    text = sign(archive, FILE, ring("ed", "rsa", "nist", "locked", "subkey", part="secret"), f"{name} <{name}@example.com>", passphrase, pgp)
    assert verify(archive, text, FILE, ring(name), pgp, FILE).key.names == (f"{name} <{name}@example.com>",)
    assert b"\nHash: SHA512\n" in text
    assert PASSPHRASE.encode() not in text


@pytest.mark.parametrize(
    ("names", "part", "key", "passphrase", "words"),
    [
        (("locked",), "secret", "", "", "is protected by a passphrase; set passphrase"),
        (("locked",), "secret", "", "wrong one", "The passphrase does not unlock the key"),
        (("ed",), "public", "", "", "has only the public part of the key [0-9A-F]{40}; use a keyring"),
        (("ed", "rsa"), "secret", "", "", r"has 2 keys \(ed <ed@example.com>, rsa <rsa@example.com>\); name one"),
        (("ed", "rsa"), "secret", "example.com", "", "has 2 keys that match 'example.com'"),
        (("ed", "rsa"), "secret", "nobody", "", "has no key 'nobody'"),
        (("expired",), "secret", "", "", "cannot sign: it has expired"),
        (("revoked",), "secret", "", "", "cannot sign: it has expired, is revoked"),
    ],
)
def test_a_key_that_cannot_sign_is_named(pgp: OpenPgp, names: tuple[str, ...], part: str, key: str, passphrase: str, words: str) -> None:
    with pytest.raises(OptionError, match=words) as caught:
        sign(chart(), FILE, ring(*names, part=part), key, passphrase, pgp)
    assert not passphrase or passphrase not in str(caught.value)


@pytest.mark.parametrize("key", ["rsa <rsa@example.com>", "rsa@", "fingerprint"])
def test_a_key_is_chosen_by_user_id_or_fingerprint(pgp: OpenPgp, key: str) -> None:
    keyring = ring("ed", "rsa", part="secret")
    wanted = pgp.keys(keyring.certificates)[1]
    assert wanted is not None
    text = sign(chart(), FILE, keyring, wanted.fingerprint if key == "fingerprint" else key, "", pgp)
    assert verify(chart(), text, FILE, keyring, pgp, FILE).key == wanted


# --- Sequoia


def test_rsa_signatures_of_old_helms_are_confirmed() -> None:
    """They state the length of the key for a number that is shorter, which the library alone refuses."""
    pytest.importorskip("pysequoia")
    pgp = Sequoia()
    for _attempt in range(64):
        text = sign(chart(), FILE, ring("rsa", part="secret"), "", "", pgp)
        if b"\x07\xff" in _signature(text)[-270:-250]:  # a number of 2047 bits
            break
    else:
        pytest.fail("no signature of 64 is short")
    old = _signature(text)
    at = old.rindex(b"\x07\xff", len(old) - 260)
    broken = old[:at] + b"\x08\x00" + old[at + 2 :]
    armored = b"-----BEGIN PGP SIGNATURE-----\n\n" + base64.b64encode(broken) + b"\n-----END PGP SIGNATURE-----\n"
    as_old_helm = text[: text.index(b"-----BEGIN PGP SIGNATURE")] + armored
    with pytest.raises(RuntimeError):
        pgp._library.Sig.from_bytes(broken)
    assert verify(chart(), as_old_helm, FILE, ring("rsa"), pgp, FILE).file_name == FILE


def _signature(text: bytes) -> bytes:
    message = read_clearsigned(text)
    assert message is not None
    [(tag, body)] = packets(message.signatures[0])
    return bytes((0xC0 | tag, 255)) + len(body).to_bytes(4, "big") + body


# --- gpg


@pytest.fixture
def gpg() -> GnuPg:
    if shutil.which("gpg") is None:
        pytest.skip("gpg is not installed")
    return GnuPg(os.environ)


@pytest.fixture
def short_path(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temporary directory with a path short enough for gpg's agent; ``TMPDIR`` names it."""
    with tempfile.TemporaryDirectory(prefix="w", dir="/tmp") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


def test_gpg_needs_a_short_path_to_sign(gpg: GnuPg, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 25)
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    with pytest.raises(OperatorError, match="set TMPDIR to a directory with a shorter path"):
        sign(chart(), FILE, ring("locked", part="secret"), "", PASSPHRASE, GnuPg(os.environ))
    assert list(folder.iterdir()) == []


def test_gpg_is_given_no_passphrase_by_argument_environment_or_file(gpg: GnuPg, monkeypatch: pytest.MonkeyPatch, short_path: Path) -> None:
    calls: list[tuple[Any, Any]] = []
    real = vars(subprocess)["run"]
    files: list[bytes] = []

    def recorded(command: list[str], **options: Any) -> Any:
        calls.append((command, options["env"]))
        done = real(command, **options)
        files.extend(path.read_bytes() for path in short_path.rglob("*") if path.is_file())
        return done

    monkeypatch.setattr(subprocess, "run", recorded)
    sign(chart(), FILE, ring("locked", part="secret"), "", PASSPHRASE, GnuPg(os.environ))
    assert len(calls) >= 4
    assert PASSPHRASE not in str(calls)
    assert files
    assert not any(PASSPHRASE.encode() in data for data in files)
    assert list(short_path.iterdir()) == []


def test_gpg_leaves_no_directory_and_no_agent_behind_after_an_error(gpg: GnuPg, short_path: Path) -> None:
    with pytest.raises(OptionError):
        sign(chart(), FILE, ring("locked", part="secret"), "", "wrong", GnuPg(os.environ))
    assert list(short_path.iterdir()) == []
    until = time.monotonic() + 10
    while _runs_with(str(short_path)) and time.monotonic() < until:  # it was told to end, and needs a moment
        time.sleep(0.05)
    assert not _runs_with(str(short_path))


def _runs_with(word: str) -> bool:
    """Whether the arguments of a running process contain a word."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if word.encode() in path.read_bytes():
                return True
    return False


def test_gpg_without_a_place_for_its_home_is_one_sentence(gpg: GnuPg, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="temporary directory, which cannot be created: No such file or directory"):
        verify(ARCHIVE, prov("ed"), FILE, ring("ed"), GnuPg({**os.environ, "TMPDIR": str(tmp_path / "none")}), FILE)


# --- keyrings and the choice


def test_without_the_library_gpg_is_used(monkeypatch: pytest.MonkeyPatch, gpg: GnuPg) -> None:
    monkeypatch.setitem(sys.modules, "pysequoia", None)
    assert isinstance(openpgp(os.environ), GnuPg)


def test_with_neither_the_error_names_both(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pysequoia", None)
    with pytest.raises(OperatorError, match="require the Python library pysequoia, or the program gpg, on the host") as caught:
        openpgp({"PATH": str(tmp_path)})
    assert caught.value.fields["library"] == "pysequoia"


def test_the_default_keyring_is_helms(tmp_path: Path) -> None:
    home = tmp_path / ".gnupg"
    home.mkdir()
    assert default_keyring({"HOME": str(tmp_path)}) == str(home / "pubring.gpg")
    (home / "pubring.kbx").touch()
    assert default_keyring({"HOME": str(tmp_path)}) == str(home / "pubring.kbx")
    (home / "pubring.gpg").touch()
    assert default_keyring({"HOME": str(tmp_path)}) == str(home / "pubring.gpg")
    assert default_keyring({"HOME": str(tmp_path), "GNUPGHOME": "/other"}) == "/other/pubring.gpg"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"no keys", "is not an OpenPGP file: it has neither binary nor armored keys"),
        (b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n%%%\n-----END PGP PUBLIC KEY BLOCK-----\n", "that is not base64"),
        (b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDME\n", "PUBLIC KEY BLOCK without an end"),
        (b"-----BEGIN PGP MESSAGE-----\n\nmDME\n-----END PGP MESSAGE-----\n", "contains a block PGP MESSAGE, which is not a key"),
        (b"\0\0\0\x20\x01\x01\0\x02KBXf" + b"\0" * 20, "is a keybox without OpenPGP keys"),
        (b"\0\0\0\x20\x01\x01\0\x02KBXf" + b"\0" * 20 + b"\0\0\1", "is a damaged keybox: the entry at byte 32 has an invalid length"),
        (b"\x98\x33abc", "is truncated"),
    ],
)
def test_a_file_that_is_not_a_keyring_is_one_sentence(tmp_path: Path, data: bytes | None, words: str) -> None:
    path = tmp_path / "ring"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(VerificationError) as caught:
        read_keyring_file(str(path), os.environ)
    assert words in str(caught.value)
    assert caught.value.fields["reason"] == "keyring"


def test_a_directory_is_not_a_keyring(tmp_path: Path) -> None:
    with pytest.raises(VerificationError, match="is not a file"):
        read_keyring_file(str(tmp_path), os.environ)


def test_a_keybox_that_gpg_wrote_is_read(gpg: GnuPg, pgp: OpenPgp, tmp_path: Path) -> None:
    public = RECORDED["ed"]["public"] + RECORDED["rsa"]["public"]
    command = ["gpg", "--homedir", str(tmp_path), "--batch", "--no-tty", "--quiet", "--no-autostart", "--import"]
    subprocess.run(command, input=public.encode(), check=True, capture_output=True)
    keyring = read_keyring_file(str(tmp_path / "pubring.kbx"), os.environ)
    assert verify(ARCHIVE, prov("rsa"), FILE, keyring, pgp, FILE).key.names == ("rsa <rsa@example.com>",)
