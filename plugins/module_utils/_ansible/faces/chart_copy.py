# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""``chart_copy``: versions of charts, from any source to any destination, several at once.

A version that the destination has with the same digest is not fetched. One that fails does not end the others; the task fails at its end.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from ..._adapters.charts.copies.copier import Copier, catalog_of
from ..._adapters.clock import SystemClock, SystemRandom
from ..._adapters.compiled_cache import compiled_cache
from ..._engine.chart.load import load_archive
from ..._engine.errors import ChartError, OperatorError, OptionError
from ..._engine.publish.copy import COPIED, FAILED, Copied, Item, Policy, chosen
from ..._engine.publish.push import SKIPPED
from ..._engine.web import without_secrets
from ..options.image_registry import registries_of
from ..options.repository_access import DESTINATION, repository_access
from ..results.mirrors import certain_images, mirrors_result
from ..results.rendered import printable
from ..task import Result, Task, notice_helm_binary

_MOST = 3  # failures that the message names


def chart_copy(task: Task) -> Result:
    notice_helm_binary(task)
    threads = int(task["max_parallel"])
    if threads < 1:
        raise OptionError(f"max_parallel is {threads}; it must be at least 1.", option="max_parallel")
    ends = repository_access(task), repository_access(task, DESTINATION)
    registries = registries_of(task)
    if registries and not task["images"]:
        raise OptionError("image_registry lists where images are expected and requires images: true; set it.", option="image_registry")
    seen: dict[str, bool] = {}
    catalog = catalog_of(str(task["source"]), ends[0], task.environ, task.warn, refresh=bool(task["update_repo_cache"]))
    policy = Policy(
        on_exists=str(task["on_exists"]),
        provenance=bool(task["provenance"]),
        signatures=bool(task["signatures"]),
        check=task.check_mode,
        inspect=_images(task, seen) if task["images"] else None,
    )
    copier = Copier(catalog, str(task["destination"]), ends, policy, task.environ, task.warn)
    names = [str(name) for name in task["charts"]] or list(catalog.names())
    items = [item for name in dict.fromkeys(names) for item in chosen(catalog, name, str(task.get("chart_version", "")).strip())]
    result = _result(task, copier.run(items, threads, _report(task, items)))
    return {**result, **mirrors_result(seen, registries)} if registries else result


def _report(task: Task, items: Sequence[Item]) -> Callable[[int], None]:
    """Shows how many versions are done, with the callback ``progress``."""
    started, shown = time.monotonic(), without_secrets(str(task["source"]))

    def report(done: int) -> None:
        if task.report_progress is not None:
            seconds = time.monotonic() - started
            state = {"what": "copy", "release": shown, "ready": done, "total": len(items), "left": [], "seconds": seconds, "timeout": 0}
            task.report_progress(state)

    return report


def _result(task: Task, done: Sequence[Copied]) -> Result:
    copied = [one for one in done if one.status in COPIED]
    failed = [one for one in done if one.status == FAILED]
    skipped = [one for one in done if one.status == SKIPPED]
    present = [one for one in done if one not in copied and one not in failed and one not in skipped]
    result: Result = {
        "changed": bool(copied),
        "copied": [_shown(one) for one in copied],
        "present": [_shown(one) for one in present],
        "skipped": [_shown(one) for one in skipped],
        "failed_charts": [
            {"name": printable(one.name), "version": printable(one.version), "msg": printable(one.message)} for one in failed
        ],
        "stdout": "",
        "stderr": "",
    }
    if task["images"]:
        result["images"] = sorted({image for one in done for image in one.found})
    if task.diff:
        lines = "".join(f"{printable(one.address)} sha256:{one.digest}\n" for one in copied)
        result["diff"] = {"before": "", "after": lines, "before_header": "copied", "after_header": "copied"}
    if failed:
        words = " ".join(f"{printable(one.name)} {printable(one.version)}: {printable(one.message)}" for one in failed[:_MOST])
        more = f" And {len(failed) - _MOST} more, in failed_charts." if len(failed) > _MOST else ""
        result |= {"failed": True, "msg": f"{len(failed)} of {len(done)} versions were not copied. {words}{more}"}
    return result


def _shown(one: Copied) -> Result:
    shown: Result = {
        "name": printable(one.name),
        "version": printable(one.version),
        "status": one.status,
        "address": printable(one.address),
        "digest": f"sha256:{one.digest}",
        "provenance": one.provenance,
        "signatures": one.signatures,
    }
    return {**shown, "manifest_digest": one.manifest} if one.manifest else shown


def _images(task: Task, seen: dict[str, bool]) -> Callable[[bytes, str], list[str]]:
    """Returns the function that lists the images of an archive, rendered with the chart's default values.

    :param seen: it adds them here, as ``certain_images`` returns them. Several threads call the function.
    """
    from ..._engine.render.capabilities import Capabilities
    from ..._engine.render.engine import render
    from ..._engine.render.model import ReleaseOptions
    from ..results.rendered import resources
    from .chart_template import documents_of

    cache = compiled_cache(task.environ)

    def found(data: bytes, shown: str) -> list[str]:
        chart = load_archive(data, shown)
        if chart.metadata.type == "library":
            return []
        options = ReleaseOptions(name="release-name", namespace="default")
        try:
            rendered = render(
                chart,
                {},
                options,
                Capabilities.default(None, ()),
                random=SystemRandom(),
                clock=SystemClock(),
                cache=cache,
                skip_schema_validation=True,
            )
            of_chart = certain_images(entry["object"] for entry in resources(documents_of(rendered, hooks=True)))
            for image, certain in of_chart.items():
                if certain:
                    seen[image] = True
                else:
                    seen.setdefault(image, False)  # never over the True of another thread
            return sorted(of_chart)
        except (ChartError, OperatorError) as error:
            task.warn(f"The images of {shown} are not known, since it cannot be rendered with its default values: {error.message}")
            return []

    return found
