# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Parses and checks Go's regular expressions, and rewrites them for Python's ``re``.

Go: ``regexp/syntax``, the language of RE2. Constructs that RE2 refuses are refused with Go's words: look-around, back-references,
possessive and stacked repetitions, repetitions above 1000. Constructs with another meaning in ``re`` are rewritten: ``\\d \\w \\s \\b`` are
ASCII, ``$`` is the very end, ``\\z``, ``\\Q..\\E``, ``[[:alpha:]]``, ``(?U)``, flags in the middle, ``(?<name>)``. Flags are applied to
each atom separately, so that the rewritten text needs no state; under ``(?i)`` an atom is written with all characters that it matches.
Scripts (``\\p{Greek}``) need tables that Python lacks; ``scripts`` reports that.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ..gotypes.runes import categories
from ..gotypes.values import GoError
from ..patterns import late
from .folding import Ranges, folded, orbit

_MAX_RUNE = 0x10FFFF
_MAX_REPEAT = 1000
_MAX_DEPTH = 1000

_DIGIT: Ranges = ((0x30, 0x39),)
_UPPER: Ranges = ((0x41, 0x5A),)
_LOWER: Ranges = ((0x61, 0x7A),)
_ALPHA: Ranges = _UPPER + _LOWER
_WORD: Ranges = _DIGIT + _UPPER + ((0x5F, 0x5F),) + _LOWER
_PERL: dict[str, Ranges] = {"d": _DIGIT, "s": ((0x09, 0x0A), (0x0C, 0x0D), (0x20, 0x20)), "w": _WORD}
_POSIX: dict[str, Ranges] = {
    "alnum": _DIGIT + _ALPHA,
    "alpha": _ALPHA,
    "ascii": ((0, 0x7F),),
    "blank": ((0x09, 0x09), (0x20, 0x20)),
    "cntrl": ((0, 0x1F), (0x7F, 0x7F)),
    "digit": _DIGIT,
    "graph": ((0x21, 0x7E),),
    "lower": _LOWER,
    "print": ((0x20, 0x7E),),
    "punct": ((0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E)),
    "space": ((0x09, 0x0D), (0x20, 0x20)),
    "upper": _UPPER,
    "word": _WORD,
    "xdigit": (*_DIGIT, (0x41, 0x46), (0x61, 0x66)),
}
_CATEGORY_LIST = "C Cc Cf Cn Co Cs L LC Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs "
_CATEGORIES = frozenset(_CATEGORY_LIST.split())
#: names that RE2 lacks, or defines otherwise than Go
_NOT_IN_RE2 = frozenset(["C", "Cn", "LC"])
_CATEGORY_NAMES = {
    "other": "C", "control": "Cc", "cntrl": "Cc", "format": "Cf", "unassigned": "Cn", "privateuse": "Co", "surrogate": "Cs",
    "letter": "L", "casedletter": "LC", "lc": "LC", "lowercaseletter": "Ll", "modifierletter": "Lm", "otherletter": "Lo",
    "titlecaseletter": "Lt", "uppercaseletter": "Lu", "mark": "M", "combiningmark": "M", "spacingmark": "Mc", "enclosingmark": "Me",
    "nonspacingmark": "Mn", "number": "N", "decimalnumber": "Nd", "digit": "Nd", "letternumber": "Nl", "othernumber": "No",
    "punctuation": "P", "punct": "P", "connectorpunctuation": "Pc", "dashpunctuation": "Pd", "closepunctuation": "Pe",
    "finalpunctuation": "Pf", "initialpunctuation": "Pi", "otherpunctuation": "Po", "openpunctuation": "Ps", "symbol": "S",
    "currencysymbol": "Sc", "modifiersymbol": "Sk", "mathsymbol": "Sm", "othersymbol": "So", "separator": "Z",
    "lineseparator": "Zl", "paragraphseparator": "Zp", "spaceseparator": "Zs",
}  # fmt: skip

