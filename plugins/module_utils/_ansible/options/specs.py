# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Argument specs of the faces: one function a group, named like the documentation fragment.

Names, aliases and defaults are those of ``kubernetes.core``'s helm modules, so that migrating a playbook changes only module names.
There are two deliberate differences:

* No option has an environment fallback here. In both modes the task's environment is passed to the adapters
  (``_adapters/kube/config/options.py``), which apply the order: explicit option, then environment, then kubeconfig.
* Where an explicit value must be distinguished from a default (``reset_values``, ``timeout``), there is no default here; the
  documentation says what applies when the option is absent. The faces check for mutually exclusive options and word the errors.

This file is read by targets of every age before the Python version is checked: old syntax, nothing imported.
"""

from __future__ import annotations

from typing import Any, Dict  # noqa: UP035  read by old Pythons

Spec = Dict[str, Any]  # noqa: UP006  # Any: Ansible validates it


def connection() -> Spec:
    """Options of connections: 16 as in ``kubernetes.core``, and three that are flags of Helm."""
    return {
        "kubeconfig": {"type": "raw", "aliases": ["kubeconfig_path"]},
        "context": {"type": "str", "aliases": ["kube_context"]},
        "host": {"type": "str"},
        "api_key": {"type": "str", "no_log": True},
        "validate_certs": {"type": "bool", "aliases": ["verify_ssl"]},
        "ca_cert": {"type": "path", "aliases": ["ssl_ca_cert"]},
        "username": {"type": "str"},
        "password": {"type": "str", "no_log": True},
        "client_cert": {"type": "path", "aliases": ["cert_file"]},
        "client_key": {"type": "path", "aliases": ["key_file"], "no_log": False},
        "proxy": {"type": "str"},
        "no_proxy": {"type": "str"},
        "proxy_headers": {
            "type": "dict",
            "options": {
                "proxy_basic_auth": {"type": "str", "no_log": True},
                "basic_auth": {"type": "str", "no_log": True},
                "user_agent": {"type": "str"},
            },
        },
        "persist_config": {"type": "bool"},
        "impersonate_user": {"type": "str"},
        "impersonate_groups": {"type": "list", "elements": "str"},
        "tls_server_name": {"type": "str"},
        "qps": {"type": "float"},
        "burst_limit": {"type": "int"},
    }


def helm_binary() -> Spec:
    """Options of a helm binary; accepted with a notice and ignored, so that playbooks can migrate."""
    return {"binary_path": {"type": "path"}}


def release_identity() -> Spec:
    return {
        "release_name": {"type": "str", "required": True, "aliases": ["name"]},
        "release_namespace": {"type": "str", "required": True, "aliases": ["namespace"]},
    }


def chart_source() -> Spec:
    return {
        "chart_ref": {"type": "path"},
        "chart_repo_url": {"type": "str"},
        "chart_version": {"type": "str"},
        "devel": {"type": "bool", "default": False},
        "dependency_update": {"type": "bool", "default": False, "aliases": ["dep_up"]},
        "update_repo_cache": {"type": "bool", "default": False},
        "chart_repo_username": {"type": "str"},
        "chart_repo_password": {"type": "str", "no_log": True},
        "chart_repo_ca_cert": {"type": "path"},
        "chart_repo_client_cert": {"type": "path"},
        "chart_repo_client_key": {"type": "path", "no_log": False},
        "pass_credentials": {"type": "bool", "default": False, "no_log": False},
        "insecure_skip_tls_verify": {"type": "bool", "default": False, "aliases": ["skip_tls_certs_check"]},
        "plain_http": {"type": "bool", "default": False},
        "offline": {"type": "bool", "default": False},
        "dependency_repositories": dependency_repositories(),
    }


def verification() -> Spec:
    """What a chart archive must be: its checksum and its signature."""
    return {
        "chart_digest": {"type": "str"},
        "verify": {"type": "str", "choices": ["never", "if_possible", "always"], "default": "never"},
        "keyring": {"type": "path", "no_log": False},
        "cosign_public_key": {"type": "path", "no_log": False},
    }


def dependency_repositories() -> Spec:
    """Repositories of a chart's dependencies: their names and how to reach them."""
    options = {
        "name": {"type": "str"},
        "url": {"type": "str", "required": True},
        "username": {"type": "str"},
        "password": {"type": "str", "no_log": True},
        "ca_cert": {"type": "path"},
        "client_cert": {"type": "path"},
        "client_key": {"type": "path", "no_log": False},
        "pass_credentials": {"type": "bool", "default": False, "no_log": False},
        "insecure_skip_tls_verify": {"type": "bool", "default": False, "aliases": ["skip_tls_certs_check"]},
        "plain_http": {"type": "bool", "default": False},
    }
    return {"type": "list", "elements": "dict", "options": options}


