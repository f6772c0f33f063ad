# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""One entry of a repository's index: whether Helm accepts it, and its fields.

Helm: ``loadIndex`` in ``pkg/repo/v1/index.go``.
"""

from __future__ import annotations

from ...aliases import Json, JsonObject
from ...errors import ChartLoadError
from ..metadata import METADATA, metadata_tree, validate
from ..model import Dependency, Maintainer, Metadata
from ..typed import ListOf, RecordOf, WrongType, decode

ENTRY = RecordOf(
    "ChartVersion",
    "repo.ChartVersion",
    {**METADATA.fields, "urls": ListOf("string"), "created": "string", "removed": "bool", "digest": "string"},
)
#: fields of an entry that Chart.yaml does not have
OWN = ("urls", "created", "removed", "digest")


class InvalidEntry(ValueError):
    """An entry that Helm leaves out. ``str()`` is Helm's reason."""


def entry_fields(raw: Json) -> JsonObject:
    """The fields of an entry as Helm reads them.

    :raises InvalidEntry: Helm leaves the entry out.
    """
    try:
        return _valid(raw)
    except WrongType as error:
        raise InvalidEntry(str(error)) from None
    except ChartLoadError as error:
        raise InvalidEntry(error.helm_message) from None


def _valid(raw: Json) -> JsonObject:
    if raw is None:
        raise InvalidEntry("empty entry")
    found = decode(raw, ENTRY)
    metadata = Metadata(
        api_version=found.get("apiVersion") or "v1",
        name=found.get("name", ""),
        version=found.get("version", ""),
        kube_version=found.get("kubeVersion", ""),
        description=found.get("description", ""),
        type=found.get("type", ""),
        keywords=[text or "" for text in found.get("keywords", ())],
        home=found.get("home", ""),
        sources=[text or "" for text in found.get("sources", ())],
        dependencies=[_dependency(item) for item in _full(found, "dependencies")],
        maintainers=[Maintainer(**item) for item in _full(found, "maintainers")],
        icon=found.get("icon", ""),
        app_version=found.get("appVersion", ""),
        deprecated=found.get("deprecated", False),
        annotations={key: text or "" for key, text in found.get("annotations", {}).items()},
        condition=found.get("condition", ""),
        tags=found.get("tags", ""),
    )
    try:
        validate(metadata)
    except ChartLoadError as error:
        # some repositories leave out aliases, so that dependencies seem to have one name (helm/helm#12748)
        if not error.helm_message.startswith("validation: more than one dependency with name or alias"):
            raise
    own = {key: found[key] for key in OWN if found.get(key)}
    return {**metadata_tree(metadata), "urls": [], "created": "0001-01-01T00:00:00Z", **own}


def _full(found: JsonObject, key: str) -> list[JsonObject]:
    """A list of records. Raises ``InvalidEntry`` for an empty one, as ``validate`` does for a chart."""
    items = found.get(key, [])
    if None in items:
        raise InvalidEntry(f"validation: {key} must not contain empty or null nodes")
    return list(items)


def _dependency(item: JsonObject) -> Dependency:
    item = dict(item)
    values = item.pop("import-values", None) or []
    tags = [tag or "" for tag in item.pop("tags", None) or ()]
    return Dependency(**item, tags=tags, import_values=values)
