# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""YAML's events from the tokens of ``scanner``, as go.yaml.in/yaml/v2 makes them (``parserc.go``); the interface is libyaml's parser's.

A machine of states: what is expected next is a method, and what comes after that waits on a stack, so no text is too deep.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .scanner import Fault, Mark, Scanner, Token

try:
    from yaml import events as _yaml_events
except ImportError:  # whoever reads YAML says so
    _yaml_events = None  # type: ignore[assignment]
#: PyYAML's classes, which do not mind whose marks they carry
events: Any = _yaml_events

_TAGS = {"!": "!", "!!": "tag:yaml.org,2002:"}
_NO_CONTENT = frozenset(("VERSION-DIRECTIVE", "TAG-DIRECTIVE", "DOCUMENT-START", "DOCUMENT-END", "STREAM-END"))
_ENTRY_ENDS = frozenset(("BLOCK-ENTRY", "BLOCK-END"))
_PAIR_ENDS = frozenset(("KEY", "VALUE", "BLOCK-END"))
_STARTS = {
    "FLOW-SEQUENCE-START": "SequenceStartEvent",
    "FLOW-MAPPING-START": "MappingStartEvent",
    "BLOCK-SEQUENCE-START": "SequenceStartEvent",
    "BLOCK-MAPPING-START": "MappingStartEvent",
}
State = Callable[[], Any]


