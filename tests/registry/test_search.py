# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``chart_repository_info`` finds what ``helm search repo`` of helm 3 and 4 finds.

The order is the same, and so are the files that both read.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_repository_info import chart_repository_info
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Task
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import OptionError
from real_helm import Helm

WORDS = ["pier", "quay", "Harbour", "sea-gull", "a.b", "ships", "\u00c4rmel", "x"]
VERSIONS = ["1.0.0", "1.10.0", "1.2.0", "2.0.0-rc.1", "v0.9", "0.0.0", "1.1.0+build", "01.2.3", "not-a-version", "3", "0.0.0-alpha"]


def entries(chance: random.Random, name: str) -> list[Any]:
    found: list[Any] = []
    for version in chance.sample(VERSIONS, chance.randrange(1, 6)):
        entry: dict[str, Any] = {"apiVersion": "v2", "name": name, "version": version, "urls": ["x.tgz"], "created": "2026-01-01T00:00:00Z"}
        if chance.random() < 0.8:
            entry["description"] = " ".join(chance.sample(WORDS, chance.randrange(1, 4)))
        if chance.random() < 0.5:
            entry["keywords"] = chance.sample(WORDS, chance.randrange(1, 3))
        if chance.random() < 0.5:
            entry["appVersion"] = chance.choice(["1.10", "v2", "latest"])
        found.append(entry)
    if chance.random() < 0.3:
        found.insert(chance.randrange(len(found) + 1), chance.choice([None, {"name": name}, {"version": "1.0.0"}, {"name": "a/b", "version": "1.0.0"}]))
    return found


def write_repositories(home: Path, seed: int, *, as_json: bool = False) -> None:
    """Files of helm for two repositories."""
    chance = random.Random(seed)
    names = ["sea", "lake"]
    config, cache = home / ".config" / "helm", home / ".cache" / "helm" / "repository"
    config.mkdir(parents=True)
    cache.mkdir(parents=True)
    repositories = [{"name": name, "url": f"http://127.0.0.1:9/{name}"} for name in names]
    (config / "repositories.yaml").write_text(yaml.safe_dump({"apiVersion": "", "repositories": repositories}))
    for name in names:
        charts = {f"{chance.choice(WORDS[:5]).lower()}{number}": None for number in range(6)}
        index = {"apiVersion": "v1", "entries": {chart: entries(chance, chart) for chart in charts}, "generated": "2026-01-01T00:00:00Z"}
        text = json.dumps(index) if as_json else yaml.safe_dump(index, allow_unicode=True)
        (cache / f"{name}-index.yaml").write_text(text)


def found(home: Path, **params: Any) -> list[dict[str, str]]:
    checked = ArgumentSpecValidator(specs.chart_repository_info()["argument_spec"]).validate({"offline": True, **params})
    assert checked.error_messages == []
    result = chart_repository_info(Task(params=checked.validated_parameters, environ={"HOME": str(home), "PATH": "/usr/bin"}))
    return [{key: chart[key] for key in ("name", "version", "app_version", "description")} for chart in result["charts"]]


QUERIES: list[tuple[list[str], dict[str, Any]]] = [
    ([], {"search": ""}),
    (["pier"], {"search": "pier"}),
    (["SHIPS"], {"search": "SHIPS"}),
    (["\u00e4rmel"], {"search": "\u00e4rmel"}),
    (["sea/"], {"search": "sea/"}),
    (["--devel"], {"devel": True}),
    (["--versions"], {"all_versions": True}),
    (["--versions", "--devel", "x"], {"all_versions": True, "devel": True, "search": "x"}),
    (["--version", "<1.5"], {"chart_version": "<1.5"}),
    (["--version", "1.2.0", "--versions"], {"chart_version": "1.2.0", "all_versions": True}),
    (["--version", ">=0.0.0-0", "quay"], {"chart_version": ">=0.0.0-0", "search": "quay"}),
    (["--regexp", "^(pier|quay)[0-3]"], {"search": "^(pier|quay)[0-3]", "regexp": True}),
    (["--regexp", "(?i)HARBOUR"], {"search": "(?i)HARBOUR", "regexp": True}),
    (["--regexp", r"\vsea/q"], {"search": r"\vsea/q", "regexp": True}),
    (["nothing at all"], {"search": "nothing at all"}),
]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("version", [3, 4])
def test_the_same_charts_in_the_same_order(version: int, seed: int, request: pytest.FixtureRequest) -> None:
    helm: Helm = request.getfixturevalue("helm" if version == 4 else "helm3")
    write_repositories(helm.home, seed, as_json=seed % 4 == 3)
    for words, params in QUERIES[seed % 2 :: 2] if seed > 3 else QUERIES:
        done = helm.run("search", "repo", *words, "--output", "json")
        assert done.returncode == 0, done.stderr
        assert found(helm.home, **params) == json.loads(done.stdout), (words, seed)


@pytest.mark.parametrize(
    ("words", "params"),
    [(["--version", "x y"], {"chart_version": "x y"}), (["--regexp", "(x"], {"search": "(x", "regexp": True})],
)
def test_what_helm_refuses(words: list[str], params: dict[str, Any], helm: Helm) -> None:
    write_repositories(helm.home, 1)
    done = helm.run("search", "repo", *words)
    with pytest.raises(OptionError) as caught:
        found(helm.home, **params)
    assert f"Error: {caught.value.helm_message}\n" in done.stderr


def test_what_helm_lists(helm: Helm) -> None:
    write_repositories(helm.home, 1)
    listed = json.loads(helm.must("repo", "list", "--output", "json"))
    checked = ArgumentSpecValidator(specs.chart_repository_info()["argument_spec"]).validate({})
    result = chart_repository_info(Task(params=checked.validated_parameters, environ={"HOME": str(helm.home)}))
    assert [{key: one[key] for key in ("name", "url")} for one in result["repositories"]] == listed
