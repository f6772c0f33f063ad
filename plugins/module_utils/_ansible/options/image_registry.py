# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""``image_registry``: one registry for all images, or a dictionary from registries to new registries.

The two forms are those of ``global.imageRegistry`` in charts that have such a value, so that users can write what they know. A path is
allowed on both sides: projects of Harbor and proxies have one.
"""

from __future__ import annotations

import re

from ..._engine.aliases import Json
from ..._engine.errors import OptionError
from ..._engine.objects.image_names import ANY, HUB, has_host
from ..task import Task

_OPTION = "image_registry"
_REGISTRY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*\Z")


def registries_of(task: Task) -> dict[str, str]:
    """Registry -> new registry, sorted; ``*`` is for all others. Empty without a value.

    :raises OptionError: a value is not a registry.
    """
    given = task.get(_OPTION)
    if isinstance(given, str) and given.strip():
        given = {ANY: given}
    if not given:
        return {}
    if not isinstance(given, dict):
        raise OptionError(
            f"{_OPTION} must be a registry such as registry.example.com/mirror, or a dictionary from registries to new registries.",
            option=_OPTION,
        )
    found: dict[str, str] = {}
    for old, new in given.items():
        key = ANY if old == ANY else _registry(old)
        if key in found:
            raise OptionError(f"{_OPTION} has two entries for {key}; remove one of them.", option=_OPTION)
        found[key] = _registry(new)
    return dict(sorted(found.items()))


def _registry(text: Json) -> str:
    """A registry, with an optional path, without the slash at the end."""
    if not isinstance(text, str) or "@" in text:
        raise OptionError(f"{_OPTION}: a registry must be text such as registry.example.com/mirror, without credentials.", option=_OPTION)
    scheme, separator, rest = text.strip().partition("://")
    if separator:
        raise OptionError(f"{_OPTION}: write {rest} instead of {scheme}://{rest}; image names have no scheme.", option=_OPTION)
    registry = text.strip().rstrip("/")
    if not _REGISTRY.match(registry) or not has_host(f"{registry}/"):
        raise OptionError(
            f"{_OPTION}: {text!r} is not a registry; use the form registry.example.com or registry.example.com/path.", option=_OPTION
        )
    host, slash, path = registry.partition("/")
    return f"{HUB if host == 'index.docker.io' else host}{slash}{path}"
