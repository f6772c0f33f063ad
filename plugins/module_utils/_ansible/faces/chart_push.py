# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""``chart_push``: a package in a registry, a repository or a folder (Helm: ``pkg/pusher``).

What the destination has under this name and version is compared by digest before anything is sent. ``changed`` means that something was
written or removed.
"""

from __future__ import annotations

import shlex
from pathlib import Path

from ..._adapters.charts.files import read_chart_archive
from ..._adapters.charts.packages import read_provenance
from ..._adapters.charts.sinks.locate import sink_of
from ..._adapters.user_paths import exists
from ..._engine.chart.places.sink import ChartSink, PackedChart, StoredChart
from ..._engine.errors import ChartLoadError, ChartNotFound, OptionError
from ..._engine.publish.package import moment_of
from ..._engine.publish.push import PUSHED, REPLACED, WRITES, decide, packed_chart
from ..._engine.web import is_oci, without_secrets
from ..options.folders import file_of
from ..options.repository_access import access_flags, repository_access
from ..results.redact import MASK
from ..results.rendered import printable
from ..task import Result, Task, notice_helm_binary


def chart_push(task: Task) -> Result:
    notice_helm_binary(task)
    absent = task["state"] == "absent"
    chart = _archive(task) if task.get("chart_ref") else None
    name, version = _named(task, chart)
    sink = sink_of(str(task["destination"]), repository_access(task), task.environ, task.warn, deletes=absent)
    address = printable(sink.address(name, version))
    result = _present(task, sink, chart, address) if chart is not None and not absent else _absent(task, sink, name, version)
    return {
        **result,
        "address": address,
        "name": printable(name),
        "version": printable(version),
        "stderr": "",
        "command": "" if absent else _command(task),
    }


def _present(task: Task, sink: ChartSink, chart: PackedChart, address: str) -> Result:
    found = sink.find(chart.name, chart.version, proof=chart.provenance is not None)
    status = decide(chart, found, str(task["on_exists"]), address)
    changed = status in WRITES
    stored = found
    if changed and task.check_mode:
        stored = sink.predict(chart)
    elif changed:
        stored = sink.push(chart, found)
    result: Result = {
        "changed": changed,
        "status": status,
        "digest": f"sha256:{stored.digest if stored else chart.digest}",
        "provenance": bool(stored and stored.proof),
        "stdout": _output(address, stored) if changed and stored and stored.manifest and not task.check_mode else "",
    }
    if stored and stored.manifest:
        result["manifest_digest"] = stored.manifest
    if task.diff:
        after = _shown(StoredChart(chart.digest, chart.proof)) if status in (PUSHED, REPLACED) else _shown(stored)
        result["diff"] = _diff(address, _shown(found), after if changed else _shown(found))
    return result


def _absent(task: Task, sink: ChartSink, name: str, version: str) -> Result:
    found = sink.find(name, version)
    if found is not None and task.check_mode:
        sink.check(name, version)
    elif found is not None:
        sink.delete(name, version, found)
    result: Result = {"changed": found is not None, "status": "absent" if found is None else "removed", "stdout": ""}
    if found is not None:
        result["digest"] = f"sha256:{found.digest}"
    if task.diff:
        result["diff"] = _diff(printable(sink.address(name, version)), _shown(found), "")
    return result


def _archive(task: Task) -> PackedChart:
    """The archive in ``chart_ref``, with its provenance file.

    Raises ``ChartNotFound``, ``ChartLoadError``.
    """
    path = file_of(task, "chart_ref")
    if not exists(path):
        raise ChartNotFound(f"chart_ref: there is no file {path}.", helm=f"{task['chart_ref']}: no such file", chart=str(path))
    if path.is_dir():
        raise ChartLoadError(
            f"chart_ref: {path} is a directory; package the chart with chart_package, and push the archive.",
            helm="cannot push directory, must provide chart archive (.tgz)",
            chart=str(path),
        )
    data = read_chart_archive(path)
    provenance = read_provenance(path.with_name(f"{path.name}.prov")) if task["provenance"] and task["state"] == "present" else None
    epoch = moment_of(str(task.environ.get("SOURCE_DATE_EPOCH", "")))
    return packed_chart(data, str(path), path.stat().st_mtime if epoch is None else epoch, provenance)


def _named(task: Task, chart: PackedChart | None) -> tuple[str, str]:
    """Name and version of the chart; they must be those of the archive."""
    name, version = str(task.get("chart_name", "")), str(task.get("chart_version", ""))
    if chart is not None:
        for option, given, found in (("chart_name", name, chart.name), ("chart_version", version, chart.version)):
            if given and given != found:
                raise OptionError(f"{option} is {given!r}, but the archive in chart_ref has {found!r}; remove the option.", option=option)
        return chart.name, chart.version
    if task["state"] == "present":
        raise _missing()
    for option, given in (("chart_name", name), ("chart_version", version)):
        if not given or "/" in given or "\0" in given:
            raise OptionError(
                f"{option} is {given!r}; with state=absent, set chart_name and chart_version to the chart to remove, or chart_ref to its "
                "archive.",
                option=option,
            )
    return name, version


def _missing() -> OptionError:
    return OptionError("chart_ref is missing; set it to the archive (.tgz) of the chart to push.", option="chart_ref")


def _output(address: str, stored: StoredChart) -> str:
    """What helm prints."""
    reference = address.removeprefix("oci://").replace("+", "_")
    text = f"Pushed: {reference}\nDigest: {stored.manifest}\n"
    return text + (f"{reference} contains an underscore.\n{_UNDERSCORE}\n" if "_" in reference.rpartition(":")[2] else "")


_UNDERSCORE = """
OCI artifact references (e.g. tags) do not support the plus sign (+). To support
storing semantic versions, Helm adopts the convention of changing plus (+) to
an underscore (_) in chart version tags when pushing to a registry and back to
a plus (+) when pulling from a registry."""


def _shown(stored: StoredChart | None) -> str:
    if stored is None:
        return ""
    return f"sha256:{stored.digest}\n" + (f"provenance sha256:{stored.proof}\n" if stored.proof else "")


def _diff(address: str, before: str, after: str) -> Result:
    return {"before_header": address, "after_header": address, "before": before, "after": after}


def _command(task: Task) -> str:
    """The command of helm that does the same, which only exists for registries."""
    destination = str(task["destination"])
    if not is_oci(destination):
        return ""
    words = [
        str(task.get("binary_path") or "helm"),
        "push",
        str(Path(str(task["chart_ref"]))),
        without_secrets(destination),
        *access_flags(task),
    ]
    return " ".join(word if word == MASK else shlex.quote(word) for word in words)
