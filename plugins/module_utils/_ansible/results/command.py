# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The helm 4 command that is equivalent to a task, for users who want to repeat it manually.

It is never run. Secrets are masked; values given in the task become ``--values <release_values>``, a placeholder for a file's name.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from ..options.durations import DEFAULT_SECONDS, text_of
from ..task import Task
from .masked_options import mask_set_value
from .redact import MASK

#: option -> flag, for switches that mean the same in both
_SWITCHES = {
    "create_namespace": "--create-namespace",
    "disable_hook": "--no-hooks",
    "wait": "--wait",
    "wait_for_jobs": "--wait-for-jobs",
    "atomic": "--rollback-on-failure",
    "skip_crds": "--skip-crds",
    "take_ownership": "--take-ownership",
    "force_conflicts": "--force-conflicts",
    "skip_schema_validation": "--skip-schema-validation",
    "insecure_skip_tls_verify": "--insecure-skip-tls-verify",
    "insecure_registry": "--insecure-skip-tls-verify",
    "plain_http": "--plain-http",
    "pass_credentials": "--pass-credentials",
    "force": "--force-replace",
    "cleanup_on_fail": "--cleanup-on-fail",
    "devel": "--devel",
    "generate_name": "--generate-name",
    "use_release_name": "--release-name",
    "disable_openapi_validation": "--disable-openapi-validation",
    "render_subchart_notes": "--render-subchart-notes",
    "hide_notes": "--hide-notes",
    "include_crds": "--include-crds",
    "skip_tests": "--skip-tests",
    "is_upgrade": "--is-upgrade",
    "reuse_values": "--reuse-values=True",  # as kubernetes.core writes it, which playbooks look for; helm reads it
    "reset_then_reuse_values": "--reset-then-reuse-values",
    "strict": "--strict",
    "with_subcharts": "--with-subcharts",
    "quiet": "--quiet",
    "json": "--json",
    "sign": "--sign",
    "regexp": "--regexp",
    "all_versions": "--versions",
    "dependency_update": "--dependency-update",
}
#: option -> flag with its value
_SETTINGS = {
    "chart_repo_url": "--repo",
    "chart_repo_username": "--username",
    "chart_repo_ca_cert": "--ca-file",
    "chart_repo_client_cert": "--cert-file",
    "chart_repo_client_key": "--key-file",
    "chart_version": "--version",
    "description": "--description",
    "history_max": "--history-max",
    "server_side": "--server-side",
    "kube_version": "--kube-version",
    "output_dir": "--output-dir",
    "name_template": "--name-template",
    "version": "--version",
    "app_version": "--app-version",
    "destination": "--destination",
    "starter": "--starter",
    "url": "--url",
    "merge": "--merge",
    "key": "--key",
    "passphrase_file": "--passphrase-file",
}
#: options that say how to reach the chart's repository or registry
ACCESS_OPTIONS = (
    "chart_repo_username", "chart_repo_password", "chart_repo_ca_cert", "chart_repo_client_cert", "chart_repo_client_key",
    "pass_credentials", "insecure_skip_tls_verify", "plain_http",
)  # fmt: skip
_VALUES = "<release_values>"
_SET_FLAGS = {"json": "--set-json", "raw": "--set", "string": "--set-string", "file": "--set-file", "literal": "--set-literal"}


def helm_command(task: Task, words: Sequence[str], options: Sequence[str], *, timeout: float = DEFAULT_SECONDS) -> str:
    """``helm <words>`` with the task's ``options`` in use.

    It starts with ``binary_path`` if that is specified.
    """
    parts = [str(task.get("binary_path") or "helm"), *words]
    if task.get("release_namespace"):
        parts += ["--namespace", str(task["release_namespace"])]
    for option in options:
        parts += _flags(task, option)
    if timeout != DEFAULT_SECONDS:
        parts += ["--timeout", text_of(timeout)]
    return " ".join(part if part in (MASK, _VALUES) else shlex.quote(part) for part in parts)


def _flags(task: Task, option: str) -> list[str]:
    value = task.get(option)
    if value in (None, False, "", []):
        return []
    if option == "wait" and task.get("wait_strategy"):
        return []  # below, with its strategy
    if option == "wait_strategy":
        return [f"--wait={value}"]
    if option == "dry_run":
        return ["--dry-run=server"] if value == "server" else []
    if option == "chart_repo_password":
        return ["--password", MASK]
    if option in _SWITCHES:
        return [_SWITCHES[option]]
    if option == "values_files":
        return [part for source in value for part in ("--values", str(source))]
    if option == "release_values":
        return ["--values", _VALUES] if value else []
    if option == "set_values":
        return [part for entry in value for part in (_SET_FLAGS[entry.get("value_type") or "raw"], mask_set_value(str(entry["value"])))]
    if option in ("api_versions", "show_only"):
        flag = "--" + option.replace("_", "-")
        return [part for item in value for part in (flag, str(item))]
    if option == "verify":
        return ["--verify"] if value == "always" else []
    if option == "keyring":
        return ["--keyring", str(value)] if task.get("verify") == "always" or task.get("sign") else []
    return [_SETTINGS[option], str(value)]
