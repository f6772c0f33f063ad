# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Finds and masks secret texts in any value, in all their encodings (``secret_forms``).

The rule: ordinary words and numbers (``secret_forms.is_word``) are masked as whole words; what may be a name (``is_name``) is not masked
where it is part of a public name (an object, a release, a namespace, a chart) or of a name made from one, such as a pod's. An ordinary
word is not masked either in the fixed part of a validation error of Kubernetes: ``type: Invalid value: ...`` says ``type`` even if a
Secret holds the text ``type``. All other texts are masked everywhere.

Old syntax only: modules read this file before they check the version of Python.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Collection, Iterable, Iterator

from .aliases import Json
from .secret_forms import GAP, Form, folded_forms, forms, is_searched, squeezed

MASK = "********"
#: characters of which names consist
_TOKEN = re.compile(r"[A-Za-z0-9][-.A-Za-z0-9]*")
#: the fixed words of a validation error of Kubernetes: the path of a field, without keys in brackets, and the kind of the error
_FIELD_ERROR = re.compile(
    r"(?<![^\s\[(:;,])(?:apiVersion|kind|metadata|spec|status|type|immutable|data|stringData|binaryData|rules|roleRef|subjects|webhooks)"
    r"(?:\.[A-Za-z]\w*|\[[^\]\s]*\])*"
    r": (?:Invalid|Required|Unsupported|Duplicate|Forbidden|Not found|Too long|Too many|Internal error)(?: value)?(?![\w-])"
)
_LONGEST_PATH = 300
#: how much searching is cheap; above it the text is indexed first
_CHEAP = 20_000_000
_GRAM = 4


class Searcher:
    """A set of secret texts, prepared for one value.

    :param secrets: texts as they were given; words that are too short or too common are ignored.
    :param names: public names, in which an ordinary word is not masked.
    """

    def __init__(self, secrets: Iterable[str], names: Collection[str] = ()) -> None:
        self._secrets = [text for text in secrets if is_searched(text)]
        self._names = tuple(sorted(name for name in names if name))

    def __bool__(self) -> bool:
        return bool(self._secrets)

    def masked(self, value: Json) -> Json:
        """The same value with every secret masked.

        Ordinary words in keys are not masked, since playbooks use them.
        """
        if not self._secrets:
            return value
        pattern = self._pattern(list(_strings(value)))
        return value if pattern is None else pattern.value(value)

    def narrowed(self, value: Json) -> Searcher:
        """The same for the parts of a value, prepared once: with the secrets that the value contains."""
        blob = "\0".join(_strings(value))
        packed = squeezed(blob)
        there = {form.text for form in _present([form for secret in self._secrets for form in forms(secret)], blob)}
        present = [
            secret
            for secret in self._secrets
            if any(form.text in there for form in forms(secret)) or any(form in packed for form in folded_forms(secret))
        ]
        return Searcher(present, self._names)

    def holding(self, texts: Iterable[str]) -> list[bool]:
        """The texts that contain one of the secrets in any form.

        Secrets of letters only count as whole words, all others as parts of words too.
        """
        whole = list(texts)
        every = [form for secret in self._secrets for form in forms(secret)]
        there = list(_present(every, "\0".join(whole)))
        parts = [form.text for form in there if not (form.whole and form.text.isalpha())]
        words = _either({form.text for form in there if form.whole and form.text.isalpha()})
        return [any(part in text for part in parts) or (words is not None and _has_word(words, text)) for text in whole]

    def _pattern(self, strings: list[str]) -> _Pattern | None:
        """What has to be masked in these strings; ``None``: nothing."""
        blob = "\0".join(strings)
        every = [form for secret in self._secrets for form in forms(secret)]
        there = list(_present(every, blob))
        packed = squeezed(blob)
        folded = {form for secret in self._secrets for form in folded_forms(secret)}
        folds = [form for form in folded if form in packed]
        if not there and not folds:
            return None
        return _Pattern(there, sorted(folds, key=len, reverse=True), self._names)


def _present(every: list[Form], blob: str) -> Iterator[Form]:
    if len(every) * len(blob) < _CHEAP:
        yield from (form for form in every if form.text in blob)
        return
    grams = {blob[at : at + _GRAM] for at in range(len(blob))}
    yield from (form for form in every if form.text[:_GRAM] in grams and form.text in blob)


