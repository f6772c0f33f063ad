# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Pushes charts to an OCI registry, as ``helm push`` does (Helm: ``Client.Push``).

What is there is found by its tag and compared by the digest of the archive's layer: the manifest also says when an archive was written. A
tag that is not a chart's is never replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from ...._engine.chart.places.sink import ChartSink, PackedChart, StoredChart
from ...._engine.errors import OptionError, RepositoryError
from ...._engine.oci.artifacts import annotations_of, config_of, descriptor_of, manifest_of
from ...._engine.oci.manifests import CHART, CONFIG, MANIFEST, PROVENANCE, Descriptor, chart_layer, parse_manifest
from ...._engine.oci.references import Reference, is_tag, parse_reference, tag_of, version_of
from ...._engine.plain_text import plain_text
from ...._engine.web import OCI
from ...credentials.registry_logins import find_login
from ...http.connections import Access
from ...registry.repository import Fetched, digest_of
from ...registry.uploads import Uploads

PUSH, DELETE = ("pull", "push"), ("pull", "delete")


class RegistrySink(ChartSink):
    """The charts below one path of a registry.

    :param place: ``oci://host/path``, to which the name of a chart is appended.
    :param access: TLS and the task's credentials.
    :param actions: that tokens are requested for.
    :param option: the option with the user name, for messages.
    """

    def __init__(
        self,
        place: str,
        access: Access,
        environ: Mapping[str, str],
        warn: Callable[[str], None],
        actions: tuple[str, ...] = PUSH,
        option: str = "repo_username",
    ) -> None:
        self._place = OCI + place[len(OCI) :].rstrip("/")
        self._access = access
        self._environ = environ
        self._warn = warn
        self._actions = actions
        self._option = option
        self._repositories: dict[str, Uploads] = {}

    def address(self, name: str, version: str) -> str:
        reference = self._reference(name, version)
        return f"{reference.place}:{version_of(reference.tag)}"

    def check(self, name: str, version: str) -> None:
        self._reference(name, version)

    def predict(self, chart: PackedChart) -> StoredChart:
        self.check(chart.name, chart.version)
        _blobs, manifest = _artifact(chart)
        return StoredChart(chart.digest, chart.proof, digest_of(manifest))

    def find(self, name: str, version: str, *, proof: bool = False) -> StoredChart | None:
        reference = self._reference(name, version)
        fetched = self.repository(name).found(reference.tag)
        return None if fetched is None else stored_chart(fetched, str(reference))

    def push(self, chart: PackedChart, present: StoredChart | None) -> StoredChart:
        reference, repository = self._reference(chart.name, chart.version), self.repository(chart.name)
        blobs, manifest = _artifact(chart)
        for blob, data in blobs:
            repository.upload(blob, partial(bytes, data))
        put = repository.put_manifest(reference.tag, manifest, MANIFEST)
        return StoredChart(chart.digest, chart.proof, put.digest)

    def delete(self, name: str, version: str, present: StoredChart) -> None:
        reference = self._reference(name, version)
        if self.repository(name).delete(reference.tag, present.manifest):
            self._warn(
                f"The registry {reference.registry} removes manifests only: other tags of {reference.place} with the manifest "
                f"{present.manifest} were removed as well."
            )

    def repository(self, name: str) -> Uploads:
        """The repository of a chart."""
        found = self._repositories.get(name)
        if found is None:
            reference = self._reference(name, "")
            found = self._repositories[name] = Uploads(
                reference,
                self._access,
                self._environ,
                lambda: find_login(reference.host, reference.repository, self._environ, self._warn),
                self._warn,
                actions=self._actions,
                option=self._option,
            )
        return found

    def _reference(self, name: str, version: str) -> Reference:
        """Raises ``OptionError`` for a destination, a name or a version that registries do not allow."""
        reference = parse_reference(f"{self._place}/{name}", "destination")
        tag = tag_of(version)
        if version and not is_tag(tag):
            raise OptionError(
                f"The version {plain_text(version, 140)!r} cannot be the tag of a chart in an OCI registry: a tag has at most 128 letters, "
                "digits, '_', '.' and '-'.",
                helm=f'invalid reference: invalid tag "{plain_text(tag, 200)}"',
                option="version",
            )
        return reference.at(tag)


def _artifact(chart: PackedChart) -> tuple[list[tuple[Descriptor, bytes]], bytes]:
    """The blobs of a chart, the configuration last, and its manifest."""
    config = config_of(chart.metadata)
    blobs = [(descriptor_of(CHART, chart.data), chart.data)]
    if chart.provenance is not None:
        blobs.append((descriptor_of(PROVENANCE, chart.provenance), chart.provenance))
    layers = [blob for blob, _data in blobs]
    blobs.append((descriptor_of(CONFIG, config), config))
    return blobs, manifest_of(blobs[-1][0], layers, annotations_of(chart.metadata, chart.created))


def stored_chart(fetched: Fetched, shown: str) -> StoredChart:
    """What a manifest says of a chart. Raises ``RepositoryError`` for one that is not a chart's."""
    manifest = parse_manifest(fetched.data, shown)
    if manifest.is_index:
        raise RepositoryError(
            f"{shown} is an index of several manifests, not a chart; it is not replaced. Push to another path.", url=shown
        )
    proof = manifest.provenance
    return StoredChart(_hex(chart_layer(manifest, shown)), _hex(proof) if proof else "", fetched.digest)


def _hex(layer: Descriptor) -> str:
    return layer.digest.partition(":")[2]