def chart_values() -> Spec:
    return {
        "release_values": {"type": "dict", "default": {}, "aliases": ["values"]},
        "values_files": {"type": "list", "elements": "str", "default": []},
        "set_values": {
            "type": "list",
            "elements": "dict",
            "options": {
                "value": {"type": "str", "required": True},
                "value_type": {"type": "str", "choices": ["raw", "string", "json", "file", "literal"], "default": "raw"},
            },
        },
        "values_from": {
            "type": "list",
            "elements": "dict",
            "options": {
                "file": {"type": "str"},
                "remote_src": {"type": "bool", "default": False},
                "template": {"type": "str"},
                "content": {"type": "raw", "no_log": False},
                "secret": _in_cluster(),
                "config_map": _in_cluster(),
                "target_path": {"type": "str"},
                "optional": {"type": "bool", "default": False},
                "literal": {"type": "bool"},
                "sensitive": {"type": "bool", "default": False},
            },
        },
        "skip_schema_validation": {"type": "bool", "default": False},
    }


def _in_cluster() -> Spec:
    """A key of a Secret or of a ConfigMap. The names in it are not secret."""
    options = {
        "name": {"type": "str", "required": True},
        "namespace": {"type": "str"},
        "key": {"type": "str", "no_log": False},
    }
    return {"type": "dict", "options": options, "no_log": False}


def validation() -> Spec:
    """Accepted: see the documentation fragment of the same name."""
    return {"disable_openapi_validation": {"type": "bool", "default": False}}


def notes() -> Spec:
    """Options for the notes of a release: what is rendered and recorded, and what is in ``stdout``."""
    return {"render_subchart_notes": {"type": "bool", "default": False}, "hide_notes": {"type": "bool", "default": False}}


def tracing() -> Spec:
    return {"values_trace": {"type": "bool", "default": False}}


def unknown_values() -> Spec:
    """What to do about values that no template reads.

    The default is Helm's behaviour, see ``unknown_values.py``.
    """
    return {"unknown_values": {"type": "str", "choices": ["ignore", "warn", "fail"], "default": "ignore"}}


def waiting() -> Spec:
    return {
        "wait": {"type": "bool", "default": False},
        "wait_strategy": {"type": "str", "choices": ["watcher", "hookOnly", "legacy"]},
        "wait_for_jobs": {"type": "bool", "default": False},
        "timeout": {"type": "str"},
        "ready_when": {"type": "dict"},
        "failed_when": {"type": "dict"},
        "fail_fast": {"type": "str"},
    }


def secrets() -> Spec:
    """Which values are secret; shared by all that are given values."""
    return {"secret_paths": {"type": "list", "elements": "str", "no_log": False}}


def masking() -> Spec:
    return _merged({"return_values": {"type": "bool", "default": False}}, secrets())


def storage() -> Spec:
    """Where the records of releases are; without a choice the environment's ``HELM_DRIVER`` counts."""
    return {"storage_driver": {"type": "str", "choices": ["secret", "configmap", "memory"]}}


def applying() -> Spec:
    """How objects are written; shared by release and rollback."""
    return {
        "disable_hook": {"type": "bool", "default": False},
        "server_side": {"type": "str", "choices": ["auto", "true", "false"]},
        "force_conflicts": {"type": "bool", "default": False},
        "history_max": {"type": "int"},
        "cleanup_on_fail": {"type": "bool", "default": False},
    }


