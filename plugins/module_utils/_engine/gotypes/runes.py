# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Properties of runes as in Go's package ``unicode``.

Those of Unicode 15.0, which Go has used since 1.21.

Python's tables are those of its own release (3.10 has Unicode 13, 3.11 has 14, 3.12 has 15.0, later ones newer), and Helm's output
must not depend on the Python of a machine.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right

VERSION = "15.0.0"

#: The category in Unicode 15.0 of each code point whose category is another one in Unicode 13 or in one of those from 14 to 18.
#: Each line: a category, then code points and ranges in hexadecimal. Code points that got a character after 15.0 are Cn, unassigned.
_CHANGED = """
Cf 890-891 13439-1343f
Cn 558 58b-58c 5c8-5c9 88f 897 b53-b54 c5c cdc 1acf-1af0 1b4e-1b4f 1b7f 1c89-1c8a 208f 209d-209f 20c1-20c4 2427-2429 2b96 2e60-2e63
  2ffc-2fff 31e4-31e5 31ef a7cb-a7cf a7d2 a7d4 a7da-a7dd a7e2 a7f1 ab6c-ab6d fbc3-fbd2 fd90-fd91 fdc8-fdce 105c0-105f3 107bb-107bf
  10940-10959 10d40-10d65 10d69-10d85 10d8e-10d8f 10ec2-10ec7 10ec9-10eee 10ef0-10efc 11380-11389 1138b 1138e 11390-113b5 113b7-113c0
  113c2 113c5 113c7-113ca 113cc-113d5 113d7-113d8 113e1-113e2 116d0-116e3 11b0a 11b60-11b67 11bc0-11be1 11bf0-11bf9 11db0-11ddb
  11de0-11de9 11df0-11df1 11f5a 1246f 12475-1247f 12550-12686 13460-143fa 16100-16139 16d40-16d79 16ea0-16eb8 16ebb-16ed3 16ff2-16ff6
  187f8-187ff 18cd6-18cda 18cff 18d09-18d20 18d80-18df2 18e00-19191 191a0-191d2 1b123-1b128 1b168 1cc00-1ccfc 1cd00-1ceb3 1ceba-1ced0
  1ced2-1ced4 1cedd-1cefd 1d127-1d128 1d1eb-1d1ff 1d250-1d281 1d6a6 1db00-1db1c 1df1f-1df24 1df2b-1df81 1df90-1df96 1dfcd-1dfff
  1e5d0-1e5fa 1e5ff 1e6c0-1e6de 1e6e0-1e6f5 1e6fe-1e6ff 1f1ae 1f6d8-1f6d9 1f777-1f77a 1f7da-1f7db 1f7f1-1f7ff 1f8b2-1f8bb 1f8c0-1f8c1
  1f8d0-1f8d8 1fa54-1fa57 1fa89-1fa8f 1fabe 1fac6 1fac8 1facc-1facd 1fadc-1fadd 1fadf 1fae9-1faeb 1faef 1faf9-1fafa 1fbcb-1fbef 1fbfa
  2b73a-2b73f 2b81e 2cea2-2cead 2ebf0-2ee5d 323b0-33479 3d000-3fc3f
Ll 295 2c5f a7c1 a7d1 a7d3 a7d5 a7d7 a7d9 10597-105a1 105a3-105b1 105b3-105b9 105bb-105bc 1df00-1df09 1df0b-1df1e 1df25-1df2a
Lm 8c9 a7f2-a7f4 10780-10785 10787-107b0 107b2-107ba 1aff0-1aff3 1aff5-1affb 1affd-1affe 1e030-1e06d 1e4eb
Lo 870-887 889-88e 8b5 8c8 c5d cdd 170d 171f 1b4c 9ffd-9fff 10f70-10f81 11071-11072 11075 1123f-11240 11740-11746 11ab0-11abf 11f02
  11f04-11f10 11f12-11f33 12f90-12ff0 1342f 13441-13446 16a70-16abe 1b11f-1b122 1b132 1b155 1df0a 1e290-1e2ad 1e4d0-1e4ea 1e7e0-1e7e6
  1e7e8-1e7eb 1e7ed-1e7ee 1e7f0-1e7fe 2a6de-2a6df 2b735-2b739 31350-323af
Lu 2c2f a7c0 a7d0 a7d6 a7d8 10570-1057a 1057c-1058a 1058c-10592 10594-10595
Mc cf3 1715 1734 11f03 11f34-11f35 11f3e-11f3f 11f41
Mn 898-89f 8ca-8d2 c3c ece 180f 1ac1-1ace 1dfa 10efd-10eff 10f82-10f85 11070 11073-11074 110c2 11241 1171e 11f00-11f01 11f36-11f3a
  11f40 11f42 13440 13447-13455 1cf00-1cf2d 1cf30-1cf46 1e08f 1e2ae 1e4ec-1e4ef
Nd 11f50-11f59 16ac0-16ac9 1e4f0-1e4f9
No 1d2c0-1d2d3
Pd 2e5d
Pe 2e56 2e58 2e5a 2e5c
Po 61d 1b7d-1b7e 2e53-2e54 10f86-10f89 116b9 11b00-11b09 11f43-11f4f 12ff1-12ff2
Ps 2e55 2e57 2e59 2e5b
Sc 20c0
Sk 888 fbc2
So fd40-fd4f fdcf fdfe-fdff 1cf50-1cfc3 1d1e9-1d1ea 1f6dc-1f6df 1f774-1f776 1f77b-1f77f 1f7d9 1f7f0 1f979 1f9cc 1fa75-1fa77
  1fa7b-1fa7c 1fa87-1fa88 1faa9-1faaf 1fab7-1fabd 1fabf 1fac3-1fac5 1face-1facf 1fad7-1fadb 1fae0-1fae8 1faf0-1faf8
"""


