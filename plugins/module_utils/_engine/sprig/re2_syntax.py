# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Go's regular expressions (``regexp/syntax``, the language of RE2) read, checked and rewritten for Python's ``re``.

What RE2 refuses is refused with Go's words: look-around, back-references, possessive and stacked repetitions, repetitions
above 1000. What both know but mean differently is rewritten: ``\\d \\w \\s \\b`` are ASCII, ``$`` is the very end, ``\\z``,
``\\Q..\\E``, ``[[:alpha:]]``, ``(?U)``, flags in the middle, ``(?<name>)``. Flags are applied to each atom on its own, so that no
state has to be carried into the rewritten text. Scripts (``\\p{Greek}``) need tables that Python lacks: ``needs_re2`` says so.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from ..gotypes.values import GoError

Ranges = tuple[tuple[int, int], ...]

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
#: capitals and small letters fold onto each other, and onto these two: the long s and the Kelvin sign
_FOLDED_ALPHA: Ranges = (*_ALPHA, (0x17F, 0x17F), (0x212A, 0x212A))

_CATEGORY_LIST = "C Cc Cf Cn Co Cs L LC Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs "
_CATEGORIES = frozenset(_CATEGORY_LIST.split())
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

#: the scripts that Unicode 15 names, without underscores
_SCRIPT_LIST = (
    "adlam ahom anatolianhieroglyphs arabic armenian avestan balinese bamum bassavah batak bengali bhaiksuki bopomofo brahmi "
    "braille buginese buhid canadianaboriginal carian caucasianalbanian chakma cham cherokee chorasmian common coptic "
    "cuneiform cypriot cyprominoan cyrillic deseret devanagari divesakuru dogra duployan egyptianhieroglyphs elbasan elymaic "
    "ethiopic georgian glagolitic gothic grantha greek gujarati gunjalagondi gurmukhi han hangul hanifirohingya hanunoo "
    "hatran hebrew hiragana imperialaramaic inherited inscriptionalpahlavi inscriptionalparthian javanese kaithi kannada "
    "katakana kawi kayahli kharoshthi khitansmallscript khmer khojki khudawadi lao latin lepcha limbu lineara linearb lisu "
    "lycian lydian mahajani makasar malayalam mandaic manichaean marchen masaramgondi medefaidrin meeteimayek mendekikakui "
    "meroiticcursive meroitichieroglyphs miao modi mongolian mro multani myanmar nabataean nagmundari nandinagari newa "
    "newtailue nko nushu nyiakengpuachuehmong ogham olchiki oldhungarian olditalic oldnortharabian oldpermic oldpersian "
    "oldsogdian oldsoutharabian oldturkic olduyghur oriya osage osmanya pahawhhmong palmyrene paucinhau phagspa phoenician "
    "psalterpahlavi rejang runic samaritan saurashtra sharada shavian siddham signwriting sinhala sogdian sorasompeng soyombo "
    "sundanese sylotinagri syriac tagalog tagbanwa taile taitham taiviet takri tamil tangsa tangut telugu thaana thai tibetan "
    "tifinagh tirhuta toto ugaritic vai vithkuqi wancho warangciti yezidi yi zanabazarsquare "
)
_SCRIPTS = frozenset(_SCRIPT_LIST.split())

_REPEAT = re.compile(r"\{(0|[1-9][0-9]*)(?:(,)(0|[1-9][0-9]*)?)?\}")
_NAME = re.compile(r"[A-Za-z0-9_]+\Z")
_SIMPLE_ESCAPES = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def syntax_error(code: str, expression: str) -> GoError:
    return GoError(f"error parsing regexp: {code}: `{expression}`")


class Translated:
    """A pattern for ``re``, the names of its groups by number (``""`` without one), and whether only RE2 can run it."""

    __slots__ = ("names", "needs_re2", "pattern")

    def __init__(self, pattern: str, names: list[str], needs_re2: bool) -> None:
        self.pattern = pattern
        self.names = names
        self.needs_re2 = needs_re2


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
    """A piece that a repetition may follow. ``weight`` is how often its innermost part may be repeated by counts."""

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
        self.needs_re2 = False

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
        return Translated(self.groups[0].atom().text, self.names, self.needs_re2)

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
        text = re.escape(char)
        self._push(f"(?i:{text})" if self.flags.fold else text)

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
                self._push(_class_text(ranges, False, self.flags.fold))
            else:
                self._literal(self._rune_escape())

    def _class_escape(self) -> Ranges | None:
        r"""``\d``, ``\pL`` and their kin at the present place, or ``None``."""
        letter = self.source[self.at + 1 : self.at + 2]
        if letter and letter.lower() in _PERL:
            self.at += 2
            return _group(_PERL[letter.lower()], letter.isupper(), self.flags.fold)
        if letter in ("p", "P"):
            return self._unicode_class(letter == "P")
        return None

    def _unicode_class(self, negative: bool) -> Ranges:
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
        if plain == "any":
            ranges: Ranges = ((0, _MAX_RUNE),)
        elif plain == "ascii":
            ranges = ((0, 0x7F),)
        elif plain == "assigned":
            ranges = _complement(_category("Cn"))
        else:
            category = plain[:1].upper() + plain[1:]
            category = category if category in _CATEGORIES else _CATEGORY_NAMES.get(plain, "")
            if not category:
                self._script(plain, source[start:end])
                return ((0, 0),)
            ranges = _category(category)
            if self.flags.fold and category in ("Lu", "Ll", "Lt"):
                ranges = _category("LC")
        return _complement(ranges) if negative else ranges

    def _script(self, plain: str, sequence: str) -> None:
        """A script's name: only RE2 has the tables."""
        if plain not in _SCRIPTS:
            raise syntax_error("invalid character class range", sequence)
        try:
            import re2  # noqa: F401  # only whether it is there
        except ImportError:
            raise GoError(
                f"the regular expression uses {sequence}, a script of Unicode, which needs the Python library google-re2 on the machine "
                "that renders the chart"
            ) from None
        self.needs_re2 = True

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
        first = True
        while first or not source.startswith("]", self.at):
            first = False
            group = self._named_class() if source.startswith("[:", self.at) else None
            if group is None and source.startswith("\\", self.at):
                group = self._class_escape()
            if group is not None:
                ranges.extend(group)
                continue
            ranges.append(self._class_range(start))
        self.at += 1
        self._push(_class_text(tuple(ranges), negative, self.flags.fold))

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
    if fold and negative and any(low <= 0x7A and high >= 0x41 and (low, high) not in (_DIGIT[0], (0x5F, 0x5F)) for low, high in ranges):
        ranges = ranges + _FOLDED_ALPHA
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
    for rune in range(_MAX_RUNE + 2):
        if rune <= _MAX_RUNE and unicodedata.category(chr(rune)).startswith(wanted):
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


def _class_text(ranges: Ranges, negative: bool, fold: bool) -> str:
    inner = "".join(_rune_text(low) if low == high else f"{_rune_text(low)}-{_rune_text(high)}" for low, high in ranges)
    if not inner:
        return r"[^\x00-\U0010ffff]" if not negative else r"[\x00-\U0010ffff]"
    text = f"[{'^' if negative else ''}{inner}]"
    return f"(?i:{text})" if fold else text


def translate(pattern: str) -> Translated:
    """A Go pattern for Python. Raises ``GoError`` with Go's message."""
    for place, char in enumerate(pattern):
        if "\ud800" <= char <= "\udfff":
            raise syntax_error("invalid UTF-8", pattern[place:])
    return _Parser(pattern).parse()
