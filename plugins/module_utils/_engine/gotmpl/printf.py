# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""``printf`` and its variants: every verb, flag and width on every kind of value.

Go: ``fmt/print.go``, ``fmt/format.go``. ``Format`` reads the format string; ``_Verb`` is one directive with its flags, and prints one
value. Kinds that hold others (maps, lists, structs) print their parts with the same directive, as Go does.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ..aliases import GoValue
from ..gotypes.function import Function
from ..gotypes.kinds import is_integer, type_of
from ..gotypes.limits import LARGE, joined, room, sized, tick
from ..gotypes.printing import fixed, go_quote, scientific, shortest, sorted_keys, sprint
from ..gotypes.runes import is_print
from ..gotypes.values import GoObject, Integer, Map, NilPointer, Slice, Uint8
from ..plain import replace

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from ..plain import dataclass

_BIG = 10**6  # Go's own bound for widths and precisions


def sprintf(template: str, *args: GoValue) -> str:
    """``fmt.Sprintf``. Never fails: what is wrong is in the text, as in Go (``%!d(string=x)``)."""
    return Format(template, args).run()


def sprint_all(*args: GoValue) -> str:
    """``fmt.Sprint``: a space between two operands of which neither is a string."""
    out: list[str] = []
    for place, value in enumerate(args):
        if place and not isinstance(value, str) and not isinstance(args[place - 1], str):
            out.append(" ")
        out.append(sprint(value))
    return joined(out)


def sprintln(*args: GoValue) -> str:
    """``fmt.Sprintln``."""
    return joined([sprint(a) for a in args], " ") + "\n"


