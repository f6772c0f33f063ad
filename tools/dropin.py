# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make dropin KUBERNETES_CORE=folder``: runs kubernetes.core's integration tests for helm.

The names of six modules are replaced.

The folder is a checkout of that collection; nothing of it is kept here. Its targets are read into a scratch folder, where on the
way the names of the modules in ``OURS`` are replaced, and addresses on the internet become addresses on loopback, line by line, so that
every line number stays. Each file of tasks is then a play of its own, in both ways of running a task, on a control plane of
``tests/cluster``. A failure ends nothing: each task is reported, and is one of

* passed, or failing as its file expects;
* another module's: a task of ``helm_plugin``, which this collection does not have;
* a difference: it is in ``tests/dropin/differences.yml`` with its reason. One that is listed and passes is a fault of that file;
* failed: a bug of this collection. The run ends with 1.

Charts: ``CHARTS="folder ..."`` names folders in which charts lie (at any depth); they are packed under the versions that the tests ask
for. One that is not there is made by ``helm create`` under its name, and said to be so. ``GIT=folder`` is a clone of helm's archived
``charts`` repository, of which two commits are needed. The role that downloads helm is replaced by one that knows the real
helm 3 and 4 of ``tests/cluster``. Registries are real ones: docker.io is one with TLS, whose CA is in ``SSL_CERT_FILE``, and
``dropin_docker.py`` starts those that the tests start in containers.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
from places import ROOT, collection, environment, say, venv  # next to this file

sys.path.insert(0, str(ROOT / "tests" / "cluster"))
import build
from demo import serve  # next to this file
from dropin_charts import FOLDER, GIT_ADDRESS, GIT_COMMITS, git_repository, has_commit, keyring, push, repositories  # next to this file

LEDGER = ROOT / "tests" / "dropin" / "differences.yml"
BIN = FOLDER / "bin"
CONTROL_PLANE = ROOT / "tests" / "cluster" / "controlplane.py"
OURS = {
    "helm": "windlass.charts.chart_release",
    "helm_info": "windlass.charts.chart_release_info",
    "helm_template": "windlass.charts.chart_template",
    "helm_repository": "windlass.charts.chart_repository",
    "helm_pull": "windlass.charts.chart_pull",
    "helm_registry_auth": "windlass.charts.chart_registry_auth",
}
THEIRS = ("k8s", "k8s_info", "helm_plugin", "helm_plugin_info")
#: module -> options that this collection does not accept, see tests/dropin/options.yml
REFUSED = {"helm_repository": ("context", "kubeconfig", "host", "api_key", "validate_certs", "ca_cert")}
#: modules that drive a helm binary and have no counterpart here
ELSEWHERE = tuple(f"kubernetes.core.{name}" for name in THEIRS if name.startswith("helm_"))
_MODULE = re.compile(rf"^(\s*(?:- )?)(?:kubernetes\.core\.)?({'|'.join([*OURS, *THEIRS])})(:\s*)$")

