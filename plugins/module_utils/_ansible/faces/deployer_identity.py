# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The face of ``deployer_identity``, and the kubeconfig it keeps on disk."""

from __future__ import annotations

from pathlib import Path

from ..._adapters.clock import SystemClock
from ..._adapters.kube.client import KubeCluster, connect
from ..._adapters.kube.config.options import from_params
from ..._adapters.private_files import check_target, reason, write_private
from ..._adapters.user_paths import exists, user_path
from ..._engine.access.identity import IdentityOutcome, IdentityRequest, absent, present
from ..._engine.errors import OperatorError, OptionError
from ..._engine.yamlio.dump import dumps
from ..._engine.yamlio.load import YamlError, loads_object
from ..options.durations import seconds
from ..task import Result, Task, notice_helm_binary

MODE = 0o600


def deployer_identity(task: Task) -> Result:
    notice_helm_binary(task)
    path = _path(task)
    request = IdentityRequest(
        name=str(task["name"]),
        namespace=str(task["namespace"]),
        scope=str(task["scope"]),
        namespaces=tuple(str(n) for n in task["namespaces"]),
        rules=tuple(_rule(r) for r in task["rules"]),
        token_seconds=int(seconds(str(task["token_duration"]), "token_duration")),
        token=_token_in(path),
    )
    if task["state"] == "present":
        _check_writable(path)  # before the cluster is changed
    cluster = connect(from_params(task.params, task.environ))
    if task["state"] == "absent":
        return _removed(request, cluster, path, task)
    outcome = present(request, cluster, SystemClock(), cluster.with_token, check=task.check_mode)
    if _written(request, cluster, outcome, path, task.check_mode):
        outcome.changed = True
        outcome.steps.append(f"write {path} with mode 0600")
    return _result(request, outcome, path)


def _path(task: Task) -> Path:
    if not task.get("path"):
        if task["state"] == "present":
            raise OptionError("path is required with state: present; set it to the path for the kubeconfig of the identity.", option="path")
        return Path()
    return user_path(str(task["path"]), "path", task.environ)


def _check_writable(path: Path) -> None:
    try:
        check_target(path)
    except OSError as error:
        raise OptionError(f"path: {path} cannot be written: {reason(error)}.", option="path") from None


def _rule(raw: Result) -> Result:
    for key in ("apiGroups", "resources", "verbs"):
        given = raw.get(key)
        if given is not None and not (isinstance(given, list) and all(isinstance(item, str) for item in given)):
            raise OptionError(f"rules: {key} must be a list of strings, as in a Role.", option="rules")
    if not raw.get("resources") or not raw.get("verbs"):
        raise OptionError("Each entry of rules requires apiGroups, resources and verbs, as in a Role.", option="rules")
    return {"apiGroups": list(raw.get("apiGroups") or [""]), "resources": list(raw["resources"]), "verbs": list(raw["verbs"])}


def _removed(request: IdentityRequest, cluster: KubeCluster, path: Path, task: Task) -> Result:
    outcome = absent(request, cluster, check=task.check_mode)
    if path != Path() and exists(path) and _token_in(path):
        outcome.changed = True
        outcome.steps.append(f"remove {path}")
        if not task.check_mode:
            try:
                path.unlink()
            except OSError as error:
                raise OperatorError(f"path: {path} cannot be deleted: {reason(error)}.", option="path") from error
    return _result(request, outcome, path)


def _document(path: Path) -> Result:
    """The kubeconfig at a path; ``{}`` where there is none.

    :raises OperatorError: the file is not a kubeconfig, and so must not be changed.
    """
    if path == Path() or not exists(path):
        return {}
    try:
        document = loads_object(path.read_bytes())
    except OSError as error:
        raise OperatorError(f"path: {path} cannot be read: {reason(error)}.") from error
    except YamlError:
        document = None
    if not isinstance(document, dict) or document.get("kind") != "Config":
        raise OperatorError(f"path: {path} exists and is not a kubeconfig; choose another path, or remove the file.", option="path")
    return document


def _token_in(path: Path) -> str:
    users = _document(path).get("users") or [{}]
    return str(((users[0] or {}).get("user") or {}).get("token") or "")


def _kubeconfig(request: IdentityRequest, cluster: KubeCluster, token: str) -> Result:
    home = request.namespaces[0] if request.namespaces else "default"
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "cluster", "cluster": cluster.kubeconfig_cluster()}],
        "users": [{"name": request.name, "user": {"token": token}}],
        "contexts": [{"name": request.name, "context": {"cluster": "cluster", "namespace": home, "user": request.name}}],
        "current-context": request.name,
    }


def _written(request: IdentityRequest, cluster: KubeCluster, outcome: IdentityOutcome, path: Path, check: bool) -> bool:
    """Writes the kubeconfig if its content or mode differs."""
    if outcome.token:
        wanted = _kubeconfig(request, cluster, outcome.token)
        if exists(path) and _document(path) == wanted and path.stat().st_mode & 0o777 == MODE:
            return False
    if not check:
        try:
            write_private(path, dumps(wanted).encode(), MODE)
        except OSError as error:
            raise OperatorError(f"path: {path} cannot be written: {reason(error)}.", option="path") from error
    return True


def _result(request: IdentityRequest, outcome: IdentityOutcome, path: Path) -> Result:
    """The result. It has no token: that is in the file alone."""
    return {
        "changed": outcome.changed,
        "service_account": f"{request.namespace}/{request.name}",
        "path": "" if path == Path() else str(path),
        "steps": outcome.steps,
        "proved": outcome.proved,
        "token_expires": outcome.expires,
    }
