# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Names for values whose type is known only at run time, each with its reason.

Their users do not write ``Any``. Old Pythons read this file before the Python version is checked: old syntax.
"""

from __future__ import annotations

from typing import Any, Dict  # noqa: UP035  read by old Pythons

#: a value of a template (``gotypes.values``): functions and operators decide by its type at run time, as Go's reflection does
GoValue = Any

#: a value of a JSON or YAML document: ``None``, bool, number, str, list or dict; its reader checks the shape
Json = Any

#: a map of a JSON or YAML document; also facts of an error and details of a step, which become JSON
JsonObject = Dict[str, Any]  # noqa: UP006

#: a tree of values: of a chart, of the user, or merged; its schema is the chart's
Table = Dict[str, Any]  # noqa: UP006

#: a Kubernetes object as the API server sends and accepts it; its kind, which may be unknown here, decides its fields
Object = Dict[str, Any]  # noqa: UP006

#: what ``sorted`` compares: a number, a text, a tuple of them, or an object of ``cmp_to_key``; no public type names all
SortKey = Any

# Libraries that a host may lack, imported late. A file that names their types could not be checked without them.

#: a parser, a loader, an event, a node or a position of PyYAML, which has no types of its own
PyYaml = Any

#: a key, a certificate or a part of one of the library cryptography
Cryptography = Any

#: the package jinja2, or a node, a context or an environment of it
Jinja = Any

#: a specification or a resolver of the library referencing, on which jsonschema rests
Referencing = Any

#: the package requests, or a session or a response of it, which has no types of its own
Requests = Any

#: the package urllib3, or a pool, a response or a header map of it
Urllib3 = Any

#: a certificate, a key or a signature of pysequoia, which has no types of its own
PySequoia = Any
