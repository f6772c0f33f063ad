# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which objects a manifest names, quickly; and objects out of text."""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.apply.build import build
from ansible_collections.windlass.charts.plugins.module_utils._engine.apply.missing import _quick_head, manifest_refs
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ManifestError
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.fakes import MemoryCluster

PLAIN = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {}\n"

#: text, whether the quick way suffices
DOCUMENTS: list[tuple[str, bool]] = [
    (PLAIN.format("a"), True),
    (PLAIN.format('"a-1.b"'), True),
    (PLAIN.format("'a'   "), True),
    ("# Source: c/templates/a.yaml\n# a comment\n" + PLAIN.format("a"), True),
    (PLAIN.format("a") + "  namespace: other\n", True),
    ("kind: ConfigMap\nmetadata:\n    labels:\n      name: wrong\n      namespace: wrong\n    name: right\n    namespace: other\napiVersion: v1\n", True),
    ("data:\n  x: |\n    kind: Secret\n    metadata:\n      name: wrong\nkind: ConfigMap\napiVersion: v1\nmetadata:\n  name: right\n", True),
    ("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: nn\n", True),
    ("apiVersion: v1\nkind: ConfigMap\nmetadata:\n\n  # comment\n  name: a\n", True),
    ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n", False),
    ("apiVersion: v1\nkind: ConfigMap\nmetadata: # comment\n  name: a\n", False),
    (PLAIN.format("a # comment"), False),
    (PLAIN.format("1e3"), False),
    (PLAIN.format("on"), False),
    (PLAIN.format('"on"'), True),
    ("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  generateName: a-\n", False),
    (
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: a}\n"
        "- apiVersion: v1\n  kind: Secret\n  metadata: {name: b}\n",
        False,
    ),
    ("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  'name': a\n", False),
    ("# nothing but a comment\n", False),
]


@pytest.mark.parametrize(("text", "quick"), DOCUMENTS)
def test_metadata_agrees_with_a_full_parse(text: str, quick: bool) -> None:
    cluster = MemoryCluster()
    full = [item.ref for item in build(cluster, text, "apps") if item.ref.name]
    assert manifest_refs(cluster, text, "apps") == full
    assert (_quick_head(text) is not None) is quick


def test_metadata_of_a_whole_manifest() -> None:
    cluster = MemoryCluster()
    manifest = "".join(f"---\n# Source: c/{number}.yaml\n{text}\n" for number, (text, _quick) in enumerate(DOCUMENTS))
    assert manifest_refs(cluster, manifest, "apps") == [item.ref for item in build(cluster, manifest, "apps") if item.ref.name]


def test_blank_documents_are_none() -> None:
    text = f"---\n---\n\n--- \n{PLAIN.format('a')}---\n  \n# a comment\n---\n{PLAIN.format('b')}---"
    assert [ref.name for ref in manifest_refs(MemoryCluster(), text, "apps")] == ["a", "b"]


def test_a_kind_that_is_not_served_any_more_stays_in_the_list() -> None:
    (ref,) = manifest_refs(MemoryCluster(), "apiVersion: gone/v1\nkind: Gone\nmetadata:\n  name: g\n", "apps")
    assert (ref.kind, ref.namespace, ref.name) == ("Gone", "", "g")


def test_namespaces_go_where_they_belong() -> None:
    text = "---\n# Source: c/a.yaml\n" + PLAIN.format("a") + "---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: nn\n  namespace: x\n"
    one, two = build(MemoryCluster(), text, "apps")
    assert (one.ref.namespace, one.object["metadata"], one.path) == ("apps", {"name": "a", "namespace": "apps"}, "c/a.yaml")
    assert (two.ref.namespace, two.object["metadata"]) == ("", {"name": "nn"})


def test_a_name_and_a_prefix_cannot_both_be() -> None:
    with pytest.raises(ManifestError, match="only one is allowed"):
        build(MemoryCluster(), PLAIN.format("a") + "  generateName: b-\n", "apps")
