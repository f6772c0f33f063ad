# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The side of this collection: the engine in this process, called as by ``scripts/chart_template``.

Time is limited by an alarm, so this runs in the main thread. Chance and clock are the system's: cases do not show them.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from pathlib import Path
from types import FrameType

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "plugins"))
os.environ["TZ"] = "UTC"
time.tzset()

from fuzz.case import Answer, Case
from module_utils._adapters.charts.files import collect_values
from module_utils._adapters.clock import SystemClock, SystemRandom
from module_utils._engine.chart.dependencies import check_dependencies, check_installable, process_dependencies
from module_utils._engine.chart.load import load_files
from module_utils._engine.chart.model import Chart, File
from module_utils._engine.chart.values import coalesce
from module_utils._engine.errors import EngineError, ValuesError
from module_utils._engine.render import engine
from module_utils._engine.render.capabilities import Capabilities, TemplateCapabilities
from module_utils._engine.render.manifests import document, strip_space
from module_utils._engine.render.model import ClusterQueries, ReleaseOptions
from module_utils._engine.render.scope import Scope
from module_utils._engine.yamlio.dump import dumps
from module_utils._engine.yamlio.errors import YamlError
from module_utils._engine.yamlio.gojson import json_dumps
from module_utils._engine.yamlio.load import loads

SECONDS = 8.0  # of the processor: a busy machine makes nothing late
RELEASE = ReleaseOptions(name="r", namespace="default")


class _Late(BaseException):
    """The time limit is over. Not an ``Exception``, so that no code of the engine catches it."""


def answer(case: Case) -> Answer:
    """The result of the engine for a case.

    An exception that is no ``EngineError`` is a crash, with its traceback.
    """
    before = signal.signal(signal.SIGPROF, _ring)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        return Answer("out", _KINDS[case.kind](case))
    except (EngineError, YamlError) as error:
        return Answer("refused", error.helm_message if isinstance(error, EngineError) else error.go_message)
    except _Late:
        return Answer("late")
    except Exception:
        return Answer("crashed", traceback.format_exc(limit=-4))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _ring(_number: int, _frame: FrameType | None) -> None:
    raise _Late


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _values(case: Case) -> dict[str, object]:
    texts: dict[str, list[str]] = {}
    for kind, text in case.sets:
        texts.setdefault(kind, []).append(text)
    given = {f"values{at}.yaml": _bytes(text) for at, text in enumerate(case.values)}
    held = {name: _bytes(text) for name, text in case.all_files().items()}

    def read(name: str) -> bytes:
        try:
            return given[name] if name in given else held[name]
        except KeyError:
            raise ValuesError("no such file", helm=f"open {name}: no such file or directory") from None

    return collect_values(list(given), texts, read)


def _chart(case: Case) -> Chart:
    return load_files([File(name, _bytes(text)) for name, text in case.all_files().items()])


def _files(case: Case) -> str:
    values = _values(case)
    chart = process_dependencies(_chart(case), values, [])
    merged, _ = coalesce(chart, values)
    engine._validate(chart, merged)
    queries = ClusterQueries()
    capabilities = TemplateCapabilities(Capabilities.default(None, []), queries)
    scope = Scope.of(queries, None, SystemRandom(), SystemClock())
    files = engine._Files(chart, merged, RELEASE, capabilities).run(scope, None)
    return "".join(f"# {name}\n{files[name]}\n" for name in sorted(files, key=_bytes))


def _whole(case: Case) -> str:
    values = _values(case)
    chart = _chart(case)
    check_installable(chart)
    check_dependencies(chart)
    found = engine.render(chart, values, RELEASE, Capabilities.default(None, []), random=SystemRandom(), clock=SystemClock())
    hooks = "".join(document(hook.path, hook.manifest) for hook in found.hooks)
    return f"{strip_space(found.manifest)}\n{hooks}--- notes\n{found.notes}"


def _merged(case: Case) -> str:
    return json_dumps(_values(case))


def _yaml(case: Case) -> str:
    value = loads(_bytes(case.text))
    return f"{json_dumps(value)}\n{dumps(value)}"


_KINDS = {"files": _files, "chart": _whole, "values": _merged, "yaml": _yaml}
