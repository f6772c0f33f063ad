# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commands of docker with which kubernetes.core's tests start and stop a registry.

``docker run ... registry:2`` starts the real registry program as a process: a container's port becomes a port of loopback, and a path in a
volume becomes the path of its folder. The registry's settings are its environment variables in both cases. Any other command ends with 125.

``DROPIN_REGISTRY`` is the program. ``DROPIN_CONTAINERS`` is a folder with a folder for each container. ``DROPIN_REGISTRY_SETTINGS`` are
more settings, as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

CONTAINERS = Path(os.environ.get("DROPIN_CONTAINERS") or "/nonexistent")
CONFIGURATION = "version: 0.1\nlog: {level: info}\nstorage: {filesystem: {rootdirectory: %s}}\nhttp: {addr: %s, secret: not-secret}\n"
START_SECONDS, STOP_SECONDS = 60.0, 10.0


def is_running(folder: Path) -> bool:
    """Whether the process of a container exists and is the registry that was started for it."""
    try:
        number = int((folder / "pid").read_text())
        return str(folder / "config.yml").encode() in Path(f"/proc/{number}/cmdline").read_bytes()
    except (OSError, ValueError):
        return False


def run(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="docker run", allow_abbrev=False)
    parser.add_argument("-d", action="store_true", required=True)
    parser.add_argument("--rm", action="store_true")
    parser.add_argument("--restart")
    parser.add_argument("--name", required=True)
    parser.add_argument("-p", required=True)
    for flag in ("-v", "-e"):
        parser.add_argument(flag, action="append", default=[])
    parser.add_argument("image", choices=["registry:2"])
    options = parser.parse_args(words)
    folder = CONTAINERS / options.name
    if is_running(folder):
        print(f'Conflict. The container name "/{options.name}" is already in use.', file=sys.stderr)
        return 125
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "remove").unlink(missing_ok=True)
    if options.rm:
        (folder / "remove").touch()
    volumes = dict(reversed(volume.split(":")[:2]) for volume in options.v)
    settings = dict(setting.split("=", 1) for setting in options.e)
    for name, value in settings.items():
        for inside, outside in volumes.items():
            settings[name] = f"{outside}{value[len(inside):]}" if value.startswith(f"{inside}/") else settings[name]
    settings |= json.loads(os.environ.get("DROPIN_REGISTRY_SETTINGS") or "{}")
    port = options.p.split(":")[0]
    config = folder / "config.yml"
    config.write_text(CONFIGURATION % (json.dumps(str(folder / "data")), f"127.0.0.1:{port}"))
    log = folder / "log"
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "OTEL_TRACES_EXPORTER": "none", **settings}
    with log.open("wb") as output:
        command = [os.environ["DROPIN_REGISTRY"], "serve", str(config)]
        streams = {"stdout": output, "stderr": output, "stdin": subprocess.DEVNULL}
        process = subprocess.Popen(command, env=environment, cwd=folder, start_new_session=True, **streams)
    (folder / "pid").write_text(str(process.pid))
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if "listening on" in log.read_text(errors="replace"):
            print(options.name)
            return 0
        time.sleep(0.05)
    stop(options.name)
    print(f"The registry did not start: {log.read_text(errors='replace')[-2000:]}", file=sys.stderr)
    return 125


def inspect(name: str) -> int:
    """The state of a container, for ``-f {{ .State.Running }}``."""
    folder = CONTAINERS / name
    if not (folder / "config.yml").exists():
        return missing(name)
    print("true" if is_running(folder) else "false")
    return 0


def missing(name: str) -> int:
    print(f"Error: No such container: {name}", file=sys.stderr)
    return 1


def stop(name: str) -> int:
    folder = CONTAINERS / name
    if not (folder / "config.yml").exists():
        return missing(name)
    until = time.monotonic() + STOP_SECONDS
    while is_running(folder):
        number = int((folder / "pid").read_text())
        os.kill(number, signal.SIGTERM if time.monotonic() < until else signal.SIGKILL)
        time.sleep(0.1)
    if (folder / "remove").exists():
        return remove(name)
    print(name)
    return 0


def remove(name: str) -> int:
    """Forgets a container that was stopped."""
    config = CONTAINERS / name / "config.yml"
    if not config.exists():
        return missing(name)
    config.unlink()
    print(name)
    return 0


def main(words: list[str]) -> int:
    if words[:1] == ["run"]:
        return run(words[1:])
    if words in (["info"], ["ps"]):
        return 0
    words = words[1:] if words[:1] == ["container"] else words
    if words[:1] == ["inspect"] and words[2:3] == ["-f"]:
        return inspect(words[1])
    if len(words) == 2 and words[0] in ("stop", "rm"):
        return {"stop": stop, "rm": remove}[words[0]](words[1])
    print(f"docker: this stand-in does not know: {' '.join(words)}", file=sys.stderr)
    return 125


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