def _selecting(**more: Spec) -> Spec:
    return {"type": "list", "elements": "dict", "options": dict({key: {"type": "str"} for key in ("kind", "name", "namespace")}, **more)}


def conflicts() -> Spec:
    """What may be taken over or recreated; shared by release and rollback."""
    texts = {"type": "list", "elements": "str"}
    return {
        "force_conflicts_for": {"type": "dict", "options": {"managers": texts, "paths": texts}},
        "on_immutable": {"type": "str", "choices": ["fail", "recreate"], "default": "fail"},
        "recreate_kinds": {"type": "list", "elements": "str", "default": ["Job"]},
    }


def post_rendering() -> Spec:
    """Changes of rendered objects; shared by release and template."""
    target = {key: {"type": "str"} for key in ("kind", "name", "namespace")}
    return {
        "patches": {
            "type": "list",
            "elements": "dict",
            "options": {"target": {"type": "dict", "options": target}, "patch": {"type": "raw", "required": True}},
        },
        "images": {
            "type": "list",
            "elements": "dict",
            "options": {
                "name": {"type": "str", "required": True},
                "new_registry": {"type": "str"},
                "new_name": {"type": "str"},
                "new_tag": {"type": "str"},
                "digest": {"type": "str"},
            },
        },
        **image_registry(),
        "common_labels": {"type": "dict"},
        "common_annotations": {"type": "dict"},
    }


def image_registry() -> Spec:
    """Where images are expected: a registry, or a dictionary. See ``image_registry.py``."""
    return {"image_registry": {"type": "raw"}}


def planning() -> Spec:
    """A plan that is saved and applied later."""
    return {"plan_file": {"type": "path"}, "plan_mode": {"type": "str", "choices": ["save", "apply"]}}


def generated() -> Spec:
    """Generated values to preserve. Each entry is a name or a map, see ``generated.py``."""
    return {"keep_generated": {"type": "list", "elements": "raw", "no_log": False}}


def keeping() -> Spec:
    """What is not changed, and what becomes part of a release."""
    texts = {"type": "list", "elements": "str"}
    return {
        "drift": {"type": "str", "choices": ["ignore", "report", "missing", "correct"], "default": "missing"},
        "drift_ignore": _selecting(paths=texts),
        "adopt": {"type": "str", "choices": ["none", "listed", "any"]},
        "adopt_objects": _selecting(),
    }


def locking() -> Spec:
    """Concurrent work on the same release; shared by all faces that write. Defaults: see ``locking.py``."""
    return {
        "if_busy": {"type": "str", "choices": ["wait", "fail"], "default": "wait"},
        "lock_timeout": {"type": "str"},
        "pending_expiry": {"type": "str"},
    }


def _merged(*groups: Spec) -> Spec:
    spec: Spec = {}
    for group in groups:
        spec.update(group)
    return spec


def common() -> Spec:
    """Options of every module of the action group ``charts``.

    ``module_defaults`` can set them for all of its modules.

    Modules without a use for an option accept it and ignore it.
    """
    return _merged(connection(), helm_binary(), storage())


def common_of_repositories() -> Spec:
    """The same for the action group ``repositories``.

    Without credentials: a cluster's must never be set for a repository.
    """
    return helm_binary()


def repository_access() -> Spec:
    """How to reach a repository or a registry."""
    return {
        "repo_username": {"type": "str", "aliases": ["username", "chart_repo_username"]},
        "repo_password": {"type": "str", "aliases": ["password", "chart_repo_password"], "no_log": True},
        "chart_ca_cert": {"type": "path", "aliases": ["chart_repo_ca_cert"]},
        "chart_ssl_cert_file": {"type": "path", "aliases": ["chart_repo_client_cert"]},
        "chart_ssl_key_file": {"type": "path", "aliases": ["chart_repo_client_key"], "no_log": False},
        "skip_tls_certs_check": {"type": "bool", "default": False, "aliases": ["insecure_skip_tls_verify"]},
        "plain_http": {"type": "bool", "default": False},
    }


