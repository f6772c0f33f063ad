# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The mail and web addresses that Helm's linter accepts (Go: ``github.com/asaskevich/govalidator``).

``IsEmail``, ``IsURL``, ``IsRequestURL``: the patterns here match the same texts without backtracking forever.
"""

from __future__ import annotations

import re
from functools import cache

from ...gotypes.values import GoError
from ...sprig.urls import parse_reference, parse_request

_MOST_RUNES = 2083
_FEWEST_BYTES = 3
_LONGEST_HOST = 255


@cache
def _mail() -> re.Pattern[str]:
    wide = "\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef"
    letter, both = f"[a-zA-Z{wide}]", f"[a-zA-Z0-9{wide}]"
    atom = f"[a-zA-Z0-9!#$%&'*+/=?^_`{{|}}~{wide}-]+"
    fold = "(?:(?:[ \t]*\r\n)?[ \t]+)?"
    quoted = rf"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f!\x23-\x5b\x5d-\x7e{wide}]"
    # govalidator's pattern allows one character between quotes, or a parenthesis and one
    local = rf'(?:{atom}(?:\.{atom})*|"{fold}(?:{quoted}|\([\x01-\x09\x0b-\x7f]){fold}")'
    host = f"{both}(?:[a-zA-Z0-9._~{wide}-]*{both})?\\."
    return re.compile(f"{local}@{host}{letter}(?:[a-zA-Z0-9_~{wide}-]*{letter})?\\.?\\Z")


def is_mail(text: str) -> bool:
    return _mail().match(text) is not None


@cache
def _host() -> re.Pattern[str]:
    one = "[a-zA-Z0-9]"
    letter = "[a-zA-Z\u00a1-\uffff]"
    both = "[a-zA-Z0-9\u00a1-\uffff]"
    end = rf"{both}+(?:--?{both}+)*(?:\.{letter}+)?"
    labels = rf"{one}[a-zA-Z0-9_-]*{one}(?:[-.]{one}+)*"
    below = rf"www\.|(?:{one}+[-_.])*{one}{{2,}}\.{one}+"
    return re.compile(rf"(?:{end}|{labels}{end}|(?:{below}){end})\Z")


@cache
def _numbers() -> re.Pattern[str]:
    six = "[0-9a-fA-F]{1,4}"
    byte = "(25[0-5]|(2[0-4]|1?[0-9])?[0-9])"
    part = "([0-9]{1,2}|1[0-9][0-9]|2[0-4][0-9]|25[0-5])"
    four = rf"([1-9][0-9]?|1[0-9][0-9]|2[01][0-9]|22[0-3]|24[0-9]|25[0-5])(\.{part}){{3}}"
    dotted = rf"({byte}\.){{3}}{byte}"
    ways = [rf"({six}:){{7}}{six}", rf"({six}:){{1,7}}:", rf"{six}:((:{six}){{1,6}})", rf":((:{six}){{1,7}}|:)"]
    ways += [rf"({six}:){{1,{left}}}(:{six}){{1,{7 - left}}}" for left in range(2, 7)]
    ways += ["fe80:(:[0-9a-fA-F]{0,4}){0,4}%[0-9a-zA-Z]+", rf"::(ffff(:0{{1,4}})?:)?{dotted}", rf"({six}:){{1,4}}:{dotted}"]
    return re.compile(rf"(?:{four}|\[(?:{'|'.join(ways)})\])\Z")


def is_web(text: str) -> bool:
    """``IsURL``: with or without a scheme."""
    if not text or len(text) >= _MOST_RUNES or len(text.encode("utf-8", "surrogateescape")) <= _FEWEST_BYTES or text.startswith("."):
        return False
    try:
        url = parse_reference(f"http://{text}" if ":" in text and "://" not in text else text)
    except GoError:
        return False
    if url.host.startswith(".") or (not url.host and url.path and "." not in url.path):
        return False
    rest = re.sub(r"^(ftp|tcp|udp|wss?|https?)://", "", text)
    return any(_is_place(place) for whole in (text, rest) for place in _behind_users(whole))


def _behind_users(text: str) -> list[str]:
    """The text, and the part after each ``@`` that may end a user's name."""
    word = re.split(r"[\t\n\f\r ]", text, maxsplit=1)[0]
    return [text, *(text[found.end() :] for found in re.finditer("@", word) if found.start())]


def _is_place(text: str) -> bool:
    """A host, perhaps a port, perhaps a path."""
    end = re.search("[/?#]", text)
    host, path = (text[: end.start()], text[end.start() :]) if end else (text, "")
    if re.search(r"[\t\n\f\r ]", path):
        return False
    port = re.search(r":[0-9]{1,5}\Z", host)
    hosts = {host, host[: port.start()]} if port else {host}
    hosts |= {one[:-1] for one in hosts if one.endswith(".")}
    return any(_numbers().match(one) or (len(one) <= _LONGEST_HOST and _host().match(one)) for one in hosts)


def is_request(text: str) -> bool:
    """``IsRequestURL``: any URI with a scheme."""
    try:
        return bool(text) and bool(parse_request(text).scheme)
    except GoError:
        return False