def _ranges() -> list[tuple[int, int, str]]:
    found, category = [], ""
    for word in _CHANGED.split():
        if word[0].isupper():
            category = word
            continue
        first, _hyphen, last = word.partition("-")
        found.append((int(first, 16), int(last or first, 16), category))
    return sorted(found)


_RANGES = _ranges()
_FIRSTS = [first for first, _last, _category in _RANGES]
#: Capital letters that Unicode 13 lacks, first and last, and the distance to their small letters.
_CASES = (
    (0x2C2F, 0x2C2F, 0x30),
    (0xA7C0, 0xA7C0, 1),
    (0xA7D0, 0xA7D0, 1),
    (0xA7D6, 0xA7D6, 1),
    (0xA7D8, 0xA7D8, 1),
    (0x10570, 0x10595, 0x27),
)


def category(char: str) -> str:
    """The general category of a rune, such as ``Lu``."""
    code = ord(char)
    if code >= _FIRSTS[0]:
        _first, last, changed = _RANGES[bisect_right(_FIRSTS, code) - 1]
        if code <= last:
            return changed
    return unicodedata.category(char)


def categories() -> list[str]:
    """The category of every code point, in order."""
    found = [unicodedata.category(chr(code)) for code in range(0x110000)]
    for first, last, changed in _RANGES:
        found[first : last + 1] = [changed] * (last + 1 - first)
    return found


def is_print(char: str) -> bool:
    """``unicode.IsPrint``: letters, marks, numbers, punctuation, symbols and the ASCII space."""
    return char == " " or category(char)[0] in "LMNPS"


def is_letter(char: str) -> bool:
    """``unicode.IsLetter``"""
    return category(char)[0] == "L"


def is_alphanumeric(char: str) -> bool:
    """``unicode.IsLetter`` or ``unicode.IsDigit``"""
    found = category(char)
    return found[0] == "L" or found == "Nd"


def to_upper(char: str) -> str:
    """``unicode.ToUpper``: always one rune."""
    for first, last, distance in _CASES:
        if first + distance <= ord(char) <= last + distance and category(char) == "Ll":
            return chr(ord(char) - distance)
    upper = char.upper()
    if len(upper) != 1:
        title = char.title()
        upper = title if len(title) == 1 else char
    return char if category(upper) == "Cn" else upper


def to_lower(char: str) -> str:
    """``unicode.ToLower``: always one rune."""
    for first, last, distance in _CASES:
        if first <= ord(char) <= last and category(char) == "Lu":
            return chr(ord(char) + distance)
    lower = char.lower()[:1]
    return char if category(lower) == "Cn" else lower


def to_title(char: str) -> str:
    """``unicode.ToTitle``: always one rune."""
    title = char.title()
    return title if len(title) == 1 and category(title) != "Cn" else to_upper(char)