#: target -> file of tasks; each is a play
UNITS = {
    "helm": [
        "test_helm_not_installed", "test_helm_uninstall", "test_read_envvars", "tests_chart/from_local_path", "tests_chart/from_repository",
        "tests_chart/from_url", "test_helm_reuse_values", "test_helm_reset_then_reuse_values", "test_up_dep",
        "test_helm_with_space_into_chart_name", "test_crds", "test_helm_insecure", "test_helm_take_ownership",
        "test_skip_schema_validation",
    ],
    "helm_diff": ["main"],
    "helm_kubeconfig": ["from_in_memory_kubeconfig", "from_kubeconfig_with_validate_certs", "from_kubeconfig_with_cacert"],
    "helm_plain_http": ["test"],
    "helm_pull": ["main"],
    "helm_registry_auth": ["main"],
    "helm_repository": ["run_tests"],
    "helm_set_values": ["main"],
}  # fmt: skip
_OLDER = "the role helm with an older helm; run once above, since nothing here depends on a version of helm"
NOT_RUN = {
    "helm_plugin": "there is nothing that a plugin would extend",
    **dict.fromkeys(("helm_v3_15_4", "helm_v3_16_0", "helm_v3_17_0"), _OLDER),
    "helm_v4_0_0": "the role helm with helm 4: its files are the ones run above",
}
#: roles that the files of tasks need
ROLES = ("remove_namespace", "setup_namespace", "setup_helm_registry", "push_to_helm_registry")
_GITHUB = "https://github.com"
_GRAFANA = f"{_GITHUB}/grafana/helm-charts/releases/download"
#: where the tests would go -> where they go; {base} is the loopback server, {registry} the host of a registry, {port} that of a container
ADDRESSES = {
    "https://stenic.github.io/k8status/": "{base}/k8status/",
    "https://github.com/stenic/k8status/releases/download/k8status-0.16.1/": "{base}/k8status/",
    "https://github.com/stenic/k8status/releases/download/k8status-0.16.2/": "{base}/k8status/",
    "https://kubernetes.github.io/ingress-nginx": "{base}/ingress-nginx",
    "https://kubernetes.github.io/autoscaler": "{base}/autoscaler",
    "https://charts.bitnami.com/bitnami": "{base}/bitnami",
    f"{_GITHUB}/kubernetes/kube-state-metrics/releases/download/kube-state-metrics-helm-chart-2.13.3/": "{base}/kube-state-metrics/",
    f"{_GRAFANA}/grafana-5.6.0/": "{base}/grafana/",
    f"{_GRAFANA}/k8s-monitoring-1.6.8/": "{base}/grafana/",
    "oci://registry-1.docker.io/": "oci://{registry}/",
    "localhost:6035": "localhost:{port}",
}
#: what a file reads from a helm older than those here, given from outside
GIVEN: dict[tuple[str, str], dict[str, Any]] = {("helm", "test_helm_uninstall"): {"test_version": {"result": True}}}
#: seconds after which a file of tasks is ended
PATIENCE = 1800.0
INSTALL_HELM = """\
- name: The real helm of that major version
  ansible.builtin.set_fact:
    helm_binary: "{{ dropin_helm3 if helm_version | default('v4') is match('v3') else dropin_helm4 }}"
"""


# --- the tests, with other names


def rewritten(text: str, addresses: dict[str, str]) -> str:
    """Line by line: names of modules, addresses, and options that this collection rejects."""
    lines = []
    refused: tuple[str, ...] = ()
    for line in text.split("\n"):
        found = _MODULE.match(line)
        if found or not line.strip():
            refused = REFUSED.get(found[2], ()) if found else ()
        elif line.strip().partition(":")[0] in refused:
            line = f"#{line}"  # a comment, so that every line number stays
        if found:
            line = f"{found[1]}{OURS.get(found[2], f'kubernetes.core.{found[2]}')}{found[3]}"
        for there, here in addresses.items():
            line = line.replace(there, here)
        lines.append(line)
    return "\n".join(lines)


def prepare(source: Path, places: dict[str, str], git: dict[str, str]) -> None:
    """Roles and files of tasks in a scratch folder.

    :param places: ``base``, ``registry`` and ``port`` in ``ADDRESSES``.
    """
    targets = FOLDER / "targets"
    addresses = {**{there: here.format(**places) for there, here in ADDRESSES.items()}, **git}
    for name in [*UNITS, *ROLES]:
        shutil.copytree(source / "tests" / "integration" / "targets" / name, targets / name)
        # dependencies: roles that the play includes itself; collections: whose names are written in full
        shutil.rmtree(targets / name / "meta", ignore_errors=True)
    shutil.copytree(targets / "helm_plain_http" / "playbooks" / "tasks", targets / "helm_plain_http" / "tasks")
    for path in targets.rglob("*.y*ml"):
        if "files" not in path.parts:
            path.write_text(rewritten(path.read_text(), addresses))
    (targets / "install_helm" / "tasks").mkdir(parents=True)
    (targets / "install_helm" / "tasks" / "main.yml").write_text(INSTALL_HELM)
    for target, files in UNITS.items():
        for file in files:  # an included file finds others next to it, one that a role begins with does not
            name = next(path.name for path in (targets / target / "tasks").glob(f"{file}.y*ml"))
            begun = f"- name: The file\n  ansible.builtin.include_tasks: {Path(file).parent / name}\n"
            (targets / target / "tasks" / _entry(file)).write_text(begun)