class _Pattern:
    """Forms that are known to be present."""

    def __init__(self, there: list[Form], folds: list[str], names: tuple[str, ...]) -> None:
        self._anywhere = _either({form.text for form in there if not form.whole and not form.named})
        self._careful = _either({form.text for form in there if form.whole or form.named})
        self._whole = {form.text for form in there if form.whole}
        self._exact = {form.text for form in there}
        self._folds = folds
        self._names = names

    def value(self, value: Json) -> Json:
        if isinstance(value, dict):
            return {self._key(key): self.value(inner) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.value(inner) for inner in value]
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and plain_text(value) in self._exact:
            return MASK
        return with_fields(value, self.value) if is_message(value) else value

    def _key(self, key: Json) -> Json:
        return self._anywhere.sub(MASK, key) if self._anywhere is not None and isinstance(key, str) else key

    def text(self, text: str) -> str:
        if self._anywhere is not None:
            text = self._anywhere.sub(MASK, text)
        if self._careful is not None:
            text = self._careful.sub(lambda found: self._word(text, found), text)
        if self._folds and GAP.search(text):
            text = self._unfolded(text)
        return text

    def _word(self, text: str, found: re.Match[str]) -> str:
        """``MASK``, or the word itself as a part of another word, a public name or a field error."""
        start, end = found.span()
        word = found.group()
        if word in self._whole and (_joins(text, start - 1, word[0]) or _joins(text, end, word[-1])):
            return word
        if word in self._whole and word.isalpha() and _is_of_field_error(text, start, end):
            return word
        names = [name for name in self._names if word in name]
        if names:
            for token in _TOKEN.finditer(text, max(0, start - 253)):
                if token.start() > start:
                    break
                if token.end() < end:
                    continue
                whole = token.group().rstrip(".-")
                if any(whole == name or whole.startswith(f"{name}-") for name in names):
                    return word
        return MASK

    def _unfolded(self, text: str) -> str:
        """A secret that is broken over lines, or indented, is masked from its first to its last character."""
        runs: list[tuple[int, int]] = []  # position without gaps, position with them
        parts: list[str] = []
        length = last = 0
        for gap in (*GAP.finditer(text), None):
            stop = len(text) if gap is None else gap.start()
            if stop > last:
                runs.append((length, last))
                parts.append(text[last:stop])
                length += stop - last
            if gap is not None:
                last = gap.end()
        packed = "".join(parts)
        cuts: list[tuple[int, int]] = []
        for form in self._folds:
            at = packed.find(form)
            while at >= 0:
                cuts.append((_original(runs, at), _original(runs, at + len(form) - 1) + 1))
                at = packed.find(form, at + len(form))
        for start, stop in reversed(_merged(cuts)):
            text = text[:start] + MASK + text[stop:]
        return text


def _is_of_field_error(text: str, start: int, end: int) -> bool:
    """Whether a word is in the fixed part of a validation error, outside of keys in brackets."""
    for found in _FIELD_ERROR.finditer(text, max(0, start - _LONGEST_PATH)):
        if found.start() > start:
            return False
        if end <= found.end():
            before = text[found.start() : start]
            return before.count("[") == before.count("]")
    return False


def _original(runs: list[tuple[int, int]], position: int) -> int:
    packed, original = runs[bisect.bisect_right(runs, (position, 1 << 62)) - 1]
    return original + position - packed


def _merged(cuts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, stop in sorted(cuts):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged


def _has_word(words: re.Pattern[str], text: str) -> bool:
    return any(not _joins(text, at.start() - 1, at[0][0]) and not _joins(text, at.end(), at[0][-1]) for at in words.finditer(text))


def _joins(text: str, at: int, edge: str) -> bool:
    """Whether the character at a position makes one word with the edge of a found text."""
    return 0 <= at < len(text) and edge.isalnum() and text[at].isalnum()


def _either(texts: set[str]) -> re.Pattern[str] | None:
    """One expression for all texts, longer ones first."""
    return re.compile("|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True))) if texts else None


def _strings(value: Json) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _strings(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _strings(inner)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, (int, float)):
        yield plain_text(value)
    elif is_message(value):
        for name in value.__dataclass_fields__:
            yield from _strings(getattr(value, name))


def is_message(value: object) -> bool:
    """Whether a value is a data object, as Ansible's messages are in results since ansible-core 2.19."""
    return hasattr(value, "__dataclass_fields__") and not isinstance(value, type)


def with_fields(value: Json, change: Callable[[Json], Json]) -> Json:
    """A data object with each field changed."""
    import dataclasses  # late: results of a task in the controller's process hold none

    before = {field.name: getattr(value, field.name) for field in dataclasses.fields(value) if field.init}
    after = {name: change(inner) for name, inner in before.items()}
    after = {name: tuple(inner) if isinstance(before[name], tuple) else inner for name, inner in after.items()}
    return dataclasses.replace(value, **after) if after != before else value


def without_texts(text: str, secrets: Collection[str]) -> str:
    """A text without secrets that it may contain, in any encoding.

    :param secrets: also short ones, which are replaced as they are.
    """
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, MASK) if secret else text
    return str(Searcher(secrets).masked(text))


def texts_of(value: Json) -> set[str]:
    """The texts and numbers in a value that are distinct enough to be searched for."""
    return {text for text in _leaves(value) if is_searched(text)}


def _leaves(value: Json) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for inner in value:
            yield from _leaves(inner)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield plain_text(value)


def plain_text(value: Json) -> str:
    """A scalar as text; a whole number without a fraction."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
