# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a case is, and what one side answers to it.

A case is one question to a renderer. Its texts may hold bytes that are not UTF-8: in ``str`` they are surrogates
(``surrogateescape``). In tables a case is a mapping with the same names, and ``template`` is the text of one template alone;
``files`` without a Chart.yaml get ``CHART``.

    kind   files   what every template of a chart renders to
           chart   what ``helm template`` prints, and the notes
           values  values files and ``--set`` texts merged, as JSON
           yaml    a document, as JSON and written as YAML again
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CHART = "apiVersion: v2\nname: c\nversion: 1.0.0\n"
TEMPLATE = "templates/t.yaml"
KINDS = ("files", "chart", "values", "yaml")


@dataclass(frozen=True)
class Case:
    """Arguments of a render.

    :param sets: (kind, text) of ``--set`` texts, kind one of ``set``, ``set-string``, ``set-json``, ``set-file``, ``set-literal``.
    """

    kind: str
    files: Mapping[str, str] = field(default_factory=dict)
    values: tuple[str, ...] = ()
    sets: tuple[tuple[str, str], ...] = ()
    text: str = ""

    def all_files(self) -> dict[str, str]:
        """The files with a Chart.yaml, where the kind needs a chart."""
        if self.kind in ("values", "yaml") or "Chart.yaml" in self.files:
            return dict(self.files)
        return {"Chart.yaml": CHART, **self.files}

    def as_row(self) -> dict[str, Any]:
        """As a table holds it; what is no UTF-8 becomes bytes."""
        row: dict[str, Any] = {}
        if self.kind != "files":
            row["kind"] = self.kind
        if list(self.files) == [TEMPLATE]:
            row["template"] = plain(self.files[TEMPLATE])
        elif self.files:
            row["files"] = {name: plain(text) for name, text in self.files.items()}
        if self.values:
            row["values"] = [plain(text) for text in self.values]
        if self.sets:
            row["sets"] = [[kind, plain(text)] for kind, text in self.sets]
        if self.kind == "yaml":
            row["text"] = plain(self.text)
        return row

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Case:
        files = {TEMPLATE: row["template"]} if "template" in row else row.get("files", {})
        return cls(
            kind=row.get("kind", "files"),
            files={name: as_text(text) for name, text in files.items()},
            values=tuple(as_text(text) for text in row.get("values", ())),
            sets=tuple((kind, as_text(text)) for kind, text in row.get("sets", ())),
            text=as_text(row.get("text", "")),
        )


@dataclass(frozen=True)
class Answer:
    """An answer.

    ``state``: ``out`` (with its text), ``refused`` (with the error's text), ``crashed`` (an exception or a panic), ``late``.
    """

    state: str
    text: str = ""

    def as_row(self) -> dict[str, Any]:
        return {self.state: plain(self.text)}

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Answer:
        state = next(name for name in ("out", "refused", "crashed") if name in row)
        return cls(state, as_text(row[state]))


def plain(text: str) -> str | bytes:
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape")
    return text


def as_text(data: str | bytes) -> str:
    return data if isinstance(data, str) else data.decode("utf-8", "surrogateescape")
