# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Semantic versions and ranges, and sprig's two functions of them.

The rules are those of ``github.com/Masterminds/semver/v3`` 3.5.0. Versions: ``Version(text)`` is loose (a leading ``v``, missing minor and
patch, leading zeros pass), ``Version.strict(text)`` is not. Build metadata does not count in comparisons. A range is OR groups (``||``) of
AND terms (spaces or commas); a version with a prerelease part is in a group only if some term *of that group* has a prerelease part too.
The grammar is checked on text whose spaces are already single, because the plain pattern backtracks without bound in ``re``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import total_ordering
from typing import ClassVar

from ..aliases import GoValue, Json
from ..gotypes.function import Function
from ..gotypes.kinds import type_of
from ..gotypes.values import GoError, GoObject, Uint64
from ..patterns import late

_MAX_VERSION = 256
_MAX_CONSTRAINT = 512
_MAX_GROUPS = 32
_MAX_UINT64 = (1 << 64) - 1

_PARTS = r"[0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*"
_LOOSE = late(rf"v?([0-9]+)(\.[0-9]+)?(\.[0-9]+)?(?:-({_PARTS}))?(?:\+({_PARTS}))?\Z")
_IDENTIFIER = late(r"[0-9A-Za-z\-]+\Z")
_DIGITS = late(r"[0-9]+\Z")

_WS = r"[\t\n\f\r ]"
_OPS = r"=||!=|>|<|>=|=>|<=|=<|~|~>|\^"
_TERM = (
    r"v?([0-9|x|X|\*]+)(\.[0-9|x|X|\*]+)?(\.[0-9|x|X|\*]+)?"
    r"(-(?:[0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*))?(?:\+(?:[0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*))?"
)
_TERM_PLAIN = _TERM.replace("(?:", "(").replace("(", "(?:")
_SPACES_AND_COMMAS = late(rf"{_WS}*,{_WS}*")
_SPACES = late(rf"{_WS}+")
_GROUP = late(rf" ?(?:{_OPS}) ?(?:{_TERM_PLAIN})(?:[ ,](?:{_OPS}) ?(?:{_TERM_PLAIN}))* ?\Z")
_FIND_TERM = late(rf"(?:{_OPS}){_WS}*(?:{_TERM_PLAIN})")
_ONE_TERM = late(rf"{_WS}*({_OPS}){_WS}*({_TERM}){_WS}*\Z")
_HYPHEN = late(rf"{_WS}*({_TERM_PLAIN}){_WS}+-{_WS}+({_TERM_PLAIN}){_WS}*")


class SemverError(GoError, ValueError):
    """A text that is no version or no range; the message is Go's."""


def _quoted(text: str) -> str:
    from ..gotypes.printing import go_quote

    return go_quote(text)


def _uint64(digits: str) -> int:
    number = int(digits)
    if number > _MAX_UINT64:
        raise SemverError(f'error parsing version segment: strconv.ParseUint: parsing "{digits}": value out of range')
    return Uint64(number)


def _check_prerelease(text: str) -> None:
    for part in text.split("."):
        if _DIGITS.match(part):
            if len(part) > 1 and part[0] == "0":
                raise SemverError("version segment starts with 0")
        elif not _IDENTIFIER.match(part):
            raise SemverError("invalid prerelease string")


def _check_metadata(text: str) -> None:
    for part in text.split("."):
        if not _IDENTIFIER.match(part):
            raise SemverError("invalid metadata string")


def _compare_part(left: str, right: str) -> int:
    """One dot-separated part of a prerelease: the empty one is lowest, then numbers, then text."""
    if left == right:
        return 0
    if not left or not right:
        return -1 if not left else 1
    left_number = _DIGITS.match(left) is not None and int(left) <= _MAX_UINT64
    right_number = _DIGITS.match(right) is not None and int(right) <= _MAX_UINT64
    if left_number and right_number:
        return 1 if int(left) > int(right) else -1
    if left_number != right_number:
        return -1 if left_number else 1
    return 1 if left > right else -1


