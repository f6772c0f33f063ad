# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The face of ``chart_package``: packages the chart in a folder (Helm: ``pkg/cmd/package.go``).

``changed`` means that the bytes of the archive differ from those in the destination, or that it is signed now.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from ..._adapters.charts.files import read_chart
from ..._adapters.charts.packages import excluded_dependencies, place_within, read_package, write_package
from ..._adapters.compiled_cache import compiled_cache
from ..._adapters.user_paths import working_folder
from ..._engine.chart.archives.archive import read_archive
from ..._engine.chart.load import load_chart
from ..._engine.chart.model import Chart
from ..._engine.errors import ChartLoadError, ChartNotFound, OptionError
from ..._engine.publish.package import Package, moment_of, package
from ..options.folders import file_of, folder_of
from ..results.command import helm_command
from ..results.rendered import printable
from ..task import Result, Task, notice_helm_binary

if TYPE_CHECKING:
    from ..._adapters.openpgp.signing import SignedArchive

_COMMAND_OPTIONS = ("version", "app_version", "dependency_update", "destination")
_SIGNED_OPTIONS = (*_COMMAND_OPTIONS, "sign", "key", "keyring", "passphrase_file")


def chart_package(task: Task) -> Result:
    notice_helm_binary(task)
    moment = moment_of(str(task.environ.get("SOURCE_DATE_EPOCH", "")))
    folder = folder_of(task, "chart_ref")
    destination = folder_of(task, "destination")
    if not folder.is_dir():
        raise _no_folder(folder)
    chart = _chart(task, folder)
    made = _package(task, chart, folder, moment)
    target = destination / made.file_name
    own = place_within(folder, target)
    if own and any(file.name == own for file in chart.raw):  # an archive must not contain itself
        chart = load_chart(file for file in chart.raw if file.name != own)
        made = _package(task, chart, folder, moment)
    _warn(task, chart)
    present = read_package(target)
    signed = _signed(task, made, target) if task.get("sign") else None
    changed = present != made.data
    if changed:
        write_package(target, made.data, check=task.check_mode)
        if signed is None and read_package(_proof(target)) is not None:
            task.warn(f"{_proof(target)} does not match the new archive; set sign to replace it, or remove it.")
    if signed is not None and signed.changed:
        write_package(_proof(target), signed.data, check=task.check_mode)
    result: Result = {
        "changed": changed or (signed is not None and signed.changed),
        "path": str(target),
        "digest": f"sha256:{made.digest}",
        "size": len(made.data),
        "name": printable(made.chart.name),
        "version": printable(made.chart.version),
        "app_version": printable(made.chart.app_version),
        "stdout": f"Successfully packaged chart and saved it to: {target}\n" if changed and not task.check_mode else "",
        "stderr": "",
        "command": helm_command(task, ["package", str(task["chart_ref"])], _COMMAND_OPTIONS if signed is None else _SIGNED_OPTIONS),
    }
    if signed is not None:
        result.update(provenance_path=str(_proof(target)), provenance=printable(signed.facts))
    if task.diff:
        result["diff"] = _diff(target, present, made.data, signed)
    return result


def _proof(target: Path) -> Path:
    return target.with_name(f"{target.name}.prov")


def _signed(task: Task, made: Package, target: Path) -> SignedArchive:
    """The provenance file of the package.

    It is also made in check mode, as the key or the passphrase may be wrong.
    """
    from ..._adapters.openpgp.keyrings import read_passphrase  # late: few packages are signed
    from ..._adapters.openpgp.signing import Signer, signed_archive

    passphrase = str(task.get("passphrase", ""))
    if task.get("passphrase_file"):
        if passphrase:
            raise OptionError("passphrase and passphrase_file are both specified; remove one of them.", option="passphrase_file")
        passphrase = read_passphrase(file_of(task, "passphrase_file"))
        task.hide(passphrase)
    signer = Signer(task.environ, str(task.get("keyring", "")), str(task.get("key", "")), passphrase, working_folder())
    return signed_archive(made.data, made.file_name, read_package(_proof(target)), signer)


def _diff(target: Path, present: bytes | None, data: bytes, signed: SignedArchive | None) -> dict[str, str]:
    line = f"{_proof(target).name}: signed by {signed.facts['fingerprint']}\n" if signed else ""
    return {
        "before_header": str(target) if present is not None else "absent",
        "after_header": str(target),
        "before": ("" if present is None else _contents(present)) + ("" if signed and signed.changed else line),
        "after": _contents(data) + line,
    }


def _chart(task: Task, folder: Path) -> Chart:
    """The chart in a folder, with its dependencies resolved again where that is requested."""
    chart = read_chart(str(folder), compiled_cache(task.environ))
    if not task.get("dependency_update"):
        return chart
    from ..options.dependencies import with_dependencies  # late: few tasks update dependencies

    chart, warnings = with_dependencies(task, chart, folder)
    for sentence in warnings:
        task.warn(sentence)
    return chart


def _no_folder(folder: Path) -> ChartNotFound:
    if folder.exists():
        return ChartNotFound(
            f"chart_ref: {folder} is not a directory; only the directory of a chart can be packaged.",
            helm=f"unable to detect chart at {folder}/Chart.yaml: open {folder}/Chart.yaml: not a directory",
            chart=str(folder),
        )
    return ChartNotFound(f"chart_ref: there is no directory {folder}.", helm=f"stat {folder}: no such file or directory", chart=str(folder))


def _package(task: Task, chart: Chart, folder: Path, moment: int | None) -> Package:
    try:
        return package(chart, version=str(task.get("version", "")), app_version=str(task.get("app_version", "")), moment=moment)
    except ChartLoadError as error:
        excluded = excluded_dependencies(folder, error.fields.get("missing", ()))
        if not excluded:
            raise
        names, paths = ", ".join(error.fields["missing"]), ", ".join(excluded)
        raise ChartLoadError(
            f"Chart.yaml of {chart.name} declares dependencies that are missing in the package: {names}. {paths} exists, but .helmignore "
            "excludes it, or it contains another chart.",
            helm=error.helm,
            **error.fields,
        ) from None


def _warn(task: Task, chart: Chart) -> None:
    """Warns about contents that are rarely intended."""
    for file in chart.files:
        if file.name.endswith((".tgz", ".prov")) and not file.name.startswith("charts/"):
            task.warn(f"The package contains {printable(file.name)}. If this is not intended, exclude it with .helmignore.")
    for dependency in chart.metadata.dependencies:
        if dependency.repository.startswith(("@", "alias:")):
            task.warn(
                f"The dependency {printable(dependency.name)} has the repository {printable(dependency.repository)}, a name that is only "
                "known on hosts where this repository was added. Use its URL in Chart.yaml."
            )


def _contents(data: bytes) -> str:
    """The digest of an archive, and a line for each of its files."""
    lines = [f"sha256:{hashlib.sha256(data).hexdigest()}, {len(data)} bytes"]
    try:
        files = read_archive(data)
    except ChartLoadError:
        return "\n".join([*lines, "not a chart archive", ""])
    lines += [f"{file.name}: {len(file.data)} bytes, sha256:{hashlib.sha256(file.data).hexdigest()}" for file in files]
    return str(printable("\n".join([*lines, ""])))