class GoParser:
    """:param data: a stream of documents."""

    def __init__(self, data: bytes) -> None:
        self._scanner = Scanner(data)
        self._state: State = self._stream_start
        self._after: list[State] = []
        self._open: list[Mark] = []
        self._tags: dict[str, str] = {}
        self._firsts: dict[str, State] = {
            "FLOW-SEQUENCE-START": lambda: self._flow_sequence(first=True),
            "FLOW-MAPPING-START": lambda: self._flow_mapping(first=True),
            "BLOCK-SEQUENCE-START": lambda: self._block_sequence(first=True),
            "BLOCK-MAPPING-START": lambda: self._block_mapping(first=True),
        }

    def get_event(self) -> Any:
        """The next event. Raises ``Fault``."""
        return self._state()

    def dispose(self) -> None:
        """Nothing is held."""

    # ---------------------------------------------------------------------------------------------------------- helpers

    def _peek(self) -> Token:
        return self._scanner.peek()

    def _second(self) -> Token:
        """The token behind the next, which is removed."""
        self._scanner.take()
        return self._scanner.peek()

    def _back(self) -> None:
        self._state = self._after.pop()

    def _empty(self, mark: Mark, then: State) -> Any:
        self._state = then
        return events.ScalarEvent(None, None, (True, False), "", mark, mark, style="")

    def _node_then(self, then: State, *, block: bool, indentless: bool = False) -> Any:
        self._after.append(then)
        return self._node(block, indentless)

    def _fault(self, problem: str, mark: Mark, context: Mark | None = None) -> Fault:
        return Fault(problem, mark.line or (context.line if context else 0), mark)

    # -------------------------------------------------------------------------------------------------------- documents

    def _stream_start(self) -> Any:
        token = self._peek()
        self._scanner.take()
        self._state = lambda: self._document_start(implicit=True)
        return events.StreamStartEvent(token.start, token.end)

    def _document_start(self, implicit: bool) -> Any:
        token = self._peek()
        while not implicit and token.kind == "DOCUMENT-END":
            token = self._second()
        if token.kind == "STREAM-END":
            self._scanner.take()
            return events.StreamEndEvent(token.start, token.end)
        start = token
        token = self._directives(token)
        if start is not token or not implicit or token.kind == "DOCUMENT-START":
            if token.kind != "DOCUMENT-START":
                raise self._fault("did not find expected <document start>", token.start)
            self._scanner.take()
            self._state = self._document_content
        else:
            self._state = lambda: self._node(block=True)
        self._after.append(self._document_end)
        return events.DocumentStartEvent(start.start, token.end, explicit=token.kind == "DOCUMENT-START")

    def _document_content(self) -> Any:
        token = self._peek()
        if token.kind in _NO_CONTENT:
            return self._empty(token.start, self._after.pop())
        return self._node(block=True)

    def _document_end(self) -> Any:
        token = self._peek()
        if token.kind == "DOCUMENT-END":
            self._scanner.take()
        self._tags = {}
        self._state = lambda: self._document_start(implicit=False)
        return events.DocumentEndEvent(token.start, token.start, explicit=token.kind == "DOCUMENT-END")

    def _directives(self, token: Token) -> Token:
        versions = 0
        while token.kind in ("VERSION-DIRECTIVE", "TAG-DIRECTIVE"):
            if token.kind == "VERSION-DIRECTIVE":
                if versions:
                    fault = self._fault("found duplicate %YAML directive", token.start)
                    raise fault
                if (token.value, token.more) != (1, 1):
                    raise self._fault("found incompatible YAML document", token.start)
                versions += 1
            elif token.value in self._tags:
                fault = self._fault("found duplicate %TAG directive", token.start)
                raise fault
            else:
                self._tags[token.value] = token.more
            token = self._second()
        self._tags = {**_TAGS, **self._tags}
        return token

    # ------------------------------------------------------------------------------------------------------------ nodes

    def _node(self, block: bool, indentless: bool = False) -> Any:
        token = self._peek()
        start = token.start
        if token.kind == "ALIAS":
            self._scanner.take()
            self._back()
            return events.AliasEvent(token.value, start, token.end)
        anchor, tag = self._properties(token)
        token = self._peek()
        if indentless and token.kind == "BLOCK-ENTRY":
            self._state = self._indentless_sequence
            return events.SequenceStartEvent(anchor, tag, tag is None, start, token.end)
        if token.kind == "SCALAR":
            self._scanner.take()
            self._back()
            plain = tag == "!" or (tag is None and token.more == "")
            return events.ScalarEvent(anchor, tag, (plain, not plain and tag is None), token.value, start, token.end, style=token.more)
        if token.kind in _STARTS and (block or token.kind.startswith("FLOW")):
            self._state = self._firsts[token.kind]
            return getattr(events, _STARTS[token.kind])(anchor, tag, tag is None, start, token.end)
        if anchor is not None or tag is not None:
            self._back()
            return events.ScalarEvent(anchor, tag, (tag is None, False), "", start, token.start, style="")
        raise self._fault("did not find expected node content", token.start, start)

    def _properties(self, token: Token) -> tuple[str | None, str | None]:
        """Anchor and tag before a node, in either order."""
        start = token.start
        anchor = tag = None
        kinds = {"ANCHOR", "TAG"}
        while token.kind in kinds:
            kinds.remove(token.kind)
            if token.kind == "ANCHOR":
                anchor = token.value
            else:
                tag = token
            token = self._second()
        if tag is None:
            return anchor, None
        if not tag.value:
            return anchor, tag.more or None
        if not self._tags.get(tag.value, "") + (tag.more if tag.value in self._tags else ""):
            raise self._fault("found undefined tag handle", tag.start, start)
        return anchor, self._tags[tag.value] + tag.more

    # ------------------------------------------------------------------------------------------------- block collections

    def _begin(self) -> None:
        self._open.append(self._peek().start)
        self._scanner.take()

    def _end(self, make: Any, token: Token) -> Any:
        self._scanner.take()
        self._open.pop()
        self._back()
        return make(token.start, token.end)

    def _block_sequence(self, first: bool = False) -> Any:
        if first:
            self._begin()
        token = self._peek()
        if token.kind == "BLOCK-ENTRY":
            mark = token.end
            if self._second().kind in _ENTRY_ENDS:
                return self._empty(mark, self._block_sequence)
            return self._node_then(self._block_sequence, block=True)
        if token.kind == "BLOCK-END":
            return self._end(events.SequenceEndEvent, token)
        raise self._fault("did not find expected '-' indicator", token.start, self._open.pop())

    def _indentless_sequence(self) -> Any:
        token = self._peek()
        if token.kind == "BLOCK-ENTRY":
            mark = token.end
            if self._second().kind in _PAIR_ENDS | _ENTRY_ENDS:
                return self._empty(mark, self._indentless_sequence)
            return self._node_then(self._indentless_sequence, block=True)
        self._back()
        return events.SequenceEndEvent(token.start, token.start)

    def _block_mapping(self, first: bool = False) -> Any:
        if first:
            self._begin()
        token = self._peek()
        if token.kind == "KEY":
            mark = token.end
            if self._second().kind in _PAIR_ENDS:
                return self._empty(mark, self._block_value)
            return self._node_then(self._block_value, block=True, indentless=True)
        if token.kind == "BLOCK-END":
            return self._end(events.MappingEndEvent, token)
        raise self._fault("did not find expected key", token.start, self._open.pop())

    def _block_value(self) -> Any:
        token = self._peek()
        if token.kind != "VALUE":
            return self._empty(token.start, self._block_mapping)
        mark = token.end
        if self._second().kind in _PAIR_ENDS:
            return self._empty(mark, self._block_mapping)
        return self._node_then(self._block_mapping, block=True, indentless=True)

    # -------------------------------------------------------------------------------------------------- flow collections

    def _flow_item(self, first: bool, end: str, closing: str) -> Token:
        """The token of the next entry, behind its comma, or of the end."""
        if first:
            self._begin()
        token = self._peek()
        if token.kind != end and not first:
            if token.kind != "FLOW-ENTRY":
                raise self._fault(f"did not find expected ',' or '{closing}'", token.start, self._open.pop())
            token = self._second()
        return token

    def _flow_sequence(self, first: bool = False) -> Any:
        token = self._flow_item(first, "FLOW-SEQUENCE-END", "]")
        if token.kind == "KEY":
            self._scanner.take()
            self._state = self._pair_key
            return events.MappingStartEvent(None, None, True, token.start, token.end, flow_style=True)
        if token.kind != "FLOW-SEQUENCE-END":
            return self._node_then(self._flow_sequence, block=False)
        return self._end(events.SequenceEndEvent, token)

    def _pair_key(self) -> Any:
        token = self._peek()
        if token.kind not in ("VALUE", "FLOW-ENTRY", "FLOW-SEQUENCE-END"):
            return self._node_then(self._pair_value, block=False)
        self._scanner.take()  # yaml.v2 eats what ends the key here, and so refuses most texts that come this way
        return self._empty(token.end, self._pair_value)

    def _pair_value(self) -> Any:
        token = self._peek()
        if token.kind == "VALUE" and self._second().kind not in ("FLOW-ENTRY", "FLOW-SEQUENCE-END"):
            return self._node_then(self._pair_end, block=False)
        return self._empty(token.start, self._pair_end)

    def _pair_end(self) -> Any:
        token = self._peek()
        self._state = self._flow_sequence
        return events.MappingEndEvent(token.start, token.start)

    def _flow_mapping(self, first: bool = False) -> Any:
        token = self._flow_item(first, "FLOW-MAPPING-END", "}")
        if token.kind == "KEY":
            token = self._second()
            if token.kind in ("VALUE", "FLOW-ENTRY", "FLOW-MAPPING-END"):
                return self._empty(token.start, self._flow_value)
            return self._node_then(self._flow_value, block=False)
        if token.kind != "FLOW-MAPPING-END":
            return self._node_then(self._flow_no_value, block=False)
        return self._end(events.MappingEndEvent, token)

    def _flow_value(self) -> Any:
        token = self._peek()
        if token.kind == "VALUE":
            token = self._second()
            if token.kind not in ("FLOW-ENTRY", "FLOW-MAPPING-END"):
                return self._node_then(self._flow_mapping, block=False)
        return self._empty(token.start, self._flow_mapping)

    def _flow_no_value(self) -> Any:
        return self._empty(self._peek().start, self._flow_mapping)
