# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``module_defaults`` of an action group reach every module of it.

Each module accepts them. Credentials of a cluster are not set for repositories.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs

PLUGINS = Path(specs.__file__ or "").parents[3]
GROUPS: dict[str, list[str]] = yaml.safe_load((PLUGINS.parent / "meta" / "runtime.yml").read_text())["action_groups"]
#: a value of each type that a default may have
SAMPLES: dict[str, Any] = {"str": "a", "path": "/a", "raw": "/a", "bool": True, "int": 1, "float": 1.5, "dict": {}, "list": ["a"]}
PAIRS = [(group, face) for group, faces in GROUPS.items() for face in faces]


def sample(option: dict[str, Any]) -> Any:
    if option.get("elements") == "dict":
        return [{}]
    return option["choices"][0] if option.get("choices") else SAMPLES[option.get("type", "str")]


def names(spec: dict[str, Any]) -> dict[str, str]:
    """Each name under which an option can be given -> the option."""
    return {name: option for option, rules in spec.items() for name in (option, *rules.get("aliases", ()))}


def test_each_module_is_in_one_group() -> None:
    faces = [face for _group, face in PAIRS]
    assert sorted(faces) == sorted(path.stem for path in (PLUGINS / "modules").glob("*.py"))
    assert set(GROUPS) == set(specs.GROUPS)


@pytest.mark.parametrize(("group", "face"), PAIRS)
def test_each_module_accepts_the_common_options_of_its_group(group: str, face: str) -> None:
    spec = getattr(specs, face)()["argument_spec"]
    needed = {name: sample(option) for name, option in spec.items() if option.get("required")}
    for name, option in specs.GROUPS[group]().items():
        for given in (name, *option.get("aliases", ())):
            checked = ArgumentSpecValidator(copy.deepcopy(spec)).validate({**needed, given: sample(option)})
            assert checked.error_messages == [], given
            assert checked.validated_parameters[name] is not None


@pytest.mark.parametrize("face", GROUPS["charts"])
def test_a_name_means_the_same_in_every_module_of_the_group_of_clusters(face: str) -> None:
    """``username`` as an alias of another option would be the user of the cluster under the wrong name."""
    own = names(getattr(specs, face)()["argument_spec"])
    for name, option in names(specs.common()).items():
        assert own[name] == option


@pytest.mark.parametrize("face", GROUPS["repositories"])
def test_modules_without_a_cluster_accept_no_option_for_one(face: str) -> None:
    """Except for ``kubernetes.core``'s names, such as those of user and password of a repository.

    These are not set for the group.
    """
    own = names(getattr(specs, face)()["argument_spec"])
    shared = {name: own[name] for name in names(specs.connection()) if name in own}
    of_a_repository = {"username": "repo_username", "password": "repo_password"}
    of_a_registry = {name: name for name in ("host", "username", "password", "cert_file", "key_file")}
    assert shared in ({}, of_a_registry if face == "chart_registry_auth" else of_a_repository)
    assert not set(shared) & set(names(specs.GROUPS["repositories"]()))