#: the scripts of Unicode 15 that Go finds; those with an underscore in their name it does not, however they are written
_SCRIPT_LIST = (
    "Adlam Ahom Arabic Armenian Avestan Balinese Bamum Batak Bengali Bhaiksuki Bopomofo Brahmi Braille Buginese Buhid "
    "Carian Chakma Cham Cherokee Chorasmian Common Coptic Cuneiform Cypriot Cyrillic Deseret Devanagari Dogra Duployan "
    "Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati Gurmukhi Han Hangul Hanunoo Hatran Hebrew "
    "Hiragana Inherited Javanese Kaithi Kannada Katakana Kawi Kharoshthi Khmer Khojki Khudawadi Lao Latin Lepcha Limbu Lisu "
    "Lycian Lydian Mahajani Makasar Malayalam Mandaic Manichaean Marchen Medefaidrin Miao Modi Mongolian Mro Multani "
    "Myanmar Nabataean Nandinagari Newa Nko Nushu Ogham Oriya Osage Osmanya Palmyrene Phoenician Rejang Runic Samaritan "
    "Saurashtra Sharada Shavian Siddham Sinhala Sogdian Soyombo Sundanese Syriac Tagalog Tagbanwa Takri Tamil Tangsa Tangut "
    "Telugu Thaana Thai Tibetan Tifinagh Tirhuta Toto Ugaritic Vai Vithkuqi Wancho Yezidi Yi "
)
_SCRIPTS = {name.lower(): name for name in _SCRIPT_LIST.split()}

_REPEAT = late(r"\{(0|[1-9][0-9]*)(?:(,)(0|[1-9][0-9]*)?)?\}")
_NAME = late(r"[A-Za-z0-9_]+\Z")
_SIMPLE_ESCAPES = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def syntax_error(code: str, expression: str) -> GoError:
    return GoError(f"error parsing regexp: {code}: `{expression}`")


class Translated:
    """A pattern rewritten.

    ``pattern`` is for ``re``, ``re2`` for RE2 (the same but for the names of classes); ``names`` are the groups' by number, "" for none;
    ``scripts`` the classes that only RE2 can match, as they are written.
    """

    __slots__ = ("names", "pattern", "re2", "scripts")

    def __init__(self, pattern: str, re2: str, names: list[str], scripts: list[str]) -> None:
        self.pattern = pattern
        self.re2 = re2
        self.names = names
        self.scripts = scripts


class _Flags:
    """The flags at one place of the pattern."""

    __slots__ = ("dot_newline", "fold", "lazy", "multi")

    def __init__(self, fold: bool = False, multi: bool = False, dot_newline: bool = False, lazy: bool = False) -> None:
        self.fold = fold
        self.multi = multi
        self.dot_newline = dot_newline
        self.lazy = lazy

    def copy(self) -> _Flags:
        return _Flags(self.fold, self.multi, self.dot_newline, self.lazy)


class _Atom:
    """A piece that a repetition may follow.

    ``weight`` is how often its innermost part may be repeated by counts.
    """

    __slots__ = ("text", "weight")

    def __init__(self, text: str, weight: int = 1) -> None:
        self.text = text
        self.weight = weight


class _Group:
    """An open parenthesis: what opens it, its branches so far, and the flags to return to."""

    __slots__ = ("branches", "flags", "opening")

    def __init__(self, opening: str, flags: _Flags) -> None:
        self.opening = opening
        self.branches: list[list[_Atom]] = [[]]
        self.flags = flags

    def atom(self) -> _Atom:
        text = "|".join("".join(atom.text for atom in branch) for branch in self.branches)
        weight = max((atom.weight for branch in self.branches for atom in branch), default=1)
        return _Atom(f"{self.opening}{text})", weight)


