# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``chart_package`` with ``sign``: what is written, what is kept, what is refused.

``tests/interop`` verifies the result with helm.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.openpgp.keyrings import openpgp
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_package import chart_package
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.runner import run
from ansible_collections.windlass.charts.plugins.module_utils._engine.publish.provenance import Keyring, sign, verify

RECORDED = json.loads((Path(__file__).resolve().parents[2] / "_adapters" / "openpgp" / "recorded.json").read_text())
PASSPHRASE = "correct horse"
NAME = "web-1.0.0.tgz"
ENVIRON = {"PATH": "/usr/bin:/bin"}


@pytest.fixture(params=["pysequoia", "gpg"])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "pysequoia":
        pytest.importorskip("pysequoia")
        return
    if shutil.which("gpg") is None:
        pytest.skip("gpg is not installed")
    monkeypatch.setitem(sys.modules, "pysequoia", None)
    monkeypatch.delitem(
        sys.modules, "ansible_collections.windlass.charts.plugins.module_utils._adapters.openpgp.sequoia", raising=False
    )


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.0.0\n")
    for name in ("ed", "rsa", "locked", "expired"):
        (tmp_path / f"{name}.asc").write_text(RECORDED[name]["secret"])
    (tmp_path / "both.asc").write_text(RECORDED["ed"]["secret"] + RECORDED["rsa"]["secret"])
    (tmp_path / "public.asc").write_text(RECORDED["ed"]["public"])
    return tmp_path


def call(place: Path, *, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
    params = {"chart_ref": str(place / "web"), "destination": str(place / "dist"), "sign": True, **options}
    if isinstance(params.get("keyring"), str):
        params["keyring"] = str(place / params["keyring"])
    return run(chart_package, params, check, diff, {"HOME": str(place), **ENVIRON})


def tree(place: Path) -> dict[str, bytes]:
    folder = place / "dist"
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def confirmed(place: Path, key: str) -> bool:
    files = tree(place)
    ring = Keyring.read(RECORDED[key]["public"].encode(), "ring")
    return verify(files[NAME], files[f"{NAME}.prov"], NAME, ring, openpgp(ENVIRON), NAME).key.names == (f"{key} <{key}@example.com>",)


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("key", "options"),
    [
        ("ed", {"keyring": "ed.asc"}),
        ("rsa", {"keyring": "both.asc", "key": "rsa"}),
        ("locked", {"keyring": "locked.asc", "passphrase": PASSPHRASE}),
        ("locked", {"keyring": "locked.asc", "passphrase_file": "secret"}),
    ],
)
@pytest.mark.slow
def test_check_sign_check_sign(place: Path, key: str, options: dict[str, Any]) -> None:
    if "passphrase_file" in options:
        (place / "secret").write_text(f"{PASSPHRASE}\nanother line\n")
        options = {**options, "passphrase_file": str(place / "secret")}
    predicted = call(place, check=True, diff=True, **options)
    assert (predicted["changed"], tree(place)) == (True, {})
    first = call(place, diff=True, **options)
    assert {**predicted, "stdout": ""} == {**first, "stdout": ""}
    assert confirmed(place, key)
    assert first["provenance_path"] == f"{first['path']}.prov"
    assert Path(first["provenance_path"]).stat().st_mode & 0o777 == 0o644
    assert first["provenance"]["signed_by"] == [f"{key} <{key}@example.com>"]
    assert first["provenance"]["digest"] == first["digest"]
    before = tree(place)
    for check in (True, False):
        again = call(place, check=check, diff=True, **options)
        assert (again["changed"], again["diff"]["before"], tree(place)) == (False, again["diff"]["after"], before)
        assert again["provenance"] == first["provenance"]
    assert PASSPHRASE not in json.dumps([predicted, first, again])


def test_an_archive_that_is_there_is_signed(place: Path) -> None:
    call(place, sign=False)
    archive = tree(place)
    assert list(archive) == [NAME]
    result = call(place, keyring="ed.asc", diff=True)
    assert (result["changed"], result["stdout"]) == (True, "")
    assert tree(place)[NAME] == archive[NAME]
    assert confirmed(place, "ed")
    assert result["diff"]["after"] == result["diff"]["before"] + f"{NAME}.prov: signed by {result['provenance']['fingerprint']}\n"


