# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Labels as the API server accepts them (Kubernetes: ``apimachinery/pkg/util/validation``)."""

from __future__ import annotations

import re

_LONGEST = 63
_LONGEST_PREFIX = 253
_NAME = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?\Z")
_PREFIX = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\Z")
_RULE = f"at most {_LONGEST} letters, digits, '-', '_' and '.', beginning and ending with a letter or digit"


def key_fault(key: str) -> str:
    """Why a text cannot be the key of a label or annotation; empty: it can."""
    prefix, slash, name = key.rpartition("/")
    if slash and (len(prefix) > _LONGEST_PREFIX or not _PREFIX.match(prefix)):
        return "its part before '/' is not a DNS name"
    if len(name) > _LONGEST or not _NAME.match(name):
        return f"a key is {_RULE}"
    return ""


def value_fault(value: str) -> str:
    """Why a text cannot be the value of a label; empty: it can."""
    return f"a value is empty, or {_RULE}" if value and (len(value) > _LONGEST or not _NAME.match(value)) else ""
