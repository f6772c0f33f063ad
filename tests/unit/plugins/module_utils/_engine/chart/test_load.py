# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files into charts, archives into files."""

from __future__ import annotations

import gzip
import io
import tarfile
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.archives import archive
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.dependencies import (
    check_dependencies,
    check_installable,
    process_dependencies,
)
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.digest import chart_digest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.load import load_archive, load_chart, load_files
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.model import Chart, File
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ChartLoadError

HEAD = "apiVersion: v2\nname: c\nversion: 1.0.0\n"
NOT_JSON = "cannot load Chart.yaml: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal "
SUB = "apiVersion: v2\nname: s\nversion: 0.1.0\n"


def made(texts: dict[str, Any]) -> list[File]:
    return [File(name, text if isinstance(text, bytes) else text.encode()) for name, text in texts.items()]


def chart(texts: dict[str, Any]) -> Chart:
    return load_chart(made({"Chart.yaml": HEAD, **texts}))


def tgz(entries: dict[str, Any], **options: Any) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", **options) as tar:
        for name, text in entries.items():
            entry = tarfile.TarInfo(name)
            data = text if isinstance(text, bytes) else text.encode()
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def test_where_files_go() -> None:
    got = chart(
        {
            "values.yaml": "a: 1",
            "values.schema.json": "{}",
            "templates/x.yaml": "x",
            "templates/deep/y.txt": "y",
            "crds/z.yaml": "z",
            "README.md": "r",
            "Chart.lock": "digest: sha256:0\ngenerated: 2026-01-02T03:04:05Z\n",
            "charts/s/Chart.yaml": SUB,
            "charts/s/templates/t.yaml": "t",
            "charts/_left/out": "",
            "charts/.out/too": "",
            "charts/s.tgz.prov": "signature",
        }
    )
    assert [file.name for file in got.templates] == ["templates/x.yaml", "templates/deep/y.txt"]
    assert [file.name for file in got.files] == ["crds/z.yaml", "README.md", "charts/s.tgz.prov"]
    assert got.values == {"a": 1.0}
    assert got.schema == b"{}"
    assert got.lock is not None
    assert got.lock.digest == "sha256:0"
    assert [(sub.name, sub.full_path) for sub in got.dependencies] == [("s", "c/charts/s")]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1.10", "1.1"),
        ("1e5", "100000"),
        ("1234567.5", "1.2345675e+06"),
        ("20240115.1", "2.0240116e+07"),
        ("0123", "83"),
        ("yes", "true"),
        ('"1.10"', "1.10"),
        ("~", ""),
    ],
)
def test_scalars_become_text(written: str, read: str) -> None:
    assert load_files(made({"Chart.yaml": f"{HEAD}appVersion: {written}\n"})).metadata.app_version == read


def test_strings_are_sanitised_and_the_version_is_not() -> None:
    got = load_files(made({"Chart.yaml": HEAD + 'description: "a\\u00a0b\\u200bc\\td"\n'}))
    assert got.metadata.description == "a bc d"


REFUSED = [
    ("name: c\nversion: 1.0.0\n", None),
    ("", "validation: chart.metadata.name is required"),
    ("name: a/b\nversion: 1.0.0\n", 'validation: chart.metadata.name "a/b" is invalid'),
    ("name: ..\nversion: 1.0.0\n", 'validation: chart.metadata.name ".." is not allowed'),
    ("name: c\n", "validation: chart.metadata.version is required"),
    ("name: c\nversion: one\n", 'validation: chart.metadata.version "one" is invalid'),
    (HEAD + "type: odd\n", "validation: chart.metadata.type must be application or library"),
    (HEAD + "maintainers: [~]\n", "validation: maintainers must not contain empty or null nodes"),
    (HEAD + "dependencies: [~]\n", "validation: dependencies must not contain empty or null nodes"),
    (HEAD + "dependencies: [{name: s, alias: 'a b'}]\n", 'validation: dependency "s" has disallowed characters in the alias'),
    (HEAD + "dependencies: [{name: s}, {name: t, alias: s}]\n", 'validation: more than one dependency with name or alias "s"'),
    (HEAD.replace("v2", "v9"), "unsupported chart version"),
    (HEAD.replace("v2", "v3"), "invalid chart apiVersion"),
    (HEAD + "keywords: x\n", NOT_JSON + "string into Go struct field Metadata.keywords of type []string"),
    (HEAD + "maintainers: [{name: [x]}]\n", NOT_JSON + "array into Go struct field Maintainer.maintainers.name of type string"),
    ("a: [\n", "cannot load Chart.yaml: error converting YAML to JSON: yaml: line 1: did not find expected node content"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "helm"), REFUSED, ids=[case[1] or "no apiVersion is v1" for case in REFUSED])