#: action group -> what all of its modules accept
GROUPS = {"charts": common, "repositories": common_of_repositories}


def chart_release() -> Spec:
    own = {
        "release_state": {"type": "str", "choices": ["present", "absent"], "default": "present", "aliases": ["state"]},
        "reuse_values": {"type": "bool"},
        "reset_values": {"type": "bool"},
        "reset_then_reuse_values": {"type": "bool", "default": False},
        "force": {"type": "bool", "default": False},
        "purge": {"type": "bool", "default": True},
        "wait_timeout": {"type": "str"},
        "atomic": {"type": "bool", "default": False},
        "on_failure": {"type": "str", "choices": ["keep", "rollback", "uninstall"]},
        "release_labels": {"type": "dict", "aliases": ["labels"]},
        "cascade": {"type": "str", "choices": ["background", "foreground", "orphan"]},
        "description": {"type": "str"},
        "create_namespace": {"type": "bool", "default": False},
        "post_renderer": {"type": "str"},
        "legacy_check_status": {"type": "bool", "default": False},
        "replace": {"type": "bool", "default": False},
        "skip_crds": {"type": "bool", "default": False},
        "take_ownership": {"type": "bool", "default": False},
        "crds": {"type": "str", "choices": ["skip", "create", "create_replace"]},
        "namespace_labels": {"type": "dict"},
        "namespace_annotations": {"type": "dict"},
    }
    return {
        "argument_spec": _merged(
            common(),
            release_identity(),
            chart_source(),
            verification(),
            chart_values(),
            unknown_values(),
            validation(),
            notes(),
            waiting(),
            applying(),
            locking(),
            conflicts(),
            keeping(),
            generated(),
            post_rendering(),
            planning(),
            masking(),
            tracing(),
            own,
        ),
        "required_if": [("release_state", "present", ["chart_ref"])],
        "supports_check_mode": True,
    }


def chart_releases() -> Spec:
    own = {
        "releases": {"type": "list", "elements": "dict", "required": True},
        "defaults": {"type": "dict", "default": {}},
        "max_parallel": {"type": "int", "default": 4},
    }
    return {"argument_spec": _merged(common(), own), "supports_check_mode": True}


def one_of_releases() -> Spec:
    """Options of an entry of ``releases``.

    Those of ``chart_release``, except those that apply to the whole task.
    """
    shared = set(common())
    whole = chart_release()
    spec = {name: option for name, option in whole["argument_spec"].items() if name not in shared}
    spec["needs"] = {"type": "list", "elements": "str", "default": []}
    return dict(whole, argument_spec=spec)


def chart_release_rollback() -> Spec:
    own = {
        "revision": {"type": "int", "default": 0},
        "description": {"type": "str"},
        "on_failure": {"type": "str", "choices": ["keep", "rollback"]},
        "force": {"type": "bool", "default": False},
    }
    return {
        "argument_spec": _merged(
            common(),
            release_identity(),
            waiting(),
            applying(),
            locking(),
            conflicts(),
            planning(),
            masking(),
            own,
        ),
        "supports_check_mode": True,
    }


def chart_release_test() -> Spec:
    own = {
        "filters": {"type": "list", "elements": "str", "default": [], "aliases": ["filter"]},
        "logs": {"type": "bool", "default": False},
        "timeout": {"type": "str"},
    }
    return {
        "argument_spec": _merged(common(), release_identity(), locking(), masking(), own),
        "supports_check_mode": True,
    }


def chart_release_info() -> Spec:
    own = {
        "release_name": {"type": "str", "aliases": ["name"]},
        "release_namespace": {"type": "str", "aliases": ["namespace"]},
        "release_state": {
            "type": "list",
            "elements": "str",
            "default": [],
            "aliases": ["state"],
            "choices": ["all", "deployed", "failed", "pending", "superseded", "uninstalled", "uninstalling"],
        },
        "get_all_values": {"type": "bool", "default": False},
        "name_regex": {"type": "str"},
        "chart_name": {"type": "str"},
        "label_selector": {"type": "str"},
        "metadata_only": {"type": "bool", "default": False},
        "resources": {"type": "bool", "default": False},
        "drift": {"type": "bool", "default": False},
        "orphans": {"type": "bool", "default": False},
        "deprecated_apis": {"type": "bool", "default": False},
        "revision": {"type": "int"},
        "parse_manifest": {"type": "bool", "default": True},
        "return_manifest": {"type": "bool", "default": True},
    }
    return {
        "argument_spec": _merged(common(), masking(), own),
        "required_by": {"release_name": ["release_namespace"], "revision": ["release_name"]},
        "supports_check_mode": True,
    }


