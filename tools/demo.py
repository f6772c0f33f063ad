# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make demo``: runs the demo playbook on a real API server, with a chart repository on loopback.

The charts are packed and indexed by the real helm, as a repository's owner would. Without ``CLUSTER=current`` a control plane
is started and ended; with it the cluster of the user's ``KUBECONFIG`` is used, and left without what the demo made.
"""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from places import BUILD, ROOT, collection, environment, say, venv  # next to this file

sys.path.insert(0, str(ROOT / "tests" / "cluster"))
import build

FOLDER = BUILD / "demo"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        return None


def repository(helm: Path, env: dict[str, str]) -> http.server.ThreadingHTTPServer:
    """A folder of packed charts and their index, served on a free port of loopback."""
    folder = FOLDER / "repository"
    folder.mkdir(parents=True)
    kwok = build.module_folder("kwok", "sigs.k8s.io/kwok") / "charts" / "kwok"
    charts = [*sorted((ROOT / "examples" / "charts").glob("harbourmaster-*")), kwok]
    for chart in charts:
        subprocess.run([str(helm), "package", str(chart), "--destination", str(folder)], env=env, check=True, stdout=subprocess.DEVNULL)
    subprocess.run([str(helm), "repo", "index", str(folder)], env=env, check=True)
    return serve(folder)


def serve(folder: Path) -> http.server.ThreadingHTTPServer:
    """The folder on a free port of loopback."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main() -> int:
    current = os.environ.get("CLUSTER") == "current"
    kubeconfig = os.environ.get("KUBECONFIG", "")
    if current and not kubeconfig:
        print("CLUSTER=current needs KUBECONFIG: say which cluster.", file=sys.stderr)
        return 2
    bin_folder = venv("dev")
    programs = build.programs(("helm4",) if current else ())
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    helm_home = {f"HELM_{n}_HOME": str(FOLDER / "helm" / n.lower()) for n in ("CONFIG", "CACHE", "DATA")}
    env = environment(bin_folder, ANSIBLE_COLLECTIONS_PATH=str(collection()), **helm_home)
    if current:
        env["HOME"] = os.environ.get("HOME", env["HOME"])  # a credential plugin looks for its own files there
    plane = [str(bin_folder / "python"), str(ROOT / "tests" / "cluster" / "controlplane.py")]
    where = ["--dir", str(BUILD / "demo-cluster")]
    if not current:
        build.stages(programs["kwok"])
        say("starting a control plane: etcd, API server, controller manager, scheduler, kwok")
        up = subprocess.run([*plane, "up", *where], env=env, check=True, capture_output=True, text=True)
        kubeconfig = up.stdout.strip()
    server = repository(programs["helm4"], env)
    try:
        say("ansible-playbook windlass.charts.demo")
        variables = {
            "demo_admin_kubeconfig": kubeconfig,
            "demo_repository_url": f"http://127.0.0.1:{server.server_port}",
            "demo_folder": str(FOLDER),
            "demo_helm": str(programs["helm4"]),
        }
        extra = [word for key, value in variables.items() for word in ("-e", f"{key}={value}")]
        env["XDG_CACHE_HOME"] = str(FOLDER / "cache")
        env["ANSIBLE_CALLBACK_RESULT_FORMAT"] = "yaml"
        env["ANSIBLE_INVENTORY_UNPARSED_WARNING"] = "false"
        env["ANSIBLE_LOCALHOST_WARNING"] = "false"
        command = [str(bin_folder / "ansible-playbook"), "windlass.charts.demo", *extra]
        return subprocess.run(command, env=env, cwd=FOLDER, stdin=subprocess.DEVNULL, check=False).returncode
    finally:
        server.shutdown()
        if not current:
            subprocess.run([*plane, "down", *where], env=env, check=False)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except build.BuildError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
