# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kubeconfig files that the controller finds or decrypts.

Ansible's own loader and vault, a kubeconfig that the adapter reads.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleActionFail
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible.plugins.action import ActionBase
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.config.kubeconfig import load
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.config.options import from_params
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ClusterConfigError
from ansible_collections.windlass.charts.plugins.plugin_utils._kubeconfigs import with_kubeconfig

SECRETS = (("default", VaultSecret(b"a-password")),)
TOKEN = "tide-4711-under-the-bridge"


def kubeconfig(name: str, token: str = TOKEN) -> str:
    return f"""apiVersion: v1
kind: Config
clusters: [{{name: {name}, cluster: {{server: "https://{name}.test", certificate-authority: ca.crt}}}}]
users: [{{name: {name}, user: {{token: {token}, client-key: keys/a.key, exec: {{command: ./bin/login, apiVersion: v1}}}}}}]
contexts: [{{name: {name}, context: {{cluster: {name}, user: {name}}}}}]
current-context: {name}
"""


class Action:
    """The parts of an action plugin that ``with_kubeconfig`` uses.

    Where files are looked for is Ansible's own code.
    """

    _find_needle = ActionBase._find_needle

    def __init__(self, folder: Path, transport: str = "local", secrets: Any = SECRETS) -> None:
        self._loader = DataLoader()
        self._loader.set_basedir(str(folder))
        self._loader.set_vault_secrets(secrets)
        self._connection = SimpleNamespace(transport=transport)
        self._task = SimpleNamespace(get_search_path=lambda: [str(folder / "roles" / "deploy"), str(folder)])


def encrypted(path: Path, text: str) -> None:
    path.write_bytes(VaultLib(SECRETS).encrypt(text.encode(), SECRETS[0][1]))


@pytest.fixture
def play(tmp_path: Path) -> Path:
    for place in ("roles/deploy/files", "files", "keys"):
        (tmp_path / place).mkdir(parents=True)
    (tmp_path / "roles/deploy/files/of-role.yml").write_text(kubeconfig("role"))
    (tmp_path / "files/of-play.yml").write_text(kubeconfig("play"))
    (tmp_path / "beside.yml").write_text(kubeconfig("beside"))
    (tmp_path / "files" / "both.yml").write_text(kubeconfig("files"))
    (tmp_path / "both.yml").write_text(kubeconfig("folder"))
    encrypted(tmp_path / "files/vaulted.yml", kubeconfig("vaulted"))
    encrypted(tmp_path / "files/broken.yml", f"clusters: [{TOKEN}\n - ] {{")
    encrypted(tmp_path / "files/list.yml", f"- {TOKEN}\n")
    return tmp_path


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("of-role.yml", "roles/deploy/files/of-role.yml"),
        ("of-play.yml", "files/of-play.yml"),
        ("files/of-play.yml", "files/of-play.yml"),
        ("beside.yml", "beside.yml"),
        ("both.yml", "files/both.yml"),
        ("of-role.yml:of-play.yml", "roles/deploy/files/of-role.yml:files/of-play.yml"),
    ],
)
@pytest.mark.parametrize("option", ["kubeconfig", "kubeconfig_path"])
def test_a_file_is_found_where_ansible_finds_files(play: Path, given: str, found: str, option: str) -> None:
    args = with_kubeconfig(Action(play), {option: given, "name": "a"})
    assert args == {option: ":".join(str(play / part) for part in found.split(":")), "name": "a"}


@pytest.mark.parametrize(
    "given", ["none.yml", "/none/kubeconfig", "~/none", "$NONE/x", "a: b\nc: d", "\0", "none.yml:other.yml", "", {"clusters": []}, None]
)
def test_what_is_not_found_is_left_to_the_task(play: Path, given: Any) -> None:
    args = {"kubeconfig": given}
    assert with_kubeconfig(Action(play), args) is args


@pytest.mark.parametrize("given", ["of-play.yml", "vaulted.yml"])
def test_on_another_host_the_path_is_that_hosts(play: Path, given: str) -> None:
    args = {"kubeconfig": given}
    assert with_kubeconfig(Action(play, transport="ssh"), args) is args


def read(args: Any) -> Any:
    config = load(from_params(args, {"HOME": "/nonexistent"}))
    assert config is not None
    return config