@dataclass
class _Verb:
    """One directive. ``width`` and ``precision`` ``None``: not given.

    ``%#v`` and ``%+v`` set ``sharp_v`` and ``plus_v`` instead of ``sharp`` and ``plus``. ``erring``: the value is shown inside of a
    complaint about its verb, without its methods.
    """

    verb: str = "v"
    minus: bool = False
    plus: bool = False
    sharp: bool = False
    space: bool = False
    zero: bool = False
    width: int | None = None
    precision: int | None = None
    sharp_v: bool = False
    plus_v: bool = False
    erring: bool = False

    # --- padding

    def pad(self, text: str) -> str:
        if self.width is None or len(text) >= self.width:
            return text
        if self.minus:
            return text.ljust(self.width)
        return text.rjust(self.width, "0" if self.zero else " ")

    def pad_number(self, sign: str, digits: str) -> str:
        """Pads a number: zeros are between sign and digits."""
        if self.zero and not self.minus and self.width is not None:
            digits = digits.rjust(self.width - len(sign), "0")
        text = sign + digits
        if self.width is None or len(text) >= self.width:
            return text
        return text.ljust(self.width) if self.minus else text.rjust(self.width)

    def bad(self, value: GoValue) -> str:
        if value is None:
            return f"%!{self.verb}(<nil>)"
        return f"%!{self.verb}({type_of(value)}={replace(self, verb='v', erring=True).value(value, 0)})"

    # --- one value

    def value(self, value: GoValue, depth: int) -> str:
        if self.verb == "T" and depth == 0:
            return (
                self.pad("<nil>")
                if value is None
                else _Verb("s", self.minus, zero=self.zero, width=self.width, precision=self.precision).string(type_of(value))
            )
        if value is None:
            if depth:
                return "interface {}(nil)" if self.sharp_v else "<nil>"
            return self.pad("<nil>") if self.verb == "v" else self.bad(value)
        named = self.named(value)
        if named is not None:
            return self.string(named)
        if self.sharp_v and not self.erring and hasattr(value, "go_syntax"):  # GoString()
            return self.pad(self.cut(value.go_syntax()))
        if value.__class__ is bool:
            return self.pad("true" if value else "false") if self.verb in "tv" else self.bad(value)
        if is_integer(value):
            return self.integer(value)
        if isinstance(value, float):
            return self.floating(value)
        if isinstance(value, complex):
            imaginary = replace(self, plus=True).floating(value.imag)
            return f"({self.floating(value.real)}{imaginary}i)" if self.verb in "vbgGxXfFeE" else self.bad(value)
        if isinstance(value, str):
            return self.string(value)
        if isinstance(value, bytes):
            return self.bytes(value, depth)
        return self.composite(value, depth)

    def named(self, value: GoValue) -> str | None:
        """String() or Error(), for the verbs that print text."""
        if self.verb not in "vsxXq" or self.sharp_v or self.erring:
            return None
        method = getattr(value, "go_string", None)
        return method() if method is not None else None

    def composite(self, value: GoValue, depth: int) -> str:
        if self.verb == "w" and not self.erring:  # of no error: refused as a whole
            return self.bad(value)
        if self.verb == "p" and isinstance(value, (dict, list)):
            nil = getattr(value, "GO_NIL", False) or (isinstance(value, Slice) and value.is_nil)
            return self.pad("0x0" if nil else "0xc000000000")
        if isinstance(value, dict):
            return self.map(value, depth)
        if isinstance(value, list):
            return self.list(value, depth)
        if isinstance(value, GoObject):
            return self.struct(value, depth)
        if self.verb in "vp" and (isinstance(value, Function) or callable(value)):
            return self.pad("0x47b0c0")
        return self.bad(value)

    def map(self, value: dict[GoValue, GoValue], depth: int) -> str:
        tick(len(value) + 1)
        inner = depth + 1
        parts = sized(f"{self.value(k, inner)}:{self.value(value[k], inner)}" for k in sorted_keys(value))
        if self.go_syntax:
            element = value.GO_TYPE if isinstance(value, Map) else "map[string]interface {}"
            if getattr(value, "GO_NIL", False):
                return f"{element}(nil)"
            return element + "{" + joined(parts, ", ") + "}"
        return "map[" + joined(parts, " ") + "]"

    def list(self, value: list[GoValue], depth: int) -> str:
        tick(len(value) + 1)
        parts = sized(self.value(v, depth + 1) for v in value)
        if self.go_syntax:
            if isinstance(value, Slice) and value.is_nil:
                return f"{value.go_type}(nil)"
            return type_of(value) + "{" + joined(parts, ", ") + "}"
        return "[" + joined(parts, " ") + "]"

    def struct(self, value: GoObject, depth: int) -> str:
        if isinstance(value, NilPointer):
            return self.nil_pointer(value)
        lead = "&" if value.GO_KIND == "ptr" else ""
        if self.verb == "p" and not depth and not self.erring:
            return self.pad("0xc000000000") if lead else self.bad(value)
        if lead and depth:
            if self.sharp_v:
                return self.pad(f"({value.GO_TYPE})(0xc000000000)")
            return self.pad("0xc000000000") if self.verb in "vpbodxX" else self.bad(value)
        fields = value.GO_PRINTED or value.GO_FIELDS
        parts = [(name, self.value(getattr(value, attribute), depth + 1)) for name, attribute in fields.items()]
        if self.go_syntax:
            return lead + value.GO_TYPE.lstrip("*") + "{" + ", ".join(f"{n}:{v}" for n, v in parts) + "}"
        if self.plus_v:
            return lead + "{" + " ".join(f"{n}:{v}" for n, v in parts) + "}"
        return lead + "{" + " ".join(v for _other, v in parts) + "}"

    def nil_pointer(self, value: NilPointer) -> str:
        if self.verb == "v":
            return f"({value.go_type})(nil)" if self.sharp_v else self.pad("<nil>")
        if self.verb == "p":
            return self.pad("0x0")
        return self.integer(0) if self.verb in "bodxX" else self.bad(value)

    @property
    def go_syntax(self) -> bool:
        return self.sharp_v

    # --- text

    def string(self, text: str) -> str:
        verb = self.verb
        if verb == "v":
            return self.pad(self.quoted(self.cut(text))) if self.sharp_v else self.pad(self.cut(text))
        if verb == "s":
            return self.pad(self.cut(text))
        if verb == "q":
            return self.pad(self.quoted(self.cut(text)))
        if verb in "xX":
            return self.pad(self.hexadecimal(_raw(text)))
        return self.bad(text)

    def cut(self, text: str) -> str:
        return text if self.precision is None else text[: self.precision]

    def quoted(self, text: str) -> str:
        if (
            self.sharp
            and "`" not in text
            and all(c == "\t" or (c >= " " and c not in "\x7f\ufeff" and not "\ud800" <= c <= "\udfff") for c in text)
        ):
            return f"`{text}`"
        return go_quote(text, ascii_only=self.plus)

    def hexadecimal(self, data: bytes) -> str:
        if self.precision is not None:
            data = data[: self.precision]
        prefix = ("0X" if self.verb == "X" else "0x") if self.sharp else ""
        pieces = [f"{b:02X}" if self.verb == "X" else f"{b:02x}" for b in data]
        if not pieces:
            return ""
        return " ".join(prefix + p for p in pieces) if self.space else prefix + "".join(pieces)

    def bytes(self, data: bytes, depth: int) -> str:
        if self.verb in "vd":
            if self.go_syntax:
                name = "[]uint8" if depth else "[]byte"
                if getattr(data, "GO_NIL", False):
                    return f"{name}(nil)"
                each = replace(self, verb="x", sharp=True, sharp_v=False)
                return name + "{" + joined(sized(each.integer(b) for b in data), ", ") + "}"
            return "[" + joined(sized(self.integer(b) for b in data), " ") + "]"
        if self.verb in "xX":
            return self.pad(self.hexadecimal(data))
        if self.verb in "sq":
            return self.string(data.decode("utf-8", "surrogateescape"))
        return "[" + joined(sized(self.integer(Uint8(b)) for b in data), " ") + "]"

    # --- integers

    def integer(self, value: int) -> str:
        if self.sharp_v and isinstance(value, Integer) and value.GO_KIND.startswith("uint"):
            return replace(self, verb="x", sharp=True, sharp_v=False).integer(value)
        verb, bases = self.verb, {"d": 10, "v": 10, "b": 2, "o": 8, "O": 8, "x": 16, "X": 16}
        if verb in bases:
            return self.based(value, bases[verb])
        if verb == "c":
            return self.pad(_rune(value))
        if verb == "q":
            return self.pad(go_quote(_rune(value), "'", ascii_only=self.plus))
        if verb == "U":
            return replace(self, zero=False).pad(self.unicode(value))
        return self.bad(value)

    def based(self, value: int, base: int) -> str:
        digits = {10: "d", 2: "b", 8: "o", 16: "x"}[base]
        text = format(abs(int(value)), digits)
        if self.verb == "X":
            text = text.upper()
        keep = self.zero
        if self.precision is not None:
            self.zero = False  # a precision sets the digits, so zeros are no padding
            if self.precision == 0 and value == 0:
                self.zero = keep
                return " " * (self.width or 0)
            text = text.rjust(self.precision, "0")
        sign = "-" if value < 0 else "+" if self.plus else " " if self.space else ""
        if self.zero and not self.minus and self.width is not None:  # what stands before the digits is not counted
            text = text.rjust(self.width - len(sign), "0")
        prefix = ""
        if self.sharp and self.verb != "v":
            prefix = {2: "0b", 8: "0" if not text.startswith("0") else "", 16: "0X" if self.verb == "X" else "0x"}.get(base, "")
        if self.verb == "O":
            prefix = "0o" + prefix
        out = self.pad_number(sign + prefix, text)
        self.zero = keep
        return out

    def unicode(self, value: int) -> str:
        text = f"U+{value & 0xFFFFFFFFFFFFFFFF:0{max(self.precision or 4, 4)}X}"
        if self.sharp and 0 <= value <= 0x10FFFF and is_print(chr(value)):
            text += f" '{chr(value)}'"
        return text

    # --- floats

    def floating(self, value: float) -> str:
        verb = "g" if self.verb == "v" else self.verb
        if verb not in "eEfFgGxXb":
            return self.bad(value)
        sign = "-" if str(value).startswith("-") else "+" if self.plus else " " if self.space else ""
        if math.isnan(value) or value in (float("inf"), float("-inf")):
            text = "NaN" if math.isnan(value) else ("Inf" if sign else "+Inf")
            keep, self.zero = self.zero, False
            out = self.pad_number("" if text == "NaN" and not self.plus else sign, text)
            self.zero = keep
            return out
        return self.pad_number(sign, self.digits(abs(value), verb))

    def digits(self, value: float, verb: str) -> str:
        if verb in "fF":
            text = f"{value:.{6 if self.precision is None else self.precision}f}"
        elif verb in "eE":
            text = f"{value:.{6 if self.precision is None else self.precision}e}"
        elif verb in "gG":
            text = self.general(value)
        elif verb == "b":
            mantissa, exponent = _binary(value)
            text = f"{mantissa}p{exponent:+d}"
        else:
            text = _hex_float(value, self.precision)
        if self.sharp and verb != "b":
            wanted = 0 if verb in "eEfFX" else 6 if self.precision is None else self.precision
            text = _all_digits(text, wanted, verb in "xX")
        return text.upper() if verb in "EGX" else text

    def general(self, value: float) -> str:
        if self.precision is None:
            _other, digits, point = shortest(value)
            if -4 <= point - 1 < 6:
                return fixed(digits, point)
            return scientific(digits, point - 1)
        precision = self.precision or 1
        mantissa, _other, exponent = f"{value:.{precision - 1}e}".partition("e")
        digits = mantissa.replace(".", "").rstrip("0") or "0"
        power = int(exponent)
        border = precision if not (precision > len(digits) >= power + 1) else len(digits)
        if value == 0:
            return "0"
        return scientific(digits, power) if power < -4 or power >= border else fixed(digits, power + 1)


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _rune(value: int) -> str:
    return chr(value) if 0 <= value <= 0x10FFFF and not 0xD800 <= value <= 0xDFFF else "\ufffd"


