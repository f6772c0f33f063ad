# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Masks secret texts and credentials in URLs in everything that a task returns.

Old syntax only: modules read this file before they check the version of Python.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from ..._engine.aliases import Json, JsonObject
from ..._engine.secret_texts import MASK, Searcher, is_message, texts_of, with_fields
from ..._engine.url_secrets import without_url_credentials

__all__ = ["MASK", "masked_result", "message_first", "texts_of", "without_secrets"]

#: keys of a result under which URLs of the task's options, of repositories and of servers may stand
_ABOUT = frozenset(
    ("msg", "stderr", "error", "warnings", "deprecations", "command", "invocation", "exception", "module_stdout", "module_stderr")
)
#: parts of a result that hold a user's values: a name there is no public name
_VALUES = frozenset(("values", "release_values", "invocation", "resources", "manifest", "stdout", "diff", "diff_structured"))
_LABELS = ("release_labels", "common_labels", "common_annotations", "namespace_labels", "namespace_annotations")
_WORD = re.compile(r"[A-Za-z0-9][-.A-Za-z0-9]*")
_NAMES = ("name", "namespace", "release_name", "release_namespace", "chart", "release")


def without_secrets(value: Json, secrets: Collection[str], names: Collection[str] = ()) -> Json:
    """The same value with every secret text masked, whatever its encoding.

    :param secrets: texts as ``texts_of`` returns them. :param names: public names, see ``secret_texts``.
    """
    if not secrets:
        return value
    searcher = Searcher(secrets, names)
    return searcher.masked(value) if searcher else value


def masked_result(result: JsonObject, secrets: Collection[str]) -> JsonObject:
    """A task's result with secret texts masked.

    Messages, command and options also lose the credentials of URLs.
    """
    shown = {key: without_urls(value) if key in _ABOUT else value for key, value in result.items()}
    if isinstance(shown.get("releases"), list):
        shown["releases"] = [masked_result(one, ()) if isinstance(one, dict) else one for one in shown["releases"]]
    return dict(without_secrets(shown, secrets, public_names(shown))) if secrets else shown


def message_first(result: JsonObject) -> JsonObject:
    """The same result with ``msg`` in front, where a web page such as that of AWX shows it first."""
    return {"msg": result["msg"], **result} if "msg" in result else result


def without_urls(value: Json) -> Json:
    """The same value with the credentials of every URL masked."""
    if isinstance(value, str):
        return without_url_credentials(value)
    if isinstance(value, dict):
        return {key: without_urls(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_urls(inner) for inner in value]
    return with_fields(value, without_urls) if is_message(value) else value


def public_names(result: JsonObject) -> set[str]:
    """Names of releases, namespaces, charts, objects and pods that a result is about."""
    found: set[str] = set()
    for part in (result, result.get("status"), *_maps(result.get("releases"))):
        if isinstance(part, dict):
            found.update(str(part[key]) for key in _NAMES if isinstance(part.get(key), str))
    options = (result.get("invocation") or {}).get("module_args")
    if isinstance(options, dict):
        found.update(str(options[key]) for key in _NAMES if isinstance(options.get(key), str))
        for key in _LABELS:  # an error about a label's key names it
            labels = options.get(key)
            found.update(word for name in (labels if isinstance(labels, dict) else ()) for word in _WORD.findall(str(name)))
    found.update(_object_names(result))
    return found


def _maps(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _object_names(value: Json) -> Iterator[str]:
    """The name at the end of every ``object``, written as ``Kind namespace/name``, and names of pods."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("object", "pod") and isinstance(inner, str):
                yield inner.rpartition("/")[2].rpartition(" ")[2]
            elif key not in _VALUES:
                yield from _object_names(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _object_names(inner)
