# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Empty, null and invalid names: every module refuses them, each action does so again, and each store."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.stores.configmap import ConfigMapStore
from ansible_collections.windlass.charts.plugins.module_utils._adapters.stores.secret import SecretStore
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_releases import chart_releases
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options.names import check_names, with_empty_names
from ansible_collections.windlass.charts.plugins.module_utils._ansible.runner import run
from ansible_collections.windlass.charts.plugins.module_utils._engine.access.identity import IdentityRequest, absent, present
from ansible_collections.windlass.charts.plugins.module_utils._engine.actions.converge import converge
from ansible_collections.windlass.charts.plugins.module_utils._engine.actions.release_tests import ReleaseTestRequest, run_tests
from ansible_collections.windlass.charts.plugins.module_utils._engine.actions.rollback import rollback
from ansible_collections.windlass.charts.plugins.module_utils._engine.actions.uninstall import uninstall
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ManifestError, OptionError
from ansible_collections.windlass.charts.plugins.module_utils._engine.plan.model import ReleaseRequest, RollbackRequest, UninstallRequest
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ALL_NAMESPACES, Record
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.memory import MemoryStore
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.fakes import FakeClock, MemoryCluster
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.world import World, chart, config_map

INVALID = ["", "../x", "..", ".", "n/secrets?x=", "n%2fsecrets", "Apps", "my ns", " apps", "apps ", "apps\n", "-a", "a-", "ä", "a\0b", "a" * 64]
#: modules with a name of a release or of a namespace
NAMED = [
    (name, option)
    for name in ("chart_release", "chart_release_info", "chart_release_rollback", "chart_release_test", "chart_template", "chart_info", "chart_lint")
    for option in ("release_name", "release_namespace")
    if option in getattr(specs, name)()["argument_spec"]
]


def test_the_table_holds_every_module_with_such_an_option() -> None:
    everywhere = [name for name in dir(specs) if isinstance(found := _spec(name), dict) and "release_namespace" in found]
    assert set(everywhere) - {"release_identity", "one_of_releases"} == {name for name, _option in NAMED}


def _spec(name: str) -> Any:
    made = getattr(specs, name)
    if not callable(made) or name.startswith("_") or name in ("Any", "Dict", "Spec"):
        return None
    found = made()
    return found.get("argument_spec", found)


@pytest.mark.parametrize(("module", "option"), NAMED)
@pytest.mark.parametrize("value", INVALID)
def test_each_module_refuses_before_it_begins(module: str, option: str, value: str) -> None:
    called: list[Any] = []
    valid = {"release_name": "demo", "release_namespace": "apps"}
    result = run(lambda task: called.append(task) or {}, {**valid, option: value}, False, False, {})
    assert result["failed"] and not result["changed"] and not called, module
    assert result["error"]["class"] == "OptionError" and "\n" not in result["msg"] and len(result["msg"]) < 300


def test_omitted_names_keep_their_defaults() -> None:
    for task in (
        {"release_name": None, "release_namespace": None},
        {"release_name": "a.b", "release_namespace": "a-1", "adopt_objects": [{"kind": "Job", "name": None, "namespace": None}]},
    ):
        before = deepcopy(task)
        check_names(task)
        assert task == before
    with pytest.raises(OptionError):
        check_names({"release_name": "", "release_namespace": None})


def test_null_names_count_as_empty_where_they_are_given() -> None:
    args = {"namespace": None, "release_values": {"name": None}, "releases": [{"name": "a", "namespace": None}], "defaults": {"namespace": None}}
    args["adopt_objects"] = [{"kind": "ConfigMap", "name": None}]
    args["values_from"] = [{"secret": {"name": "s", "namespace": None}}, {"file": None}]
    found = with_empty_names(args)
    assert found["namespace"] == "" and found["release_values"] == {"name": None}
    assert found["releases"] == [{"name": "a", "namespace": ""}] and found["defaults"] == {"namespace": ""}
    assert found["adopt_objects"] == [{"kind": "ConfigMap", "name": ""}]
    assert found["values_from"] == [{"secret": {"name": "s", "namespace": ""}}, {"file": None}]
    plain = {"name": "a", "releases": [{"name": "b"}], "adopt_objects": [{"kind": "Job"}]}
    assert with_empty_names(plain) is plain