def _binary(value: float) -> tuple[int, int]:
    numerator, denominator = value.as_integer_ratio() if value else (0, 1)
    if not numerator:
        return 0, -1074
    mantissa, exponent = numerator, -(denominator.bit_length() - 1)
    while mantissa >= 1 << 53:
        mantissa, exponent = mantissa >> 1, exponent + 1
    while mantissa < 1 << 52 and exponent > -1074:
        mantissa, exponent = mantissa << 1, exponent - 1
    return mantissa, exponent


def _hex_float(value: float, precision: int | None) -> str:
    """``0x1.8p+00``: one bit before the point, also for the smallest numbers; rounded half to even."""
    if value == 0:
        return "0x0p+00" if not precision else "0x0." + "0" * precision + "p+00"
    mantissa, exponent = _binary(value)
    exponent += mantissa.bit_length() - 1
    mantissa <<= 53 - mantissa.bit_length()
    if precision is not None and precision < 13:
        drop = 4 * (13 - precision)
        digits, rest = mantissa >> drop, mantissa & ((1 << drop) - 1)
        half = 1 << (drop - 1)
        digits += rest > half or (rest == half and digits & 1)
        mantissa = digits << drop
        if mantissa >> 53:
            mantissa, exponent = mantissa >> 1, exponent + 1
    fraction = f"{mantissa & ((1 << 52) - 1):013x}"
    fraction = fraction.rstrip("0") if precision is None else fraction[:precision].ljust(precision, "0")
    return f"0x1{'.' if fraction else ''}{fraction}p{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _all_digits(text: str, digits: int, hexadecimal: bool) -> str:
    """The ``#`` flag: a point always, and zeros up to the number of significant digits (Go: ``fmtFloat``)."""
    head, mark, tail = text.partition("p" if hexadecimal else "e")
    digits -= len(head.replace(".", "").lstrip("0"))
    if "." not in head:
        digits -= head == "0"
        head += "."
    return head + "0" * digits + mark + tail