def chart_template() -> Spec:
    own = {
        "chart_ref": {"type": "path", "required": True},
        "release_name": {"type": "str", "aliases": ["name"]},
        "release_namespace": {"type": "str", "aliases": ["namespace"]},
        "disable_hook": {"type": "bool", "default": False},
        "include_crds": {"type": "bool", "default": False},
        "insecure_registry": {"type": "bool", "default": False},
        "output_dir": {"type": "path"},
        "show_only": {"type": "list", "elements": "str", "default": []},
        "skip_tests": {"type": "bool", "default": False},
        "is_upgrade": {"type": "bool", "default": False},
        "kube_version": {"type": "str"},
        "api_versions": {"type": "list", "elements": "str", "default": []},
        "parse_manifest": {"type": "bool"},
        "return_manifest": {"type": "bool", "default": True},
        "image_details": {"type": "bool", "default": False},
        "prune": {"type": "bool", "default": False},
        "use_release_name": {"type": "bool", "default": False},
        "name_template": {"type": "str"},
        "generate_name": {"type": "bool", "default": False},
        "skip_crds": {"type": "bool", "default": False},
        "dry_run": {"type": "str", "choices": ["client", "server"], "default": "client"},
        "take_ownership": {"type": "bool", "default": False},
    }
    return {
        "argument_spec": _merged(
            common(), chart_source(), verification(), chart_values(), unknown_values(), secrets(), post_rendering(), own
        ),
        "supports_check_mode": True,
    }


def chart_info() -> Spec:
    own = {
        "chart_ref": {"type": "path", "required": True},
        "release_name": {"type": "str", "aliases": ["name"]},
        "release_namespace": {"type": "str", "aliases": ["namespace"]},
        "kube_version": {"type": "str"},
        "api_versions": {"type": "list", "elements": "str", "default": []},
        "render": {"type": "bool", "default": True},
        "image_details": {"type": "bool", "default": False},
        "crd_manifests": {"type": "bool", "default": False},
    }
    return {
        "argument_spec": _merged(common(), chart_source(), verification(), chart_values(), secrets(), image_registry(), own),
        "supports_check_mode": True,
    }


def chart_lint() -> Spec:
    own = {
        "chart_ref": {"type": "path", "required": True},
        "release_namespace": {"type": "str", "aliases": ["namespace"]},
        "strict": {"type": "bool", "default": False},
        "fail_on": {"type": "str", "choices": ["error", "warning", "never"]},
        "with_subcharts": {"type": "bool", "default": False},
        "quiet": {"type": "bool", "default": False},
        "kube_version": {"type": "str"},
        "check_values": {"type": "bool", "default": True},
        "ignore": {"type": "list", "elements": "str", "default": []},
    }
    return {
        "argument_spec": _merged(common(), chart_source(), verification(), chart_values(), secrets(), own),
        "supports_check_mode": True,
    }