def test_a_vaulted_file_is_decrypted_and_its_relative_paths_stay_right(play: Path) -> None:
    before = set(play.rglob("*"))
    args = with_kubeconfig(Action(play), {"kubeconfig": "vaulted.yml"})
    config = read(args)
    _name, context = config.context("")
    cluster, user = config.part("clusters", context.text("cluster"), ""), config.part("users", context.text("user"), "")
    assert cluster.text("server") == "https://vaulted.test"
    assert cluster.path("certificate-authority") == play / "files/ca.crt" and user.path("client-key") == play / "files/keys/a.key"
    assert user.text("token") == TOKEN and args["kubeconfig"]["users"][0]["user"]["exec"]["command"] == str(play / "files/bin/login")
    assert set(play.rglob("*")) == before


@pytest.mark.parametrize("given", ["vaulted.yml:of-role.yml", "of-role.yml:vaulted.yml"])
def test_vaulted_and_plain_files_are_merged_as_kubectl_merges_files(play: Path, given: str) -> None:
    config = read(with_kubeconfig(Action(play), {"kubeconfig": given}))
    assert set(config.contexts) == {"vaulted", "role"}
    assert config.current == ("vaulted" if given.startswith("vaulted") else "role")
    assert config.part("clusters", "role", "").path("certificate-authority") == play / "roles/deploy/files/ca.crt"


def test_of_two_entries_with_one_name_the_first_applies(play: Path) -> None:
    (play / "files/again.yml").write_text(kubeconfig("vaulted", token="other-token"))
    for given, token in (("vaulted.yml:again.yml", TOKEN), ("again.yml:vaulted.yml", "other-token")):
        users = with_kubeconfig(Action(play), {"kubeconfig": given})["kubeconfig"]["users"]
        assert [entry["user"]["token"] for entry in users] == [token]


@pytest.mark.parametrize(
    ("given", "secrets", "sentence"),
    [
        ("vaulted.yml", [], "cannot be read or decrypted"),
        ("vaulted.yml", [("default", VaultSecret(b"wrong"))], "cannot be read or decrypted"),
        ("broken.yml", SECRETS, "is not valid YAML"),
        ("list.yml", SECRETS, "not a mapping"),
    ],
)
def test_a_vaulted_file_that_cannot_be_used_is_one_sentence(play: Path, given: str, secrets: Any, sentence: str) -> None:
    with pytest.raises(AnsibleActionFail, match=sentence) as caught:
        with_kubeconfig(Action(play, secrets=secrets), {"kubeconfig": given})
    assert TOKEN not in str(caught.value) and str(play / "files" / given) in str(caught.value)


def test_the_vault_is_that_of_ansible(play: Path) -> None:
    """Files encrypted by the program ``ansible-vault`` are recognized."""
    (play / "password").write_text("a-password")
    (play / "files/cli.yml").write_text(kubeconfig("cli"))
    program = [sys.executable, "-m", "ansible.cli.vault", "encrypt", "--vault-password-file", str(play / "password")]
    subprocess.run([*program, str(play / "files/cli.yml")], check=True, capture_output=True)
    assert read(with_kubeconfig(Action(play), {"kubeconfig": "cli.yml"})).current == "cli"


@pytest.mark.parametrize(
    "given",
    [
        kubeconfig("text") * 20,
        "a: b, " * 100,
        "x" * 300,
        f"{'x' * 300}:{'y' * 300}",
        "~no-such-user/config",
        "~no-such-user:other",
        "a\0b",
        "a\0b:c",
        ":",
        "/dev/null:",
    ],
    ids=range(10),
)
def test_texts_that_are_no_paths_are_left_to_the_task(given: str, play: Path) -> None:
    """A kubeconfig's text in place of a path is a common mistake; the task reports it."""
    found = with_kubeconfig(Action(play), {"kubeconfig": given})
    assert isinstance(found["kubeconfig"], str)


@pytest.mark.parametrize("variable", ["KUBECONFIG", "K8S_AUTH_KUBECONFIG"])
def test_a_vaulted_file_that_the_controller_does_not_decrypt_is_named(play: Path, variable: str) -> None:
    with pytest.raises(ClusterConfigError, match="is encrypted with Ansible Vault; it is only decrypted"):
        load(from_params({}, {variable: str(play / "files/vaulted.yml"), "HOME": "/nonexistent"}))
