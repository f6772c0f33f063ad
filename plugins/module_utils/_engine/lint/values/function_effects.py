# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""How functions read their arguments. A function that is not listed reads all of its arguments whole."""

from __future__ import annotations

import re

from .interpreter import Effect, Frame, Interpreter
from .shapes import ANY, UNKNOWN, Items, Literal, Pattern, Place, Ref, Root, Shape, Table, alternatives, either, is_literal, softened

Shapes = list[Shape]


def _key(interpreter: Interpreter, frame: Frame, key: Shape) -> str:
    if isinstance(key, Literal):
        return key.text
    interpreter.consume(key, frame)
    return ANY


def _inspected(interpreter: Interpreter, frame: Frame, args: Shapes, place: Place) -> Shape:
    """Reads only the presence, kind or length of the arguments."""
    for arg in args:
        interpreter.consume(arg, frame.softly(), deep=False)
    return UNKNOWN


def _default(interpreter: Interpreter, frame: Frame, args: Shapes, place: Place) -> Shape:
    return either(*(softened(arg) for arg in args))


def _and_or(interpreter: Interpreter, frame: Frame, args: Shapes, place: Place) -> Shape:
    """All operands but the last are conditions; each may be the result."""
    return either(*(softened(arg) for arg in args[:-1]), *args[-1:])


def _ternary(interpreter: Interpreter, frame: Frame, args: Shapes, place: Place) -> Shape:
    if len(args) == 3:
        interpreter.consume(args[2], frame.softly())
    return either(*args[:2])


def _required(interpreter: Interpreter, frame: Frame, args: Shapes, place: Place) -> Shape:
    for arg in args[1:]:
        interpreter.mark_given(arg)
        _inspected(interpreter, frame, [arg], place)
    return softened(args[-1]) if len(args) > 1 else UNKNOWN


def _index(interpreter: Interpreter, frame: Frame, args: Shapes, place: Place) -> Shape:
    shape = args[0] if args else UNKNOWN
    for arg in args[1:]:
        if is_literal(arg):
            shape = either(*(interpreter.get(shape, _key(interpreter, frame, one), frame, place) for one in alternatives(arg)))
        else:
            shape = interpreter.get(shape, _key(interpreter, frame, arg), frame, place)
    return shape


def _get(interpreter: Interpreter, frame: Frame, args: Shapes, place: Place) -> Shape:
    return softened(_index(interpreter, frame, args, place))


def _has_key(interpreter: Interpreter, frame: Frame, args: Shapes, place: Place) -> Shape:
    interpreter.consume(_get(interpreter, frame, args, place), frame, deep=False)
    return UNKNOWN


def _dig(interpreter: Interpreter, frame: Frame, args: Shapes, place: Place) -> Shape:
    if len(args) < 3:
        return UNKNOWN
    soft = frame.softly()
    shape = args[-1]
    for arg in args[:-2]:
        shape = softened(interpreter.get(shape, _key(interpreter, frame, arg), soft, place))
    return either(shape, args[-2])


def _pluck(interpreter: Interpreter, frame: Frame, args: Shapes, place: Place) -> Shape:
    key = _key(interpreter, frame, args[0]) if args else ANY
    return Items(tuple(softened(interpreter.get(arg, key, frame, place)) for arg in args[1:]))


def _pick(interpreter: Interpreter, frame: Frame, args: Shapes, place: Place) -> Shape:
    table = Table({})
    for arg in args[1:]:
        key = _key(interpreter, frame, arg)
        found = softened(interpreter.get(args[0], key, frame, place))
        if key == ANY:
            table.add(args[0])
        else:
            table.entries[key] = found
    return table


def _omit(interpreter: Interpreter, frame: Frame, args: Shapes, place: Place) -> Shape:
    return args[0] if args else UNKNOWN


