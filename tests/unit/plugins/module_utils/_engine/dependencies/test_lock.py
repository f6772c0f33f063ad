# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Digests of locks.

The recorded ones are helm's; ``tests/interop`` compares many more.
"""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.load import load_chart
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.model import Chart, Dependency, File, Lock
from ansible_collections.windlass.charts.plugins.module_utils._engine.dependencies.lock import (
    check_lock,
    given,
    helm2_digest,
    lock_digest,
    lock_file,
    lock_name,
)
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ChartLoadError

HEAD = "apiVersion: v2\nname: web\nversion: 0.1.0\n"
EVERYTHING = """dependencies:
- {name: near, version: '>=0 <1', repository: 'file://../near', condition: 'a.b,c<d>&', tags: [x, 'é', y], enabled: true,
   import-values: [data, {child: a, parent: b}, {parent: 'd', child: c, more: {z: [2], x: 1.5, y: null}}], alias: other}
- {name: inside, version: '>0'}
"""
LOCK = """dependencies:
- name: near
  repository: file://../near
  version: 0.1.0
- name: inside
  repository: ""
  version: '>0'
digest: sha256:822659f14e0ce95465bebc5a3bec0ad2f2abcc861c88c3ce01ea07ce54dc98dc
generated: "2026-11-30T11:17:59.546782849Z"
"""
EMPTY = "sha256:643d5437104296e21d906ecb15b2c96ad278f20cfc4af53b12bb6069bd853726"


def chart(text: str = EVERYTHING, lock: str = "", head: str = HEAD, **files: str) -> Chart:
    found = {"Chart.yaml": head + text, **({"Chart.lock": lock} if lock else {}), **{name.replace("_", "."): data for name, data in files.items()}}
    return load_chart(File(name, data.encode()) for name, data in sorted(found.items()))


def test_the_digest_and_the_text_of_a_lock_are_helms() -> None:
    found = chart(lock=LOCK)
    assert found.lock is not None
    check_lock(found, found.metadata.dependencies)
    assert lock_digest(found.metadata.dependencies, found.lock.dependencies) == found.lock.digest
    assert lock_file(found.lock).decode() == LOCK


def test_an_empty_list_is_not_the_same_as_none() -> None:
    assert lock_digest([], []) == EMPTY
    assert len({lock_digest([], []), lock_digest(None, []), lock_digest([], None), lock_digest(None, None)}) == 4
    assert given(chart("").metadata, []) is None
    assert given(chart("dependencies:\n").metadata, []) is None
    assert given(chart("dependencies: []\n").metadata, []) == []
    assert lock_file(Lock("2020-01-01T00:00:00Z", EMPTY, [], True)).decode() == f'dependencies: []\ndigest: {EMPTY}\ngenerated: "2020-01-01T00:00:00Z"\n'


FIELDS: list[dict[str, Any]] = [
    {"name": "far"},
    {"version": "1"},
    {"repository": "https://example.com"},
    {"condition": "a"},
    {"tags": ["x"]},
    {"enabled": True},
    {"import_values": ["a"]},
    {"alias": "a"},
]


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: next(iter(field)))
def test_every_field_counts(field: dict[str, Any]) -> None:
    plain = Dependency("near")
    other = Dependency(**{"name": "near", **field})
    assert lock_digest([plain], []) != lock_digest([other], [])
    assert helm2_digest([plain]) != helm2_digest([other])


@pytest.mark.parametrize("change", [("0.1.0", "0.2.0"), ("- name: inside\n  repository: \"\"\n  version: '>0'\n", ""), ("8226", "8227")])
def test_a_lock_of_something_else_is_refused(change: tuple[str, str]) -> None:
    found = chart(lock=LOCK.replace(*change))
    with pytest.raises(ChartLoadError, match=r"^Chart.lock of web is out of sync with the dependencies in Chart.yaml. Resolve them again") as caught:
        check_lock(found, found.metadata.dependencies)
    assert caught.value.helm == (
        "the lock file (Chart.lock) is out of sync with the dependencies file (Chart.yaml). Please update the dependencies with "
        "'helm dependency update'"
    )


def test_a_digest_of_helm_2_is_accepted_for_format_v1_only() -> None:
    required = [Dependency("near", "1.x", "@names")]
    lock = f"dependencies:\n- {{name: near, version: 1.0.0, repository: 'https://example.com'}}\ndigest: {helm2_digest(required)}\n"
    requirements = "dependencies: [{name: near, version: 1.x, repository: '@names'}]\n"
    resolved = [Dependency("near", "1.x", "https://example.com")]
    old = chart("", head=HEAD.replace("v2", "v1"), requirements_yaml=requirements, requirements_lock=lock)
    check_lock(old, resolved)
    assert lock_name(old.metadata) == "requirements.lock"
    new = chart("", requirements_yaml=requirements, requirements_lock=lock)
    assert lock_name(new.metadata) == "Chart.lock"
    with pytest.raises(ChartLoadError, match="is out of sync"):
        check_lock(new, resolved)
    wrong = chart("", head=HEAD.replace("v2", "v1"), requirements_yaml=requirements.replace("1.x", "2.x"), requirements_lock=lock)
    with pytest.raises(ChartLoadError, match=r"^requirements.lock of web is out of sync with the dependencies in requirements.yaml"):
        check_lock(wrong, resolved)
