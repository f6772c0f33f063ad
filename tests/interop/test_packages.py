# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``chart_package`` compared with ``helm package``: contents, refusals, and whether helm reads them."""

from __future__ import annotations

import random
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(Path(__file__).parent))

import conftest  # makes the collection importable
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_package import chart_package
from ansible_collections.windlass.charts.plugins.module_utils._ansible.runner import run

build = conftest.build
HELMS = sorted({path.parent for path in (build.module_folder("helm4", "helm.sh/helm/v4") / "pkg").rglob("testdata/**/Chart.yaml")})
OURS = sorted({path.parent for folder in ("examples", "tests") for path in (ROOT / folder).rglob("Chart.yaml") if ".build" not in path.parts})


def packaged(folder: Path, destination: Path, **options: Any) -> dict[str, Any]:
    params = {"chart_ref": str(folder), "destination": str(destination), **options}
    return run(chart_package, params, False, False, {"HOME": str(destination), "SOURCE_DATE_EPOCH": "1700000000"})


def helm(program: Path, *words: object) -> subprocess.CompletedProcess[str]:
    env = {"HOME": "/nonexistent", "PATH": "", "SOURCE_DATE_EPOCH": "1700000000"}
    return subprocess.run([str(program), *map(str, words)], env=env, capture_output=True, text=True, timeout=300, check=False)


def contents(archive: Path) -> list[tuple[str, bytes]]:
    with tarfile.open(archive) as tar:
        return sorted((member.name, tar.extractfile(member).read()) for member in tar)


def error_of(done: subprocess.CompletedProcess[str]) -> str:
    return done.stderr[done.stderr.rfind("Error: ") + len("Error: ") :].strip()


def compare(program: Path, folder: Path, work: Path, words: list[str] = [], **options: Any) -> None:  # noqa: B006  it is not changed
    theirs = helm(program, "package", folder, "--destination", work / "helm", *words)
    ours = packaged(folder, work / "ours", **options)
    if theirs.returncode:
        assert ours.get("failed"), f"helm refuses it: {theirs.stderr}"
        assert ours["error"].get("helm") == error_of(theirs)
        return
    assert not ours.get("failed"), ours
    file = Path(theirs.stdout.strip().rpartition(": ")[2])
    assert Path(ours["path"]).name == file.name
    assert contents(Path(ours["path"])) == contents(file)


@pytest.mark.parametrize("folder", [*OURS, *HELMS], ids=str)
def test_what_helm_packs(folder: Path, programs: dict[str, Path], tmp_path: Path) -> None:
    compare(programs["helm4"], folder, tmp_path)


HEAD = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-{{ .Chart.Name }}\n"


