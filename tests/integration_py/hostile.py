# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs modules in both modes in hostile surroundings: a program that forks a process for each case.

Reads a case as JSON from each line of stdin, ``{mode, module, params, environ, surroundings}``, and writes what became of it as JSON to a
line of stdout. What has to hold when an interpreter starts (locale, user id) is given to this program itself. A process applies the
surroundings, then runs the module: as Ansible's worker calls an action plugin, or as ``main()`` of the module.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import io
import json
import os
import resource
import signal
import sys
import tempfile
import traceback
from pathlib import Path
from types import SimpleNamespace
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_spec = importlib.util.spec_from_file_location("windlass_unit_conftest", ROOT / "tests" / "unit" / "conftest.py")
assert _spec is not None and _spec.loader is not None
_spec.loader.exec_module(importlib.util.module_from_spec(_spec))

from ansible.module_utils import basic
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

PLUGINS = "ansible_collections.windlass.charts.plugins"


def deleted_folder() -> None:
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    Path(folder).rmdir()


def no_space() -> None:
    """Every file is full as soon as something is written to it."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


def few_files() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (24, 24))


SURROUNDINGS = {
    "deleted folder": deleted_folder,
    "no space": no_space,
    "few files": few_files,
    "umask 077": lambda: os.umask(0o077),
    "umask 777": lambda: os.umask(0o777),
    "read-only folder": lambda: os.chdir("/proc"),
}


def in_process(module: str, params: dict[str, Any], check: bool, folder: str) -> dict[str, Any]:
    """As Ansible's worker does, without the executor around it."""
    action = object.__new__(importlib.import_module(f"{PLUGINS}.action.{module}").ActionModule)
    task = {"args": params, "action": f"windlass.charts.{module}", "async_val": 0, "check_mode": check, "diff": True, "delegate_to": None}
    shell = SimpleNamespace(tmpdir=None, env_prefix=lambda **_names: "")
    loader = DataLoader()
    loader.set_basedir(folder)
    action._task = SimpleNamespace(**task, environment=[], module_defaults=[], _ds=None, get_search_path=lambda: [folder])
    action._connection = SimpleNamespace(transport="local", become=None, has_native_async=False, _shell=shell)
    action._loader, action._templar, action._play_context = loader, Templar(loader, variables={}), SimpleNamespace(check_mode=check)
    return action.run(None, {})


def as_module(module: str, params: dict[str, Any], check: bool) -> dict[str, Any]:
    """Runs a module in the way the interpreter of the target runs it."""
    given = {**params, "_ansible_check_mode": check, "_ansible_diff": True, "_ansible_no_log": False, "_ansible_remote_tmp": "/tmp"}
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": given}).encode()
    basic._ANSIBLE_PROFILE = "legacy"
    out, before = io.StringIO(), sys.stdout
    sys.stdout = out
    try:
        with contextlib.suppress(SystemExit):
            importlib.import_module(f"{PLUGINS}.modules.{module}").main()
    finally:
        sys.stdout = before
    return json.loads(out.getvalue())


def outcome(case: dict[str, Any]) -> dict[str, Any]:
    os.environ.clear()
    os.environ.update(case["environ"])
    for name in case["surroundings"]:
        SURROUNDINGS[name]()
    if case["mode"] == "in-process":
        return in_process(case["module"], case["params"], case["check"], case["folder"])
    return as_module(case["module"], case["params"], case["check"])


def child(case: dict[str, Any], pipe: int) -> None:
    try:
        result = outcome(case)
        reported = {key: result.get(key) for key in ("failed", "changed", "msg", "error", "warnings", "exception")}
    except BaseException as error:
        place = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-4:]]
        sentence = type(error).__module__.startswith("ansible.errors")  # Ansible shows these as one sentence
        reported = {"failed": True, "msg": str(error), "raised": None if sentence else [type(error).__name__, *place]}
    os.write(pipe, json.dumps(reported, default=str).encode())


def preload() -> None:
    """Import here what every case would import again.

    What runs at import time runs in the surroundings of this program.
    """
    for plugin in sorted((ROOT / "plugins" / "action").glob("*.py")):
        importlib.import_module(f"{PLUGINS}.action.{plugin.stem}")
    for name in ("connect", "faces.deployer_identity", "faces.chart_repository", "runner", "results.output_files"):
        importlib.import_module(f"{PLUGINS}.module_utils._ansible.{name}")


def main() -> None:
    preload()
    for line in sys.stdin:
        receiver, sender = os.pipe()
        process = os.fork()
        if process == 0:
            os.close(receiver)
            with contextlib.suppress(BaseException):
                child(json.loads(line), sender)
            os._exit(0)
        os.close(sender)
        with os.fdopen(receiver, "rb") as pipe:
            answer = pipe.read()
        os.waitpid(process, 0)
        sys.stdout.write((answer or b'{"raised": ["nothing came back"]}').decode() + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