def _compare_prerelease(left: str, right: str) -> int:
    lefts, rights = left.split("."), right.split(".")
    for index in range(max(len(lefts), len(rights))):
        order = _compare_part(lefts[index] if index < len(lefts) else "", rights[index] if index < len(rights) else "")
        if order:
            return order
    return 0


@total_ordering
class Version(GoObject):
    """One version.

    :param text: loose rules, see the head of this file. At most 256 bytes.
    :raises SemverError: ``invalid semantic version`` and its kin.
    """

    GO_TYPE: ClassVar[str] = "*semver.Version"
    GO_KIND: ClassVar[str] = "ptr"
    GO_PRINTED: ClassVar[dict[str, str]] = {
        "major": "major",
        "minor": "minor",
        "patch": "patch",
        "pre": "prerelease",
        "metadata": "metadata",
        "original": "original",
    }

    __slots__ = ("major", "metadata", "minor", "original", "patch", "prerelease")

    def __init__(self, text: str) -> None:
        if len(text.encode("utf-8", "surrogateescape")) > _MAX_VERSION:
            raise SemverError(f"version string is too long (max {_MAX_VERSION} bytes)")
        found = _LOOSE.match(text)
        if found is None:
            raise SemverError("invalid semantic version")
        self.original = text
        self.major = _uint64(found[1])
        self.minor = _uint64(found[2][1:] if found[2] else "0")
        self.patch = _uint64(found[3][1:] if found[3] else "0")
        self.prerelease: str = found[4] or ""
        self.metadata: str = found[5] or ""
        if self.prerelease:
            _check_prerelease(self.prerelease)

    @classmethod
    def parse(cls, text: str) -> Version:
        """The same as ``Version(text)``."""
        return cls(text)

    @classmethod
    def strict(cls, text: str) -> Version:
        """A version by the letter of semver.org: three numbers, no ``v``, no leading zeros.

        Raises ``SemverError``.
        """
        if not text:
            raise SemverError("version string empty")
        if len(text.encode("utf-8", "surrogateescape")) > _MAX_VERSION:
            raise SemverError(f"version string is too long (max {_MAX_VERSION} bytes)")
        parts = text.split(".", 2)
        if len(parts) != 3:
            raise SemverError("invalid semantic version")
        rest, plus, metadata = parts[2].partition("+")
        if plus:
            _check_metadata(metadata)
        patch, hyphen, prerelease = rest.partition("-")
        if hyphen:
            _check_prerelease(prerelease)
        for number in (parts[0], parts[1], patch):
            if number and not _DIGITS.match(number):
                raise SemverError("invalid characters in version")
            if len(number) > 1 and number[0] == "0":
                raise SemverError("version segment starts with 0")
        for number in (parts[0], parts[1], patch):
            if not number:
                raise SemverError('strconv.ParseUint: parsing "": invalid syntax')
            if int(number) > _MAX_UINT64:
                raise SemverError(f'strconv.ParseUint: parsing "{number}": value out of range')
        return cls(text)

    def __str__(self) -> str:
        text = f"{self.major}.{self.minor}.{self.patch}"
        if self.prerelease:
            text += "-" + self.prerelease
        if self.metadata:
            text += "+" + self.metadata
        return text

    def __repr__(self) -> str:
        return f"Version({self.original!r})"

    def go_string(self) -> str:
        return str(self)

    def go_json(self) -> str:
        """MarshalJSON."""
        return str(self)

    def compare(self, other: Version) -> int:
        """-1, 0 or 1; metadata does not count, a prerelease is lower than its release."""
        for own, others in ((self.major, other.major), (self.minor, other.minor), (self.patch, other.patch)):
            if own != others:
                return -1 if own < others else 1
        if self.prerelease == other.prerelease:
            return 0
        if not self.prerelease:
            return 1
        if not other.prerelease:
            return -1
        return _compare_prerelease(self.prerelease, other.prerelease)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and self.compare(other) == 0

    def __lt__(self, other: Version) -> bool:
        return self.compare(other) < 0

    def __hash__(self) -> int:
        return hash((self.major, self.minor, self.patch, self.prerelease))

    def changed(self, major: int, minor: int, patch: int, prerelease: str = "", metadata: str = "") -> Version:
        """A version with other parts; its ``original`` keeps a leading ``v``."""
        text = f"{major}.{minor}.{patch}" + (f"-{prerelease}" if prerelease else "") + (f"+{metadata}" if metadata else "")
        return Version(("v" if self.original[:1] == "v" else "") + text)


