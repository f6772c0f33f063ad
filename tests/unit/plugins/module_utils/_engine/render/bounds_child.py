# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Renders one template in a separate process with limited memory, and reports how it ended.

Usage: ``python bounds_child.py PLUGINS < template``.
"""

from __future__ import annotations

import json
import resource
import sys
import time

sys.path.insert(0, sys.argv[1])

from module_utils._adapters.clock import SystemClock, SystemRandom
from module_utils._engine.errors import TemplateError
from module_utils._engine.render.files import Values
from module_utils._engine.render.model import ClusterQueries
from module_utils._engine.render.scope import Scope


def main() -> None:
    text = sys.stdin.read()
    before = resource.getrusage(resource.RUSAGE_SELF)
    limit = 3 << 30
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    scope = Scope.of(ClusterQueries(), None, SystemRandom(), SystemClock())
    began = time.process_time()
    try:
        scope.parse("c/templates/t.yaml", text)
        answer = {"out": len(scope.run_file("c/templates/t.yaml", Values({"Values": Values({"t": "{{ tpl .Values.t . }}"})})))}
    except TemplateError as error:
        answer = {"refused": error.message}
    used = resource.getrusage(resource.RUSAGE_SELF)
    json.dump({**answer, "seconds": time.process_time() - began, "mib": (used.ru_maxrss - before.ru_maxrss) // 1024}, sys.stdout)


if __name__ == "__main__":
    main()
