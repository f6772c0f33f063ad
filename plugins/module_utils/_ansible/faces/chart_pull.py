# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""``chart_pull``: a chart's archive, or its files, in a folder.

What is there is checked before it is accepted: an archive by its digest, a folder by the content of its files. The archive is not fetched
if its digest is known and the file that is there has it, or if it is in Helm's content cache. The checksum and the signature that the task
requires are verified in every case, before anything is written.
"""

from __future__ import annotations

import hashlib
import shlex
from dataclasses import replace
from pathlib import Path

from ..._adapters.charts import destination
from ..._adapters.charts.archives import fetch_archive, load_chart_of
from ..._adapters.charts.locate import archive_source_of
from ..._adapters.charts.reference import ALWAYS, NEVER, ChartReference, Trust
from ..._adapters.http.repo_http import without_secrets
from ..._adapters.user_paths import user_path, working_folder
from ..._engine.chart.archives.archive import read_archive
from ..._engine.chart.model import Chart
from ..._engine.chart.places.source import FetchedArchive, FoundArchive
from ..._engine.errors import OperatorError, OptionError
from ..options.chart_source import DEVELOPMENT, digest_of, provenance_result
from ..options.repository_access import repository_access
from ..results.redact import MASK
from ..task import Result, Task, notice_helm_binary

#: option -> flag of ``helm pull``
_SETTINGS = {
    "chart_version": "--version",
    "repo_url": "--repo",
    "repo_username": "--username",
    "chart_ca_cert": "--ca-file",
    "chart_ssl_cert_file": "--cert-file",
    "chart_ssl_key_file": "--key-file",
    "verify_chart_keyring": "--keyring",
    "destination": "--destination",
}
_SWITCHES = {
    "chart_devel": "--devel",
    "provenance": "--prov",
    "verify_chart": "--verify",
    "untar_chart": "--untar",
    "pass_credentials": "--pass-credentials",
    "skip_tls_certs_check": "--insecure-skip-tls-verify",
    "plain_http": "--plain-http",
}


def chart_pull(task: Task) -> Result:
    notice_helm_binary(task)
    folder = Path(working_folder(), user_path(str(task["destination"]), "destination", task.environ))
    reference = _reference(task)
    found = archive_source_of(reference, task.environ).find(reference.version)
    result = (_unpacked if task["untar_chart"] else _packed)(task, reference, found, folder)
    for sentence in found.warnings:
        task.warn(sentence)
    if not result["changed"]:
        result["msg"] = f"The chart is already at {result['path']}."
    return {**result, "origin": found.origin, "stdout": _output(result), "stderr": "", "rc": 0, "command": _command(task)}


def _reference(task: Task) -> ChartReference:
    access = repository_access(task)
    ref = str(task["chart_ref"])
    if not ref.strip():
        raise OptionError("chart_ref is empty; specify a URL, repository/name, or oci://host/path/chart.", option="chart_ref")
    version = str(task.get("chart_version", "")) or (DEVELOPMENT if task.get("chart_devel") else "")
    return ChartReference(
        ref=ref,
        repo_url=str(task.get("repo_url", "")),
        version=version,
        access=access,
        refresh=bool(task["update_repo_cache"]),
        folder=working_folder(),
        trust=_trust(task),
        offline=bool(task.get("offline", False)),
    )


def _trust(task: Task) -> Trust:
    verify = ALWAYS if task["verify_chart"] else NEVER
    keyring, cosign_key = (str(task.get(option, "")) for option in ("verify_chart_keyring", "cosign_public_key"))
    return Trust(verify, keyring, digest_of(task), cosign_key, option="verify_chart", lenient="false", off="false")


def _packed(task: Task, reference: ChartReference, found: FoundArchive, folder: Path) -> Result:
    """The archive in a file of the name that Helm gives it."""
    path = folder / found.file_name
    present = destination.read_same(path, found.digest) if found.digest and not task["force"] else None
    source = replace(found, read=lambda: found.read() if present is None else present)
    archive = fetch_archive(source, reference, task.environ)
    chart = load_chart_of(found, archive.data, None)
    changed = _write(task, path, archive.data, archive.digest)
    result = _result(task, changed, path, chart, archive, found)
    if task["provenance"] or task["verify_chart"]:
        proof = archive.provenance_file if task["verify_chart"] else found.provenance()
        if proof is None:
            task.warn(f"{found.origin} has no provenance file.")
            return result
        place = path.with_name(f"{path.name}.prov")
        changed = _write(task, place, proof, hashlib.sha256(proof).hexdigest())
        result = {**result, "changed": result["changed"] or changed, "provenance_path": str(place)}
    return result


def _write(task: Task, path: Path, data: bytes, digest: str) -> bool:
    """Whether a file is written, as it does not have this content."""
    if destination.read_same(path, digest) is not None:
        return False
    if task.check_mode:
        destination.check_file(path)
    else:
        destination.write_file(path, data)
    return True


def _unpacked(task: Task, reference: ChartReference, found: FoundArchive, folder: Path) -> Result:
    """The chart's files in a folder with the name of the chart."""
    archive = fetch_archive(found, reference, task.environ)
    files = read_archive(archive.data, found.origin)
    chart = load_chart_of(found, archive.data, None)
    path = folder / chart.metadata.name
    same = destination.same_folder(path, files)
    if same is False and not task["force"]:
        raise OperatorError(
            f"{path} exists and is not the chart {chart.metadata.name} {chart.metadata.version}; set force to replace it, or remove it.",
            helm=f"failed to untar: a file or directory with the name {path} already exists",
            path=str(path),
        )
    if not same and task.check_mode:
        destination.check_folder(path)
    elif not same:
        destination.write_folder(path, files)
    return _result(task, not same, path, chart, archive, found)


def _result(task: Task, changed: bool, path: Path, chart: Chart, archive: FetchedArchive, found: FoundArchive) -> Result:
    result: Result = {
        "changed": changed,
        "path": str(path),
        "chart": {"name": chart.metadata.name, "version": chart.metadata.version, "app_version": chart.metadata.app_version},
        "digest": f"sha256:{archive.digest}",
        **provenance_result(archive),
    }
    if found.manifest:
        result["manifest_digest"] = found.manifest
    if task.diff:
        after = f"{chart.metadata.name} {chart.metadata.version}\nsha256:{archive.digest}\n"
        result["diff"] = {"before_header": str(path), "after_header": str(path), "before": "" if changed else after, "after": after}
    return result


def _output(result: Result) -> str:
    """What ``helm pull --verify`` prints."""
    found = result.get("provenance")
    if found is None:
        return ""
    lines = [f"Signed by: {name}" for name in found["signed_by"]]
    return "\n".join([*lines, f"Using Key With Fingerprint: {found['fingerprint']}", f"Chart Hash Verified: {found['digest']}", ""])


def _command(task: Task) -> str:
    """The command of helm that does the same."""
    parts = [str(task.get("binary_path") or "helm"), "pull", without_secrets(str(task["chart_ref"]))]
    for option, flag in _SETTINGS.items():
        if task.get(option):
            parts += [flag, without_secrets(str(task[option])) if option == "repo_url" else str(task[option])]
        if option == "repo_username" and task.get("repo_password"):
            parts += ["--password", MASK]
    parts += [flag for option, flag in _SWITCHES.items() if task.get(option)]
    return " ".join(part if part == MASK else shlex.quote(part) for part in parts)
