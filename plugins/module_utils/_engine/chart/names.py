# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Validates names of releases, namespaces and objects.

Helm: ``pkg/chart/v2/util/validate_name.go``; Kubernetes: ``k8s.io/apimachinery`` ``validation``. A name becomes part of a request's path
and of a label selector, where an empty name means "any". So each name is validated before the first request: by the options, again by each
action, again by the stores.
"""

from __future__ import annotations

from ..errors import OptionError
from ..patterns import late
from ..ports import ALL_NAMESPACES

MAX_LENGTH = 53
MAX_NAMESPACE = 63
MAX_OBJECT = 253
_PATTERN = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"
_VALID = late(_PATTERN[:-1] + r"\Z")
_LABEL = late(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\Z")
_LONGEST_SHOWN = 80


def validate_release_name(name: str) -> None:
    """Raises ``OptionError`` for a name that Helm would refuse. Lengths are in bytes."""
    if not name:
        raise OptionError(
            "release_name is empty; set it to the name of the release.",
            helm=f'release name "{name}": no name provided',
            option="name",
        )
    if len(name.encode("utf-8", "surrogateescape")) > MAX_LENGTH or not _VALID.match(name):
        from ..gotypes.printing import go_quote  # late: only a refusal needs it

        raise OptionError(
            f"{_shown(name)} is not a valid release name; use at most {MAX_LENGTH} characters, lower-case letters, digits, '-' and "
            "'.', each part between dots beginning and ending with a letter or digit.",
            helm=f"release name {go_quote(name)}: invalid release name, must match regex {_PATTERN} "
            f"and the length must not be longer than {MAX_LENGTH}",
            option="name",
        )


def validate_namespace(name: str, option: str = "release_namespace") -> None:
    """Raises ``OptionError`` for a name that is not an RFC 1123 label, as every namespace's name is.

    :param option: the option's name for the message.
    """
    if not name:
        raise OptionError(f"{option} is empty; set it to the name of a namespace.", option=option)
    if len(name) > MAX_NAMESPACE or not _LABEL.match(name):
        raise OptionError(
            f"{option} {_shown(name)} is not a valid name of a namespace; use at most {MAX_NAMESPACE} characters, lower-case "
            "letters, digits and '-', beginning and ending with a letter or digit.",
            option=option,
        )


def validate_object_name(name: str, option: str) -> None:
    """Raises ``OptionError`` for a name that is not an RFC 1123 subdomain.

    :param option: the option's name for the message.
    """
    if not name:
        raise OptionError(f"{option} is empty; set it to the name of an object.", option=option)
    if len(name) > MAX_OBJECT or not _VALID.match(name):
        raise OptionError(
            f"{option} {_shown(name)} is not a valid name of an object; use at most {MAX_OBJECT} characters, lower-case letters, "
            "digits, '-' and '.', each part between dots beginning and ending with a letter or digit.",
            option=option,
        )


def validate_scope(namespace: object, release: str | None) -> None:
    """Raises ``OptionError`` for a store's scope that is neither a namespace nor ``ports.ALL_NAMESPACES``.

    :param release: ``None``: every release.
    """
    if namespace is not ALL_NAMESPACES:
        validate_namespace(namespace if isinstance(namespace, str) else "")
    if release is not None:
        validate_release_name(release)


def path_fault(segment: str) -> str:
    """Why a text cannot be a segment of a request's path; empty: it can.

    Kubernetes: ``IsValidPathSegmentName``.
    """
    if segment in (".", ".."):
        return f"it is {segment!r}"
    return next((f"it contains {char!r}" for char in ("/", "%") if char in segment), "")


def _shown(name: str) -> str:
    return repr(name) if len(name) <= _LONGEST_SHOWN else f"{name[:_LONGEST_SHOWN]!r}... ({len(name)} characters)"
