# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The door of both ways: errors become sentences, defects name their place and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._ansible.runner import run
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import (
    Task,
    history_max,
    notice_helm_binary,
    refuse_what_is_not_built,
)
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import (
    NotBuiltYet,
    OptionError,
    ReleaseNotFound,
    ValuesError,
)


def _run(face: Any, **params: Any) -> dict[str, Any]:
    return run(face, params, False, False, {})


def test_engine_error() -> None:
    def face(task: Task) -> dict[str, Any]:
        raise ReleaseNotFound("There is none.", helm="release: not found", release="web", seen={"b", "a"})

    result = _run(face, release_values={"p": "hunter2"})
    assert (result["failed"], result["changed"], result["msg"]) == (True, False, "There is none.")
    assert result["error"]["class"] == "ReleaseNotFound" and result["error"]["helm"] == "release: not found"
    assert sorted(result["error"]["fields"]["seen"]) == ["a", "b"]
    assert "hunter2" not in json.dumps(result)


def test_the_message_of_a_failed_task_comes_first() -> None:
    """AWX shows the result in its order."""

    def face(task: Task) -> dict[str, Any]:
        task.warn("Careful.")
        raise ReleaseNotFound("There is none.", helm="release: not found", release="web")

    assert next(iter(_run(face))) == "msg"
    assert next(iter(run(lambda task: {"changed": True, "msg": "Done."}, {}, False, False, {}))) == "msg"


def test_a_message_has_no_names_of_go_types_and_helms_wording_has_them() -> None:
    def face(task: Task) -> dict[str, Any]:
        raise ReleaseNotFound("expected string; got map[string]interface {}", helm="expected string; got map[string]interface {}")

    result = _run(face)
    assert result["msg"] == "expected string; got a map" and result["error"]["helm"] == "expected string; got map[string]interface {}"


def test_helm_quotes_values_so_its_wording_of_them_stays_here() -> None:
    def face(task: Task) -> dict[str, Any]:
        raise ValuesError("A value does not fit.", helm="got hunter2", source="release_values")

    assert "hunter2" not in json.dumps(_run(face))


def test_defect_hides_its_text() -> None:
    def face(task: Task) -> dict[str, Any]:
        raise KeyError("hunter2")

    result = _run(face)
    assert result["failed"] and "hunter2" not in json.dumps(result) and "KeyError" in result["msg"] and "report" in result["msg"]


def test_missing_library() -> None:
    def face(task: Task) -> dict[str, Any]:
        raise ModuleNotFoundError("No module named 'kubernetes'", name="kubernetes.client")

    result = _run(face)
    assert result["error"] == {"class": "MissingLibrary", "fields": {"library": "kubernetes"}} and "kubernetes" in result["msg"]


def test_warnings_once() -> None:
    def face(task: Task) -> dict[str, Any]:
        notice_helm_binary(task)
        task.warn("Once.")
        task.warn("Once.")
        return {"changed": True}

    result = _run(face, binary_path="/usr/bin/helm")
    assert len(result["warnings"]) == 2 and "binary_path" in result["warnings"][1] and result["changed"]


def test_a_timeout_passes_through() -> None:
    class Timeout(BaseException):
        pass

    def face(task: Task) -> dict[str, Any]:
        raise Timeout

    with pytest.raises(Timeout):
        _run(face)


def test_a_failure_sets_stderr_as_helm_does() -> None:
    """Playbooks that came from kubernetes.core look for helm's words in stderr."""

    def face(task: Task) -> dict[str, Any]:
        raise ReleaseNotFound("There is none.", helm="release: not found")

    result = _run(face)
    assert result["stderr"] == "Error: release: not found\n" and result["stdout"] == ""

    def quoting(task: Task) -> dict[str, Any]:
        raise ValuesError("A value does not fit.", helm="got hunter2")

    assert _run(quoting)["stderr"] == "Error: A value does not fit.\n"


def test_notices_come_after_warnings() -> None:
    def face(task: Task) -> dict[str, Any]:
        notice_helm_binary(task)
        task.warn("The chart is deprecated.")
        return {}

    first, second = _run(face, binary_path="/usr/bin/helm")["warnings"]
    assert first == "The chart is deprecated." and "binary_path" in second


REFUSED = [("post_renderer", "/bin/x")]


@pytest.mark.parametrize(("option", "value"), REFUSED)
def test_refused_by_name(option: str, value: object) -> None:
    with pytest.raises(NotBuiltYet, match=option):
        refuse_what_is_not_built(Task(params={option: value}, environ={}))
    refuse_what_is_not_built(Task(params={option: None}, environ={}))
    refuse_what_is_not_built(Task(params={option: False}, environ={}))


def test_history_max() -> None:
    assert history_max(Task(params={"history_max": None}, environ={})) == 10
    assert history_max(Task(params={"history_max": 0}, environ={})) == 0
    with pytest.raises(OptionError, match="history_max"):
        history_max(Task(params={"history_max": -1}, environ={}))


CANARY = "tide-4711"


def _reporting(task: Task) -> dict[str, Any]:
    task.hide({"password": CANARY})
    task.warn(f"a warning with {CANARY}")
    if task.report_progress is not None:
        task.report_progress({"what": "wait", "left": [("Pod x", f"crashed with {CANARY}")]})
    if task.get("fail"):
        raise OptionError(f"no {CANARY}", helm=f"helm: {CANARY}", where=[CANARY])
    task.shows_secrets = bool(task.get("rendering"))
    return {"changed": True, "diff": {"prepared": f"+ {CANARY}"}, "stdout": f"x {CANARY}"}


@pytest.mark.parametrize("params", [{}, {"fail": True}, {"fail": True, "rendering": True}])
def test_what_is_hidden_is_nowhere(params: dict[str, Any]) -> None:
    reported: list[Any] = []
    secrets: set[str] = set()
    result = run(_reporting, {**params, "release_values": {"p": CANARY}, "return_values": True}, False, False, {}, reported.append, secrets)
    assert CANARY not in json.dumps([result, reported])
    assert "crashed with ********" in json.dumps(reported)
    assert CANARY in secrets, "for whatever else is written down"


def test_only_a_rendering_is_returned_unmasked() -> None:
    secrets: set[str] = set()
    result = run(_reporting, {"rendering": True, "release_values": {"p": CANARY}, "return_values": True}, False, False, {}, None, secrets)
    assert result["stdout"] == f"x {CANARY}"
    assert CANARY not in json.dumps([result["warnings"], result["invocation"]])
    assert not secrets
