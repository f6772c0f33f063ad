# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Copies charts between registries: manifests as they are, with blobs and signatures.

The manifest keeps its digest, so that signatures stay valid. Signatures are copied before the tag of the chart appears. Blobs are mounted
if both ends are in one registry and have the same login.
"""

from __future__ import annotations

from collections.abc import Callable

from ...._engine.chart.archives.bounds import MAX_DECOMPRESSED
from ...._engine.chart.places.sink import StoredChart
from ...._engine.errors import OperatorError
from ...._engine.oci.manifests import chart_layer, parse_manifest
from ...._engine.oci.references import tag_of
from ...._engine.publish.copy import SIGNATURES, Copied, Item, Policy, Transfer
from ...._engine.publish.push import PRESENT, REPLACE, REPLACED, SKIP, SKIPPED, WRITES, decide
from ...registry.repository import Fetched, Repository
from ..sinks.registry import RegistrySink, stored_chart
from .attachments import Attachments, Ends
from .catalogs import RegistryCatalog


class RegistryTransfer(Transfer):
    """:param mounts: whether the target's registry can take blobs from the source's repository."""

    def __init__(self, catalog: RegistryCatalog, sink: RegistrySink, policy: Policy, warn: Callable[[str], None], *, mounts: bool) -> None:
        self._catalog = catalog
        self._sink = sink
        self._policy = policy
        self._warn = warn
        self._mounts = mounts
        self._without_api: set[str] = set()

    def copy(self, item: Item) -> Copied:
        tag = tag_of(item.version)
        reference = self._catalog.reference(item.name)
        ends = Ends(self._catalog.repository(item.name), self._sink.repository(item.name), reference.repository if self._mounts else "")
        fetched, shown = ends.source.manifest(tag), str(reference.at(tag))
        chart = stored_chart(fetched, shown)
        version = self._catalog.chart_version(item.name, item.version, parse_manifest(fetched.data, shown))
        address, tag = self._sink.address(item.name, version), tag_of(version)
        there = ends.target.found(tag)
        present = None if there is None else stored_chart(there, address)
        attached = Attachments(ends, fetched.digest, self._catalog.tags(item.name), self._policy, self._without_api, self._warn)
        status = self._decided(chart, present, attached, address)
        signatures = 0
        if self._policy.signatures and (status in WRITES or (present is not None and present.manifest == chart.manifest)):
            signatures = attached.copy()
        if status in WRITES and not self._policy.check:
            ends.copy(fetched, tag, is_new=present is None)
        if status == PRESENT and signatures:
            status = SIGNATURES
        stored = chart if status in WRITES or present is None else present
        return Copied(
            item.name,
            version,
            status,
            address,
            stored.digest,
            stored.manifest,
            bool(stored.proof),
            signatures,
            found=self._inspected(ends.source, fetched, address),
        )

    def _decided(self, chart: StoredChart, present: StoredChart | None, attached: Attachments, address: str) -> str:
        """As ``decide``.

        The same archive under another manifest is another chart if there are signatures, which are those of the manifest.
        """
        status = decide(chart, present, self._policy.on_exists, address)
        if status != PRESENT or present is None or present.manifest == chart.manifest:
            return status
        if not self._policy.signatures or not attached.exist():
            return status
        if self._policy.on_exists == REPLACE:
            return REPLACED
        if self._policy.on_exists == SKIP:
            return SKIPPED
        raise OperatorError(
            f"{address} has the same archive under the manifest {present.manifest}, but the signatures at the source are those of "
            f"{chart.manifest}. Set on_exists to replace, or signatures to false."
        )

    def _inspected(self, source: Repository, fetched: Fetched, shown: str) -> list[str]:
        inspect = self._policy.inspect
        if inspect is None:
            return []
        layer = chart_layer(parse_manifest(fetched.data, shown), shown)
        return inspect(source.blob(layer, MAX_DECOMPRESSED), shown)
