# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""``run``: calls a face with its options, for modules and action plugins. Returns a dictionary.

The result has JSON types only. Errors become ``failed``, ``msg`` (one sentence) and ``error`` (class and facts, for playbooks that branch
on them). An exception that is not an ``EngineError`` is a bug of this collection; the message says so, and where it happened.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping

from .._engine.aliases import Json
from .._engine.errors import EngineError, ValuesError
from .._engine.ports import ReportProgress
from .options.names import check_names
from .results.masked_options import mask_params, secrets_in, secrets_in_environment
from .results.masking import masked_result, message_first, without_secrets
from .results.size import fitting
from .signals import orderly_end
from .task import Face, Result, Task

#: module name -> what to install, for libraries that are imported late
LIBRARIES = {
    "yaml": "PyYAML",
    "requests": "requests",
    "kubernetes": "kubernetes",
    "urllib3": "urllib3",
    "jsonschema": "jsonschema",
    "cryptography": "cryptography",
    "jinja2": "jinja2",
}


def run(
    face: Face,
    params: Result,
    check_mode: bool,
    diff: bool,
    environ: Mapping[str, str],
    report_progress: ReportProgress | None = None,
    secrets: set[str] | None = None,
) -> Result:
    """Calls a face. Never raises ``Exception``; a task's timeout, which is another class, passes through.

    :param secrets: texts that are known to be secret; those that the options and the face add are put into the same set.
    """
    hidden: set[str] = set() if secrets is None else secrets
    hidden |= secrets_in(params) | secrets_in_environment(environ)
    task = Task(params=params, environ=environ, check_mode=check_mode, diff=diff, secrets=hidden)
    if report_progress is not None:
        task.report_progress = lambda progress: report_progress(_shown(task, progress))
    try:
        with orderly_end():
            check_names(params)
            result = face(task)
    except EngineError as error:
        result = failure(error)
    except ImportError as error:
        result = missing_library(error)
    except Exception as error:
        result = defect(error)
    if result.get("failed"):
        task.settle()
    result.setdefault("changed", False)
    result["invocation"] = {"module_args": mask_params(params)}
    if task.warnings or task.notices:
        result["warnings"] = [*task.warnings, *task.notices]
    if not task.shows_secrets or result.get("failed"):
        return fitting(message_first(masked_result(result, task.secrets)))
    about: Result = {key: result[key] for key in ("invocation", "warnings", "command") if key in result}
    result.update(masked_result(about, task.secrets))
    task.secrets.clear()
    return fitting(message_first(result))


def _shown(task: Task, progress: Result) -> Result:
    """The state of a wait without secrets."""
    task.settle()
    names = {str(name).rpartition("/")[2].rpartition(" ")[2] for name, _words in progress.get("left", ())}
    return dict(without_secrets(progress, task.secrets, names))


def failure(error: EngineError) -> Result:
    """The result for an error.

    ``error.class`` is its class in ``errors``; ``error.helm`` is Helm's wording. Helm's wording of an error in values may quote them; it is
    left out then. This collection's wording never quotes values.
    """
    facts = {"class": type(error).__name__, "fields": _plain(error.fields)}
    if error.helm is not None and not isinstance(error, ValuesError) and not getattr(error, "quotes_values", False):
        facts["helm"] = error.helm
    return {
        "failed": True,
        "changed": "release_status" in error.fields,  # a failed revision was recorded: something was written
        "msg": str(error),
        "stdout": "",
        "stderr": f"Error: {facts.get('helm', error)}\n",  # where helm would have said it, for playbooks that look there
        "error": facts,
    }


def missing_library(error: ImportError) -> Result:
    name = (error.name or "").partition(".")[0]
    library = LIBRARIES.get(name)
    if library is None:
        return defect(error)
    from ansible.module_utils.basic import missing_required_lib

    return {"failed": True, "msg": missing_required_lib(library), "error": {"class": "MissingLibrary", "fields": {"library": library}}}


def defect(error: Exception) -> Result:
    """The result for a bug: type and place of the exception. Its text is not masked, so it is left out.

    The frames hold code, no values.
    """
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename.rpartition('module_utils')[2].lstrip('/')}:{frames[-1].lineno}" if frames else "unknown"
    where = [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
    return {
        "failed": True,
        "msg": f"Internal error in windlass.charts ({type(error).__name__} at {place}). This is a bug; please report it with this message.",
        "error": {"class": "InternalError", "fields": {"type": type(error).__name__, "frames": where}},
    }


def _plain(value: Json) -> Json:
    """JSON types only, whatever an error was given."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(inner) for inner in value]
    return str(value)