def _set(interpreter: Interpreter, frame: Frame, args: Shapes, place: Place) -> Shape:
    if len(args) != 3:
        return UNKNOWN
    key, value = _key(interpreter, frame, args[1]), args[2]
    for target in alternatives(args[0]):
        if isinstance(target, Table):
            if key == ANY:
                target.add(Table({ANY: value}))
            target.entries[key] = either(target.entries[key], value) if key in target.entries else value
        elif isinstance(target, Root):
            interpreter.extras[target.scope, key] = value
            if key == "Values":
                interpreter.reads.given.add(target.scope)
        elif isinstance(target, Ref):
            child = target.below(key, place)
            interpreter.reads.given.add(target.path if key == ANY else child.path)
            interpreter.fill(child.path, value)
            if not isinstance(value, Ref):  # a place that is filled from itself says nothing of what reads it
                interpreter.consume(value, frame.softly())
    return args[0]


def _merge(interpreter: Interpreter, frame: Frame, args: Shapes, place: Place) -> Shape:
    if not args:
        return UNKNOWN
    for target in alternatives(args[0]):
        if isinstance(target, Table):
            for arg in args[1:]:
                target.add(arg)
        elif isinstance(target, Ref):
            interpreter.reads.given.add(target.path)
            for arg in args[1:]:
                interpreter.consume(arg, frame.softly())
        elif isinstance(target, Root):
            interpreter.reads.given.add(target.scope)
    return either(*args)


def _same(interpreter: Interpreter, frame: Frame, args: Shapes, place: Place) -> Shape:
    """The shape of the last argument, a list or map; the others are read."""
    for arg in args[:-1]:
        interpreter.consume(arg, frame)
    return args[-1] if args else UNKNOWN


def _copy(interpreter: Interpreter, frame: Frame, args: Shapes, place: Place) -> Shape:
    return args[0] if args else UNKNOWN


def _some(interpreter: Interpreter, frame: Frame, args: Shapes, place: Place) -> Shape:
    """The shape of the first argument, a list; the others are read: slice, without, chunk ..."""
    for arg in args[1:]:
        interpreter.consume(arg, frame)
    return args[0] if args else UNKNOWN


def _append(interpreter: Interpreter, frame: Frame, args: Shapes, place: Place) -> Shape:
    if len(args) != 2:
        return UNKNOWN
    return either(args[0], Items((args[1],)))


def _item(interpreter: Interpreter, frame: Frame, args: Shapes, place: Place) -> Shape:
    return interpreter.get(args[0], ANY, frame.softly(), place) if args else UNKNOWN


def _values(interpreter: Interpreter, frame: Frame, args: Shapes, place: Place) -> Shape:
    return Items(tuple(interpreter.get(arg, ANY, frame.softly(), place) for arg in args))


def _keys(interpreter: Interpreter, frame: Frame, args: Shapes, place: Place) -> Shape:
    for arg in args:
        interpreter.consume(interpreter.get(arg, ANY, frame.softly(), place), frame.softly(), deep=False)
    return UNKNOWN


def _list(interpreter: Interpreter, frame: Frame, args: Shapes, place: Place) -> Shape:
    return Items(tuple(args))


def _dict(interpreter: Interpreter, frame: Frame, args: Shapes, place: Place) -> Shape:
    table = Table({})
    for index in range(0, len(args), 2):
        value = args[index + 1] if index + 1 < len(args) else UNKNOWN
        key = _key(interpreter, frame, args[index])
        if key == ANY:
            table.add(Table({ANY: value}))
        else:
            table.entries[key] = value
    return table


def _include(interpreter: Interpreter, frame: Frame, args: Shapes, place: Place) -> Shape:
    if len(args) != 2:
        return UNKNOWN
    texts: Shapes = []
    for name in alternatives(args[0]):
        if isinstance(name, Literal):
            texts.append(interpreter.call(name.text, args[1], frame))
        else:
            texts.append(UNKNOWN)
            interpreter.consume(name, frame)
            interpreter.call_any(name.text if isinstance(name, Pattern) else ".*", args[1], frame)
    return either(*texts) if all(is_literal(text) for text in texts) else UNKNOWN


