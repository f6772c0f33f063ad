# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Checks the types of options against their specs, and words errors as sentences.

Runs before Ansible's own validation, in both modes. Ansible's validation quotes Python's classes and errors for a dictionary in place of a
list, ends with a traceback for some nested types, and turns a list or a dictionary in place of a string into Python's text of it. What it
converts sensibly passes here: numbers for strings, a comma-separated string for a list of strings, JSON or ``key=value`` for a
dictionary, ``yes`` for a boolean.

Read by targets of every age before the Python version is checked: old syntax only.
"""

from __future__ import annotations

from collections.abc import Mapping

from ansible.module_utils.common.validation import check_type_dict
from ansible.module_utils.parsing.convert_bool import boolean

from ..._engine.aliases import Json, JsonObject

#: type of an option -> what a sentence calls it
_EXPECTED = {
    "str": "a string",
    "path": "a path",
    "int": "an integer",
    "float": "a number",
    "bool": "a boolean, true or false",
    "dict": "a dictionary",
    "list": "a list",
}
_PLURAL = {"str": "strings", "path": "paths", "int": "integers", "bool": "booleans", "dict": "dictionaries", "raw": "values"}


def wrong_shapes(spec: Mapping[str, Json], params: Mapping[str, Json], above: str = "") -> dict[str, str]:
    """Options whose values have a wrong type: name of the option as it was given -> sentence.

    :param spec: argument spec of a module or suboptions. :param params: as they were given, aliases included.
    :param above: the path of these options, for example ``releases[0].``.
    """
    names = {name: option for option, rules in spec.items() for name in [option, *rules.get("aliases", ())]}
    wrong: dict[str, str] = {}
    for given, value in params.items():
        rules = spec.get(names[given]) if given in names else None
        if rules is not None:
            sentence = _wrong(rules, value, above + str(given)) if value is not None else _null(rules, above + str(given))
            if sentence:
                wrong[given] = sentence
    return wrong


def _null(rules: Mapping[str, Json], where: str) -> str:
    """The error for a null value; empty where null means no value.

    Null is an error where a value is required, or where it would replace a default.
    """
    if rules.get("default") is None and not rules.get("required") and not rules.get("choices"):
        return ""
    advice = "" if rules.get("required") else " Remove the option, or omit it, to use its default."
    return f"{where} must be {_expected(rules)}, not null.{advice}"


def _expected(rules: Mapping[str, Json]) -> str:
    kind = rules.get("type", "str")
    if kind == "list":
        return "a list of " + _PLURAL[rules.get("elements", "raw")]
    return "one of " + ", ".join(rules["choices"]) if rules.get("choices") else _EXPECTED.get(kind, "set")


def _wrong(rules: Mapping[str, Json], value: Json, where: str) -> str:
    """The sentence for one value; empty when it fits."""
    kind = rules.get("type", "str")
    if kind == "list":
        return _wrong_list(rules, value, where)
    if not _fits(kind, value):
        return f"{where} must be {_EXPECTED[kind]}{_with_keys(rules)}, not {_called(value)}."
    if isinstance(value, str) and not _is_unicode(value):
        return f"{where} contains a character that is not valid Unicode."
    if kind in ("str", "path") and "\0" in str(value):
        return f"{where} contains a null character; remove it."
    if kind == "dict" and rules.get("options"):
        return _first(wrong_shapes(rules["options"], _dictionary(value) or {}, where + "."))
    return ""


def _wrong_list(rules: Mapping[str, Json], value: Json, where: str) -> str:
    elements = rules.get("elements", "raw")
    inner = dict(rules, type=elements)
    if isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            at = f"{where}[{index}]"
            if item is None and elements != "raw":
                return f"{at} must be {_EXPECTED[elements]}{_with_keys(inner)}, not null."
            sentence = _wrong(inner, item, at)
            if sentence:
                return sentence
        return ""
    # Ansible splits a string at its commas and takes a number for a list of one
    single = not isinstance(value, (dict, bool)) and elements != "dict"
    if single and all(_fits(elements, part) for part in (value.split(",") if isinstance(value, str) else [value])):
        return ""
    hint = " Write it as a list with one entry." if isinstance(value, dict) and elements == "dict" else ""
    return f"{where} must be a list of {_PLURAL[elements]}{_with_keys(inner)}, not {_called(value)}.{hint}"


def _fits(kind: str, value: Json) -> bool:
    if kind == "raw":
        return True
    if kind in ("str", "path"):
        return not isinstance(value, (dict, list, tuple))
    if kind == "dict":
        return _dictionary(value) is not None
    if kind == "bool":
        return not isinstance(value, (dict, list, tuple)) and _is_boolean(value)
    if isinstance(value, (dict, list, tuple, bool)):
        return False
    return _is_number(value) if kind == "float" else _is_integer(value)


def _is_number(value: Json) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def _is_unicode(value: str) -> bool:
    """Whether a value is text.

    Bytes of a file that are not UTF-8 are surrogates (``surrogateescape``), and pass.
    """
    try:
        value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def _is_boolean(value: Json) -> bool:
    try:
        boolean(value)
    except TypeError:
        return False
    return True


def _is_integer(value: Json) -> bool:
    try:
        return int(value) == float(value)
    except (TypeError, ValueError, OverflowError):
        return False


def _dictionary(value: Json) -> JsonObject | None:
    """A dictionary, or what Ansible reads from a string; ``None`` when it is neither."""
    if isinstance(value, dict):
        return value
    try:
        found = check_type_dict(value) if isinstance(value, str) else None
    except (TypeError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _called(value: Json) -> str:
    """The type of a value, without the value: it may be secret."""
    if isinstance(value, dict):
        return "a dictionary"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number" if isinstance(value, int) else "a number with a fraction"
    return "null" if value is None else "this string" if value else "an empty string"


def _with_keys(rules: Mapping[str, Json]) -> str:
    keys = sorted(rules.get("options") or ()) if rules.get("type") == "dict" else []
    return " with the keys " + ", ".join(keys) if keys else ""


def _first(sentences: Mapping[str, str]) -> str:
    return next(iter(sentences.values()), "")