class _Parser:
    """One walk over a pattern."""

    def __init__(self, pattern: str) -> None:
        self.source = pattern
        self.at = 0
        self.flags = _Flags()
        self.groups = [_Group("(?:", self.flags)]
        self.names = [""]
        self.scripts: list[str] = []
        #: where RE2 needs another name for a class: start, end, name
        self.renamed: list[tuple[int, int, str]] = []
        #: whether the present class in brackets has a category that Go does not fold
        self.unfolded = False

    def parse(self) -> Translated:
        repeated_from: int | None = None  # where a repetition began that nothing has followed yet
        while self.at < len(self.source):
            char, start = self.source[self.at], self.at
            if char in "*+?" or (char == "{" and _REPEAT.match(self.source, start)):
                self._repetition(start, repeated_from)
                repeated_from = start
                continue
            repeated_from = None
            self._token(char)
        if len(self.groups) > 1:
            raise syntax_error("missing closing )", self.source)
        return Translated(self.groups[0].atom().text, self._for_re2(), self.names, self.scripts)

    def _for_re2(self) -> str:
        out, at = [], 0
        for start, end, name in self.renamed:
            out += [self.source[at:start], name]
            at = end
        return "".join([*out, self.source[at:]])

    def _push(self, text: str, weight: int = 1) -> None:
        self.groups[-1].branches[-1].append(_Atom(text, weight))

    def _token(self, char: str) -> None:
        if char == "(":
            self._open()
        elif char == "|":
            self.groups[-1].branches.append([])
            self.at += 1
        elif char == ")":
            self._close()
        elif char == "^":
            self._push("(?m:^)" if self.flags.multi else r"\A")
            self.at += 1
        elif char == "$":
            self._push("(?m:$)" if self.flags.multi else r"\Z")
            self.at += 1
        elif char == ".":
            self._push("(?s:.)" if self.flags.dot_newline else r"[^\n]")
            self.at += 1
        elif char == "[":
            self._class()
        elif char == "\\":
            self._escape()
        else:
            self._literal(char)
            self.at += 1

    def _literal(self, char: str) -> None:
        equal = orbit(char) if self.flags.fold else char
        self._push(re.escape(char) if len(equal) == 1 else f"[{''.join(_rune_text(ord(one)) for one in equal)}]")

    def _repetition(self, start: int, repeated_from: int | None) -> None:
        found = _REPEAT.match(self.source, start)
        end = found.end() if found else start + 1
        low, high = _counts(found) if found else (0, None)
        if found and (low > _MAX_REPEAT or (high is not None and (high > _MAX_REPEAT or low > high))):
            raise syntax_error("invalid repeat count", self.source[start:end])
        lazy = self.flags.lazy
        if self.source[end : end + 1] == "?":
            end, lazy = end + 1, not lazy
        if repeated_from is not None:
            raise syntax_error("invalid nested repetition operator", self.source[repeated_from:end])
        branch = self.groups[-1].branches[-1]
        if not branch:
            raise syntax_error("missing argument to repetition operator", self.source[start:end])
        atom, weight = branch[-1], 1
        if found:
            weight = high if high is not None else low
            if max(low, weight) >= 2 and atom.weight * weight > _MAX_REPEAT:
                raise syntax_error("invalid repeat count", self.source[start:end])
        sign = found[0] if found else self.source[start]
        branch[-1] = _Atom(f"(?:{atom.text}){sign}{'?' if lazy else ''}", atom.weight * weight or 1)
        self.at = end

    def _open(self) -> None:
        if self.source.startswith("(?", self.at):
            self._special_group()
            return
        self.names.append("")
        self._enter("(")
        self.at += 1

    def _enter(self, opening: str) -> None:
        if len(self.groups) > _MAX_DEPTH:
            raise syntax_error("expression nests too deeply", self.source)
        self.groups.append(_Group(opening, self.flags.copy()))

    def _special_group(self) -> None:
        source, start = self.source, self.at
        python_style = source.startswith("(?P<", start) and len(source) > start + 4
        if python_style or (source.startswith("(?<", start) and len(source) > start + 3):
            end = source.find(">", start)
            if end < 0:
                raise syntax_error("invalid named capture", source[start:])
            name = source[start + (4 if python_style else 3) : end]
            if not _NAME.match(name):
                raise syntax_error("invalid named capture", source[start : end + 1])
            self.names.append(name)
            self._enter("(")
            self.at = end + 1
            return
        self._flag_group(start)

    def _flag_group(self, start: int) -> None:
        source, index = self.source, start + 2
        flags, on, saw = self.flags.copy(), True, False
        while index < len(source):
            char = source[index]
            index += 1
            if char in "imsU":
                setattr(flags, {"i": "fold", "m": "multi", "s": "dot_newline", "U": "lazy"}[char], on)
                saw = True
            elif char == "-" and on:
                on = saw = False
            elif char in ":)" and (on or saw):
                if char == ":":
                    self._enter("(?:")
                self.flags = flags
                self.at = index
                return
            else:
                break
        raise syntax_error("invalid or unsupported Perl syntax", source[start:index])

    def _close(self) -> None:
        if len(self.groups) == 1:
            raise syntax_error("unexpected )", self.source)
        group = self.groups.pop()
        self.flags = group.flags
        self.groups[-1].branches[-1].append(group.atom())
        self.at += 1

    def _escape(self) -> None:
        source, start = self.source, self.at
        letter = source[start + 1 : start + 2]
        fixed = {"A": r"\A", "b": r"(?a:\b)", "B": r"(?a:\B)", "z": r"\Z"}.get(letter)
        if fixed is not None:
            self._push(fixed)
            self.at += 2
        elif letter == "C":
            raise syntax_error("invalid escape sequence", r"\C")
        elif letter == "Q":
            end = source.find("\\E", start + 2)
            for char in source[start + 2 : end if end >= 0 else len(source)]:
                self._literal(char)
            self.at = end + 2 if end >= 0 else len(source)
        else:
            ranges = self._class_escape()
            if ranges is not None:
                self._push(_class_text(ranges, False))  # they are folded where Go folds them
            else:
                self._literal(self._rune_escape())

    def _class_escape(self, inside: bool = False) -> Ranges | None:
        r"""The class escape at the present place (``\d``, ``\pL`` ...), or ``None``.

        ``inside``: within brackets.
        """
        letter = self.source[self.at + 1 : self.at + 2]
        if letter and letter.lower() in _PERL:
            self.at += 2
            return _group(_PERL[letter.lower()], letter.isupper(), self.flags.fold)
        if letter in ("p", "P"):
            return self._unicode_class(letter == "P", inside)
        return None

    def _unicode_class(self, negative: bool, inside: bool) -> Ranges:
        """``\\pL``. ``inside``: within brackets."""
        source, start = self.source, self.at
        if start + 2 >= len(source):
            raise syntax_error("invalid character class range", source[start:])
        end = start + 3
        name = source[start + 2]
        if name == "{":
            close = source.find("}", start)
            if close < 0:
                raise syntax_error("invalid character class range", source[start:])
            end, name = close + 1, source[start + 3 : close]
        if name.startswith("^"):
            negative, name = not negative, name[1:]
        self.at = end
        plain = re.sub("[_ -]", "", name).lower()
        category = plain[:1].upper() + plain[1:]
        category = category if category in _CATEGORIES else _CATEGORY_NAMES.get(plain, "")
        if plain == "any":
            ranges: Ranges = ((0, _MAX_RUNE),)
        elif plain == "ascii":
            ranges = ((0, 0x7F),)
        elif plain == "assigned":
            ranges = _complement(_category("Cn"))
        elif category:
            ranges = _category(category)
        else:
            self._script(plain, negative, start, end)
            return ((0, 0),)
        if self.flags.fold and category == "LC":  # which is not in unicode.FoldCategory
            self.unfolded = True
        elif self.flags.fold:
            ranges = folded(ranges)
        if negative:
            ranges = _complement(ranges)
        if not category or category in _NOT_IN_RE2:
            text = _re2_text(ranges)
            # where no character is left, RE2 gets a pattern that never matches
            self.renamed.append((start, end, (text or "\\x{10ffff}") if inside else f"(?-i:[{text}])" if text else "[^\\x00-\\x{10ffff}]"))
        elif category != name:
            self._rename(start, end, negative, category)
        return ranges

    def _script(self, plain: str, negative: bool, start: int, end: int) -> None:
        """A script's name: only RE2 has the tables."""
        sequence = self.source[start:end]
        name = _SCRIPTS.get(plain)
        if name is None:
            raise syntax_error("invalid character class range", sequence)
        self.scripts.append(sequence)
        self._rename(start, end, negative, name)

    def _rename(self, start: int, end: int, negative: bool, name: str) -> None:
        self.renamed.append((start, end, f"\\{'P' if negative else 'p'}{{{name}}}"))

    def _rune_escape(self) -> str:
        source, start = self.source, self.at
        index = start + 1
        if index >= len(source):
            raise syntax_error("trailing backslash at end of expression", "")
        char = source[index]
        index += 1
        if char < "\x80" and not char.isalnum():
            self.at = index
            return char
        if char in _SIMPLE_ESCAPES:
            self.at = index
            return _SIMPLE_ESCAPES[char]
        octal = re.compile("0[0-7]{0,2}|[1-7][0-7]{1,2}").match(source, index - 1)
        if octal:
            self.at = octal.end()
            return chr(int(octal[0], 8))
        if char == "x":
            return self._hex_escape(start, index)
        raise syntax_error("invalid escape sequence", source[start:index])

    def _hex_escape(self, start: int, index: int) -> str:
        source = self.source
        plain = re.compile("[0-9A-Fa-f]{2}").match(source, index)
        braced = re.compile(r"\{([0-9A-Fa-f]+)\}").match(source, index)
        if plain:
            self.at = plain.end()
            return chr(int(plain[0], 16))
        if braced and int(braced[1], 16) <= _MAX_RUNE:
            self.at = braced.end()
            return chr(int(braced[1], 16))
        end = index + 2
        if source.startswith("{", index):
            end, value = index + 1, 0
            while end < len(source):
                digit = "0123456789abcdef".find(source[end].lower())
                end += 1
                value = value * 16 + digit
                if digit < 0 or value > _MAX_RUNE:
                    break
        raise syntax_error("invalid escape sequence", source[start : min(end, len(source))])

    def _class(self) -> None:
        source, start = self.source, self.at
        self.at += 1
        negative = source.startswith("^", self.at)
        if negative:
            self.at += 1
        ranges: list[tuple[int, int]] = []
        renamed, scripts, self.unfolded = len(self.renamed), len(self.scripts), False
        first = True
        while first or not source.startswith("]", self.at):
            first = False
            group = self._named_class() if source.startswith("[:", self.at) else None
            if group is None and source.startswith("\\", self.at):
                group = self._class_escape(inside=True)
            if group is None:
                one = (self._class_range(start),)
                group = folded(one) if self.flags.fold else one
            ranges.extend(group)
        self.at += 1
        if self.unfolded and len(self.scripts) == scripts:  # RE2 would fold all of the class
            self.renamed[renamed:] = [(start, self.at, f"(?-i:[{'^' if negative else ''}{_re2_text(tuple(ranges))}])")]
        self._push(_class_text(tuple(ranges), negative))

    def _class_range(self, start: int) -> tuple[int, int]:
        begin = self.at
        low = high = self._class_char(start)
        if self.source.startswith("-", self.at) and self.at + 1 < len(self.source) and self.source[self.at + 1] != "]":
            self.at += 1
            high = self._class_char(start)
            if high < low:
                raise syntax_error("invalid character class range", self.source[begin : self.at])
        return ord(low), ord(high)

    def _class_char(self, start: int) -> str:
        if self.at >= len(self.source):
            raise syntax_error("missing closing ]", self.source[start:])
        char = self.source[self.at]
        if char == "\\":
            return self._rune_escape()
        self.at += 1
        return char

    def _named_class(self) -> Ranges | None:
        end = self.source.find(":]", self.at + 2)
        if end < 0:
            return None
        name = self.source[self.at + 2 : end]
        negative = name.startswith("^")
        ranges = _POSIX.get(name[1:] if negative else name)
        if ranges is None:
            raise syntax_error("invalid character class range", self.source[self.at : end + 2])
        self.at = end + 2
        return _group(ranges, negative, self.flags.fold)


