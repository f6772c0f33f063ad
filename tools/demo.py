# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make demo``: a first look at a chart, then the life of a release on a real API server.

The first playbook renders, lints and reads a chart while the control plane is built in the background, at low priority. The second one runs
on that control plane, or, with ``CLUSTER=current``, on the cluster of the user's ``KUBECONFIG``, from which it removes what it made. The
charts come from a chart repository on loopback. The OCI registry that one of its steps pushes to is built after the control plane, while
the steps before run: they mostly wait, so that an empty cache makes the demo hardly slower. On the user's cluster nothing starts before it
is built. If there is a helm (in the cache of built programs, or on ``PATH``), the second playbook compares its output about the release.
The demo builds no helm.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import http.server
import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tarfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from places import BUILD, ROOT, collection, environment, say, venv  # next to this file

sys.path.insert(0, str(ROOT / "tests" / "cluster"))
import build

FOLDER = BUILD / "demo"
CHARTS = ROOT / "examples" / "charts"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        return None


def pack(chart: Path, folder: Path) -> tuple[str, str, Path]:
    """The archive of a chart, as a repository has it. Its name, its version, and its path."""
    metadata = (chart / "Chart.yaml").read_text()
    name, version = (re.findall(rf"^{key}: *\"?([^\"\s]+)", metadata, re.MULTILINE)[0] for key in ("name", "version"))
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        for file in sorted(path for path in chart.rglob("*") if path.is_file()):
            member = tarfile.TarInfo(f"{name}/{file.relative_to(chart)}")
            member.size = file.stat().st_size
            with file.open("rb") as data:
                archive.addfile(member, data)
    path = folder / f"{name}-{version}.tgz"
    path.write_bytes(gzip.compress(plain.getvalue(), mtime=0))
    return name, version, path


def index(charts: list[Path], folder: Path) -> None:
    """Pack charts and write the ``index.yaml`` of their repository.

    An entry contains the text of ``Chart.yaml``, the name of the archive and its digest.
    """
    entries: dict[str, list[str]] = {}
    for chart in charts:
        name, _, path = pack(chart, folder)
        lines = (chart / "Chart.yaml").read_text().splitlines()
        lines += ["urls:", f"  - {path.name}", f"digest: {hashlib.sha256(path.read_bytes()).hexdigest()}"]
        entries.setdefault(name, []).append("  -\n" + "".join(f"    {line}\n" for line in lines))
    text = "".join(f"  {name}:\n{''.join(versions)}" for name, versions in entries.items())
    (folder / "index.yaml").write_text(f"apiVersion: v1\nentries:\n{text}")


def repository() -> http.server.ThreadingHTTPServer:
    """A folder of packed charts and their index, served on a free port of loopback."""
    folder = FOLDER / "repository"
    folder.mkdir(parents=True)
    kwok = build.module_folder("kwok", "sigs.k8s.io/kwok") / "charts" / "kwok"
    index([*sorted(CHARTS.glob("harbourmaster-*")), kwok], folder)
    return serve(folder)


def serve(folder: Path) -> http.server.ThreadingHTTPServer:
    """The folder on a free port of loopback."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Background:
    """The build of programs, one after another, in a separate process.

    What it prints is shown from ``wait`` on, so that it does not mix with the output of the first playbook.
    """

    def __init__(self, log: Path, names: tuple[str, ...]) -> None:
        self.log = log
        with log.open("w") as file:
            command = ["nice", sys.executable, str(ROOT / "tests" / "cluster" / "build.py"), *names]
            nothing = subprocess.DEVNULL
            self.process = subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=file, start_new_session=True)

    def wait(self, names: tuple[str, ...]) -> None:
        """Wait for some of the programs. Raises ``BuildError``; the reason has been printed."""
        paths = build.paths_of(names).values()
        with self.log.open() as file:
            running, built = True, False
            while running and not built:
                running = self.process.poll() is None
                built = all(build.is_whole(path) for path in paths)
                sys.stderr.write(file.read())
                sys.stderr.flush()
                time.sleep(0.2 if running and not built else 0)
        if not built:
            raise build.BuildError(f"Not built: {', '.join(names)}.")

    def stop(self) -> None:
        """End it and the compilers that it started, if it is still at work."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, 15)
            self.process.wait()