def _entry(file: str) -> str:
    return f"dropin_{file.replace('/', '_')}.yml"


def play(unit: tuple[str, str], way: str) -> list[dict[str, Any]]:
    values = {"return_values": True}  # masked unless requested: the one line that a playbook may need
    variables: dict[str, Any] = {
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "windlass_in_process": way,
        "helm_version": "v4.0.0",
        "helm_versions": ["v4.0.0"],
        "helm_binary": "{{ dropin_helm4 }}",
        "tests_should_failed": "false",
    }
    roles = [{"name": unit[0], "tasks_from": _entry(unit[1])}]
    if unit[0] == "helm_plain_http":
        variables["test_namespace"] = "helm-plain-http"
        variables["chart_test_oci"] = "oci://{{ dropin_plain_registry }}/bitnamicharts/redis"
    if unit[0] == "helm_registry_auth":
        del variables["helm_versions"]  # its own are for helm 3 and 4
    if unit[0] == "helm_diff":
        roles.insert(0, {"name": "setup_helm_registry"})
    return [
        {
            "hosts": "localhost",
            "connection": "local",
            "vars": variables,
            "module_defaults": {OURS["helm"]: values, OURS["helm_info"]: values},
            "tasks": [{"name": "The file", "ansible.builtin.include_role": role} for role in roles],
        }
    ]


class Registries:
    """Registries for the whole run, with the charts that the tests look for.

    ``docker_io`` uses TLS, ``plain`` does not. ``settings`` are those with which one that is started as a container uses TLS, too.
    """

    def __init__(self) -> None:
        sys.path.insert(0, str(ROOT / "tests" / "registry"))
        import servers

        self.docker_io = servers.with_tls(FOLDER / "docker.io")
        try:
            self.plain = servers.plain(FOLDER / "plain-registry")
        except BaseException:
            self.docker_io.stop()
            raise
        authority = self.docker_io.authority
        assert authority is not None
        #: files that helm_pull's tests name; that module does not read them in check mode
        self.files = {"ca_cert_file": authority.ca, "ssl_cert_file": authority.client, "ssl_key_file": authority.client_key}
        self.files["pubring.gpg"] = keyring("public")
        self.settings = {"REGISTRY_HTTP_TLS_CERTIFICATE": str(authority.server), "REGISTRY_HTTP_TLS_KEY": str(authority.server_key)}

    def push(self, helm: Path, env: dict[str, str]) -> None:
        for registry in (self.docker_io, self.plain):
            push(helm, env, registry.host, registry.flags)

    def stop(self) -> None:
        self.docker_io.stop()
        self.plain.stop()


