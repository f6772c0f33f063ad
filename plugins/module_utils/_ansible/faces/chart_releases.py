# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The face of ``chart_releases``: many releases as one task, in the order that their ``needs`` allow.

Each release is what a task of ``chart_release`` would be, with the options in ``defaults`` where it has none of its own. All of
them are validated, and ordered, before the first begins. They share one connection pool, one discovery and one folder of compiled
templates, and each chart is loaded once. Each has a thread; one thread computes at a time (``_adapters/execution_slot``), and their waits
for the server overlap.

A failed release stops only those that need it. In check mode a release that fails is not reported as an error if a release that it
needs would be changed: what it misses may be what that change creates; it counts as changed and as not verified.
"""

from __future__ import annotations

import threading

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ..._adapters.execution_slot import ExecutionSlot, Stopped, sharing_slot
from ..._engine.errors import EngineError, OptionError
from ..._engine.plan.graph import Graph, Node
from ..namespaces import Namespaces
from ..options import specs
from ..options.names import check_names
from ..options.shapes import wrong_shapes
from ..runner import defect, failure, missing_library
from ..task import Result, Shared, Task, notice_helm_binary
from .chart_release import chart_release

#: bytes for the stack of a thread, as the main thread has them or more: templates call each other deeply
_STACK = 64 * 1024 * 1024

#: options of the whole task that each release gets as well
_SHARED = tuple(specs.common())


def chart_releases(task: Task) -> Result:
    notice_helm_binary(task)
    if task["max_parallel"] < 1:
        raise OptionError(f"max_parallel is {task['max_parallel']}; it must be at least 1.", option="max_parallel")
    items = [_validated(task, index, entry) for index, entry in enumerate(task["releases"])]
    graph = Graph([_node(params) for params in items])
    return Group(task, graph, items).run()


def _validated(task: Task, index: int, entry: Result) -> Result:
    """The options of one release, complete. Raises ``OptionError``."""
    whole = specs.one_of_releases()
    spec = whole["argument_spec"]
    rules = {rule: value for rule, value in whole.items() if rule not in ("argument_spec", "supports_check_mode")}
    wrong = {**wrong_shapes(spec, task["defaults"] or {}, "defaults."), **wrong_shapes(spec, entry, f"releases[{index}].")}
    if wrong:
        raise OptionError(next(iter(wrong.values())), option="releases")
    given = {**_by_name(spec, task["defaults"]), **_by_name(spec, entry)}
    checked = ArgumentSpecValidator(spec, **rules).validate(given)
    if checked.error_messages:
        name = given.get("release_name")
        where = f"releases[{index}]" + (f" ({name})" if name else "")
        raise OptionError(f"{where}: {'; '.join(checked.error_messages)}", option="releases")
    check_names(checked.validated_parameters, f"releases[{index}]")
    return {**checked.validated_parameters, **{name: task.params.get(name) for name in _SHARED}}


def _by_name(spec: Result, given: Result | None) -> Result:
    """Options with aliases replaced by names.

    So a release's own options override those of ``defaults``.
    """
    names = {alias: name for name, option in spec.items() for alias in option.get("aliases", ())}
    return {names.get(name, name): value for name, value in (given or {}).items()}


def _node(params: Result) -> Node:
    needs = tuple(str(need) for need in params["needs"])
    return Node(str(params["release_namespace"]), str(params["release_name"]), needs, params["release_state"] == "absent")


class Group:
    """One run. Its state belongs to the main thread, or to the thread that holds the slot."""

    def __init__(self, task: Task, graph: Graph, items: list[Result]) -> None:
        self._task = task
        self._graph = graph
        self._items = items
        self._slot = ExecutionSlot()
        self._shared = Shared()
        self._namespaces = Namespaces(items, self._slot, task.check_mode)
        self._results: dict[int, Result] = {}
        self._order: list[str] = []
        self._started: set[int] = set()
        self._finished = threading.Condition()
        self._running: dict[int, threading.Thread] = {}

    def run(self) -> Result:
        stack = threading.stack_size(_STACK)
        try:
            return self._run()
        finally:
            threading.stack_size(stack)

    def _run(self) -> Result:
        try:
            with self._finished:
                while len(self._results) < len(self._items):
                    if not self._begin():
                        self._finished.wait()
        except BaseException:
            self._slot.stop()
            for thread in list(self._running.values()):
                thread.join()
            raise
        return self._result()

    def _begin(self) -> bool:
        """Starts all releases that can start.

        Returns whether one was changed without a thread, since none could start.
        """
        for index in self._graph.ready(self._results, self._started):
            if len(self._running) >= self._task["max_parallel"]:
                return False
            self._started.add(index)
            self._namespaces.start(index)
            self._order.append(str(self._graph.nodes[index]))
            thread = threading.Thread(target=self._work, args=(index,), name=f"release {index}")
            try:
                thread.start()
            except RuntimeError:  # the user's limit of processes, or memory for the stack
                self._work(index)
                return True
            self._running[index] = thread
        return False

    def _work(self, index: int) -> None:
        result: Result = {"failed": True, "changed": False, "msg": "The task was stopped."}
        try:
            with self._slot:
                result = self._one(index)
        except Stopped:
            pass
        finally:
            self._namespaces.end(index, result)
            with self._finished:
                self._end(index, result)
                self._finished.notify()

    def _one(self, index: int) -> Result:
        """What ``runner.run`` does for a task of one release."""
        node, whole = self._graph.nodes[index], self._task
        report_progress = whole.report_progress
        report_of_release = None if report_progress is None else lambda state: report_progress({**state, "release": str(node)})
        task = Task(
            self._items[index], whole.environ, whole.check_mode, whole.diff, report_progress=report_of_release, secrets=whole.secrets
        )
        task.shared = self._shared
        task.ports_within = lambda ports: self._namespaces.within(sharing_slot(ports, self._slot), index)
        try:
            result = chart_release(task)
        except EngineError as error:
            result = failure(error)
        except ImportError as error:
            result = missing_library(error)
        except Exception as error:
            result = defect(error)
        if result.get("failed"):
            task.settle()
        for sentence in [*task.warnings, *task.notices]:
            whole.warn(f"{node}: {sentence}")
        result.setdefault("changed", False)
        return result

    def _end(self, index: int, result: Result) -> None:
        self._running.pop(index, None)
        self._results[index] = result
        if not result.get("failed"):
            return
        changing = [other for other in self._graph.ancestors(index) if self._results.get(other, {}).get("changed")]
        if self._task.check_mode and changing and result.get("error", {}).get("class") != "InternalError":
            names = ", ".join(str(self._graph.nodes[other]) for other in sorted(changing))
            why = f"it may depend on changes to {names}: {result['msg']}"
            self._results[index] = {"changed": True, "unverified": why, "status": None}
            return
        for other in self._graph.dependents(index) - set(self._results):
            self._started.add(other)
            self._results[other] = {"changed": False, "skipped": True, "msg": f"Skipped, since {self._graph.nodes[index]} failed."}

    # --------------------------------------------------------------------------------------------------------- result

    def _result(self) -> Result:
        results = [self._release_result(index) for index in range(len(self._items))]
        whole: Result = {
            "changed": any(result["changed"] for result in results),
            "releases": results,
            "order": self._order,
        }
        if self._task.diff:
            whole["diff"] = {"prepared": "".join(_headed(result) for result in results)}
            for result in results:  # the result holds the diff once
                result.pop("diff", None)
        failed = [result for result in results if result.get("failed")]
        if failed:
            out = [f"{result['namespace']}/{result['name']}" for result in results if result.get("skipped")]
            words = "; ".join(f"{result['namespace']}/{result['name']}: {result['msg'].rstrip('.')}" for result in failed)
            left = f" Skipped: {', '.join(out)}." if out else ""
            whole["failed"] = True
            whole["msg"] = f"{len(failed)} of {len(results)} releases failed. {words}.{left}"
        return whole

    def _release_result(self, index: int) -> Result:
        node = self._graph.nodes[index]
        state = "absent" if node.absent else "present"
        return {"name": node.name, "namespace": node.namespace, "state": state, **self._results[index]}


def _headed(result: Result) -> str:
    text = (result.get("diff") or {}).get("prepared", "")
    return f"## release {result['namespace']}/{result['name']}\n{text}" if text else ""