def test_chart_yaml(text: str, helm: str | None) -> None:
    if helm is None:
        assert load_chart(made({"Chart.yaml": text})).metadata.api_version == "v1"
        return
    if "validation" in helm:
        pytest.importorskip("ansible_collections.windlass.charts.plugins.module_utils._engine.gotypes.printing")
    with pytest.raises(ChartLoadError) as refused:
        load_chart(made({"Chart.yaml": text}))
    assert refused.value.helm == helm


def test_errors_of_subcharts_name_the_way() -> None:
    with pytest.raises(ChartLoadError) as refused:
        chart({"charts/README.md": "hi"})
    assert refused.value.helm == "error unpacking subchart README.md in c: Chart.yaml file is missing"
    with pytest.raises(ChartLoadError) as refused:
        chart({"charts/s/Chart.yaml": SUB, "charts/s/values.yaml": "[]"})
    assert refused.value.helm is not None
    assert refused.value.helm.startswith("error unpacking subchart s in c: cannot load values.yaml: ")


def test_requirements_are_honoured() -> None:
    got = load_files(made({"Chart.yaml": "name: c\nversion: 1.0.0\n", "requirements.yaml": "dependencies: [{name: s, version: '*'}]"}))
    assert [dependency.name for dependency in got.metadata.dependencies] == ["s"]
    assert [file.name for file in got.files] == ["requirements.yaml"]
    with pytest.raises(ChartLoadError, match="s"):
        check_dependencies(got)


def test_a_library_is_not_installed() -> None:
    with pytest.raises(ChartLoadError) as refused:
        check_installable(load_files(made({"Chart.yaml": HEAD + "type: library\n"})))
    assert refused.value.helm == "library charts are not installable"


# archives


def test_an_archive_is_a_chart() -> None:
    inner = tgz({"s/Chart.yaml": SUB, "s/templates/t.yaml": b"\xef\xbb\xbft: 1"})
    got = load_archive(tgz({"any/Chart.yaml": HEAD, "other\\values.yaml": "a: 1", "any/charts/s-0.1.0.tgz": inner}), "x.tgz")
    assert got.values == {"a": 1.0}
    assert got.dependencies[0].templates[0].data == b"t: 1"


@pytest.mark.parametrize(
    ("entry", "detail"),
    [
        ("c//etc/passwd", "chart illegally contains absolute paths"),
        ("c/../../x", "chart illegally references parent directory"),
        ("c/..", "chart illegally references parent directory"),
        ("c/a/../../x", "chart illegally references parent directory"),
        ("c/c:/x", "chart contains illegally named files"),
        ("x\\c:\\y", "chart contains illegally named files"),
        ("x\\..\\..\\y", "chart illegally references parent directory"),
    ],
)
def test_paths_that_are_refused(entry: str, detail: str) -> None:
    with pytest.raises(ChartLoadError) as refused:
        load_archive(tgz({"c/Chart.yaml": HEAD, entry: "x"}), "x.tgz")
    assert (refused.value.helm, refused.value.fields["detail"]) == ("unable to load chart archive", detail)
    assert "x.tgz" in str(refused.value)


def test_links_are_empty_files() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        head = tarfile.TarInfo("c/Chart.yaml")
        head.size = len(HEAD)
        tar.addfile(head, io.BytesIO(HEAD.encode()))
        link = tarfile.TarInfo("c/secret")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    assert [(file.name, file.data) for file in load_archive(out.getvalue()).files] == [("secret", b"")]


@pytest.mark.parametrize(
    ("data", "name", "helm"),
    [
        (b"a: 1\n", "/x/values.yaml", "file '/x/values.yaml' seems to be a YAML file, but expected a gzipped archive"),
        (b"PK\x03\x04rest", "x.zip", "file 'x.zip' does not appear to be a gzipped archive; got 'application/zip'"),
        (gzip.compress(b"", mtime=0), "x.tgz", "unable to load chart archive"),
        (gzip.compress(b"no tar at all" * 100, mtime=0), "x.tgz", "unable to load chart archive"),
        (tgz({"c/Chart.yaml": HEAD})[:60], "x.tgz", "unable to load chart archive"),
        (tgz({"c/README.md": "x"}), "x.tgz", "unable to detect chart version, no Chart.yaml found"),
    ],
    ids=["yaml", "zip", "empty", "no tar", "cut off", "no chart"],  # an archive holds the time it was made at
)
def test_archives_without_a_chart(data: bytes, name: str, helm: str) -> None:
    with pytest.raises(ChartLoadError) as refused:
        load_archive(data, name)
    assert refused.value.helm == helm


