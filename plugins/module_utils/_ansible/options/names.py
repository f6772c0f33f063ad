# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Refuses empty names in options, since an empty name would mean "any" in a request or in a selector.

Ansible passes the same ``None`` for an option that is omitted and for one that is null (a variable without a value). ``with_empty_names``
runs on the controller, where these differ: it makes a null name an empty one, which ``check_names`` then refuses.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..._engine.aliases import Json, JsonObject
from ..._engine.chart.names import validate_namespace, validate_release_name
from ..._engine.errors import OptionError

#: options of a module, with their aliases, that name what the module works on
_RELEASE = ("release_name", "release_namespace", "name", "namespace")
#: options with a dictionary, or a list of them, that selects objects by name
_SELECTING = ("adopt_objects", "drift_ignore", "keep_generated", "patches", "values_from")
#: the dictionaries in an entry of those
_INNER = ("target", "secret", "config_map")
_KEYS = ("name", "namespace", "kind")
#: options with the options of whole releases
_RELEASES = ("releases", "defaults")


def check_names(params: Mapping[str, Json], where: str = "") -> None:
    """Raises ``OptionError`` for the first name that is empty or invalid.

    :param where: which release, at the start of the sentence.
    """
    try:
        if params.get("release_name") is not None:
            validate_release_name(str(params["release_name"]))
        if params.get("release_namespace") is not None:
            validate_namespace(str(params["release_namespace"]))
        if params.get("repo_name") == "":
            raise OptionError("repo_name is empty; set it to the name of the repository.", option="repo_name")
        for option in _SELECTING:
            for index, entry in enumerate(_entries(params.get(option))):
                _refuse_empty(option, f"{option}[{index}]", entry)
    except OptionError as error:
        if where:
            raise OptionError(f"{where}: {error.message}", helm=error.helm, **error.fields) from None
        raise


def _refuse_empty(option: str, where: str, entry: Json) -> None:
    if not isinstance(entry, Mapping):
        return
    for key in _KEYS:
        if entry.get(key) == "":
            raise OptionError(f"{where}.{key} is empty; set it, or remove it.", option=option)
    for key in _INNER:
        _refuse_empty(option, f"{where}.{key}", entry.get(key))


def with_empty_names(args: Mapping[str, Json]) -> Mapping[str, Json]:
    """A task's options with null names replaced by empty ones; the same object where there is none."""
    changed: JsonObject = {name: "" for name in _RELEASE if name in args and args[name] is None}
    for option in (*_SELECTING, *_RELEASES):
        given = args.get(option)
        if given:
            filled = _filled(given, option in _RELEASES)
            if filled is not given:
                changed[option] = filled
    return {**args, **changed} if changed else args


def _filled(given: Json, whole: bool) -> Json:
    """:param whole: entries are the options of releases, not selectors."""
    if isinstance(given, Mapping):
        return _entry(given, whole)
    if not isinstance(given, list):
        return given
    filled = [_entry(entry, whole) if isinstance(entry, Mapping) else entry for entry in given]
    return given if all(one is other for one, other in zip(filled, given, strict=True)) else filled


def _entry(entry: Mapping[str, Json], whole: bool) -> Mapping[str, Json]:
    if whole:
        return with_empty_names(entry)
    changed: JsonObject = {key: "" for key in _KEYS if key in entry and entry[key] is None}
    for key in _INNER:
        inner = entry.get(key)
        if isinstance(inner, Mapping) and (found := _entry(inner, False)) is not inner:
            changed[key] = found
    return {**entry, **changed} if changed else entry


def _entries(given: Json) -> list[Json]:
    return given if isinstance(given, list) else []