def chart(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, data in {"Chart.yaml": HEAD, "values.yaml": "size: 1\n", "templates/a.yaml": CONFIG_MAP, **files}.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return folder


CASES = {
    "a comment and an empty value": {"Chart.yaml": HEAD + "# a comment\nhome: ''\nkeywords: []\nappVersion: 1.10\n"},
    "texts that need quotes": {"Chart.yaml": HEAD + "description: 'yes: no # \"x\" é'\nannotations: {b: 1, a: 'true', 'c d': null}\n"},
    "long names": {"files/" + "n" * 200 + "/" + "m" * 100: "x", "files/" + "n" * 88: "y", "files/" + "n" * 93: "z"},
    "names that are not ASCII": {"files/Größe.txt": "x", "files/日本": "y"},
    "empty and binary files": {"files/empty": "", "files/binary": bytes(range(256)) * 5},
    "a byte order mark": {"values.yaml": b"\xef\xbb\xbfa: 1\n", "templates/b.yaml": b"\xef\xbb\xbf" + CONFIG_MAP.encode()},
    "a schema": {"values.schema.json": '{"type": "object", "minimum": 1e999}'},
    "a schema that is not JSON": {"values.schema.json": "{"},
    "a schema with NaN": {"values.schema.json": '{"minimum": NaN}'},
    "an empty schema": {"values.schema.json": ""},
    "a missing dependency": {"Chart.yaml": HEAD + "dependencies: [{name: a, version: 1}, {name: b, version: 1}]\n"},
    "a dependency without a version": {
        "Chart.yaml": HEAD + "dependencies: [{name: a, repository: 'file://../a', tags: [x], import-values: [y, {child: a, parent: b}]}]\n",
        "charts/a/Chart.yaml": "name: a\nversion: '1'\n",
    },
    "a lock": {"Chart.lock": "dependencies: []\ndigest: sha256:x\ngenerated: '2020-01-01T00:00:00.100+02:00'\n"},
    "a lock without a time": {"Chart.lock": "digest: sha256:x\n"},
    "a lock with a wrong time": {"Chart.lock": "generated: yesterday\n"},
    "format v1": {
        "Chart.yaml": "apiVersion: v1\nname: web\nversion: 1.0.0\n",
        "requirements.yaml": "dependencies: [{name: a, version: 1.0.0}]\n",
        "requirements.lock": "generated: '2020-01-01T00:00:00Z'\n",
        "charts/a/Chart.yaml": "apiVersion: v1\nname: a\nversion: 1.0.0\n",
    },
    "requirements.yaml in format v2": {
        "requirements.yaml": "dependencies: [{name: a, version: 1.0.0}]\n",
        "charts/a/Chart.yaml": HEAD.replace("web", "a"),
    },
    "a library": {"Chart.yaml": HEAD + "type: library\n"},
    "no values": {"values.yaml": ""},
    "provenance of a subchart": {"charts/a/Chart.yaml": HEAD.replace("web", "a"), "charts/a-1.0.0.tgz.prov": "signed"},
    "a stray file in charts": {"charts/README.md": "x"},
    "ignored hidden charts": {"charts/_a/x": "x", "charts/.b/x": "x"},
    "no Chart.yaml": {"Chart.yaml": "", ".helmignore": "Chart.yaml\n"},
    "a wrong pattern": {".helmignore": "[\n"},
    "a double star": {".helmignore": "a/**/b\n"},
    "a long line": {".helmignore": "#" * 65536 + "\n"},
    "almost a long line": {".helmignore": "#" * 65535 + "\nvalues.yaml\n"},
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("version", [3, 4])
def test_cases(name: str, version: int, programs: dict[str, Path], tmp_path: Path) -> None:
    folder = chart(tmp_path / "web", CASES[name])
    theirs = helm(programs[f"helm{version}"], "package", folder, "--destination", tmp_path / "helm")
    if version == 4:
        return compare(programs["helm4"], folder, tmp_path)
    ours = packaged(folder, tmp_path / "ours")
    assert bool(ours.get("failed")) == bool(theirs.returncode), theirs.stderr
    if theirs.returncode:
        return None
    # Helm 3 keeps the time of a lock where Helm 4 writes SOURCE_DATE_EPOCH
    found, wanted = (
        [(path, data) for path, data in contents(Path(file)) if not path.endswith(".lock")]
        for file in (ours["path"], theirs.stdout.strip().rpartition(": ")[2])
    )
    assert found == wanted
    return None


@pytest.mark.parametrize(
    ("words", "options"),
    [
        (["--version", "2.0.0-rc.1+build.5"], {"version": "2.0.0-rc.1+build.5"}),
        (["--version", "v2", "--app-version", "1.10"], {"version": "v2", "app_version": "1.10"}),
        (["--version", "01.2.3"], {"version": "01.2.3"}),
        (["--version", "two"], {"version": "two"}),
        (["--version", "1.2.3/../../x"], {"version": "1.2.3/../../x"}),
        (["--app-version", "a b: c\t#"], {"app_version": "a b: c\t#"}),
    ],
)
def test_overrides(words: list[str], options: dict[str, str], programs: dict[str, Path], tmp_path: Path) -> None:
    compare(programs["helm4"], chart(tmp_path / "web", {}), tmp_path, words, **options)


NAMES = ["a", "b.txt", "c.yaml", ".hidden", "d e", "README.md", "x!", "#y", "[z]"]
PARTS = ["a", "b", "*", "?", "*.txt", ".*", "[a-c]", "[^a]", "\\[z\\]", "d e", "x!", "charts", "templates", "README*", "*.yaml", "?.*", "#y", "\\#y"]


def ignore_file(chance: random.Random) -> str:
    lines = []
    for _line in range(chance.randint(1, 3)):
        text = "/".join(chance.choice(PARTS) for _part in range(chance.choice((1, 1, 2, 3))))
        start, end = chance.choice(("", "", "", "/", "!", " ", "#", "\t", "./")), chance.choice(("", "", "/", " ", "\r", "\x1c", "\u3000"))
        lines.append(start + text + end)
    return chance.choice(("", "\ufeff")) + "\n".join(lines) + chance.choice(("", "\n"))


@pytest.mark.parametrize("seed", range(60))
def test_ignored_files(seed: int, programs: dict[str, Path], tmp_path: Path) -> None:
    chance = random.Random(seed)
    places = ["", "files/", "files/a/", "templates/", "a/b/", "docs/x!/"]
    files = {chance.choice(places) + chance.choice(NAMES): str(number) for number in range(20)}
    files = {name: data for name, data in files.items() if not any(other.startswith(name + "/") for other in files)}
    compare(programs["helm4"], chart(tmp_path / "web", {**files, ".helmignore": ignore_file(chance)}), tmp_path)


@pytest.mark.parametrize("version", [3, 4])
def test_both_helms_read_a_package(version: int, programs: dict[str, Path], tmp_path: Path) -> None:
    folder = chart(
        tmp_path / "web",
        {
            "Chart.yaml": HEAD + "dependencies: [{name: a, version: 1.x}]\n",
            "charts/a/Chart.yaml": HEAD.replace("web", "a"),
            "charts/a/templates/b.yaml": CONFIG_MAP,
            "files/" + "n" * 150: "x",
        },
    )
    ours = packaged(folder, tmp_path / "ours")
    for words in (["template", "r"], ["show", "all"], ["show", "values"]):
        from_folder, from_package = (helm(programs[f"helm{version}"], *words, place) for place in (folder, ours["path"]))
        assert from_package.returncode == 0, from_package.stderr
        assert from_package.stdout == from_folder.stdout
    listed = helm(programs[f"helm{version}"], "lint", ours["path"])
    assert listed.returncode == 0, listed.stdout


@pytest.mark.parametrize("version", [3, 4])
def test_two_subcharts_of_one_name_stay_two(version: int, programs: dict[str, Path], tmp_path: Path) -> None:
    """Helm's own package of this chart holds one folder with the files of both."""
    named = HEAD.replace("web", "a")
    folder = chart(
        tmp_path / "web",
        {
            "Chart.yaml": HEAD + "dependencies: [{name: a, version: 1.0.0, alias: one}, {name: a, version: 2.0.0, alias: two}]\n",
            "charts/first/Chart.yaml": named,
            "charts/first/templates/a.yaml": CONFIG_MAP.replace("Chart.Name }}", "Chart.Name }}-{{ .Chart.Version }}"),
            "charts/second/Chart.yaml": named.replace("1.0.0", "2.0.0"),
            "charts/second/templates/a.yaml": CONFIG_MAP.replace("Chart.Name }}", "Chart.Name }}-{{ .Chart.Version }}"),
        },
    )
    ours = packaged(folder, tmp_path / "ours")
    shown = helm(programs[f"helm{version}"], "template", "r", ours["path"]).stdout
    assert sorted(line for line in shown.splitlines() if "name:" in line) == ["  name: r-one-1.0.0", "  name: r-two-2.0.0", "  name: r-web"]
