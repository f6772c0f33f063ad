# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which encrypted texts a task can reach.

The real cores, with real variables, are in the target values_sources and in the canary matrix.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleError, AnsibleFileNotFound
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible_collections.windlass.charts.plugins.module_utils._ansible.results.masking import texts_of
from ansible_collections.windlass.charts.plugins.plugin_utils import _vaulted
from ansible_collections.windlass.charts.plugins.plugin_utils._vaulted import file_texts, vaulted_texts

KEY = [("default", VaultSecret(b"key"))]


class Encrypted:
    """As ansible-core 2.18 has it: decrypted when it is read."""

    def __init__(self, text: str, key: bool = True) -> None:
        self._ciphertext = text.encode()
        self._text, self._key = text, key

    def __str__(self) -> str:
        if not self._key:
            raise AnsibleError("no key")
        return self._text


class Loaded(str):
    """A text that knows the file it was read from."""

    _data_source: str


class Task:
    module_defaults: Any = None
    environment: Any = None

    def __init__(self, ds: Any) -> None:
        self._ds = ds


class Action:
    """The parts of an action plugin that are used: its task, and Ansible's own loader."""

    def __init__(self, folder: Path, written: Any) -> None:
        self._task = Task(written)
        self._loader = DataLoader()
        self._loader.set_basedir(str(folder))
        self._loader.set_vault_secrets(KEY)
        self._folder = folder

    def _find_needle(self, _dirname: str, needle: str) -> str:
        if not (self._folder / needle).is_file():
            raise AnsibleFileNotFound(file_name=needle)
        return str(self._folder / needle)


@pytest.fixture(autouse=True)
def cold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_vaulted, "_decrypted", {})
    monkeypatch.setattr(_vaulted, "_of_files", {})


def encrypt(path: Path, text: str) -> Path:
    path.write_bytes(VaultLib(KEY).encrypt(text.encode(), KEY[0][1]))
    return path


def found(folder: Path, written: Any, variables: dict[str, Any], args: Any = None) -> set[str]:
    return texts_of(vaulted_texts(Action(folder, written), args, variables))


def test_every_encrypted_variable_counts_named_or_not(tmp_path: Path) -> None:
    variables = {"plain": "open", "one": Encrypted("text one"), "deep": {"list": [Encrypted("text two")]}}
    assert found(tmp_path, {"values": "{{ fact }}"}, variables) == {"text one", "text two"}
    assert found(tmp_path, {"values": Encrypted("in the task")}, {}) == {"in the task"}
    assert found(tmp_path, None, {}, args={"values": {"a": Encrypted("in the options")}}) == {"in the options"}


def test_other_hosts_count_where_they_are_named(tmp_path: Path) -> None:
    variables = {"hostvars": {"far": {"x": Encrypted("far away")}}, "url": "{{ hostvars['far'].x }}"}
    assert found(tmp_path, {"values": "{{ plain }}"}, variables) == set()
    assert found(tmp_path, {"values": "{{ url }}"}, variables) == {"far away"}


def test_one_without_a_key_stops_nothing(tmp_path: Path) -> None:
    assert found(tmp_path, None, {"a": Encrypted("keyless", key=False), "b": Encrypted("with a key")}) == {"with a key"}


def test_all_values_of_a_file_that_is_encrypted(tmp_path: Path) -> None:
    place = encrypt(tmp_path / "vars.yml", "db: {password: file-secret, port: 54321, ok: true}\nurl: 'amqp://u:pass-4711@{{ host }}'\n")
    value = Loaded("file-secret")
    value._data_source = str(place)
    texts = found(tmp_path, None, {"db": {"password": value}})
    assert {"file-secret", "54321", "amqp://u:pass-4711@"} <= texts and not any("password:" in text for text in texts)
    open_file = tmp_path / "open.yml"
    open_file.write_text("a: file-open\n")
    value._data_source = str(open_file)
    assert found(tmp_path, None, {"a": value}) == set()


def test_encrypted_files_that_lookups_name_also_in_templates(tmp_path: Path) -> None:
    encrypt(tmp_path / "password", "of-a-lookup\n")
    assert found(tmp_path, {"values": "{{ lookup('file', 'password') }}"}, {}) == {"of-a-lookup\n"}
    (tmp_path / "v.j2").write_text("pw: {{ lookup('file', \"password\") }}\nfar: {{ hostvars.far.x }}\n")
    variables = {"hostvars": {"far": {"x": Encrypted("far away")}}}
    expected = {"of-a-lookup\n", "far away"}
    assert found(tmp_path, {"values_from": [{"template": "v.j2"}]}, variables) == expected
    assert found(tmp_path, {"values": "{{ lookup('template', 'v.j2') | from_yaml }}"}, variables) == expected


def test_parts_of_encrypted_json_and_yaml(tmp_path: Path) -> None:
    variables = {"a": Encrypted('{"user": "u", "password": "of-the-json"}'), "b": Encrypted("replicas: 3000\npassword: of-the-yaml\n")}
    assert found(tmp_path, None, variables) == {"of-the-json", "3000", "of-the-yaml"}


def test_a_file_without_a_key_is_left_out(tmp_path: Path) -> None:
    loader = DataLoader()
    loader.set_vault_secrets([("default", VaultSecret(b"another"))])
    assert file_texts(loader, str(encrypt(tmp_path / "x.yml", "a: b\n"))) == []
    assert file_texts(loader, str(tmp_path / "absent.yml")) == []
