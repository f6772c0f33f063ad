# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Helm's lint rules for names of objects, which are the API server's.

Go: ``k8s.io/apimachinery``, ``util/validation`` and ``api/validate/content``.
"""

from __future__ import annotations

import re

from ...gotypes.printing import go_quote

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = _LABEL + r"(\." + _LABEL + ")*"
_SERVICE = "[a-z]([-a-z0-9]*[a-z0-9])?"
_ENDS = "and must start and end with an alphanumeric character"


def name_findings(kind: str, name: str) -> str | None:
    """The fault of an object's name, in Helm's words; ``None`` where there is none."""
    found = [f"metadata.name: Invalid value: {go_quote(name)}: {text}" for text in _rules(kind.lower(), name)]
    if not found:
        return None
    listed = found[0] if len(found) == 1 else f"[{', '.join(dict.fromkeys(found))}]"
    return f"object name does not conform to Kubernetes naming requirements: {go_quote(name)}: {listed}"


def _rules(kind: str, name: str) -> list[str]:
    if kind == "service":
        return _service(name)
    if kind == "namespace":
        return _label(name)
    if kind == "certificatesigningrequest":
        return []
    if kind in ("role", "clusterrole", "rolebinding", "clusterrolebinding"):
        return _segment(name)
    return _subdomain(name)


def _too_long(name: str, most: int) -> list[str]:
    return [f"must be no more than {most} characters"] if len(name.encode("utf-8", "surrogateescape")) > most else []


def _wrong(text: str, pattern: str, *examples: str) -> str:
    shown = " or ".join(f"'{example}', " for example in examples)
    return f"{text} (e.g. {shown}regex used for validation is '{pattern}')"


def _subdomain(name: str) -> list[str]:
    found = _too_long(name, 253)
    if not re.fullmatch(_SUBDOMAIN, name):
        text = f"a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', {_ENDS}"
        found.append(_wrong(text, _SUBDOMAIN, "example.com"))
    return found


def _label(name: str) -> list[str]:
    found = _too_long(name, 63)
    if re.fullmatch(_LABEL, name):
        return found
    if re.fullmatch(_SUBDOMAIN, name):
        return [*found, "must not contain dots"]
    text = f"a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', {_ENDS}"
    return [*found, _wrong(text, _LABEL, "my-name", "123-abc")]


def _service(name: str) -> list[str]:
    found = _too_long(name, 63)
    if not re.fullmatch(_SERVICE, name):
        text = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, "
        found.append(_wrong(f"{text}and end with an alphanumeric character", _SERVICE, "my-name", "abc-123"))
    return found


def _segment(name: str) -> list[str]:
    """One part of a path."""
    if name in (".", ".."):
        return [f"may not be '{name}'"]
    return [f"may not contain '{part}'" for part in ("/", "%") if part in name]
