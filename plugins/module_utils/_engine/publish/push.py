# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Decides what pushing a chart does, by the digest of what is in the sink."""

from __future__ import annotations

from datetime import datetime, timezone

from ..chart.load import load_archive
from ..chart.metadata import metadata_tree
from ..chart.model import Chart
from ..chart.places.sink import PackedChart, StoredChart
from ..errors import ChartLoadError, OperatorError

PUSHED, REPLACED, SIGNED, PRESENT, SKIPPED = "pushed", "replaced", "provenance_added", "present", "skipped"
#: statuses with a write
WRITES = (PUSHED, REPLACED, SIGNED)
FAIL, SKIP, REPLACE = "fail", "skip", "replace"


def packed_chart(data: bytes, shown: str, moment: float | None, provenance: bytes | None = None) -> PackedChart:
    """A packaged chart from its bytes.

    :param shown: path or URL of the archive, for messages.
    :param moment: when the archive was written, in seconds since 1970; ``None``: the time of the newest file in it.
    :raises ChartLoadError: it is not a chart.
    :raises OperatorError: the provenance file is not about this archive.
    """
    loaded = load_archive(data, shown)
    text = newest_time(loaded) if moment is None else moment_text(moment)
    chart = PackedChart(data, metadata_tree(loaded.metadata), text, provenance)
    if provenance is not None and chart.digest.encode() not in provenance:
        raise OperatorError(
            f"{shown}.prov does not belong to the archive: it does not contain its digest sha256:{chart.digest}. Sign the archive again, "
            "or set provenance to false."
        )
    return chart


def newest_time(chart: Chart) -> str:
    """The time of the newest file in an archive; 1970 where no file has one.

    Each copy of the archive gets the same manifest with it.
    """
    times = [file.modtime for file in chart.raw if file.modtime is not None]
    return moment_text(max((time.timestamp() for time in times), default=0.0))


def moment_text(moment: float) -> str:
    """A time as Helm writes it into manifests: RFC 3339, in UTC so that it is the same on every host."""
    try:
        return datetime.fromtimestamp(int(moment), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        raise ChartLoadError(f"The archive has the time {moment:g}, which is out of range; correct it with touch.") from None


def decide(chart: PackedChart | StoredChart, present: StoredChart | None, on_exists: str, address: str) -> str:
    """What has to be done, as one of the statuses.

    A provenance file is added to the same archive under every policy, as nothing is replaced.

    :param address: of the version in the sink, for the message.
    :raises OperatorError: there is something else, and the policy is ``fail``.
    """
    if present is None:
        return PUSHED
    if present.digest == chart.digest:
        if not chart.proof or chart.proof == present.proof:
            return PRESENT
        if not present.proof:
            return SIGNED
    if on_exists == SKIP:
        return SKIPPED
    if on_exists == REPLACE:
        return REPLACED
    if present.digest == chart.digest:
        what = "exists with another provenance file"
    else:
        what = f"exists with other content: its archive has the digest sha256:{present.digest}, and the new one sha256:{chart.digest}"
    raise OperatorError(f"{address} {what}. Push another version, or set on_exists to replace or skip.", address=address, status="exists")
