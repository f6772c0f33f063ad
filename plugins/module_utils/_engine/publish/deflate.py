# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Compresses data with deflate (RFC 1951), with the same output on every machine.

Python's ``zlib`` is linked against zlib, zlib-ng or a fork of them, which compress the same data to different bytes, so that an archive
that was packaged on one machine would differ from that of another one. The measurements are in
``docs/adr/0007-deflate-of-packages.md``.

Matches are found with a hash table of four bytes and short chains; a match is given up for a longer one that begins a byte later, as in
zlib. Every block has its own Huffman codes, the shortest with at most 15 bits (package-merge). Bits are texts of 0 and 1 in the order of
the stream, which Python joins and converts faster than it shifts numbers.
"""

from __future__ import annotations

_SHORTEST, _LONGEST = 4, 258
_WINDOW = 1 << 15
#: candidates that are compared for one match, and the length of a match that ends the search
_CHAIN, _GOOD = 12, 64
#: positions of a match that are entered into the hash table
_ENTERED = 64
#: bytes that are searched together: neither the hash table nor the tokens grow with the size of the data
_SEGMENT = 1 << 19
#: tokens of one block
_BLOCK = 1 << 14
#: the symbol that ends a block
_END = 256
_LENGTH_CODES, _DISTANCE_CODES = 286, 30
#: the order in which a block's header lists the lengths of the codes for code lengths
_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)


def _length_table() -> list[tuple[int, str]]:
    """For each length of a match: its code, and its extra bits in the order of the stream."""
    table: list[tuple[int, str]] = [(0, "")] * 3
    for code in range(28):
        bits = max(0, code // 4 - 1)
        table += [(257 + code, _bits(rest, bits)) for rest in range(1 << bits)]
    return [*table[:_LONGEST], (285, "")]


def _bits(value: int, count: int) -> str:
    """A number as bits, the lowest first."""
    return f"{value:0{count}b}"[::-1] if count else ""


_LENGTHS = _length_table()


def deflate(data: bytes) -> bytes:
    """The compressed data: one stream that ``zlib.decompress(data, -15)`` reads."""
    out = bytearray()
    rest = ""
    for start in range(0, len(data) or 1, _SEGMENT):
        end = min(start + _SEGMENT, len(data))
        tokens = _tokens(data, start, end)
        for first in range(0, len(tokens) or 1, _BLOCK):
            last = end == len(data) and first + _BLOCK >= len(tokens)
            bits = rest + _block(tokens[first : first + _BLOCK], last)
            whole = len(bits) & ~7
            rest = bits[whole:]
            out += int(bits[:whole][::-1] or "0", 2).to_bytes(whole // 8, "little")
    if rest:
        out.append(int(rest[::-1], 2))
    return bytes(out)


def _tokens(data: bytes, at: int, end: int) -> list[int]:
    """One segment as literals (0 to 255) and matches (``length << 16 | distance``).

    Calls are costly here, so the search is one function.
    """
    tokens: list[int] = []
    put = tokens.append
    number = int.from_bytes
    newest: dict[bytes, int] = {}
    chain = [-1] * _WINDOW  # position modulo the window -> the position before it with the same four bytes
    mask = _WINDOW - 1
    last = end - _SHORTEST
    found = 0
    length = distance = 0  # of the match that begins one byte before ``at`` and may be given up for a longer one
    while at <= last:
        key = data[at : at + _SHORTEST]
        place = newest.get(key, -1)
        chain[at & mask] = place
        newest[key] = at
        best = length
        oldest = at - mask if at > mask else 0
        if place >= oldest and best < _GOOD:
            limit = min(end - at, _LONGEST)
            for _candidate in range(_CHAIN):
                if best < limit and data[place + best] == data[at + best]:
                    differs = number(data[place : place + 16], "little") ^ number(data[at : at + 16], "little")
                    if differs:
                        same = ((differs & -differs).bit_length() - 1) >> 3
                    else:
                        differs = number(data[place + 16 : place + limit], "little") ^ number(data[at + 16 : at + limit], "little")
                        same = 16 + (((differs & -differs).bit_length() - 1) >> 3) if differs else limit
                    if same > limit:
                        same = limit
                    if same > best:
                        best, found = same, at - place
                        if best >= _GOOD:
                            break
                place = chain[place & mask]
                if place < oldest:
                    break
        if length:
            if best > length:
                put(data[at - 1])
            else:
                put(length << 16 | distance)
                stop = at - 1 + length
                for inner in range(at + 1, min(stop, last + 1, at + _ENTERED)):
                    key = data[inner : inner + _SHORTEST]
                    chain[inner & mask] = newest.get(key, -1)
                    newest[key] = inner
                at = stop
                length = 0
                continue
        elif best < _SHORTEST:
            put(data[at])
            at += 1
            continue
        length, distance = best, found
        at += 1
    if length:
        put(length << 16 | distance)
        at += length - 1
    tokens += data[at:end]
    return tokens


# ----------------------------------------------------------------------------------------------------------- blocks


def _block(tokens: list[int], last: bool) -> str:
    """One block with its own codes, as bits in the order of the stream."""
    lengths = [0] * _LENGTH_CODES
    distances = [0] * _DISTANCE_CODES
    for token in tokens:
        if token < 256:
            lengths[token] += 1
        else:
            lengths[_LENGTHS[token >> 16][0]] += 1
            distances[_distance_code(token & 0xFFFF)] += 1
    lengths[_END] = 1
    literal_sizes, distance_sizes = _sizes(lengths, 15), _sizes(distances, 15)
    literal, distance = _codes(literal_sizes), _codes(distance_sizes)
    matches = [literal[code] + extra if code else "" for code, extra in _LENGTHS]
    out = ["1" if last else "0", "01", _header(literal_sizes, distance_sizes)]
    known: dict[int, str] = {}
    for token in tokens:
        if token < 256:
            out.append(literal[token])
            continue
        out.append(matches[token >> 16])
        bits = known.get(token & 0xFFFF)
        if bits is None:
            far = token & 0xFFFF
            code = _distance_code(far)
            extra = max(0, code // 2 - 1)
            bits = known[far] = distance[code] + _bits((far - 1) & ((1 << extra) - 1), extra)
        out.append(bits)
    out.append(literal[_END])
    return "".join(out)


def _distance_code(distance: int) -> int:
    if distance <= 4:
        return distance - 1
    top = (distance - 1).bit_length()
    return 2 * (top - 1) + ((distance - 1) >> (top - 2) & 1)


def _header(literal: list[int], distance: list[int]) -> str:
    """The code lengths of a block, run-length encoded and with a code of their own."""
    literal = _without_end(literal, 257)
    distance = _without_end(distance, 1)
    runs = _runs(literal + distance)
    counts = [0] * 19
    for symbol, _extra in runs:
        counts[symbol] += 1
    sizes = _sizes(counts, 7)
    codes = _codes(sizes)
    order = [sizes[symbol] for symbol in _ORDER]
    order = _without_end(order, 4)
    head = [_bits(len(literal) - 257, 5), _bits(len(distance) - 1, 5), _bits(len(order) - 4, 4)]
    return "".join([*head, *(_bits(size, 3) for size in order), *(codes[symbol] + extra for symbol, extra in runs)])


def _without_end(sizes: list[int], least: int) -> list[int]:
    """Without the zeros at the end, but at least that many."""
    count = max((index + 1 for index, size in enumerate(sizes) if size), default=0)
    return sizes[: max(count, least)]


def _runs(sizes: list[int]) -> list[tuple[int, str]]:
    """Code lengths with runs as the symbols 16 (the length before), 17 and 18 (zeros)."""
    runs: list[tuple[int, str]] = []
    at = 0
    while at < len(sizes):
        size = sizes[at]
        count = 1
        while at + count < len(sizes) and sizes[at + count] == size:
            count += 1
        at += count
        if size:
            runs.append((size, ""))
            count -= 1
        while count >= 3:
            if size:
                part = min(count, 6)
                runs.append((16, _bits(part - 3, 2)))
            else:
                part = min(count, 138)
                runs.append((17, _bits(part - 3, 3)) if part < 11 else (18, _bits(part - 11, 7)))
            count -= part
        runs += [(size, "")] * count
    return runs


def _sizes(counts: list[int], limit: int) -> list[int]:
    """The length of each symbol's code, 0 for a symbol that does not occur (package-merge)."""
    used = sorted((count, symbol) for symbol, count in enumerate(counts) if count)
    sizes = [0] * len(counts)
    if len(used) == 1:  # a decoder needs a code of one bit
        sizes[used[0][1]] = 1
        return sizes
    single: list[tuple[int, tuple[int, ...]]] = [(count, (symbol,)) for count, symbol in used]
    merged = single
    for _level in range(limit - 1):
        pairs = [(merged[i][0] + merged[i + 1][0], merged[i][1] + merged[i + 1][1]) for i in range(0, len(merged) - 1, 2)]
        merged = sorted(single + pairs, key=_weight)  # stable: among equals symbols come before pairs
    for _count, symbols in merged[: 2 * len(used) - 2]:
        for symbol in symbols:
            sizes[symbol] += 1
    return sizes


def _weight(item: tuple[int, tuple[int, ...]]) -> int:
    return item[0]


def _codes(sizes: list[int]) -> list[str]:
    """The canonical code of each symbol, as bits."""
    codes = [""] * len(sizes)
    code = 0
    for size in range(1, max(sizes, default=0) + 1):
        code <<= 1
        for symbol, length in enumerate(sizes):
            if length == size:
                codes[symbol] = f"{code:0{size}b}"
                code += 1
    return codes
