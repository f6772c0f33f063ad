# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The canary search finds all canaries, and nothing else."""

from __future__ import annotations

import base64
import gzip
import importlib.util
import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

ROOT = Path(__file__).resolve().parents[3]
_spec = importlib.util.spec_from_file_location("canary_search", ROOT / "tests" / "canary" / "search.py")
assert _spec is not None and _spec.loader is not None
search = importlib.util.module_from_spec(_spec)
sys.modules["canary_search"] = search
_spec.loader.exec_module(search)

TEXT = "Tide+4711/&<under>='the bridge'!"


def zipped(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("inner.txt", data)
    return out.getvalue()


CODED: dict[str, Any] = {
    "plain": f"a{TEXT}b",
    "upper": TEXT.upper(),
    "json": json.dumps({"a": json.dumps(TEXT)}).replace("\\", ""),
    "hex": TEXT.encode().hex(),
    "url": quote(TEXT, safe=""),
    "base64 0": base64.b64encode(TEXT.encode()),
    "base64 1": base64.b64encode(f"x{TEXT}yz".encode()),
    "base64 2": base64.urlsafe_b64encode(f"xy{TEXT}z".encode()),
    "twice": base64.b64encode(json.dumps({"auth": base64.b64encode(f"u:{TEXT}".encode()).decode()}).encode()),
    "wrapped": re.sub(rb"(.{20})", rb"\1\n", base64.b64encode(f"some text {TEXT} more".encode())),
    "folded": TEXT.replace(" ", "\n      "),
    "gzip": gzip.compress(TEXT.encode()),
    "gzip in base64": base64.b64encode(gzip.compress(f"values: {TEXT}".encode())),
    "zip": zipped(TEXT.encode()),
}


@pytest.mark.parametrize("name", CODED)
def test_it_is_found(name: str) -> None:
    canary = search.Canary({"it": TEXT})
    data = CODED[name]
    canary.in_text("there", b"before " + data.encode() + b" after" if isinstance(data, str) else data)
    assert canary.findings and canary.findings[0].canary == "it" and "there" in canary.report()


def test_nothing_else_is_found() -> None:
    canary = search.Canary({"it": TEXT})
    canary.in_text("there", "the bridge is under the Tide ********" * 100 + base64.b64encode(b"something else, long enough").decode())
    assert not canary.findings and canary.searched["there"] > 1000
    with pytest.raises(ValueError, match="too short for a canary: it"):
        search.Canary({"it": "short"})


def test_files_and_their_names(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.gz").write_bytes(gzip.compress(TEXT.encode()))
    (tmp_path / "sub" / "left-out.pyc").write_text(TEXT)
    canary = search.Canary({"it": TEXT})
    canary.in_folder("folder", tmp_path, re.compile(r"\.pyc$"))
    assert {finding.place for finding in canary.findings} == {"folder: sub/a.gz, decoded"}
    named = search.Canary({"it": "a-name-that-is-secret"})
    (tmp_path / "x-a-name-that-is-secret").touch()
    named.in_folder("folder", tmp_path)
    assert named.findings[0].place.startswith("folder: name of")


def test_command_lines_and_environments() -> None:
    canary = search.Canary({"argument": "argument-of-a-process-4711", "variable": "variable-of-a-process-4711"})
    with canary.watching():
        command = [sys.executable, "-c", "import time; time.sleep(0.5)", "argument-of-a-process-4711"]
        subprocess.run(command, env={"X": "variable-of-a-process-4711"}, check=True)
    found = {(finding.place, finding.canary) for finding in canary.findings if finding.encoding == "plain"}
    assert found == {("command lines", "argument"), ("environments", "variable")}
