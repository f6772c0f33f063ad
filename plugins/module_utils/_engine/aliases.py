# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Names for values whose type is known only at run time, each with its reason.

Their users do not write ``Any``.
"""

from __future__ import annotations

from typing import Any

#: a value of a template (``gotypes.values``): functions and operators decide by its type at run time, as Go's reflection does
GoValue = Any

#: a value of a JSON or YAML document: ``None``, bool, number, str, list or dict; its reader checks the shape
Json = Any

#: a map of a JSON or YAML document; also facts of an error and details of a step, which become JSON
JsonObject = dict[str, Any]

#: a tree of values: of a chart, of the user, or merged; its schema is the chart's
Table = dict[str, Any]

#: a Kubernetes object as the API server sends and accepts it; its kind, which may be unknown here, decides its fields
Object = dict[str, Any]
