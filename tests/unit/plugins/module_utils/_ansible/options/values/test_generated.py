# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The entries of ``keep_generated``: short and long forms, and errors in one sentence."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options.values.generated import keep_sources
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Task
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import OptionError


def parsed(*entries: Any) -> list[tuple[str, str, str, tuple[Any, ...]]]:
    task = Task({"release_namespace": "shop", "keep_generated": list(entries)}, {})
    return [(item.selector.kind, item.selector.namespace, item.selector.name, item.keys) for item in keep_sources(task)]


def test_entries() -> None:
    assert parsed() == []
    assert parsed("db", {"name": "db", "keys": ["a.b"]}) == [("Secret", "shop", "db", ()), ("Secret", "shop", "db", (("*", "a.b"),))]
    path = "webhooks[*].clientConfig.caBundle"
    assert parsed({"kind": "MutatingWebhookConfiguration", "name": "w", "namespace": "x", "keys": [path]}) == [
        ("MutatingWebhookConfiguration", "x", "w", (("webhooks", "*", "clientConfig", "caBundle"),))
    ]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (7, "must be the name of a Secret or a dictionary"),
        ({"kind": "Secret"}, "requires a name"),
        ("", "requires a name"),
        ({"name": "db", "key": "password"}, "has the unknown keys key; valid keys are kind, name, namespace, keys"),
        ({"name": ["db"]}, "its name must be a string"),
        ({"name": "db", "keys": "password"}, "its keys must be a list"),
        ({"name": "db", "kind": "Deployment", "keys": ["a..b"]}, r"keep_generated\[0\].keys: 'a..b' is not a valid path"),
    ],
)
def test_refused(entry: Any, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        parsed(entry)
