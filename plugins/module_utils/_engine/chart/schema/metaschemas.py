# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The metaschemas of the drafts as Helm's library has them, and which schemas are surely valid by them.

A metaschema is large, and a walk over it in Python took half of a cold render. The library ``jsonschema-rs`` takes a fortieth of that. It is
only asked whether all is well: a schema that it refuses is walked, which finds the words.
"""

from __future__ import annotations

import json
from typing import Any

from ...aliases import Json, JsonObject, Referencing
from .formats import FORMATS
from .refs import at

try:
    import jsonschema_specifications  # type: ignore[import-untyped]
    import referencing.jsonschema
except ImportError:  # evaluate says so
    pass

DRAFTS = {
    "http://json-schema.org/draft-04/schema": (4, "DRAFT4"),
    "http://json-schema.org/draft-06/schema": (6, "DRAFT6"),
    "http://json-schema.org/draft-07/schema": (7, "DRAFT7"),
    "https://json-schema.org/draft/2019-09/schema": (2019, "DRAFT201909"),
    "https://json-schema.org/draft/2020-12/schema": (2020, "DRAFT202012"),
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


def dialect(url: str) -> tuple[int, Referencing]:
    """The year or number of a draft, and its rules for references."""
    draft, name = DRAFTS[url]
    return draft, getattr(referencing.jsonschema, name)


def metaschema(url: str) -> tuple[Json, Referencing]:
    """The metaschema of a draft in Helm's library, and its resolver.

    The older ones differ in a few keywords from what json-schema.org publishes now.
    """
    registry = jsonschema_specifications.REGISTRY
    found = registry.contents(url)
    changes = _METASCHEMAS.get(url)
    if changes is None:
        return found, registry.resolver(url)
    properties = dict(found["properties"])
    for name, more in changes.items():
        properties[name] = {**properties.get(name, {}), **more}
        if more == {}:
            properties[name] = {key: value for key, value in properties[name].items() if key != "propertyNames"}
    changed = {**found, "properties": properties}
    return changed, registry.with_resource(url, dialect(url)[1].create_resource(changed)).resolver(url)


def is_surely_valid(text: str, pointer: str, url: str) -> bool:
    """Whether a part of a schema is valid by its metaschema for certain; ``False`` where that is not known.

    :param text: the whole schema, valid JSON: the library does not take the numbers that ``validate`` reads.
    """
    if url not in _QUICK:
        _QUICK[url] = _quick(url)
    quick = _QUICK[url]
    try:
        return quick is not None and bool(quick.is_valid(at(json.loads(text), pointer)))
    except ValueError:  # a number or a text that the library cannot represent
        return False


def _quick(url: str) -> Any:  # Any: as above
    try:
        import jsonschema_rs
    except ImportError:
        return None
    kind = getattr(jsonschema_rs, f"{DRAFTS[url][1].title().replace('_', '')}Validator")
    formats = {name: (lambda text, fault=fault: fault(text) is None) for name, fault in FORMATS.items()}
    return kind(metaschema(url)[0], formats=formats, validate_formats=True)