@pytest.mark.parametrize("present", ["another key", "another archive", "damaged", "empty"])
def test_a_provenance_file_that_does_not_match_is_replaced(place: Path, present: str) -> None:
    call(place, keyring="ed.asc")
    files = tree(place)
    secret = Keyring.read(RECORDED["rsa" if present == "another key" else "ed"]["secret"].encode(), "secret")
    proof = {
        "another key": lambda: sign(files[NAME], NAME, secret, "", "", openpgp(ENVIRON)),
        "another archive": lambda: files[f"{NAME}.prov"],
        "damaged": lambda: files[f"{NAME}.prov"].replace(b"name: web", b"name: wab"),
        "empty": lambda: b"",
    }[present]()
    if present == "another archive":
        (place / "web" / "values.yaml").write_text("a: 1\n")
    (place / "dist" / f"{NAME}.prov").write_bytes(proof)
    for check in (True, False):
        assert call(place, keyring="ed.asc", check=check)["changed"] is True
    assert confirmed(place, "ed")
    assert call(place, keyring="ed.asc")["changed"] is False


def test_a_provenance_file_of_the_same_key_is_kept(place: Path) -> None:
    """Also one that another program wrote."""
    call(place, sign=False)
    secret = Keyring.read(RECORDED["ed"]["secret"].encode(), "secret")
    proof = sign(tree(place)[NAME], NAME, secret, "", "", openpgp(ENVIRON))
    (place / "dist" / f"{NAME}.prov").write_bytes(proof)
    assert call(place, keyring="ed.asc")["changed"] is False
    assert tree(place)[f"{NAME}.prov"] == proof


def test_without_sign_an_old_provenance_file_is_named(place: Path) -> None:
    call(place, keyring="ed.asc")
    assert "warnings" not in call(place, sign=False)
    (place / "web" / "values.yaml").write_text("a: 1\n")
    result = call(place, sign=False)
    assert result["warnings"] == [f"{place}/dist/{NAME}.prov does not match the new archive; set sign to replace it, or remove it."]
    assert "provenance" not in result


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"keyring": "public.asc"}, "has only the public part of the key"),
        ({"keyring": "both.asc"}, "has 2 keys (ed <ed@example.com>, rsa <rsa@example.com>); name one of them"),
        ({"keyring": "both.asc", "key": "nobody"}, "has no key 'nobody'"),
        ({"keyring": "expired.asc"}, "cannot sign: it has expired"),
        ({"keyring": "locked.asc"}, "is protected by a passphrase; set passphrase"),
        ({"keyring": "locked.asc", "passphrase": "a wrong one"}, "The passphrase does not unlock the key"),
        ({"keyring": "none.asc"}, "none.asc cannot be read: No such file or directory."),
        ({}, "Set keyring to a file with the secret key, for example the output of gpg --export-secret-keys."),
        ({"keyring": "web/Chart.yaml"}, "The keyring"),
        ({"keyring": "ed.asc", "passphrase": "x", "passphrase_file": "/x"}, "passphrase and passphrase_file are both specified"),
        ({"keyring": "ed.asc", "passphrase_file": "/nowhere/x"}, "passphrase_file: /nowhere/x cannot be read: No such file or directory."),
        ({"keyring": "ed.asc", "passphrase_file": "/"}, "passphrase_file: / cannot be read: Is a directory."),
        ({"keyring": "ed.asc", "passphrase_file": "/dev/null"}, "passphrase_file: the first line of /dev/null is empty"),
    ],
)
@pytest.mark.slow
def test_what_cannot_sign_writes_nothing(place: Path, options: dict[str, Any], says: str) -> None:
    for check in (True, False):
        failed = call(place, check=check, **options)
        assert failed.get("failed"), failed
        assert says in failed["msg"]
        assert failed["error"]["class"] == "OptionError"
        assert "a wrong one" not in json.dumps(failed)
        assert tree(place) == {}


def test_a_provenance_file_that_cannot_be_written(place: Path) -> None:
    (place / "dist" / f"{NAME}.prov").mkdir(parents=True)
    failed = call(place, keyring="ed.asc")
    assert failed["msg"].startswith(f"destination: {place}/dist/{NAME}.prov is not a regular file")
    assert [path.name for path in (place / "dist").iterdir()] == [f"{NAME}.prov"]


def test_the_command_has_helms_flags_and_no_passphrase(place: Path) -> None:
    options = {"keyring": "locked.asc", "key": "locked", "passphrase": PASSPHRASE}
    words = f"helm package {place}/web --destination {place}/dist"
    assert call(place, **options)["command"] == f"{words} --sign --key locked --keyring {place}/locked.asc"
    assert call(place, sign=False, **options)["command"] == words


def test_the_passphrase_is_masked_by_ansible() -> None:
    options = specs.chart_package()["argument_spec"]
    assert [name for name in options if options[name].get("no_log")] == ["passphrase"]