def _counts(found: re.Match[str]) -> tuple[int, int | None]:
    """The least and the most of ``{n}``, ``{n,}``, ``{n,m}``; huge numbers are only known to be too big."""
    low = int(found[1][:9])
    if not found[2]:
        return low, low
    return low, int(found[3][:9]) if found[3] else None


def _group(ranges: Ranges, negative: bool, fold: bool) -> Ranges:
    if fold:
        ranges = folded(ranges)
    return _complement(ranges) if negative else ranges


def _complement(ranges: Ranges) -> Ranges:
    out, at = [], 0
    for low, high in sorted(ranges):
        if low > at:
            out.append((at, low - 1))
        at = max(at, high + 1)
    if at <= _MAX_RUNE:
        out.append((at, _MAX_RUNE))
    return tuple(out)


@lru_cache(maxsize=64)
def _category(name: str) -> Ranges:
    """The runes of a Unicode category, walked once."""
    wanted = ("Lu", "Ll", "Lt") if name == "LC" else (name,)
    out: list[tuple[int, int]] = []
    low = None
    for rune, category in enumerate([*categories(), ""]):
        if category.startswith(wanted):
            low = rune if low is None else low
        elif low is not None:
            out.append((low, rune - 1))
            low = None
    return tuple(out)


def _rune_text(rune: int) -> str:
    char = chr(rune)
    if char.isascii() and char.isalnum():
        return char
    return f"\\x{rune:02x}" if rune < 256 else f"\\u{rune:04x}" if rune < 0x10000 else f"\\U{rune:08x}"


def _re2_text(ranges: Ranges) -> str:
    """Ranges within brackets, as RE2 reads them."""
    return "".join(f"\\x{{{low:x}}}-\\x{{{high:x}}}" for low, high in ranges)


def _class_text(ranges: Ranges, negative: bool) -> str:
    inner = "".join(_rune_text(low) if low == high else f"{_rune_text(low)}-{_rune_text(high)}" for low, high in ranges)
    if not inner:
        return r"[^\x00-\U0010ffff]" if not negative else r"[\x00-\U0010ffff]"
    return f"[{'^' if negative else ''}{inner}]"


def translate(pattern: str) -> Translated:
    """A Go pattern for Python. Raises ``GoError`` with Go's message."""
    for place, char in enumerate(pattern):
        if "\ud800" <= char <= "\udfff":
            raise syntax_error("invalid UTF-8", pattern[place:])
    return _Parser(pattern).parse()