class VersionValue(Version):
    """``semver.Version`` without the pointer: the result of ``IncMajor`` and similar methods."""

    GO_TYPE: ClassVar[str] = "semver.Version"
    GO_KIND: ClassVar[str] = "struct"


def _value(version: Version) -> VersionValue:
    return VersionValue(version.original)


def _increment(number: int, part: str) -> int:
    if number == _MAX_UINT64:
        raise GoError(f"{part} version increment would overflow uint64")
    return number + 1


def _inc_patch(version: Version) -> Version:
    patch = version.patch if version.prerelease else _increment(version.patch, "patch")
    return _value(version.changed(version.major, version.minor, patch))


def _set_prerelease(version: Version, text: str) -> Version:
    if text:
        _check_prerelease(text)
    return _value(version.changed(version.major, version.minor, version.patch, text, version.metadata))


def _set_metadata(version: Version, text: str) -> Version:
    if text:
        _check_metadata(text)
    return _value(version.changed(version.major, version.minor, version.patch, version.prerelease, text))


def _method(name: str, code: Callable[..., GoValue], *params: str) -> tuple[str, Function]:
    return name, Function.of(name, params, code)


def _comparing(name: str, holds: Callable[[int], int | bool]) -> tuple[str, Function]:
    def code(version: Version, other: Version | None) -> int | bool:
        if other is None:
            raise GoError("runtime error: invalid memory address or nil pointer dereference")
        return holds(version.compare(other))

    return _method(name, code, "*semver.Version")


def _becomes(version: Version, text: str) -> str:
    """A pointer is scanned into: the version itself changes.

    What Go returns is an error, or a nil one, and that is printed.
    """
    try:
        Version.__init__(version, text)
    except SemverError as error:
        return str(error)
    return "<nil>"


def _scan(version: Version, value: GoValue) -> str:
    if isinstance(value, str):
        return _becomes(version, value)
    return "cannot scan nil into Version" if value is None else f"unsupported Scan type {type_of(value)}"


def _unmarshal_text(version: Version, data: bytes | None) -> str:
    return _becomes(version, (data or b"").decode("utf-8", "surrogateescape"))


def _unmarshal_json(version: Version, data: bytes | None) -> str:
    from ..yamlio.errors import YamlError
    from ..yamlio.gojson import json_loads

    try:
        text = json_loads((data or b"").decode("utf-8", "surrogateescape"))
    except YamlError as error:
        return error.go_message
    return _becomes(version, text) if isinstance(text, str) else f"json: cannot unmarshal {_json_kind(text)} into Go value of type string"


def _json_kind(value: Json) -> str:
    names = {dict: "object", list: "array", bool: "bool"}
    return names.get(value.__class__, "number")