def _tpl(interpreter: Interpreter, frame: Frame, args: Shapes, place: Place) -> Shape:
    if len(args) == 2:
        interpreter.expand(args[0], args[1], frame)
    return UNKNOWN


def _default_print(interpreter: Interpreter, frame: Frame, args: Shapes, place: Place) -> Shape:
    """Words put together are a word."""
    if args and all(isinstance(arg, Literal) for arg in args):
        return Literal("".join(arg.text for arg in args if isinstance(arg, Literal)))
    for arg in args:
        interpreter.consume(arg, frame)
    return Pattern("".join(re.escape(arg.text) if isinstance(arg, Literal) else ".*" for arg in args))


def _printf(interpreter: Interpreter, frame: Frame, args: Shapes, place: Place) -> Shape:
    for arg in args:
        interpreter.consume(arg, frame)
    if not args or not isinstance(args[0], Literal):
        return UNKNOWN
    parts = re.split(r"%[-+ #0-9.*]*[a-zA-Z]", args[0].text)
    words = [arg.text if isinstance(arg, Literal) else None for arg in args[1:]]
    if args[0].text == "%s" and len(args) == 2 and is_literal(args[1]):
        return args[1]
    if len(parts) != len(words) + 1 or "%%" in args[0].text:
        return UNKNOWN
    if args[0].text.count("%s") == len(words) and None not in words:
        return Literal("".join(f"{part}{word or ''}" for part, word in zip(parts, [*words, ""], strict=True)))
    fitting = [".*" if word is None else re.escape(word) for word in words]
    return Pattern("".join(re.escape(part) + word for part, word in zip(parts, [*fitting, ""], strict=True)))


def _split(interpreter: Interpreter, frame: Frame, args: Shapes, place: Place) -> Shape:
    if len(args) == 2 and isinstance(args[0], Literal) and args[0].text and is_literal(args[1]):
        texts = [one.text for one in alternatives(args[1]) if isinstance(one, Literal)]
        return either(*(Items(tuple(Literal(part) for part in text.split(args[0].text))) for text in texts))
    for arg in args:
        interpreter.consume(arg, frame)
    return UNKNOWN


def _table() -> dict[str, Effect]:
    effects: dict[str, tuple[Effect, str]] = {
        "asked": (_inspected, "not empty len kindOf kindIs typeOf typeIs typeIsLike"),
        "default": (_default, "default coalesce"),
        "and": (_and_or, "and or"),
        "ternary": (_ternary, "ternary"),
        "required": (_required, "required"),
        "index": (_index, "index"),
        "get": (_get, "get"),
        "hasKey": (_has_key, "hasKey"),
        "dig": (_dig, "dig"),
        "pluck": (_pluck, "pluck"),
        "pick": (_pick, "pick"),
        "omit": (_omit, "omit unset"),
        "set": (_set, "set"),
        "merge": (_merge, "merge mergeOverwrite mustMerge mustMergeOverwrite"),
        "copy": (_copy, "deepCopy mustDeepCopy"),
        "same": (_same, "uniq mustUniq sortAlpha reverse mustReverse compact mustCompact rest mustRest initial mustInitial"),
        "some": (_some, "slice mustSlice without mustWithout"),
        "append": (_append, "append mustAppend push mustPush prepend mustPrepend"),
        "concat": (_default, "concat"),
        "item": (_item, "first mustFirst last mustLast"),
        "values": (_values, "values"),
        "keys": (_keys, "keys"),
        "list": (_list, "list tuple"),
        "dict": (_dict, "dict"),
        "include": (_include, "include"),
        "tpl": (_tpl, "tpl"),
        "print": (_default_print, "print"),
        "printf": (_printf, "printf"),
        "split": (_split, "split splitList"),
    }
    return {name: effect for effect, names in effects.values() for name in names.split()}


EFFECTS: dict[str, Effect] = _table()