class Run:
    """``home`` holds what the tests take for the user's: ``.kube/config``, helm's folders."""

    def __init__(self, programs: dict[str, Path], source: Path, variables: dict[str, Any], registries: Registries, kubeconfig: str) -> None:
        self.bin = venv("dev")
        self.registries, self.kubeconfig, self.variables = registries, kubeconfig, variables
        roots = FOLDER / "collections" / "ansible_collections" / "kubernetes"
        roots.mkdir(parents=True)
        (roots / "core").symlink_to(source)
        folders = f"{collection('collections-dropin')}{os.pathsep}{FOLDER / 'collections'}"
        self.env = environment(self.bin, ANSIBLE_COLLECTIONS_PATH=folders, ANSIBLE_ROLES_PATH=str(FOLDER / "targets"))
        BIN.mkdir()
        script = BIN / "docker"
        script.write_text(f"#!/bin/sh\nexec {self.bin / 'python'} {ROOT / 'tools' / 'dropin_docker.py'} \"$@\"\n")
        script.chmod(0o755)
        path = [str(BIN), str(programs["helm4"].parent), self.env["PATH"]]
        self.env.update(
            ANSIBLE_CALLBACK_PLUGINS=str(ROOT / "tests" / "dropin" / "callback"),
            ANSIBLE_CALLBACKS_ENABLED="dropin_log",
            ANSIBLE_LOCALHOST_WARNING="false",
            DROPIN_TOP=str(FOLDER / "targets"),
            DROPIN_REGISTRY=str(programs["registry"]),
            REQUESTS_CA_BUNDLE=str(registries.files["ca_cert_file"]),  # for Python
            SSL_CERT_FILE=str(registries.files["ca_cert_file"]),  # for helm
            PATH=os.pathsep.join(path),
        )

    def unit(self, unit: tuple[str, str], way: str) -> list[dict[str, Any]]:
        name = f"{unit[0]}-{unit[1].replace('/', '-')}-{way}"
        work = FOLDER / "work" / name
        (work / "home" / ".kube").mkdir(parents=True)
        shutil.copy(self.kubeconfig, work / "home" / ".kube" / "config")
        (work / "play.yml").write_text(json.dumps(play(unit, way)))
        for file, path in self.registries.files.items():
            shutil.copy(path, work / file)
        extra = ["-e", json.dumps({**self.variables, **GIVEN.get(unit, {})})]
        env = {**self.env, "HOME": str(work / "home"), "XDG_CACHE_HOME": str(work / "cache"), "DROPIN_LOG": str(work / "tasks.jsonl")}
        env["DROPIN_CONTAINERS"] = str(work / "containers")
        if unit[0] == "helm_diff":  # helm 4 uses TLS on localhost, too; helm 3 falls back to HTTP
            env["DROPIN_REGISTRY_SETTINGS"] = json.dumps(self.registries.settings)
        command = [str(self.bin / "ansible-playbook"), "-v", str(work / "play.yml"), *extra]
        started = time.monotonic()
        ended = ""
        with (work / "log").open("w") as log:
            streams: dict[str, Any] = {"stdout": log, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL}
            process = subprocess.Popen(command, env=env, cwd=work, start_new_session=True, **streams)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                ended = f"it had not ended after {PATIENCE:.0f} s: {work / 'log'}"
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
                _stop_containers(env)
        written = work / "tasks.jsonl"
        tasks = [json.loads(line) for line in written.read_text().splitlines()] if written.exists() else []
        say(f"{name}: {len(tasks)} tasks in {time.monotonic() - started:.0f} s")
        if ended or not tasks:
            why = ended or f"no task ran: {work / 'log'}"
            tasks.append({"file": unit[0], "task": unit[1], "module": "", "outcome": "failed", "why": why})
        return tasks


def _stop_containers(env: dict[str, str]) -> None:
    """Those that a file of tasks left."""
    for folder in Path(env["DROPIN_CONTAINERS"]).glob("*/"):
        subprocess.run([str(BIN / "docker"), "stop", folder.name], env=env, check=False, capture_output=True)


def clear(kubeconfig: str, patience: float = 90.0) -> None:
    """Namespaces that a file left, and those that are being deleted: the next one creates them again."""
    from kubernetes import client, config
    from urllib3.exceptions import HTTPError

    core = client.CoreV1Api(config.new_client_from_config(kubeconfig))
    deadline = time.monotonic() + patience
    problem = "some namespaces do not go"
    while time.monotonic() < deadline:
        try:
            left = [n for n in core.list_namespace().items if not n.metadata.name.startswith("kube-") and n.metadata.name != "default"]
            if not left:
                return
            for namespace in left:
                if namespace.status.phase == "Active":
                    core.delete_namespace(namespace.metadata.name)
        except (client.ApiException, HTTPError) as error:  # a server under load; the next file of tasks reports what stays wrong
            problem = f"namespaces cannot be deleted: {str(error).splitlines()[0]}"
        time.sleep(0.5)
    say(problem)


# --- what came of it


def judged(tasks: list[dict[str, Any]], ledger: list[dict[str, str]]) -> None:
    """The ``verdict`` of each task.

    Passed, elsewhere, difference, failed, or stale (it is in the ledger and passes).
    """
    for task in tasks:
        why = next((entry["why"] for entry in ledger if _is_about(entry, task)), "")
        if task["outcome"] == "failed":
            task["verdict"] = "elsewhere" if task["module"] in ELSEWHERE else "difference" if why else "failed"
        else:
            task["verdict"] = "passed"
        task["reason"] = why