class Registry:
    """The OCI registry on a free port, once it is built. The playbook waits for its port.

    ``failed`` is set when it cannot be used; the reason has been printed.
    """

    def __init__(self, building: Background) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.host = f"127.0.0.1:{free.getsockname()[1]}"
        self.failed = threading.Event()
        self._building = building
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        """Wait for the program, and run it until the end of the demo."""
        code = self._building.process.wait()
        if self._stopped.is_set():
            return
        if code:
            self._fail("was not built", self._building.log)
            return
        folder = FOLDER / "registry"
        folder.mkdir(parents=True, exist_ok=True)
        settings = {
            "version": "0.1",
            "storage": {"filesystem": {"rootdirectory": str(folder / "data")}},
            "http": {"addr": self.host, "secret": "not-secret"},
        }
        config = folder / "config.yml"
        config.write_text(json.dumps(settings))
        env = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "OTEL_TRACES_EXPORTER": "none"}
        command = [str(build.cached("registry")), "serve", str(config)]
        output = folder / "registry.log"
        with output.open("wb") as log, subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env) as process:
            while process.poll() is None and not self._stopped.wait(0.2):
                pass
            process.terminate()
        if not self._stopped.is_set():
            self._fail("has ended", output)

    def _fail(self, what: str, log: Path) -> None:
        last = "\n".join(log.read_text(errors="replace").splitlines()[-10:])
        print(f"The registry {what}; the last lines of {log}:\n{last}", file=sys.stderr, flush=True)
        self.failed.set()

    def stop(self) -> None:
        """End it, and its build if that is still at work."""
        self._stopped.set()
        self._building.stop()
        self._thread.join()


def helm() -> str:
    """A helm to compare with: built before, by ``make test``, or the user's own."""
    built = build.cached("helm4")
    return str(built) if built else shutil.which("helm") or ""


def play(name: str, bin_folder: Path, env: dict[str, str], variables: dict[str, str], failed: threading.Event) -> int:
    """The exit code of a playbook, which is ended when ``failed`` is set."""
    say(f"ansible-playbook windlass.charts.{name}")
    own = {
        **env,
        "XDG_CACHE_HOME": str(FOLDER / "cache"),
        "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_LOCALHOST_WARNING": "false",
    }
    extra = [word for key, value in variables.items() for word in ("-e", f"{key}={value}")]
    command = [str(bin_folder / "ansible-playbook"), f"windlass.charts.{name}", *extra]
    with subprocess.Popen(command, env=own, cwd=FOLDER, stdin=subprocess.DEVNULL) as process:
        try:
            while process.poll() is None and not failed.wait(0.2):
                pass
        finally:
            process.terminate()
    return process.returncode


def on_a_cluster(bin_folder: Path, env: dict[str, str], kubeconfig: str, registry: Registry) -> int:
    server = repository()
    try:
        variables = {
            "demo_admin_kubeconfig": kubeconfig,
            "demo_repository_url": f"http://127.0.0.1:{server.server_port}",
            "demo_registry": registry.host,
            "demo_chart": str(CHARTS / "harbourmaster-1.1.0"),
            "demo_folder": str(FOLDER),
            "demo_helm": helm(),
        }
        return play("demo", bin_folder, env, variables, registry.failed)
    finally:
        server.shutdown()


def on_a_new_cluster(bin_folder: Path, env: dict[str, str], registry: Registry) -> int:
    """Start a control plane from the programs in the cache, and end it afterwards."""
    plane = [str(bin_folder / "python"), str(ROOT / "tests" / "cluster" / "controlplane.py")]
    where = ["--dir", str(BUILD / "demo-cluster")]
    say("starting a control plane: etcd, API server, controller manager, scheduler, kwok")
    try:
        up = subprocess.run([*plane, "up", *where], env=env, check=True, stdout=subprocess.PIPE, text=True)
        return on_a_cluster(bin_folder, env, up.stdout.strip(), registry)
    finally:
        subprocess.run([*plane, "down", *where], env=env, check=False)


def main() -> int:
    current = os.environ.get("CLUSTER") == "current"
    kubeconfig = os.environ.get("KUBECONFIG", "")
    if current and not kubeconfig:
        print("CLUSTER=current needs KUBECONFIG: say which cluster.", file=sys.stderr)
        return 2
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    building = Background(FOLDER / "build.log", ("registry",) if current else (*build.CONTROL_PLANE, "registry"))
    registry = Registry(building)
    try:
        bin_folder = venv("demo")
        helm_home = {f"HELM_{n}_HOME": str(FOLDER / "helm" / n.lower()) for n in ("CONFIG", "CACHE", "DATA")}
        env = environment(bin_folder, ANSIBLE_COLLECTIONS_PATH=str(collection("collections-demo", bin_folder)), **helm_home)
        if not current and building.process.poll() is None:
            say("the control plane is being built in the background; a first look at a chart needs none")
        code = play("demo_chart", bin_folder, env, {"demo_chart": str(CHARTS / "harbourmaster-1.1.0")}, threading.Event())
        if code:
            return code
        if current:
            env["HOME"] = os.environ.get("HOME", env["HOME"])  # a credential plugin looks for its own files there
            building.wait(("registry",))  # a failure must leave nothing in the user's cluster
            return on_a_cluster(bin_folder, env, kubeconfig, registry)
        building.wait(build.CONTROL_PLANE)
        return on_a_new_cluster(bin_folder, env, registry)
    finally:
        registry.stop()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except build.BuildError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