@pytest.mark.parametrize(
    ("option", "entry"),
    [
        ("adopt_objects", {"kind": "ConfigMap", "name": ""}),
        ("drift_ignore", {"kind": "", "paths": ["data"]}),
        ("keep_generated", {"name": "s", "namespace": ""}),
        ("patches", {"target": {"kind": "Deployment", "name": ""}, "patch": {}}),
        ("values_from", {"secret": {"name": "s", "namespace": ""}}),
        ("values_from", {"config_map": {"name": ""}}),
    ],
)
def test_an_empty_name_in_a_selector_does_not_select_everything(option: str, entry: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match=rf"{option}\[0\].* is empty"):
        check_names({option: [entry]})


def test_an_empty_name_of_a_repository() -> None:
    with pytest.raises(OptionError, match="repo_name is empty"):
        check_names({"repo_name": ""})


@pytest.mark.parametrize("value", ["", "../x", None])
def test_releases_of_one_task(value: Any) -> None:
    params = with_empty_names({"releases": [{"name": "a", "namespace": "apps", "state": "absent"}, {"name": "b", "namespace": value, "state": "absent"}]})
    result = run(chart_releases, {**params, "defaults": {}, "max_parallel": 1}, False, False, {})
    assert result["failed"] and "releases[1]" in result["msg"] and result["error"]["class"] == "OptionError"


@pytest.mark.parametrize("value", INVALID)
def test_each_action_refuses_again(value: str) -> None:
    world = World()
    world.up(chart({"a.yaml": config_map("web")}))
    before = world.state()
    ports = world.ports()
    world.cluster.requests.clear()
    for act in (
        lambda: uninstall(UninstallRequest("demo", value), ports),
        lambda: uninstall(UninstallRequest(value, "apps"), ports),
        lambda: rollback(RollbackRequest("demo", value), ports),
        lambda: converge(ReleaseRequest("demo", value, chart({"a.yaml": config_map("web")})), ports),
        lambda: run_tests(ReleaseTestRequest("demo", value), ports),
        lambda: present(IdentityRequest("me", value, namespaces=("apps",)), world.cluster, FakeClock(), lambda token: world.cluster),
        lambda: present(IdentityRequest("me", "apps", namespaces=("apps", value)), world.cluster, FakeClock(), lambda token: world.cluster),
        lambda: absent(IdentityRequest("me", value, namespaces=("apps",)), world.cluster),
    ):
        with pytest.raises(OptionError):
            act()
    assert world.state() == before and world.cluster.requests == []


@pytest.mark.parametrize("make", [SecretStore, ConfigMapStore, lambda cluster: MemoryStore()], ids=["secret", "configmap", "memory"])
@pytest.mark.parametrize("value", [*INVALID, None])
def test_each_store_refuses_again(make: Any, value: Any) -> None:
    cluster = MemoryCluster("apps")
    store = make(cluster)
    store.create(Record("demo", "apps", 1, "deployed", "SDRzSUFB", labels={"name": "demo", "owner": "helm"}))
    cluster.requests.clear()
    lost = Record("demo", value, 1, "deployed", "SDRzSUFB")
    for act in (
        lambda: store.list(value),
        lambda: store.list_metadata(value),
        lambda: store.list(value, "demo"),
        lambda: store.get(value, "demo", 1),
        lambda: store.create(lost),
        lambda: store.update(lost),
        lambda: store.delete(lost),
    ):
        with pytest.raises(OptionError):
            act()
    if value is not None:
        with pytest.raises(OptionError):
            store.list("apps", value)
    assert cluster.requests == [] and len(store.list(ALL_NAMESPACES)) == 1


@pytest.mark.parametrize("value", ["../x", "a/b", "..", ".", "a%2fb"])
@pytest.mark.parametrize("field", ["name", "namespace"])
@pytest.mark.parametrize("hook", [False, True])
def test_objects_of_a_chart(value: str, field: str, hook: bool) -> None:
    world = World()
    names = {"name": "web", "namespace": "apps", field: value}
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: '{names['name']}'\n  namespace: '{names['namespace']}'\n"
    text += "  annotations:\n    helm.sh/hook: pre-install\n" if hook else ""
    before = world.state()
    for check in (True, False):
        with pytest.raises(ManifestError, match=f"templates/a.yaml: ConfigMap has metadata.{field}"):
            world.up(chart({"a.yaml": text}), check=check)
    assert world.state() == before
