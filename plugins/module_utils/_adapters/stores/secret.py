# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Release records in Secrets, as helm 3 and 4 store them (Helm: ``pkg/storage/driver/secrets.go``).

Type ``helm.sh/release.v1``; the payload, base64 text already, is base64 again, as the data of every Secret is.
"""

from __future__ import annotations

import base64
import binascii

from ..._engine.aliases import Object
from .objects import ObjectStore, part

TYPE = "helm.sh/release.v1"


class SecretStore(ObjectStore):
    kind = "Secret"

    def pack(self, payload: str) -> Object:
        return {"type": TYPE, "data": {"release": base64.b64encode(payload.encode()).decode()}}

    def unpack(self, obj: Object) -> str | None:
        """The payload of a Secret. An invalid one is kept, since its revision exists.

        Decoding it reports the error.
        """
        text = part(obj, "data").get("release")
        if not isinstance(text, str):
            return None
        try:
            return base64.b64decode(text).decode("ascii", "replace")
        except (binascii.Error, ValueError):
            return "\ufffd"