def _is_about(entry: dict[str, str], task: dict[str, Any]) -> bool:
    """Whether an entry of the ledger is about a task: by file, name and perhaps the task before it."""
    return all(entry[key] == task.get(key) for key in ("file", "task", "after") if key in entry)


def stale(tasks: list[dict[str, Any]], ledger: list[dict[str, str]]) -> list[dict[str, str]]:
    """Entries of the ledger whose task ran and never failed."""
    found = []
    for entry in ledger:
        outcomes = {task["outcome"] for task in tasks if _is_about(entry, task)} - {"skipped"}
        if outcomes and "failed" not in outcomes:
            found.append(entry)
    return found


def not_run(source: Path) -> list[str]:
    """Every other target of that collection for helm, with the reason."""
    there = sorted(path.name for path in (source / "tests" / "integration" / "targets").glob("helm*"))
    return [f"{name}: {NOT_RUN.get(name, 'not known to this program')}" for name in there if name not in UNITS]


def report(results: dict[tuple[str, str], list[dict[str, Any]]], made: list[str], ledger: list[dict[str, str]]) -> bool:
    everything = [task for tasks in results.values() for task in tasks]
    print("\nfile of tasks, tasks that passed, differences, other modules', failed\n")
    for (unit, way), tasks in results.items():
        count = Counter(task["verdict"] for task in tasks)
        numbers = "".join(f"{count[key]:6d}" for key in ("passed", "difference", "elsewhere", "failed"))
        print(f"{unit:56}{way:6}{numbers}")
    seen = set()
    for verdict, title in (("elsewhere", "tasks of other modules that failed"), ("difference", "differences"), ("failed", "FAILED")):
        chosen = [task for task in everything if task["verdict"] == verdict]
        print(f"\n{title}: {len(chosen)}")
        for task in chosen:
            key = (verdict, task["file"], task["task"])
            if key not in seen:
                seen.add(key)
                print(f"  {task['file']}:{task.get('line', 0)}: {task['task']}\n      {task['reason'] or task.get('why', '')}")
    for entry in stale(everything, ledger):
        print(f"\nstands among the differences and passes: {entry['file']}: {entry['task']}")
    if made:
        print(f"\ncharts that were not there and were made by helm create: {', '.join(made)}")
    count = Counter(task["verdict"] for task in everything)
    print(f"\n{dict(count)}")
    return not count["failed"] and not stale(everything, ledger)


class RunError(Exception):
    """The run cannot begin; the text is one sentence for the user."""


@contextlib.contextmanager
def control_plane(env: dict[str, str], bin_folder: Path, program: Path = CONTROL_PLANE) -> Iterator[str]:
    """The kubeconfig of a control plane. Raises ``RunError`` if it does not start."""
    plane = [str(bin_folder / "python"), str(program)]
    where = ["--dir", str(FOLDER / "cluster")]
    say("starting a control plane")
    try:
        started = subprocess.run([*plane, "up", *where], env=env, check=False, capture_output=True, text=True)
        if started.returncode or not started.stdout.split():
            said = started.stderr.strip().splitlines() or [f"it ended with {started.returncode}"]
            raise RunError(f"The control plane did not start: {said[-1]}")
        yield started.stdout.split()[-1]
    finally:
        subprocess.run([*plane, "down", *where], env=env, check=False)


def what_is_missing(environ: Mapping[str, str]) -> str:
    """One sentence about what the run needs and does not have; empty: it has everything."""
    if not environ.get("KUBERNETES_CORE"):
        return "KUBERNETES_CORE=folder is needed: a checkout of the collection kubernetes.core."
    targets = Path(environ["KUBERNETES_CORE"]).expanduser() / "tests" / "integration" / "targets"
    absent = [name for name in (*UNITS, *ROLES) if not (targets / name).is_dir()]
    if absent:
        return f"KUBERNETES_CORE is not a checkout of kubernetes.core with its tests: {targets} has no {', '.join(absent)}."
    for name in environ.get("CHARTS", "").split():
        if not Path(name).expanduser().is_dir():
            return f"CHARTS names {name}, which is not a folder; leave it out, and the charts are made by helm create."
    clone = environ.get("GIT", "")
    if clone:
        absent = [commit for commit in GIT_COMMITS if not has_commit(clone, commit)]
        if absent:
            commits = ", ".join(absent)
            return f"GIT is {clone}, which is not a clone of {GIT_ADDRESS} with the commits {commits}; leave it out, and they are made."
    if shutil.which("git") is None:
        return "The program git is needed: one of the tests takes a chart from a git repository."
    return ""