#: what templates may call on a version; the code gets the version first, then the arguments
_METHODS: dict[str, GoValue] = dict(
    (
        _method("Major", lambda v: v.major),
        _method("Minor", lambda v: v.minor),
        _method("Patch", lambda v: v.patch),
        _method("Prerelease", lambda v: v.prerelease),
        _method("Metadata", lambda v: v.metadata),
        _method("Original", lambda v: v.original),
        _method("String", str),
        _method("MarshalText", lambda v: str(v).encode("utf-8", "surrogateescape")),
        _method("MarshalJSON", lambda v: f'"{v}"'.encode("utf-8", "surrogateescape")),
        _method("Value", str),
        _method("Scan", _scan, "any"),
        _method("UnmarshalText", _unmarshal_text, "bytes"),
        _method("UnmarshalJSON", _unmarshal_json, "bytes"),
        _comparing("Compare", lambda order: order),
        _method("Equal", lambda v, o: o is not None and v.compare(o) == 0, "*semver.Version"),
        _comparing("LessThan", lambda order: order < 0),
        _comparing("LessThanEqual", lambda order: order <= 0),
        _comparing("GreaterThan", lambda order: order > 0),
        _comparing("GreaterThanEqual", lambda order: order >= 0),
        _method("IncMajor", lambda v: _value(v.changed(_increment(v.major, "major"), 0, 0))),
        _method("IncMinor", lambda v: _value(v.changed(v.major, _increment(v.minor, "minor"), 0))),
        _method("IncPatch", _inc_patch),
        _method("SetPrerelease", _set_prerelease, "string"),
        _method("SetMetadata", _set_metadata, "string"),
    )
)
Version.GO_METHODS = _METHODS
_COMPARE = ["Compare", "Equal", "LessThan", "LessThanEqual", "GreaterThan", "GreaterThanEqual"]
_OF_POINTERS = frozenset(["Scan", "UnmarshalText", "UnmarshalJSON", "Original", *_COMPARE])
VersionValue.GO_METHODS = {name: method for name, method in _METHODS.items() if name not in _OF_POINTERS}


class _Term:
    """One term of a range: an operator and a version.

    Minor and patch may be open (``1.2.x``, ``1``).
    """

    __slots__ = ("dirty", "minor_dirty", "operator", "patch_dirty", "text", "version")

    def __init__(self, text: str) -> None:
        found = _ONE_TERM.match(text)
        if found is None:
            raise SemverError(f"improper constraint: {_quoted(text)}")
        self.operator: str = found[1]
        self.text: str = found[2]
        major, minor, patch, prerelease = found[3], found[4] or "", found[5] or "", found[6] or ""
        self.minor_dirty = self.patch_dirty = False
        version = self.text
        if _is_open(major):
            version = f"0.0.0{prerelease}"
            self.dirty = True
        elif _is_open(minor[1:]):
            version = f"{major}.0.0{prerelease}"
            self.dirty = self.minor_dirty = True
        elif _is_open(patch[1:]):
            version = f"{major}{minor}.0{prerelease}"
            self.dirty = self.patch_dirty = True
        else:
            self.dirty = False
        try:
            self.version = Version(version)
        except SemverError:
            raise SemverError("constraint parser error") from None

    def holds(self, version: Version, prereleases: bool) -> bool:
        if version.prerelease and not prereleases:
            return False
        return _CHECKS[self.operator](version, self)


def _is_open(part: str) -> bool:
    return part in ("", "x", "X", "*")


def _not_equal(version: Version, term: _Term) -> bool:
    wanted = term.version
    if term.dirty:
        if wanted.major != version.major:
            return True
        if term.minor_dirty:
            return False
        if wanted.minor != version.minor:
            return True
        if term.patch_dirty:
            both = version.prerelease or wanted.prerelease
            return bool(both) and _compare_prerelease(version.prerelease, wanted.prerelease) != 0
    return version.compare(wanted) != 0


def _greater(version: Version, term: _Term) -> bool:
    wanted = term.version
    if not term.dirty:
        return version.compare(wanted) == 1
    if version.major != wanted.major:
        return version.major > wanted.major
    if term.minor_dirty:
        return False
    if term.patch_dirty:
        return version.minor > wanted.minor
    return version.compare(wanted) == 1