class Format:
    """A format string being worked through (Go: ``doPrintf``)."""

    def __init__(self, template: str, args: tuple[GoValue, ...]) -> None:
        self.template = template
        self.args = args
        self.at = 0
        self.arg = 0
        self.reordered = False
        self.reordered_here = False
        self.good = True
        self.complaints: list[str] = []

    def run(self) -> str:
        out: list[str] = []
        template, end = self.template, len(self.template)
        size = 0
        while self.at < end:
            percent = template.find("%", self.at)
            if percent < 0:
                out.append(template[self.at :])
                self.at = end
                break
            out.append(template[self.at : percent])
            self.at = percent + 1
            piece = self.directive()
            if len(piece) > LARGE:
                size += len(piece)
                room(size)
            out.append(piece)
        if not self.reordered and self.arg < len(self.args):
            extra = ", ".join("<nil>" if a is None else f"{type_of(a)}={sprint(a)}" for a in self.args[self.arg :])
            out.append(f"%!(EXTRA {extra})")
        return joined(out)

    def peek(self) -> str:
        return self.template[self.at : self.at + 1]

    def directive(self) -> str:
        verb = _Verb()
        self.good = True
        self.reordered_here = False
        self.complaints = []
        self.flags(verb)
        self.index()
        self.width(verb)
        self.precision(verb)
        if not self.reordered_here:
            self.index()
        char = self.peek()
        if not char:
            return "%!(NOVERB)"
        self.at += 1
        verb.verb = char
        lead = "".join(self.complaints)
        if char == "%":
            return lead + "%"
        if not self.good:
            return f"{lead}%!{char}(BADINDEX)"
        if self.arg >= len(self.args):
            return f"{lead}%!{char}(MISSING)"
        value = self.args[self.arg]
        self.arg += 1
        if char == "v":
            verb.sharp_v, verb.sharp, verb.plus_v, verb.plus = verb.sharp, False, verb.plus, False
        return lead + verb.value(value, 0)

    def flags(self, verb: _Verb) -> None:
        names = {"#": "sharp", "0": "zero", "+": "plus", "-": "minus", " ": "space"}
        while self.peek() and self.peek() in names:
            setattr(verb, names[self.peek()], True)
            self.at += 1

    def number(self) -> int | None:
        start = self.at
        while self.peek() and self.peek() in "0123456789":
            self.at += 1
        if self.at == start:
            return None
        digits = self.template[start : self.at]
        if len(digits) > 1 and int(digits[:-1]) > _BIG:  # Go gives up on the whole format here
            self.at = len(self.template)
            return None
        return int(digits)

    def index(self) -> None:
        """Reads ``[n]``, the index of the next argument."""
        if self.peek() != "[":
            return
        self.reordered = self.reordered_here = True
        close = self.template.find("]", self.at)
        inside = self.template[self.at + 1 : close] if close > 0 else ""
        self.at = close + 1 if close > 0 else self.at + 1
        if inside.isdecimal() and inside.isascii() and 1 <= int(inside) <= len(self.args):
            self.arg = int(inside) - 1
        else:
            self.good = False

    def star(self) -> int | None:
        self.at += 1
        value = self.args[self.arg] if self.arg < len(self.args) else None
        self.arg += 1
        return int(value) if isinstance(value, int) and value.__class__ is not bool and abs(value) <= _BIG else None

    def width(self, verb: _Verb) -> None:
        if self.peek() == "*":
            given = self.star()
            if given is None:
                self.complaints.append("%!(BADWIDTH)")
                self.reordered_here = False
                return
            if given < 0:
                verb.minus, verb.zero, given = True, False, -given
            verb.width = given
            self.reordered_here = False
            return
        verb.width = self.number()

    def precision(self, verb: _Verb) -> None:
        if self.peek() != "." or self.at + 1 >= len(self.template):  # a last point is the verb
            return
        self.at += 1
        self.index()
        if self.peek() == "*":
            given = self.star()
            verb.precision = given if given is not None and given >= 0 else None
            if verb.precision is None:
                self.complaints.append("%!(BADPREC)")
            self.reordered_here = False
            return
        verb.precision = self.number() or 0
