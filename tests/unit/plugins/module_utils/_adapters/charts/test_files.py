# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A chart on disk, and values from files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.files import collect_values, read_chart, read_chart_directory
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.model import file_time
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ChartLoadError, ChartNotFound, ValuesError
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.codec import go_time

HEAD = "apiVersion: v2\nname: c\nversion: 1.0.0\n"


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    folder = tmp_path / "c"
    write(folder, {"Chart.yaml": HEAD, "templates/t.yaml": "a: 1\n"})
    return folder


def write(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def names(folder: Path) -> list[str]:
    return [file.name for file in read_chart_directory(str(folder))]


def test_files_come_depth_first_in_byte_order(chart: Path) -> None:
    write(chart, {"b": "", "B": "", "a/z": "", "a.txt": "", "é": ""})
    assert names(chart) == ["B", "Chart.yaml", "a/z", "a.txt", "b", "templates/t.yaml", "é"]


def test_links_are_followed_under_their_own_names(chart: Path, tmp_path: Path) -> None:
    write(tmp_path, {"shared/x.yaml": "x: 1\n"})
    (chart / "templates/link.yaml").symlink_to(tmp_path / "shared/x.yaml")
    (chart / "charts").symlink_to(tmp_path / "shared")
    assert names(chart) == ["Chart.yaml", "charts/x.yaml", "templates/link.yaml", "templates/t.yaml"]


def test_a_loop_is_refused(chart: Path) -> None:
    (chart / "templates/loop").symlink_to(chart)
    with pytest.raises(ChartLoadError, match="its own parent directories"):
        read_chart(str(chart))


def test_a_broken_link_is_named(chart: Path) -> None:
    (chart / "templates/x").symlink_to("../nope/deeper/file")
    with pytest.raises(ChartLoadError) as refused:
        read_chart(str(chart))
    assert refused.value.helm == f"error evaluating symlink {chart}/templates/x: lstat {chart}/nope: no such file or directory"


def test_a_pipe_is_refused(chart: Path) -> None:
    os.mkfifo(chart / "pipe")
    with pytest.raises(ChartLoadError, match="pipe") as refused:
        read_chart(str(chart))
    assert refused.value.helm == f"cannot load irregular file {chart}/pipe as it has file mode type bits set"
    write(chart, {".helmignore": "pipe\n"})
    assert "pipe" not in names(chart)


def test_only_the_top_helmignore_counts(chart: Path) -> None:
    write(
        chart,
        {
            ".helmignore": "*.bak\n",
            "x.bak": "",
            "charts/s/Chart.yaml": HEAD,
            "charts/s/.helmignore": "*.txt\n",
            "charts/s/y.txt": "",
            "charts/s/z.bak": "",
        },
    )
    assert names(chart) == [
        ".helmignore",
        "Chart.yaml",
        "charts/s/.helmignore",
        "charts/s/Chart.yaml",
        "charts/s/y.txt",
        "templates/t.yaml",
    ]


def test_marks_at_the_start_go_and_times_stay(chart: Path) -> None:
    write(chart, {"f": "\ufefftext"})
    os.utime(chart / "f", (1_700_000_000, 1_700_000_000))
    (file,) = [file for file in read_chart_directory(str(chart)) if file.name == "f"]
    assert file.data == b"text"
    assert file.modtime is not None
    assert file.modtime.timestamp() == 1_700_000_000


@pytest.mark.parametrize(
    ("nanoseconds", "fraction"),
    [
        (1_700_000_000_123_456_789, ".123456789"),
        (1_700_000_000_000_000_001, ".000000001"),
        (1_700_000_000_120_000_000, ".12"),
        (1_700_000_000_000_000_000, ""),
        (1_700_000_000_999_999_999, ".999999999"),
    ],
)
def test_times_are_exact_to_the_nanosecond(chart: Path, nanoseconds: int, fraction: str) -> None:
    """Helm's records hold them so; a float of seconds would round them."""
    write(chart, {"f": "text"})
    os.utime(chart / "f", ns=(nanoseconds, nanoseconds))
    (file,) = [file for file in read_chart_directory(str(chart)) if file.name == "f"]
    assert file.modtime is not None
    text = go_time(file.modtime)
    assert text[19 : 19 + len(fraction)] == fraction
    assert text[19 + len(fraction)] in "Z+-"


@pytest.mark.parametrize("seconds", [1 << 60, -(1 << 60), 253_402_300_800])
def test_a_year_that_python_does_not_know_is_no_time(seconds: int) -> None:
    assert file_time(seconds, 0, None) is None


def test_what_is_not_there(tmp_path: Path, chart: Path) -> None:
    with pytest.raises(ChartNotFound, match="no such file"):
        read_chart(str(tmp_path / "nope"))
    (chart / "Chart.yaml").unlink()
    with pytest.raises(ChartLoadError, match="is not a chart"):
        read_chart(str(chart))
    with pytest.raises(ChartLoadError, match="not a gzipped archive"):
        read_chart(str(chart / "templates/t.yaml"))


def test_values_in_helms_order(tmp_path: Path) -> None:
    write(tmp_path, {"one.yaml": "a: {b: 1, c: 2}\nl: [1]\n", "two.yaml": "a: {b: null}\n---\nd: 4\n", "text": "line\n"})
    texts = {
        "set": ["a.c=3,n=1"],
        "set-string": ["n=2"],
        "set-json": ['{"l": [2]}', "j=[1]"],
        "set-file": [f"f={tmp_path}/text"],
        "set-literal": ["x=a,b=c"],
    }
    got = collect_values([str(tmp_path / "one.yaml"), str(tmp_path / "two.yaml")], texts)
    assert got == {"a": {"b": None, "c": 3}, "l": [2.0], "d": 4.0, "n": "2", "j": [1.0], "f": "line\n", "x": "a,b=c"}


@pytest.mark.parametrize(("text", "expected"), [("- 1\n", "cannot be read"), ("a: [\n", "cannot be read")])
def test_values_files_that_are_refused(tmp_path: Path, text: str, expected: str) -> None:
    write(tmp_path, {"v.yaml": text})
    with pytest.raises(ValuesError, match=expected) as refused:
        collect_values([str(tmp_path / "v.yaml")])
    assert (refused.value.helm or "").startswith(f"failed to parse {tmp_path}/v.yaml: cannot unmarshal yaml document: ")


WINDOWS = "a: 1\nb: 2\n".encode("utf-16")


def test_values_in_utf16_are_named(tmp_path: Path, chart: Path) -> None:
    (tmp_path / "v.yaml").write_bytes(WINDOWS)
    with pytest.raises(ValuesError, match=r"^The values file .*/v\.yaml is UTF-16 text; save it as UTF-8\.$"):
        collect_values([str(tmp_path / "v.yaml")])
    (chart / "values.yaml").write_bytes(WINDOWS)
    with pytest.raises(ChartLoadError, match=r"values\.yaml of the chart is UTF-16 text; save it as UTF-8\."):
        read_chart(str(chart))


def test_a_chart_file_in_utf32_is_named(chart: Path) -> None:
    (chart / "Chart.yaml").write_bytes(HEAD.encode("utf-32"))
    with pytest.raises(ChartLoadError, match=r"Chart\.yaml of the chart is UTF-32 text; save it as UTF-8\."):
        read_chart(str(chart))


def test_names_are_utf8_in_every_locale(tmp_path: Path) -> None:
    """In a locale without UTF-8 Python lists a name as escaped bytes; the chart has the same name in each."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("{apiVersion: v2, name: web, version: 0.1.0}\n")
    (tmp_path / "templates" / "größe.yaml").write_text("a: b\n")
    code = (
        "import runpy, sys; runpy.run_path(sys.argv[1]); "
        "from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.files import read_chart_directory; "
        "print(sys.getfilesystemencoding(), [ascii(file.name) for file in read_chart_directory(sys.argv[2])][1:])"
    )
    conftest = Path(__file__).parents[4] / "conftest.py"
    listed = {}
    for utf8 in ("0", "1"):
        environ = {**os.environ, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": utf8}
        run = subprocess.run([sys.executable, "-c", code, str(conftest), str(tmp_path)], env=environ, capture_output=True, text=True, check=True)
        encoding, _space, names = run.stdout.strip().partition(" ")
        listed[encoding] = names
    assert len(listed) == 2 and set(listed.values()) == {"[\"'templates/gr\\\\xf6\\\\xdfe.yaml'\"]"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("~: hunter2", "unsupported map key of type: %!s(<nil>), key: <nil>."),
        ("~: {password: hunter2}", "unsupported map key of type: %!s(<nil>), key: <nil>."),
        ("~: ['a, value: hunter2']", "unsupported map key of type: %!s(<nil>), key: <nil>."),
        ("18446744073709551615: hunter2", "key: 0xffffffffffffffff."),
        ("a: !!int hunter2", "cannot decode !!str as a !!int."),
        ("a: [!!float 'hunter2` as a `x']", "cannot decode !!str as a !!float."),
        ("!!bool hunter2: 1", "cannot decode !!str as a !!bool."),
        ("? {a: hunter2}\n: 1", "invalid map key: a mapping in line 1."),
        ("a: {b: hunter2\nc: d", "did not find expected ',' or '}'."),
        ("a: !!binary 'hunter2@'", "!!binary value contains invalid base64 data."),
        ("hunter2", "it is a string, but must be a map."),
    ],
)
def test_a_values_file_that_cannot_be_read_shows_no_value(text: str, words: str) -> None:
    with pytest.raises(ValuesError) as caught:
        collect_values(["v.yaml"], {}, lambda _name: text.encode())
    message = caught.value.message
    assert message.endswith(words)
    assert "hunter2" not in message
