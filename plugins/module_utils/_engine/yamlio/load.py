# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Parses YAML as Helm does (sigs.k8s.io/yaml over go.yaml.in/yaml/v2), to plain values.

``events`` parses every document. Where PyYAML is not imported yet, or has no libyaml, ``quick`` parses the plain documents that nearly all
are: it takes less time than the import. Where both can, their results are equal.
"""

from __future__ import annotations

import sys

from ..aliases import Json
from .errors import YamlError
from .quick import UNUSUAL, quick
from .scalars import AS_WRITTEN, FLOATS, WHOLE

__all__ = ["YamlError", "loads", "loads_object", "loads_strict", "loads_typed"]

_EVENTS = f"{__package__}.events"


def loads(text: str | bytes) -> Json:
    """The first document, as ``yaml.Unmarshal`` into ``interface{}`` gives it: numbers are floats.

    Empty text is ``None``.

    :raises YamlError: with Go's message.
    """
    return _loads(text, FLOATS)


def loads_object(text: str | bytes) -> Json:
    """The first document with whole numbers as ``int`` if they fit into 64 bits (signed).

    Unstructured objects hold them like this.
    """
    return _loads(text, WHOLE)


def loads_typed(text: str | bytes) -> Json:
    """The first document with its numbers as YAML types them, ``int`` or ``float``.

    For data that is read into typed fields next.
    """
    return _loads(text, AS_WRITTEN)


def _loads(text: str | bytes, numbers: int) -> Json:
    if not getattr(sys.modules.get(_EVENTS), "HAS_LIBYAML", False):
        found = quick(text, numbers)
        if found is not UNUSUAL:
            return found
    from .events import first

    return first(text, numbers=numbers)


def loads_strict(text: str | bytes) -> Json:
    """As ``loads``, but a duplicate key in a mapping is an error (``yaml.UnmarshalStrict``)."""
    from .events import first

    return first(text, strict=True)