def chart_repository() -> Spec:
    # No cluster options: with them this module would be set a cluster's password by ``module_defaults`` and send it to a repository.
    own = {
        "repo_name": {"type": "str", "required": True, "aliases": ["name"]},
        "repo_url": {"type": "str", "aliases": ["url"]},
        "repo_username": {"type": "str", "aliases": ["username"]},
        "repo_password": {"type": "str", "aliases": ["password"], "no_log": True},
        "repo_state": {"type": "str", "choices": ["present", "absent"], "default": "present", "aliases": ["state"]},
        "search": {"type": "str"},
        "pass_credentials": {"type": "bool", "no_log": False},
        "force_update": {"type": "bool", "default": False, "aliases": ["force"]},
        "insecure_skip_tls_verify": {"type": "bool", "aliases": ["skip_tls_certs_check"]},
        "chart_repo_ca_cert": {"type": "path"},
        "chart_repo_client_cert": {"type": "path"},
        "chart_repo_client_key": {"type": "path", "no_log": False},
        "offline": {"type": "bool", "default": False},
    }
    return {
        "argument_spec": _merged(common_of_repositories(), own),
        "required_if": [("repo_state", "present", ["repo_url"])],
        "required_together": [("repo_username", "repo_password"), ("chart_repo_client_cert", "chart_repo_client_key")],
        "supports_check_mode": True,
    }


def chart_repository_info() -> Spec:
    own = {
        "repo_name": {"type": "str", "aliases": ["name"]},
        "repo_url": {"type": "str", "aliases": ["url", "chart_repo_url"]},
        "repo_username": {"type": "str", "aliases": ["username", "chart_repo_username"]},
        "repo_password": {"type": "str", "aliases": ["password", "chart_repo_password"], "no_log": True},
        "chart_repo_ca_cert": {"type": "path"},
        "chart_repo_client_cert": {"type": "path"},
        "chart_repo_client_key": {"type": "path", "no_log": False},
        "insecure_skip_tls_verify": {"type": "bool", "default": False, "aliases": ["skip_tls_certs_check"]},
        "search": {"type": "str"},
        "regexp": {"type": "bool", "default": False},
        "keywords": {"type": "list", "elements": "str", "default": [], "no_log": False},
        "chart_version": {"type": "str"},
        "devel": {"type": "bool", "default": False},
        "all_versions": {"type": "bool", "default": False},
        "update_repo_cache": {"type": "bool", "default": False},
        "offline": {"type": "bool", "default": False},
    }
    return {
        "argument_spec": _merged(common_of_repositories(), own),
        "required_together": [("repo_username", "repo_password"), ("chart_repo_client_cert", "chart_repo_client_key")],
        "supports_check_mode": True,
    }


def chart_pull() -> Spec:
    # No cluster options, for the reason above. The names are those of ``kubernetes.core``, the aliases those of the other modules.
    own = {
        "chart_ref": {"type": "str", "required": True},
        "chart_version": {"type": "str"},
        "chart_devel": {"type": "bool", "aliases": ["devel"]},
        "destination": {"type": "path", "required": True},
        "untar_chart": {"type": "bool", "default": False, "aliases": ["untar"]},
        "force": {"type": "bool", "default": False},
        "provenance": {"type": "bool", "default": False},
        "verify_chart": {"type": "bool", "default": False},
        "verify_chart_keyring": {"type": "path", "aliases": ["keyring"], "no_log": False},
        "chart_digest": {"type": "str"},
        "cosign_public_key": {"type": "path", "no_log": False},
        "repo_url": {"type": "str", "aliases": ["url", "chart_repo_url"]},
        "pass_credentials": {"type": "bool", "default": False, "no_log": False},
        "update_repo_cache": {"type": "bool", "default": False},
        "offline": {"type": "bool", "default": False},
    }
    return {
        "argument_spec": _merged(common_of_repositories(), repository_access(), own),
        "supports_check_mode": True,
    }


def chart_push() -> Spec:
    own = {
        "chart_ref": {"type": "path"},
        "chart_name": {"type": "str"},
        "chart_version": {"type": "str"},
        "destination": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "on_exists": {"type": "str", "choices": ["fail", "skip", "replace"], "default": "fail"},
        "provenance": {"type": "bool", "default": True},
    }
    return {"argument_spec": _merged(common_of_repositories(), repository_access(), own), "supports_check_mode": True}


