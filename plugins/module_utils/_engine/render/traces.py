# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Words errors of templates as Helm 4 does (``pkg/engine/engine.go``).

Go: ``cleanupParseError`` and ``reformatExecErrorMsg``. A parse error shows the place and the last part of the message. The text of
``required`` and ``fail`` is passed between two marks and is shown alone, with the place in the file that was run. Every other error of
execution is split into one block a level, outermost first, as long as each level reads like one of the template language's own; where a
function's error ends the chain, Helm gives up and shows Go's single line.
"""

from __future__ import annotations

import re

from ..errors import TemplateExecError, TemplateParseError
from ..patterns import late

MARK_START = "HELM_ERR_START"
MARK_END = "HELM_ERR_END"
_MARKED = late(f"{MARK_START}(.*){MARK_END}", re.DOTALL)
_EXECUTING = late(r'(.*?): executing "([^"]*)" at <(.*?)>: (.*)\Z', re.DOTALL)


def parse_error(name: str, error: TemplateParseError) -> TemplateParseError:
    """A parse error in Helm's words. The facts and this collection's message stay."""
    parts = error.helm_message.split(": ")
    error.helm = f"parse error in ({name}): {parts[0]}" if len(parts) == 1 else f"parse error at ({parts[1]}): {parts[-1]}"
    return error


def exec_error(name: str, error: TemplateExecError) -> TemplateExecError:
    """An execution error in Helm's words.

    The facts stay; the marks are removed from this collection's message.
    """
    line = error.helm_message
    parts = line.split(": ", 2)
    if len(parts) != 3:
        error.helm = f"execution error in ({name}): {line}"
        return error
    marked = _MARKED.search(parts[2])
    if marked:
        error.helm = f"execution error at ({parts[1]}): {marked.group(1)}"
        error.fields["reason"] = marked.group(1)
        error.message = f"The chart failed at {parts[1]}: {marked.group(1)}"
        return error
    error.helm = _blocks(error.go_chain or [line]) or line
    return error


def _blocks(chain: list[str]) -> str:
    """One block a level; empty where a level is no error of the template language."""
    if not _block(chain[-1]):
        return ""
    blocks: list[str] = []
    for text in chain:
        block = _block(text)
        if not block:
            return ""
        if not blocks or blocks[-1] != block:
            blocks.append(block)
    return "".join(blocks).strip()


def _block(text: str) -> str:
    if not text.startswith("template: "):
        return ""
    rest = text.removeprefix("template: ")
    if rest.startswith("no template "):
        return f"{text}\n"
    if ": executing " in rest:
        found = _EXECUTING.match(rest)
        if not found:
            return ""
        location, function, node, message = found.groups()
        return f'{location}\n  executing "{function}" at <{node}>:\n    {_own(message)}\n'
    location, separator, message = rest.rpartition(": ")
    return f"{location}\n  {_own(message)}\n" if separator else ""


def _own(message: str) -> str:
    """The message without those of the levels below, which are separate blocks."""
    return message.partition(" template:")[0]
