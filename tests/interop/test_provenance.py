# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Provenance files and both helms: each verifies what the other has signed.

The decisions about bad files are the same, too. The keys are those of the unit tests (``record.py`` there).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.openpgp.gnupg import GnuPg
from ansible_collections.windlass.charts.plugins.module_utils._adapters.openpgp.keyrings import read_keyring_file
from ansible_collections.windlass.charts.plugins.module_utils._adapters.openpgp.sequoia import Sequoia
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_package import chart_package
from ansible_collections.windlass.charts.plugins.module_utils._ansible.runner import run as run_face
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import VerificationError
from ansible_collections.windlass.charts.plugins.module_utils._engine.publish.provenance import OpenPgp, sign, verify

ROOT = Path(__file__).resolve().parents[2]
RECORDED = json.loads((ROOT / "tests/unit/plugins/module_utils/_adapters/openpgp/recorded.json").read_text())
FILE = "demo-1.2.3.tgz"
HELMS = ("helm3", "helm4")


@pytest.fixture(scope="module")
def helms(programs: dict[str, Path]) -> dict[str, Path]:
    return {name: programs[name] for name in HELMS}


@pytest.fixture(params=["pysequoia", "gpg"])
def pgp(request: pytest.FixtureRequest) -> OpenPgp:
    if request.param == "gpg" and shutil.which("gpg") is None:
        pytest.skip("gpg is not installed")
    return Sequoia() if request.param == "pysequoia" else GnuPg(os.environ)


def binary_ring(path: Path, *names: str, part: str = "public") -> Path:
    """A keyring as helm 3 reads it, which knows neither armor nor keyboxes."""
    from ansible_collections.windlass.charts.plugins.module_utils._engine.publish.pgp_packets import read_keyring

    path.write_bytes(b"".join(read_keyring("".join(RECORDED[name][part] for name in names).encode())))
    return path


