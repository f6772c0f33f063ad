# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Paths of requests: every segment is escaped, so that no name leads to another object."""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.paths import object_path
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import Rejected
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import Resource

ROLE = Resource("rbac.authorization.k8s.io/v1", "ClusterRole", "clusterroles", False)
MAP = Resource("v1", "ConfigMap", "configmaps", True)


@pytest.mark.parametrize(
    ("resource", "namespace", "name", "path"),
    [
        (MAP, "apps", "a", "/api/v1/namespaces/apps/configmaps/a"),
        (ROLE, "", "system:node", "/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode"),
        (ROLE, "", "a b?c#d&e=f+g", "/apis/rbac.authorization.k8s.io/v1/clusterroles/a%20b%3Fc%23d%26e%3Df%2Bg"),
        (ROLE, "", "ü", "/apis/rbac.authorization.k8s.io/v1/clusterroles/%C3%BC"),
        (Resource("x/y/../v1?", "K", "a/../b", False), "", "n", "/apis/x%2Fy%2F../v1%3F/a%2F..%2Fb/n"),
    ],
)
def test_segments_are_escaped(resource: Resource, namespace: str, name: str, path: str) -> None:
    assert object_path(resource, namespace, name) == path


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a%2fb", "a\nb", "\udce4", "n" * 5000])
def test_a_name_that_could_lead_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(Rejected):
        object_path(ROLE, "", name)


@pytest.mark.parametrize("namespace", ["", "a/b", "..", "A", "n" * 64, "a b"])
def test_a_namespace_that_could_lead_elsewhere_is_refused(namespace: str) -> None:
    with pytest.raises(Rejected):
        object_path(MAP, namespace, "a")