def chart_copy() -> Spec:
    own = {
        "source": {"type": "str", "required": True},
        "destination": {"type": "str", "required": True},
        "charts": {"type": "list", "elements": "str", "default": []},
        "chart_version": {"type": "str"},
        "on_exists": {"type": "str", "choices": ["fail", "skip", "replace"], "default": "fail"},
        "provenance": {"type": "bool", "default": True},
        "signatures": {"type": "bool", "default": True},
        "images": {"type": "bool", "default": False},
        "max_parallel": {"type": "int", "default": 8},
        "pass_credentials": {"type": "bool", "default": False, "no_log": False},
        "update_repo_cache": {"type": "bool", "default": False},
        "destination_username": {"type": "str"},
        "destination_password": {"type": "str", "no_log": True},
        "destination_ca_cert": {"type": "path"},
        "destination_ssl_cert_file": {"type": "path"},
        "destination_ssl_key_file": {"type": "path", "no_log": False},
        "destination_skip_tls_certs_check": {"type": "bool", "default": False},
        "destination_plain_http": {"type": "bool", "default": False},
    }
    return {"argument_spec": _merged(common_of_repositories(), repository_access(), image_registry(), own), "supports_check_mode": True}


def chart_registry_auth() -> Spec:
    own = {
        "host": {"type": "str", "required": True, "aliases": ["registry_url"]},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "username": {"type": "str", "aliases": ["repo_username"]},
        "password": {"type": "str", "aliases": ["repo_password"], "no_log": True},
        "ca_file": {"type": "path"},
        "cert_file": {"type": "path"},
        "key_file": {"type": "path", "no_log": False},
        "insecure": {"type": "bool", "default": False},
        "plain_http": {"type": "bool", "default": False},
    }
    return {"argument_spec": _merged(common_of_repositories(), own), "supports_check_mode": True}


def chart_create() -> Spec:
    own = {
        "chart_ref": {"type": "path", "required": True},
        "starter": {"type": "path"},
    }
    return {"argument_spec": _merged(common_of_repositories(), own), "supports_check_mode": True}


def chart_package() -> Spec:
    own = {
        "chart_ref": {"type": "path", "required": True},
        "destination": {"type": "path", "required": True},
        "version": {"type": "str"},
        "app_version": {"type": "str"},
        "sign": {"type": "bool", "default": False},
        "key": {"type": "str", "no_log": False},
        "keyring": {"type": "path", "no_log": False},
        "passphrase": {"type": "str", "no_log": True},
        "passphrase_file": {"type": "path", "no_log": False},
        "dependency_update": {"type": "bool", "default": False, "aliases": ["dep_up"]},
        "dependency_repositories": dependency_repositories(),
        "offline": {"type": "bool", "default": False},
    }
    return {"argument_spec": _merged(common_of_repositories(), own), "supports_check_mode": True}


def chart_dependency() -> Spec:
    own = {
        "chart_ref": {"type": "path", "required": True},
        "state": {"type": "str", "choices": ["present", "latest", "gathered"], "default": "present"},
        "dependency_repositories": dependency_repositories(),
        "offline": {"type": "bool", "default": False},
    }
    signatures = {name: verification()[name] for name in ("verify", "keyring")}  # the others apply to a single chart
    return {"argument_spec": _merged(common_of_repositories(), signatures, own), "supports_check_mode": True}


def chart_repository_index() -> Spec:
    own = {
        "path": {"type": "path", "required": True},
        "url": {"type": "str"},
        "merge": {"type": "path"},
        "json": {"type": "bool", "default": False},
        "rebuild": {"type": "bool", "default": False},
    }
    return {"argument_spec": _merged(common_of_repositories(), own), "supports_check_mode": True}


def deployer_identity() -> Spec:
    own = {
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "name": {"type": "str", "default": "release-manager"},
        "namespace": {"type": "str", "default": "release-manager"},
        "scope": {"type": "str", "choices": ["namespaces", "cluster-admin"], "default": "namespaces"},
        "namespaces": {"type": "list", "elements": "str", "default": []},
        "rules": {"type": "list", "elements": "dict", "default": []},
        "token_duration": {"type": "str", "default": "1h", "no_log": False},
        "path": {"type": "path"},
    }
    return {
        "argument_spec": _merged(common(), own),
        "required_if": [("state", "present", ["path"])],
        "supports_check_mode": True,
    }
