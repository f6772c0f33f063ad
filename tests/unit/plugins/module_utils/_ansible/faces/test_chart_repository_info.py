# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``chart_repository_info``: lists and searches repositories.

``tests/registry/test_search.py`` compares it with the real helm.
"""

from __future__ import annotations

import base64
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.repository.repositories import Entry, HelmPaths, Repositories
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http.repo_http import Http
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_repository_info import chart_repository_info
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Result, Task
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import OptionError, RepositoryError

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "_adapters" / "registry"))
from fake_registry import Asked, FakeRegistry, Reply

PASSWORD = "canary-7f3a"


class Place:
    """A server of repositories, of which ``/private`` needs a login, and a home."""

    def __init__(self, home: Path) -> None:
        self.server = FakeRegistry()
        self.server.disturb = self.answer
        self.url = f"http://{self.server.host}"
        self.home = home
        self.environ = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
        self.version = "1.1.0"
        self.warnings: list[str] = []

    def answer(self, asked: Asked) -> Reply:
        login = "Basic " + base64.b64encode(f"me:{PASSWORD}".encode()).decode()
        if not asked.path.endswith("/index.yaml"):
            return Reply(404)
        if asked.path.startswith("/private") and asked.authorization != login:
            return Reply(401)
        entries = {
            "pier": [
                {"name": "pier", "version": version, "appVersion": "7", "description": "A place for ships", "keywords": ["wharf"]}
                | {"urls": ["pier.tgz?token=secret-word" if asked.path.startswith("/public/2/") else "pier.tgz?page=1"], "digest": "SHA256:" + "AB" * 32}
                for version in ("1.0.0", self.version, "2.0.0-rc.1")
            ],
            "broken": [{"name": "broken"}],
        }
        return Reply(body=json.dumps({"apiVersion": "v1", "entries": entries}).encode())

    def add(self, name: str, path: str, username: str = "", password: str = "") -> None:
        Repositories(HelmPaths.of(self.environ), Http(self.environ)).add(Entry(name, self.url + path, username, password))

    def info(self, **params: Any) -> Result:
        checked = ArgumentSpecValidator(specs.chart_repository_info()["argument_spec"]).validate(params)
        assert checked.error_messages == []
        task = Task(params=checked.validated_parameters, environ=self.environ)
        result = chart_repository_info(task)
        self.warnings = task.warnings
        assert PASSWORD not in json.dumps(result) + "".join(task.warnings)
        assert not result["changed"]
        return result

    def found(self, **params: Any) -> list[tuple[str, str]]:
        return [(chart["name"], chart["version"]) for chart in self.info(**params)["charts"]]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.server.stop()


def test_without_repositories(place: Place) -> None:
    assert place.info() == {"changed": False, "stderr": "", "repositories": [], "command": "helm repo list"}
    assert place.info(search="")["charts"] == []


def test_the_list_shows_no_credentials(place: Place) -> None:
    place.add("sea", "/public")
    place.add("lake", "/private", "me", PASSWORD)
    found = place.info()
    assert [(one["name"], one["url"], one["has_credentials"]) for one in found["repositories"]] == [
        ("sea", f"{place.url}/public", False),
        ("lake", f"{place.url}/private", True),
    ]
    assert all(len(one["updated"]) == len("2026-01-01T00:00:00Z") for one in found["repositories"])
    assert "charts" not in found
    assert [one["name"] for one in place.info(repo_name="lake")["repositories"]] == ["lake"]


def test_a_chart_that_is_found(place: Place) -> None:
    place.add("sea", "/public")
    found = place.info(search="SHIPS", chart_version="<2")
    assert found["charts"] == [
        {
            "name": "sea/pier",
            "repository": "sea",
            "version": "1.1.0",
            "app_version": "7",
            "description": "A place for ships",
            "type": "",
            "kube_version": "",
            "home": "",
            "icon": "",
            "created": "0001-01-01T00:00:00Z",
            "keywords": ["wharf"],
            "deprecated": False,
            "digest": "sha256:" + "ab" * 32,
            "urls": [f"{place.url}/public/pier.tgz"],
        }
    ]
    assert found["command"] == "helm search repo SHIPS --version '<2'"
    assert place.warnings == [
        f"The index of repository {place.url}/public has an invalid entry 1 of chart broken, which is ignored: validation: "
        "chart.metadata.version is required."
    ]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"search": ""}, [("sea/pier", "1.1.0")]),
        ({"devel": True}, [("sea/pier", "2.0.0-rc.1")]),
        ({"all_versions": True}, [("sea/pier", "1.1.0"), ("sea/pier", "1.0.0")]),
        ({"keywords": ["Wharf"]}, [("sea/pier", "1.1.0")]),
        ({"keywords": ["other"]}, []),
        ({"search": "^pier\\v", "regexp": True}, [("sea/pier", "1.1.0")]),
        ({"chart_version": "~1.0.0"}, [("sea/pier", "1.0.0")]),
    ],
)
def test_searches(params: dict[str, Any], expected: list[tuple[str, str]], place: Place) -> None:
    place.add("sea", "/public")
    assert place.found(**params) == expected


def test_a_cached_index_is_searched_until_it_is_refreshed(place: Place) -> None:
    place.add("sea", "/public")
    place.version = "1.2.0"
    place.server.asked.clear()
    assert place.found(search="") == [("sea/pier", "1.1.0")]
    assert place.server.asked == []
    assert place.found(search="", update_repo_cache=True, offline=True) == [("sea/pier", "1.1.0")]
    assert place.server.asked == []
    assert place.found(search="", update_repo_cache=True) == [("sea/pier", "1.2.0")]
    assert place.found(search="") == [("sea/pier", "1.2.0")]


def test_all_indexes_are_downloaded_again_without_a_search(place: Place) -> None:
    place.add("sea", "/public")
    place.add("lake", "/private", "me", PASSWORD)
    place.version = "1.2.0"
    place.server.asked.clear()
    assert place.info(update_repo_cache=True, offline=True)["command"] == "helm repo list"
    assert place.server.asked == []
    found = place.info(update_repo_cache=True, repo_name="lake")
    assert ([one["name"] for one in found["repositories"]], found["command"]) == (["lake"], "helm repo update lake")
    assert place.found(search="") == [("lake/pier", "1.2.0"), ("sea/pier", "1.1.0")]
    found = place.info(update_repo_cache=True)
    assert ([one["name"] for one in found["repositories"]], found["command"]) == (["sea", "lake"], "helm repo update")
    assert "charts" not in found
    assert place.found(search="") == [("lake/pier", "1.2.0"), ("sea/pier", "1.2.0")]
    place.server.stop()
    with pytest.raises(RepositoryError, match="cannot be reached"):
        place.info(update_repo_cache=True)


def test_a_repository_that_was_not_added(place: Place) -> None:
    found = place.info(repo_url=f"{place.url}/public")
    assert ([chart["name"] for chart in found["charts"]], found["repositories"], found["command"]) == (["pier"], [], "")
    place.server.stop()
    assert place.found(repo_url=f"{place.url}/public", offline=True) == [("pier", "1.1.0")]


def test_credentials_of_the_task(place: Place) -> None:
    url = f"{place.url}/private"
    assert place.found(repo_url=url, repo_username="me", repo_password=PASSWORD) == [("pier", "1.1.0")]
    assert place.found(repo_url=url, repo_username="me", repo_password=PASSWORD, offline=True) == [("pier", "1.1.0")]
    for offline in (False, True):
        with pytest.raises(RepositoryError):
            place.info(repo_url=url, offline=offline)
        with pytest.raises(RepositoryError):
            place.info(repo_url=url, repo_username="me", repo_password="wrong", offline=offline)


def test_one_of_several_repositories_that_cannot_be_read(place: Place) -> None:
    place.add("sea", "/public")
    place.add("lake", "/public/2")
    cached = Path(place.home, ".cache", "helm", "repository", "sea-index.yaml")
    cached.unlink()
    assert place.found(repo_name="sea", search="", offline=True) == [("sea/pier", "1.1.0")]  # from the collection's own cache
    cached.unlink()
    shutil.rmtree(place.home / ".cache" / "windlass-charts")
    assert place.found(search="", offline=True) == [("lake/pier", "1.1.0")]
    assert "Repository sea is not searched" in place.warnings[0]
    assert "is not in the cache" in place.warnings[0]
    with pytest.raises(RepositoryError, match="is not in the cache"):
        place.info(repo_name="sea", search="", offline=True)
    assert place.found(search="") == [("lake/pier", "1.1.0"), ("sea/pier", "1.1.0")]


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"repo_name": "x"}, "There is no repository 'x'; added repositories: none. Add it with chart_repository."),
        ({"repo_name": "x", "repo_url": "http://h"}, "repo_name and repo_url exclude each other"),
        ({"repo_url": "oci://h/x"}, "has no index that can be searched"),
        ({"repo_url": "ftp://u:secret-word@h/x"}, "repo_url is 'ftp://h/x'; use an http:// or https:// URL"),
        ({"search": "(", "regexp": True}, "is not a valid regular expression"),
        ({"chart_version": "x y z"}, "is not a version or a constraint"),
    ],
)
def test_bad_input(params: dict[str, Any], says: str, place: Place) -> None:
    with pytest.raises(OptionError) as caught:
        place.info(**params)
    assert says in str(caught.value)
    assert "secret-word" not in str(caught.value)