def main() -> int:
    missing = what_is_missing(os.environ)
    if missing:
        print(missing, file=sys.stderr)
        return 2
    bin_folder = venv("dev")
    if Path(sys.prefix).resolve() != bin_folder.parent.resolve():  # YAML is read here
        os.execv(str(bin_folder / "python"), [str(bin_folder / "python"), *sys.argv])  # noqa: S606  # the same program, another Python
    import yaml

    source = Path(os.environ["KUBERNETES_CORE"]).expanduser().resolve()
    folders = [Path(name).expanduser() for name in os.environ.get("CHARTS", "").split()]
    wanted = os.environ.get("TARGETS", "").split()
    programs = build.programs()
    build.stages(programs["kwok"])
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    homes = {f"HELM_{name}_HOME": str(FOLDER / "helm" / name.lower()) for name in ("CONFIG", "CACHE", "DATA")}
    helm_env = environment(bin_folder, **homes)
    made = repositories(programs["helm4"], helm_env, folders)
    git, real = git_repository(programs["helm4"], helm_env, os.environ.get("GIT", ""))
    made += [] if real else ["nginx-ingress"]
    ledger = yaml.safe_load(LEDGER.read_text()) or []
    results: dict[tuple[str, str], list[dict[str, Any]]] = {}
    with contextlib.ExitStack() as stack:
        server = serve(FOLDER / "served")
        stack.callback(server.shutdown)
        os.environ["WINDLASS_REGISTRY"] = str(programs["registry"])
        try:
            registries = Registries()
        except RuntimeError as error:
            raise RunError(f"No registry: {error}") from error
        stack.callback(registries.stop)
        registries.push(programs["helm4"], helm_env)
        port = _free_port()
        base = f"http://127.0.0.1:{server.server_port}"
        prepare(source, {"base": base, "registry": registries.docker_io.host, "port": str(port)}, git)
        variables = {
            "dropin_helm3": str(programs["helm3"]),
            "dropin_helm4": str(programs["helm4"]),
            "dropin_plain_registry": registries.plain.host,
            "registry_port": port,
        }
        kubeconfig = stack.enter_context(control_plane(environment(bin_folder), bin_folder))
        run = Run(programs, source, variables, registries, kubeconfig)
        for target, files in UNITS.items():
            for file in files:
                if wanted and target not in wanted and file not in wanted:
                    continue
                for way in os.environ.get("WAYS", "auto never").split():
                    results[f"{target}: {file}", way] = run.unit((target, file), way)
                    judged(results[f"{target}: {file}", way], ledger)
                    clear(kubeconfig)
    good = report(results, made, ledger)
    print("\ntargets that were not run:\n  " + "\n  ".join(not_run(source)))
    (FOLDER / "report.json").write_text(json.dumps([{"unit": u, "way": w, "tasks": t} for (u, w), t in results.items()], indent=1))
    return 0 if good else 1


def _free_port() -> int:
    """A port of loopback for the registries that the tests start."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _sentence(error: BaseException) -> str:
    """What went wrong in one line; for a program that failed, also the last line that it wrote."""
    if not isinstance(error, subprocess.CalledProcessError):
        return str(error)
    said = error.stderr or b""
    lines = (said if isinstance(said, str) else said.decode("utf-8", "replace")).strip().splitlines() or ["it wrote nothing"]
    return f"{Path(error.cmd[0]).name} {error.cmd[1]} ended with {error.returncode}: {lines[-1]}"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (RunError, build.BuildError, subprocess.CalledProcessError) as problem:
        print(_sentence(problem), file=sys.stderr)
        sys.exit(1)