def run(program: Path, home: Path, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    environment = {"HOME": str(home), "PATH": os.environ["PATH"]}
    return subprocess.run([program, *arguments], env=environment, input=text, capture_output=True, text=True, check=False)


@pytest.fixture
def archive(helms: dict[str, Path], tmp_path: Path) -> Path:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo/Chart.yaml").write_text('apiVersion: v2\nname: demo\nversion: 1.2.3\ndescription: "- \\u00e4"\n')
    done = run(helms["helm4"], tmp_path, "package", str(tmp_path / "demo"), "-d", str(tmp_path))
    assert done.returncode == 0, done.stderr
    return tmp_path / FILE


@pytest.mark.parametrize("name", ["rsa", "ed", "nist", "locked", "subkey"])
def test_both_helms_confirm_what_is_signed_here(helms: dict[str, Path], pgp: OpenPgp, archive: Path, name: str) -> None:
    home = archive.parent
    secret = read_keyring_file(str(binary_ring(home / "secring.gpg", name, part="secret")), {})
    prov = sign(archive.read_bytes(), FILE, secret, "", "correct horse" if name == "locked" else "", pgp)
    archive.with_name(f"{FILE}.prov").write_bytes(prov)
    public = binary_ring(home / "pubring.gpg", "rsa", "ed", "nist", "locked", "subkey")
    ours = verify(archive.read_bytes(), prov, FILE, read_keyring_file(str(public), {}), pgp, FILE)
    for program in helms.values():
        done = run(program, home, "verify", "--keyring", str(public), str(archive))
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines() == ours.words()


@pytest.mark.parametrize("name", ["rsa", "ed", "nist", "locked", "subkey"])
def test_both_helms_confirm_a_package(helms: dict[str, Path], tmp_path: Path, name: str) -> None:
    """``chart_package`` with ``sign``; the second run keeps what is there."""
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo/Chart.yaml").write_text('apiVersion: v2\nname: demo\nversion: 1.2.3\ndescription: "- \\u00e4"\n')
    params = {
        "chart_ref": str(tmp_path / "demo"),
        "destination": str(tmp_path / "dist"),
        "sign": True,
        "key": f"{name} <{name}@example.com>",
        "keyring": str(binary_ring(tmp_path / "secring.gpg", "rsa", "ed", "nist", "locked", "subkey", part="secret")),
        "passphrase": "correct horse" if name == "locked" else "",
    }
    environ = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    result = run_face(chart_package, params, False, False, environ)
    assert not result.get("failed"), result
    assert run_face(chart_package, params, False, False, environ)["changed"] is False
    public = binary_ring(tmp_path / "pubring.gpg", name)
    for program in helms.values():
        done = run(program, tmp_path, "verify", "--keyring", str(public), result["path"])
        assert done.returncode == 0, done.stderr
        assert f"Using Key With Fingerprint: {result['provenance']['fingerprint']}" in done.stdout
        assert f"Chart Hash Verified: {result['digest']}" in done.stdout


@pytest.mark.parametrize("helm", HELMS)
@pytest.mark.parametrize("name", ["rsa", "ed", "nist", "locked"])
def test_a_signed_package_of_helm_is_replaced_and_confirmed_by_it(helms: dict[str, Path], tmp_path: Path, helm: str, name: str) -> None:
    """Its archive has other bytes, so its signature is replaced as well."""
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo/Chart.yaml").write_text("apiVersion: v2\nname: demo\nversion: 1.2.3\n")
    secret = binary_ring(tmp_path / "secring.gpg", name, part="secret")
    (tmp_path / "passphrase").write_text("correct horse")
    options = ["--sign", "--key", name, "--keyring", str(secret), "--passphrase-file", str(tmp_path / "passphrase"), "-d", str(tmp_path)]
    assert run(helms[helm], tmp_path, "package", *options, str(tmp_path / "demo")).returncode == 0
    theirs = (tmp_path / f"{FILE}.prov").read_bytes()
    params = {
        "chart_ref": str(tmp_path / "demo"),
        "destination": str(tmp_path),
        "sign": True,
        "keyring": str(secret),
        "passphrase_file": str(tmp_path / "passphrase"),
    }
    environ = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    result = run_face(chart_package, params, False, False, environ)
    assert result["changed"] is True, result
    assert (tmp_path / f"{FILE}.prov").read_bytes() != theirs
    done = run(helms[helm], tmp_path, "verify", "--keyring", str(binary_ring(tmp_path / "pubring.gpg", name)), result["path"])
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("helm", HELMS)
@pytest.mark.parametrize("name", ["rsa", "ed", "nist", "locked"])
def test_what_both_helms_sign_is_confirmed_here(helms: dict[str, Path], pgp: OpenPgp, archive: Path, helm: str, name: str) -> None:
    home = archive.parent
    secret = binary_ring(home / "secring.gpg", name, part="secret")
    (home / "passphrase").write_text("correct horse")
    options = ["--sign", "--key", name, "--keyring", str(secret), "--passphrase-file", str(home / "passphrase"), "-d", str(home)]
    done = run(helms[helm], home, "package", *options, str(home / "demo"))
    assert done.returncode == 0, done.stderr
    public = binary_ring(home / "pubring.gpg", "rsa", "ed", "nist", "locked")
    prov = archive.with_name(f"{FILE}.prov").read_bytes()
    found = verify(archive.read_bytes(), prov, FILE, read_keyring_file(str(public), {}), pgp, FILE)
    assert found.key.names == (f"{name} <{name}@example.com>",)


def test_the_signed_text_is_the_one_that_helm_signs(helms: dict[str, Path], archive: Path) -> None:
    home = archive.parent
    secret = binary_ring(home / "secring.gpg", "ed", part="secret")
    done = run(helms["helm4"], home, "package", "--sign", "--key", "ed", "--keyring", str(secret), "-d", str(home), str(home / "demo"))
    assert done.returncode == 0, done.stderr
    ours = sign(archive.read_bytes(), FILE, read_keyring_file(str(secret), {}), "", "", Sequoia())
    theirs = archive.with_name(f"{FILE}.prov").read_bytes()
    mark = b"-----BEGIN PGP SIGNATURE"
    assert ours[: ours.index(mark)] == theirs[: theirs.index(mark)]


#: (signed by, changed, keys of the keyring) -> whether it is confirmed
DECISIONS = [
    ("rsa", "", ("rsa",), True),
    ("subkey", "", ("ed", "subkey"), True),
    ("rsa", "", ("ed",), False),
    ("rsa", "archive", ("rsa",), False),
    ("rsa", "metadata", ("rsa",), False),
    ("rsa", "checksum", ("rsa",), False),
    ("rsa", "name", ("rsa",), False),
    ("rsa", "no message", ("rsa",), False),
    ("expired", "", ("expired",), False),
    ("short", "", ("short",), False),
    ("subexpired", "", ("subexpired",), False),
    ("revoked", "", ("revoked",), False),
    ("subrevoked", "", ("subrevoked",), False),
]


@pytest.mark.parametrize(("signer", "change", "keys", "good"), DECISIONS)
def test_the_decision_is_helms(
    helms: dict[str, Path], pgp: OpenPgp, tmp_path: Path, signer: str, change: str, keys: tuple[str, ...], good: bool
) -> None:
    ring = binary_ring(tmp_path / "pubring.gpg", *keys)
    data = b"the bytes of an archive" + (b"." if change == "archive" else b"")
    prov = RECORDED[signer]["prov"]
    if change == "metadata":
        prov = prov.replace("version: 1.2.3", "version: 1.2.4")
    elif change == "checksum":
        prov = prov.replace("sha256:", "sha256:0")
    elif change == "no message":
        prov = "no message"
    name = "other-1.2.3.tgz" if change == "name" else FILE
    (tmp_path / name).write_bytes(data)
    (tmp_path / f"{name}.prov").write_text(prov)
    for program in helms.values():
        done = run(program, tmp_path, "verify", "--keyring", str(ring), str(tmp_path / name))
        assert (done.returncode == 0) == good, done.stdout + done.stderr
    try:
        verify(data, prov.encode(), name, read_keyring_file(str(ring), {}), pgp, name)
        confirmed = True
    except VerificationError as error:
        confirmed = False
        if error.helm and error.fields["reason"] in ("unknown_key", "revoked", "not_listed", "checksum", "unsigned"):
            assert error.helm in done.stderr
    assert confirmed == good


def test_sha1_is_refused_where_helm_accepts_it(helms: dict[str, Path], pgp: OpenPgp, tmp_path: Path) -> None:
    """The one difference. When helm refuses it too, the sentence in the documentation can go."""
    ring = binary_ring(tmp_path / "pubring.gpg", "rsa")
    (tmp_path / FILE).write_bytes(b"the bytes of an archive")
    (tmp_path / f"{FILE}.prov").write_text(RECORDED["sha1"]["prov"])
    assert run(helms["helm4"], tmp_path, "verify", "--keyring", str(ring), str(tmp_path / FILE)).returncode == 0
    with pytest.raises(VerificationError, match="relies on SHA-1"):
        verify(b"the bytes of an archive", RECORDED["sha1"]["prov"].encode(), FILE, read_keyring_file(str(ring), {}), pgp, FILE)
