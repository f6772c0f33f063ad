# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``flags.yml`` has every command and every flag of the real helm 3 and 4, and no other.

A flag of a newer helm cannot be forgotten.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from conftest import ROOT, Oracle, program


def _porting() -> ModuleType:
    spec = importlib.util.spec_from_file_location("windlass_tools_porting", ROOT / "tools" / "porting.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FLAGS = _porting().flags()


def flags_of(text: str) -> tuple[set[str], set[str]]:
    """The command's own flags and those of every command, from the output of ``--help``."""
    own, found, everywhere = text.partition("\nGlobal Flags:\n")
    assert found and "\nFlags:\n" in own, text[:200]
    own = own.partition("\nFlags:\n")[2]
    return tuple({line[1] for line in re.finditer(r"^ +(?:-[a-zA-Z], )?(--[a-z0-9-]+)", part, re.MULTILINE)} for part in (own, everywhere))


class Help:
    """What ``--help`` of a helm binary says."""

    def __init__(self, binary: str, home: Path) -> None:
        self._binary = binary
        self._environment = {"HOME": str(home), "PATH": os.environ.get("PATH", ""), "KUBECONFIG": str(home / "none")}

    def flags(self, command: str) -> tuple[set[str], set[str]]:
        return flags_of(self._text(command))

    def commands(self, start: str = "") -> Iterator[str]:
        """Every command that has no commands below it."""
        listed = re.search(r"\nAvailable Commands:\n(.*?)\n\n", self._text(start), re.DOTALL)
        if listed is None:
            yield start
            return
        for line in listed[1].splitlines():
            name = line.split()[0]
            if name != "help":
                yield from self.commands(f"{start} {name}".strip())

    def _text(self, command: str) -> str:
        words = [self._binary, *command.split(), "--help"]
        return subprocess.run(words, env=self._environment, capture_output=True, text=True, timeout=60, check=True).stdout


@pytest.fixture(scope="session")
def helm4(helm: Oracle, tmp_path_factory: pytest.TempPathFactory) -> Help:
    return Help(helm.binary, tmp_path_factory.mktemp("help4"))


@pytest.fixture(scope="session")
def helm3(tmp_path_factory: pytest.TempPathFactory) -> Help:
    return Help(program("helm3"), tmp_path_factory.mktemp("help3"))


@pytest.mark.parametrize("command", list(FLAGS["commands"]))
def test_the_table_has_every_flag(command: str, helm4: Help) -> None:
    own, everywhere = helm4.flags(command)
    assert own and len(everywhere) > 10
    assert set(FLAGS["commands"][command]["flags"]) == own
    assert set(FLAGS["global"]) == everywhere


@pytest.mark.parametrize("command", list(FLAGS["commands"]))
def test_the_table_has_every_flag_that_only_helm_3_has(command: str, helm3: Help, helm4: Help) -> None:
    own, everywhere = helm3.flags(command)
    assert set(FLAGS["helm3"].get(command, ())) == own - helm4.flags(command)[0]
    assert everywhere <= set(FLAGS["global"])


@pytest.mark.parametrize("version", ["helm3", "helm4"])
def test_the_table_has_every_command(version: str, request: pytest.FixtureRequest) -> None:
    found = set(request.getfixturevalue(version).commands())
    without = {command for command in found if any(f"{command} ".startswith(f"{name} ") for name in FLAGS["without_module"])}
    assert without and found - without == set(FLAGS["commands"])


def test_only_commands_of_the_table_have_flags_of_helm_3() -> None:
    assert set(FLAGS["helm3"]) <= set(FLAGS["commands"])
