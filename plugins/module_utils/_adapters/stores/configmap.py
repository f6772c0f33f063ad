# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Release records in ConfigMaps, with the payload as plain data.

Helm: ``pkg/storage/driver/cfgmaps.go``.
"""

from __future__ import annotations

from ..._engine.aliases import Object
from .objects import ObjectStore, part


class ConfigMapStore(ObjectStore):
    kind = "ConfigMap"

    def pack(self, payload: str) -> Object:
        return {"data": {"release": payload}}

    def unpack(self, obj: Object) -> str | None:
        text = part(obj, "data").get("release")
        return text if isinstance(text, str) else None
