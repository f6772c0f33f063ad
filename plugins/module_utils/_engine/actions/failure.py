# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Records a failed step of a release and does what ``on_failure`` says (Helm: ``failRelease``).

The first error is the one that is reported, with its evidence unchanged; the result of undoing is in the field ``rollback``
(``{"action", "to", "done", "error"}``). A failure to write the failure is a field too (``record_error``): the record then stays
pending, and the next run says what to do about it.
"""

from __future__ import annotations

from collections.abc import Callable

from ..aliases import JsonObject
from ..errors import EngineError
from ..release.model import Status
from .journal import Journal

#: undoes a failed release, or cleans up after it; returns the facts for ``rollback`` or ``cleanup``
Undo = Callable[[], JsonObject]


def reworded(error: EngineError, message: str, helm: str, fields: JsonObject) -> EngineError:
    """The same class of error with another message and other facts."""
    other = type(error)(message, helm=helm)
    other.fields = fields
    return other


def mark_failed(journal: Journal, description: str) -> str:
    """Writes ``failed``. Returns the error of that write, empty where it succeeded."""
    release = journal.release
    if release is None or not journal.has(release.version):
        return ""
    try:
        journal.mark(release.version, Status.FAILED, description)
    except EngineError as error:
        return error.message
    return ""


def failed(journal: Journal, error: EngineError, template: str, undo: Undo | None, clean: Undo | None = None) -> EngineError:
    """The error to raise for a release whose execution failed.

    :param template: Helm's description of such a failure, with ``{name}`` and ``{error}``.
    :param undo: what to do about it, ``None``: leave it as it is. :param clean: called before, deletes what was created (``clean_up``).
    """
    release = journal.release
    if release is None:
        return error
    fault = mark_failed(journal, template.format(name=release.name, error=error.helm_message))
    fields: JsonObject = {
        **error.fields,
        "release": release.name,
        "namespace": release.namespace,
        "revision": release.version,
        "release_status": Status.FAILED.value if not fault else release.info.status.value,
    }
    if fault:
        fields["record_error"] = fault
    message, helm = f"Release {release.name} failed: {error.message.rstrip('.')}", error.helm_message
    if clean is not None:
        from .cleanup import outcome_clause

        fields["cleanup"] = facts = clean()
        message += outcome_clause(facts)
        if not facts["done"]:
            helm = f"an error occurred while cleaning up resources. original error: {helm}: unable to cleanup resources: {facts['error']}"
    if undo is not None:
        message, helm = _undone(undo, fields, message, helm, release.name)
    return reworded(error, message, helm, fields)


def _undone(undo: Undo, fields: JsonObject, message: str, helm: str, name: str) -> tuple[str, str]:
    try:
        facts = undo()
    except EngineError as second:
        fields["rollback"] = {"done": False, "error": second.message}
        return (
            f"{message}. Undoing it failed as well: {second.message.rstrip('.')}",
            f"an error occurred while rolling back the release. original error: {helm}: {second.helm_message}",
        )
    fields["rollback"] = {"done": True, **facts}
    if facts["action"] == "uninstall":
        return (
            f"{message}. It has been uninstalled",
            f"release {name} failed, and has been uninstalled due to rollback-on-failure being set: {helm}",
        )
    return (
        f"{message}. It has been rolled back to revision {facts['to']}",
        f"release {name} failed, and has been rolled back due to rollback-on-failure being set: {helm}",
    )