def test_a_bomb_is_stopped_while_it_unpacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_DECOMPRESSED", 1_000_000)
    for bomb in (tgz({"c/Chart.yaml": HEAD, "c/big": b"\0" * 1_000_001}), tgz({f"c/{name}": b"" for name in range(5000)})):
        with pytest.raises(ChartLoadError, match="1000000 bytes"):
            load_archive(bomb, "x.tgz")


def test_a_broken_subchart_archive_keeps_helms_words() -> None:
    with pytest.raises(ChartLoadError) as refused:
        chart({"charts/s.tgz": tgz({"s/../../x": "x"})})
    assert refused.value.helm == "error unpacking subchart s.tgz in c: chart illegally references parent directory"


# dependencies


def with_dependency(entry: str, values: str = "", sub_values: str = "k: 1") -> Chart:
    head = HEAD + f"dependencies: [{entry}]\n"
    return load_files(made({"Chart.yaml": head, "values.yaml": values, "charts/s/Chart.yaml": SUB, "charts/s/values.yaml": sub_values}))


@pytest.mark.parametrize(
    ("entry", "values", "given", "names"),
    [
        ("{name: s, version: '*'}", "", {}, ["s"]),
        ("{name: s, version: '>=1'}", "", {}, ["s"]),
        ("{name: s, version: '*', alias: z}", "", {}, ["z"]),
        ("{name: s, alias: z}", "", {}, ["s"]),
        ("{name: s, version: '*', condition: s.enabled}", "s: {enabled: false}", {}, []),
        ("{name: s, version: '*', condition: s.enabled}", "s: {enabled: false}", {"s": {"enabled": True}}, ["s"]),
        ("{name: s, version: '*', condition: 'nope,s.enabled'}", "s: {enabled: false}", {}, []),
        ("{name: s, version: '*', condition: 'nope, s.enabled'}", "s: {enabled: false}", {}, ["s"]),
        ("{name: s, version: '*', condition: s.enabled}", "s: {enabled: 'no'}", {}, ["s"]),
        ("{name: s, version: '*', tags: [t]}", "tags: {t: false}", {}, []),
        ("{name: s, version: '*', tags: [t, u]}", "tags: {t: false, u: true}", {}, ["s"]),
        ("{name: s, version: '*', tags: [t], condition: s.up}", "tags: {t: false}\ns: {up: true}", {}, ["s"]),
        ("{name: s, version: '*', condition: a.up, alias: a}, {name: s, version: '*', alias: b}", "a: {up: false}", {}, ["b"]),
    ],
)
def test_which_subcharts_take_part(entry: str, values: str, given: dict[str, Any], names: list[str]) -> None:
    loaded = with_dependency(entry, values)
    before = chart_digest(loaded)
    processed = process_dependencies(loaded, given)
    assert [subchart.name for subchart in processed.dependencies] == names
    assert [subchart.name for subchart in loaded.dependencies] == ["s"]
    assert all(dependency.enabled for dependency in processed.metadata.dependencies)
    assert chart_digest(processed) == before


@pytest.mark.parametrize(
    ("entry", "values", "expected"),
    [
        ("{name: s, version: '*', import-values: [{child: d, parent: p}]}", "", {"p": {"k": 1.0}}),
        ("{name: s, version: '*', import-values: [{child: d, parent: p}]}", "p: {k: 5}", {"p": {"k": 5.0}}),
        ("{name: s, version: '*', import-values: [{child: d, parent: .}]}", "", {"k": 1.0}),
        ("{name: s, version: '*', import-values: [x]}", "", {"from": "exports"}),
        ("{name: s, version: '*', import-values: [{child: nope, parent: p}]}", "", {}),
    ],
)
def test_import_values(entry: str, values: str, expected: dict[str, Any]) -> None:
    pytest.importorskip("ansible_collections.windlass.charts.plugins.module_utils._engine.gotypes.printing")
    processed = process_dependencies(with_dependency(entry, values, "d: {k: 1}\nexports: {x: {from: exports}}"), {})
    assert {key: value for key, value in processed.values.items() if key != "s"} == expected


def test_the_digest_sees_every_file_and_no_order() -> None:
    one = made({"Chart.yaml": HEAD, "values.yaml": "a: 1", "charts/s/Chart.yaml": SUB, "charts/s/values.yaml": "k: 1"})
    assert chart_digest(load_files(one)) == chart_digest(load_files(reversed(one)))
    other = [*one[:-1], File("charts/s/values.yaml", b"k: 2")]
    assert chart_digest(load_files(one)) != chart_digest(load_files(other))
