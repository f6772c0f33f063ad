# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every option, alias, type and default of kubernetes.core's helm modules compared with our specs.

The table is ``tests/dropin/options.yml``: adding an option is adding a line. With ``KUBERNETES_CORE=folder``, a checkout of that
collection, the table itself is held against what is documented there.
"""

from __future__ import annotations

import importlib.util
import os
import re
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs

ROOT = Path(__file__).resolve().parents[6]
_spec = importlib.util.spec_from_file_location("windlass_tools_porting", ROOT / "tools" / "porting.py")
assert _spec is not None and _spec.loader is not None
porting = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(porting)

DATA = porting.table()
CASES = [(module, name) for module in DATA["modules"] for name in porting.options_of(DATA, module)]
#: no default where an explicit value is distinguished from none; the effect is then that of the peer's default
NO_DEFAULT = {
    ("helm", "reset_values"),
    *((module, "validate_certs") for module in DATA["modules"]),
    ("helm_repository", "pass_credentials"),
    ("helm_repository", "insecure_skip_tls_verify"),
}


def _text(value: Any) -> str:
    if value is None:
        return "-"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _ours(module: str) -> dict[str, Any]:
    return dict(getattr(specs, DATA["modules"][module]["ours"])()["argument_spec"])


@pytest.mark.parametrize(("module", "name"), CASES)
def test_ours_has_it(module: str, name: str) -> None:
    kind, default, aliases, _what, _differs = porting.options_of(DATA, module)[name]
    option = _ours(module)[name]
    assert option.get("type", "str") == kind
    assert aliases == "-" or set(aliases.split()) <= set(option.get("aliases", []))
    if (module, name) in NO_DEFAULT:
        assert "default" not in option
    else:
        assert _text(option.get("default")) == str(default)


@pytest.mark.parametrize("module", sorted(DATA["modules"]))
def test_ours_does_not_have_what_is_refused(module: str) -> None:
    ours = _ours(module)
    names = {*ours, *(alias for option in ours.values() for alias in option.get("aliases", ()))}
    assert not names & set(porting.refused_of(DATA, module))


@pytest.mark.parametrize("module", sorted(DATA["modules"]))
def test_nothing_is_demanded_or_excluded_that_the_peer_allows(module: str) -> None:
    """AWX sets K8S_AUTH_*, so that an explicit context must not clash with anything."""
    ours = getattr(specs, DATA["modules"][module]["ours"])()
    assert "mutually_exclusive" not in ours
    assert {name for name, option in ours["argument_spec"].items() if option.get("required")} <= set(porting.options_of(DATA, module))


@pytest.mark.parametrize("module", sorted(DATA["modules"]))
def test_documented_return_keys(module: str) -> None:
    face = ROOT / "plugins" / "modules" / f"{DATA['modules'][module]['ours']}.py"
    documented = face.read_text().partition('RETURN = r"""')[2]
    common = {"changed", "diff", "msg"}  # Ansible's own
    for key in set(DATA["modules"][module]["returns"]) - common:
        assert re.search(rf"^{key}:$", documented, re.MULTILINE), key


def test_the_page_is_what_the_table_says() -> None:
    assert porting.page(porting.PAGE.read_text(), DATA, FLAGS) == porting.PAGE.read_text()


FLAGS = porting.flags()
#: modules for charts alone have no options for a cluster, as helm has no use for its flags in those commands
CLUSTER = {entry["module"] for entry in FLAGS["commands"].values() if "kubeconfig" in getattr(specs, entry["module"])()["argument_spec"]}
FLAG_CASES = [
    (command, flag)
    for command, entry in FLAGS["commands"].items()
    for flag in [*entry["flags"], *FLAGS["helm3"].get(command, ()), *(FLAGS["global"] if entry["module"] in CLUSTER else ())]
]


@pytest.mark.parametrize(("command", "flag"), FLAG_CASES)
def test_a_flag_of_helm_has_an_option_or_a_reason(command: str, flag: str) -> None:
    entry = FLAGS["commands"][command]
    option, note = entry["flags"].get(flag) or FLAGS["helm3"].get(command, {}).get(flag) or FLAGS["global"][flag]
    if option == "-":
        assert len(note) > 10, f"{flag} needs a reason"
        return
    name, _colon, value = option.partition(": ")
    spec = getattr(specs, entry["module"])()["argument_spec"]
    assert name in spec
    if value:
        assert value in spec[name].get("choices", ["true", "false"])


PEER = os.environ.get("KUBERNETES_CORE", "")


@pytest.mark.skipif(not PEER, reason="KUBERNETES_CORE names no checkout of kubernetes.core")
@pytest.mark.parametrize("module", sorted(DATA["modules"]))
def test_the_table_is_what_the_peer_documents(module: str) -> None:
    theirs, table = porting.peer_options(Path(PEER), module), porting.options_of(DATA, module)
    newer = {"wait_for_jobs"}  # merged there after the releases that most people have
    refused = set(porting.refused_of(DATA, module))
    assert set(theirs) - newer == (set(table) | refused) - newer
    for name, option in theirs.items():
        if name in refused:
            continue
        kind, default, aliases, _what, _differs = table[name]
        assert option.get("type", "str") == kind, name
        assert set(option.get("aliases") or []) == (set() if aliases == "-" else set(aliases.split())), name
        assert _text(option.get("default")) == str(default), name