def _less_or_equal(version: Version, term: _Term) -> bool:
    wanted = term.version
    if not term.dirty:
        return version.compare(wanted) <= 0
    if version.major > wanted.major:
        return False
    return not (version.major == wanted.major and version.minor > wanted.minor and not term.minor_dirty)


def _tilde(version: Version, term: _Term) -> bool:
    wanted = term.version
    if version < wanted:
        return False
    if not (wanted.major or wanted.minor or wanted.patch or term.minor_dirty or term.patch_dirty):
        return True  # ~0.0.0 and ~* take everything
    return version.major == wanted.major and (term.minor_dirty or version.minor == wanted.minor)


def _tilde_or_equal(version: Version, term: _Term) -> bool:
    return _tilde(version, term) if term.dirty else version.compare(term.version) == 0


def _caret(version: Version, term: _Term) -> bool:
    wanted = term.version
    if version < wanted:
        return False
    if wanted.major > 0 or term.minor_dirty:
        return version.major == wanted.major
    if version.major > 0:
        return False
    if wanted.minor > 0 or term.patch_dirty:
        return version.minor == wanted.minor
    return version.minor == 0 and version.patch == wanted.patch


_CHECKS: dict[str, Callable[[Version, _Term], bool]] = {
    "": _tilde_or_equal,
    "=": _tilde_or_equal,
    "!=": _not_equal,
    ">": _greater,
    "<": lambda version, term: version < term.version,
    ">=": lambda version, term: version.compare(term.version) >= 0,
    "=>": lambda version, term: version.compare(term.version) >= 0,
    "<=": _less_or_equal,
    "=<": _less_or_equal,
    "~": _tilde,
    "~>": _tilde,
    "^": _caret,
}


def _rewrite_hyphens(text: str) -> str:
    """``1.2 - 1.4`` becomes ``>= 1.2, <= 1.4``."""
    for found in list(_HYPHEN.finditer(text)):
        text = text.replace(found[0], f">= {found[1]}, <= {found[2]} ", 1)
    return text


class Constraint:
    """A range of versions.

    :param text: at most 512 bytes and 32 OR groups.
    :raises SemverError: ``improper constraint: "..."`` and its kin.
    """

    __slots__ = ("_groups", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        if len(text.encode("utf-8", "surrogateescape")) > _MAX_CONSTRAINT:
            raise SemverError(f"constraint string is too long (max {_MAX_CONSTRAINT} bytes)")
        groups = _rewrite_hyphens(text).split("||")
        if len(groups) > _MAX_GROUPS:
            raise SemverError(f"too many constraint groups (max {_MAX_GROUPS})")
        self._groups: list[tuple[list[_Term], bool]] = []
        for group in groups:
            if not _GROUP.match(_SPACES.sub(" ", _SPACES_AND_COMMAS.sub(",", group))):
                raise SemverError(f"improper constraint: {_quoted(group)}")
            terms = [_Term(found[0]) for found in _FIND_TERM.finditer(group)]
            self._groups.append((terms, any(term.version.prerelease for term in terms)))

    @classmethod
    def parse(cls, text: str) -> Constraint:
        """The same as ``Constraint(text)``."""
        return cls(text)

    def check(self, version: Version) -> bool:
        """Whether the version is in the range.

        >>> [Constraint.parse(">=1.2 <2 || ~3.1").check(Version.parse(text)) for text in ("1.9.0", "2.0.0", "3.1.7", "1.9.0-rc.1")]
        [True, False, True, False]
        """
        return any(all(term.holds(version, prereleases) for term in terms) for terms, prereleases in self._groups)

    def __str__(self) -> str:
        return " || ".join(" ".join(term.operator + term.text for term in terms) for terms, _prereleases in self._groups)


def semver(text: str) -> Version:
    """sprig's ``semver``."""
    return Version(text)


def semver_compare(constraint: str, version: str) -> bool:
    """sprig's ``semverCompare``."""
    return Constraint(constraint).check(Version(version))
