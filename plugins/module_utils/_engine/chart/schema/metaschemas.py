# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The metaschemas of Helm's library, and which schemas are surely valid by them.

A metaschema is large: with a large schema, a walk over it in Python took two thirds of a cold render. The library ``jsonschema-rs`` takes a
thirtieth of that. It is only asked whether all is well: a schema that it refuses is walked, which finds the words.
"""

from __future__ import annotations

import json
from importlib.util import find_spec
from typing import Any, NamedTuple

from ...aliases import Json, JsonObject, Referencing
from .faults import URL
from .formats import FORMATS
from .refs import at


class Draft(NamedTuple):
    """A draft of JSON Schema.

    ``number``: or the year. ``name``: of its rules in ``referencing``. ``folder``: in ``jsonschema_specifications``.
    """

    number: int
    name: str
    folder: str


DRAFTS = {
    "http://json-schema.org/draft-04/schema": Draft(4, "DRAFT4", "draft4"),
    "http://json-schema.org/draft-06/schema": Draft(6, "DRAFT6", "draft6"),
    "http://json-schema.org/draft-07/schema": Draft(7, "DRAFT7", "draft7"),
    "https://json-schema.org/draft/2019-09/schema": Draft(2019, "DRAFT201909", "draft201909"),
    "https://json-schema.org/draft/2020-12/schema": Draft(2020, "DRAFT202012", "draft202012"),
}
_LISTED: JsonObject = {"enum": {"minItems": 1, "uniqueItems": True}}
#: what Helm's copies of metaschemas say beyond the published ones; ``{}`` takes away what they say about names of members
_METASCHEMAS: dict[str, JsonObject] = {
    "http://json-schema.org/draft-04/schema": {"$ref": {"type": "string"}, "$schema": {"format": "uri"}},
    "http://json-schema.org/draft-06/schema": {**_LISTED, "patternProperties": {}},
    "http://json-schema.org/draft-07/schema": {**_LISTED, "writeOnly": {"type": "boolean"}},
}
LATEST = "https://json-schema.org/draft/2020-12/schema"
#: by draft: the validator of jsonschema-rs; ``None``: the library is missing
_QUICK: dict[str, Any] = {}  # Any: the library has one class for each draft


def known_draft(url: str) -> str | None:
    """The draft that a ``$schema`` names.

    The scheme is ignored, and ``json-schema.org/schema`` is the newest draft (``draft.go``).
    """
    bare = url.removeprefix("http://") if url.startswith("http://") else url.removeprefix("https://")
    if bare == "json-schema.org/schema":
        return LATEST
    return next((draft for draft in DRAFTS if draft.partition("://")[2] == bare), None)


def specification(url: str) -> Referencing:
    """The rules of a draft for references."""
    import referencing.jsonschema

    return getattr(referencing.jsonschema, DRAFTS[url].name)


def resolver_of(schema: Json, url: str) -> Referencing:
    """Resolves the references of a schema of a draft. Raises ``ImportError``."""
    return _resolver(URL, schema, url)


def _resolver(place: str, schema: Json, url: str) -> Referencing:
    import jsonschema_specifications  # type: ignore[import-untyped]

    return jsonschema_specifications.REGISTRY.with_resource(place, specification(url).create_resource(schema)).resolver(place)


def metaschema(url: str) -> tuple[Json, Referencing]:
    """The metaschema of a draft in Helm's library, and its resolver. Raises ``ImportError``."""
    import jsonschema_specifications

    found = _as_in_helm(jsonschema_specifications.REGISTRY.contents(url), url)
    return found, _resolver(url, found, url)


def _as_in_helm(published: JsonObject, url: str) -> JsonObject:
    """The older ones differ in a few keywords from what json-schema.org publishes now."""
    changes = _METASCHEMAS.get(url)
    if changes is None:
        return published
    properties = dict(published["properties"])
    for name, more in changes.items():
        properties[name] = {**properties.get(name, {}), **more}
        if more == {}:
            properties[name] = {key: value for key, value in properties[name].items() if key != "propertyNames"}
    return {**published, "properties": properties}


def is_surely_valid(text: str, pointer: str, url: str) -> bool:
    """Whether a part of a schema is certainly valid by its metaschema.

    :param text: the whole schema, valid JSON: the library does not take the numbers that ``validate`` reads.
    """
    if url not in _QUICK:
        _QUICK[url] = _quick(url)
    quick = _QUICK[url]
    try:
        return quick is not None and bool(quick.is_valid(at(json.loads(text), pointer)))
    except (ValueError, RecursionError):  # a number or a text that the library cannot represent, or a text nested too deeply
        return False


def _quick(url: str) -> Any:  # Any: as above
    """The validator of a draft.

    The file of the metaschema is read without an import of its package, which takes longer than all else here.
    """
    try:
        import jsonschema_rs
    except ImportError:
        return None
    package = find_spec("jsonschema_specifications")
    if package is None or not package.submodule_search_locations:
        return None
    loader: Any = package.loader  # Any: a loader without get_data has no files
    try:
        data = loader.get_data(f"{package.submodule_search_locations[0]}/schemas/{DRAFTS[url].folder}/metaschema.json")
    except (OSError, AttributeError):  # elsewhere in another version: the schema is walked
        return None
    published = json.loads(data)
    formats = {name: (lambda text, fault=fault: fault(text) is None) for name, fault in FORMATS.items()}
    kind = getattr(jsonschema_rs, f"{DRAFTS[url].folder.title()}Validator")
    return kind(_as_in_helm(published, url), formats=formats, validate_formats=True)
