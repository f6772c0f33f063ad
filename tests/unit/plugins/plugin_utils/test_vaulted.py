# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which encrypted variables a task uses, found by names. Real ones are in the integration target values_sources, run with ansible-core 2.18."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleError
from ansible_collections.windlass.charts.plugins.plugin_utils._vaulted import encrypted_in


class Encrypted:
    """As ansible-core 2.18 has it: decrypted when it is read."""

    def __init__(self, text: str, key: bool = True) -> None:
        self._ciphertext = b"$ANSIBLE_VAULT;1.1;AES256"
        self._text, self._key = text, key

    def __str__(self) -> str:
        if not self._key:
            raise AnsibleError("no key")
        return self._text


VARIABLES: dict[str, Any] = {
    "plain": "open",
    "password": Encrypted("one"),
    "values": {"auth": {"password": "{{ password }}", "inner": [Encrypted("two")]}},
    "again": "{{ again }} {% if plain %}{{ values.auth }}{% endif %}",
    "other": Encrypted("three"),
    "hostvars": {"far": {"x": Encrypted("four")}},
    "keyless": Encrypted("five", key=False),
}


def found(written: Any) -> set[str]:
    return set(encrypted_in(written, VARIABLES))


def test_by_name_through_variables_and_loops() -> None:
    assert found({"chart_release": {"values": {"p": "{{ password }}"}}}) == {"one"}
    assert found({"chart_release": {"values": "{{ again }}"}}) == {"one", "two"}
    assert found({"loop": "{{ values.auth | dict2items }}", "chart_release": {"values": "{{ item }}"}}) == {"one", "two"}
    assert found([None, {"values": Encrypted("here")}]) == {"here"}


def test_what_is_not_named_is_not_decrypted() -> None:
    assert found({"chart_release": {"values": {"a": "other", "b": "{{ plain }}"}}}) == set()
    assert found("{{ hostvars.far.x }}") == set()


def test_one_without_a_key_stops_nothing() -> None:
    assert found("{{ keyless }}{{ other }}") == {"three"}
