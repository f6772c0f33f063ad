# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Label selectors of ``helm list --selector`` and the API server.

Go: ``k8s.io/apimachinery/pkg/labels``.

``a=b``, ``a==b``, ``a!=b``, ``a in (b,c)``, ``a notin (b,c)``, ``a``, ``!a``, joined with commas. A missing label is different from every
value. They are matched here and not by the server, since only the newest record of a release counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ..errors import OptionError

Labels = Mapping[str, str]

_KEY = r"[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?"
_VALUE = r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?"
_SET = re.compile(rf"({_KEY})\s+(in|notin)\s*\(([^()]*)\)")
_EQUAL = re.compile(rf"({_KEY})\s*(==|=|!=)\s*({_VALUE})")
_THERE = re.compile(rf"(!?)\s*({_KEY})")
_COMMA = re.compile(r",(?![^()]*\))")


def selector(text: str) -> Callable[[Labels], bool]:
    """A function that matches labels with a selector's text. Raises ``OptionError``.

    >>> wanted = selector("status in (deployed,failed),team!=ops,owner")
    >>> wanted({"status": "failed", "owner": "helm"})
    True
    >>> wanted({"status": "failed", "owner": "helm", "team": "ops"})
    False
    """
    predicates = [_predicate(part.strip(), text) for part in _COMMA.split(text)] if text.strip() else []
    return lambda labels: all(predicate(labels) for predicate in predicates)


def _predicate(part: str, text: str) -> Callable[[Labels], bool]:
    if found := _SET.fullmatch(part):
        key, word, inner = found.groups()
        values = {value.strip() for value in inner.split(",")}
        if all(re.fullmatch(_VALUE, value) for value in values):
            return lambda labels: (labels.get(key) in values) == (word == "in")
    if found := _EQUAL.fullmatch(part):
        key, sign, value = found.groups()
        return lambda labels: (labels.get(key) == value) == (sign != "!=")
    if found := _THERE.fullmatch(part):
        no, key = found.groups()
        return lambda labels: (key in labels) != bool(no)
    raise OptionError(
        f"label_selector {text!r} is not a valid label selector at {part!r}; use for example team=shop,tier!=test or env in (dev,test).",
        option="label_selector",
    )
