# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A secret text is found in every encoding.

An ordinary word is not masked inside of names and other words.
"""

from __future__ import annotations

import base64
import html
import json
import random
import shlex
import string
import textwrap
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
import yaml
from ansible_collections.windlass.charts.plugins.module_utils._engine.secret_texts import MASK, Searcher, texts_of

SECRETS = [
    "S3cr3tValue!",
    "pass word & <more> \"quoted\" 'single' \\ back/slash?x=y+z",
    "schlüssel-Ünïcode-✓-4711",
    "tide-4711-under-the-bridge",
    "-----BEGIN KEY-----\nMIIEpAIBAAKCAQEA7zzz\nabcdefgh1234\n-----END KEY-----\n",
    "correct horse battery staple and some more words that fill a line of eighty characters and are folded",
]


def b64(data: bytes | str) -> str:
    return base64.b64encode(data if isinstance(data, bytes) else data.encode()).decode()


def go_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "inside": lambda text: f"postgres://app:{text}@db/x",
    "joined to letters": lambda text: f"a{text}b",
    "upper": str.upper,
    "lower": str.lower,
    "base64": b64,
    "base64 of a line": lambda text: b64(f"{text}\n"),
    "base64, no padding": lambda text: b64(text).rstrip("="),
    "base64 after 1": lambda text: b64(f"x{text}tail"),
    "base64 after 2": lambda text: b64(f"xy{text}"),
    "base64 after 3": lambda text: b64(f"xyz{text}tail of it"),
    "base64, url-safe": lambda text: base64.urlsafe_b64encode(f"ab{text}cd".encode()).decode(),
    "base64 twice": lambda text: b64(json.dumps({"auth": b64(f"user:{text}")})),
    "base64 of JSON": lambda text: b64(json.dumps({"password": text})),
    "base64 of Go's JSON": lambda text: b64(f'{{"password":{go_json(text)}}}'),
    "base64, wrapped": lambda text: textwrap.fill(b64(f"some text before {text} and after"), 20),
    "hexadecimal": lambda text: text.encode().hex(),
    "HEXADECIMAL": lambda text: text.encode().hex().upper(),
    "url": lambda text: quote(text, safe=""),
    "url, path": quote,
    "url, form": quote_plus,
    "url, lower": lambda text: quote(text, safe="").lower() if text.islower() else quote(text),
    "JSON": json.dumps,
    "JSON, not ASCII": lambda text: json.dumps(text, ensure_ascii=False),
    "JSON of Go": go_json,
    "JSON twice": lambda text: json.dumps(json.dumps({"a": text})),
    "YAML": lambda text: yaml.safe_dump({"a": {"b": text}}),
    "YAML, quoted": lambda text: yaml.safe_dump({"a": {"b": text}}, default_style="'"),
    "YAML, double-quoted": lambda text: yaml.safe_dump({"a": {"b": text}}, default_style='"'),
    "YAML, folded": lambda text: yaml.safe_dump({"a": {"b": text}}, width=20),
    "YAML, literal": lambda text: "a: |\n" + textwrap.indent(text, "    "),
    "HTML": html.escape,
    "shell": shlex.quote,
    "Python": repr,
    "indented": lambda text: textwrap.indent(text, "      "),
}


def remains(secret: str, shown: str) -> str:
    """The longest part of a secret's plain or base64 text that a text still contains.

    Of six characters or more.
    """
    hay = "".join(shown.split())
    for plain in (secret, b64(secret), b64(f"x{secret}")[2:], b64(f"xy{secret}")[3:]):
        needle = "".join(plain.split())
        for at in range(len(needle) - 9):
            if needle[at : at + 10] in hay:
                return needle[at : at + 10]
    return ""


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("secret", SECRETS)
def test_every_encoding(secret: str, encoding: str) -> None:
    encoded = ENCODINGS[encoding](secret)
    shown = Searcher({secret}).masked({"deep": [[f"before {encoded} after"]]})["deep"][0][0]
    assert MASK in shown and shown.startswith("before ") and shown.endswith(" after")
    assert not remains(secret, shown), shown


def test_text_around_a_secret_stays() -> None:
    text = "login with admin:S3cr3tValue! at shop/web; port 5432"
    assert Searcher({"S3cr3tValue!"}).masked(text) == f"login with admin:{MASK} at shop/web; port 5432"


WORDS = [
    # secret, names, text, shown
    ("web", [], "harbour web", "harbour web"),  # shorter than four characters
    ("default", [], "namespace default", "namespace default"),
    ("quay", ["harbour-quay"], "pod harbour-quay-6976d88967-x2x is not ready", "pod harbour-quay-6976d88967-x2x is not ready"),
    ("quay", ["harbour-quay"], "password quay, Deployment harbour-quay", f"password {MASK}, Deployment harbour-quay"),
    ("quay", [], "harbour-quay-6976d88967", f"harbour-{MASK}-6976d88967"),
    ("harbour", ["harbour"], "harbour-core.shop.svc", "harbour-core.shop.svc"),
    ("admin", [], "administrator of admin.", f"administrator of {MASK}."),
    ("5432", [], "port 5432, id 154320", f"port {MASK}, id 154320"),
    ("hunter2", [], "user:hunter2@db XHUNTER2 HUNTER2", f"user:{MASK}@db X{MASK} {MASK}"),
    ("hunter2", ["cm-hunter2"], "xhunter2y and cm-hunter2-abc", f"x{MASK}y and cm-hunter2-abc"),
    ("vaultedpassword", [], "xvaultedpasswordy", f"x{MASK}y"),
    ("S3cr3tValue!", ["cm-s3cr3tvalue"], "ConfigMap x-S3cr3tValue!-y", f"ConfigMap x-{MASK}-y"),
]


@pytest.mark.parametrize(("secret", "names", "text", "shown"), WORDS)
def test_ordinary_words(secret: str, names: list[str], text: str, shown: str) -> None:
    assert Searcher({secret}, names).masked(text) == shown


FIELD_ERRORS = [
    # secret, text, shown
    ("type", 'Secret "s" is invalid: type: Invalid value: "Opaque": field', 'Secret "s" is invalid: type: Invalid value: "Opaque": field'),
    ("type", "[type: Required value, data[type]: Invalid value: bad]", f"[type: Required value, data[{MASK}]: Invalid value: bad]"),
    ("replicas", "spec.replicas: Invalid value: -1", "spec.replicas: Invalid value: -1"),
    ("containers", "spec.containers[0].image: Required value", "spec.containers[0].image: Required value"),
    ("invalid", "type: Invalid value: no", "type: Invalid value: no"),
    # the word as a value, or in words of a webhook, is the secret
    ("type", 'type: Invalid value: "type": field is immutable', f'type: Invalid value: "{MASK}": field is immutable'),
    ("type", "the password type is too easy", f"the password {MASK} is too easy"),
    ("hunter", "hunter: Invalid value: too easy", f"{MASK}: Invalid value: too easy"),
    ("hunter", "user.hunter: Forbidden", f"user.{MASK}: Forbidden"),
    ("type", "type: too easy", f"{MASK}: too easy"),
    ("type", "xtype: Invalid value, a.type: Invalid value", f"xtype: Invalid value, a.{MASK}: Invalid value"),
    ("hunter2", "spec.hunter2: Invalid value", f"spec.{MASK}: Invalid value"),
]


@pytest.mark.parametrize(("secret", "text", "shown"), FIELD_ERRORS)
def test_fixed_words_of_a_field_error_stay(secret: str, text: str, shown: str) -> None:
    assert Searcher({secret}).masked(text) == shown


def test_keys_lose_unusual_texts_and_keep_words() -> None:
    assert Searcher({"S3cr3tValue!", "known"}).masked({"known": 1, "a-S3cr3tValue!": 2}) == {"known": 1, f"a-{MASK}": 2}


def test_numbers() -> None:
    secrets = texts_of([54321, 54321.0, 1, True, None])
    assert secrets == {"54321"}
    assert Searcher(secrets).masked([54321, 54321.0, 543210, True]) == [MASK, MASK, 543210, True]


def test_texts_at_random() -> None:
    """Any text of twelve characters or more, in any of the encodings."""
    rng = random.Random(20261129)
    for _number in range(300):
        secret = "".join(rng.choices(string.ascii_letters + string.digits + "!$%&/=?+*#'\"<>@:;, _-~é", k=rng.randint(12, 60))).strip()
        name = rng.choice(list(ENCODINGS))
        shown = Searcher({secret}).masked(f"[{ENCODINGS[name](secret)}]")
        assert not remains(secret, shown), (secret, name, shown)


def test_many_secrets_in_a_large_result() -> None:
    rng = random.Random(7)
    secrets = {"".join(rng.choices(string.ascii_letters + string.digits, k=20)) for _number in range(2000)}
    manifest: Any = {"lines": [f"key{number}: value {number}" for number in range(20_000)] + [f"x{sorted(secrets)[5]}y"]}
    started = time.process_time()
    shown = Searcher(secrets).masked(manifest)
    assert time.process_time() - started < 20
    assert shown["lines"][-1] == f"x{MASK}y" and shown["lines"][:-1] == manifest["lines"][:-1]
