# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The table of template functions: those of sprig 3.3.0 in Helm 4, and Helm's duration functions.

A line is: the name, Go's parameter types by position, the file of this room, the function in it, and what it needs beyond its
arguments. A file is imported at the first call of one of its functions, so that a chart pays only for what it uses. ``env`` and
``expandenv`` are removed, as in Helm; ``getHostByName`` and the functions that Helm replaces are in ``render``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import ModuleType

from ..aliases import GoValue
from ..gotypes.function import Function
from .context import Context, make_current

#: what a function needs: nothing, the context as its first argument, or that and it never answers the same twice
PURE, LOCAL, CHANCE = "", "local", "chance"


def _crypto() -> ModuleType:
    from . import crypto

    return crypto


def _dates() -> ModuleType:
    from . import dates

    return dates


def _defaults() -> ModuleType:
    from . import defaults

    return defaults


def _dicts() -> ModuleType:
    from . import dicts

    return dicts


def _durations() -> ModuleType:
    from . import durations

    return durations


def _encoding() -> ModuleType:
    from . import encoding

    return encoding


def _jsons() -> ModuleType:
    from . import jsons

    return jsons


def _lists() -> ModuleType:
    from . import lists

    return lists


def _naming() -> ModuleType:
    from . import naming

    return naming


def _numeric() -> ModuleType:
    from . import numeric

    return numeric


def _paths() -> ModuleType:
    from . import paths

    return paths


def _randoms() -> ModuleType:
    from . import randoms

    return randoms


def _reflection() -> ModuleType:
    from . import reflection

    return reflection


def _regex() -> ModuleType:
    from . import regex

    return regex


def _semver() -> ModuleType:
    from . import semver

    return semver


def _text() -> ModuleType:
    from . import text

    return text


def _urls() -> ModuleType:
    from . import urls

    return urls


_Row = tuple[str, str, Callable[[], ModuleType], str, str]

# fmt: off
_TABLE: tuple[_Row, ...] = (
    # strings
    ("hello", "", _text, "hello", PURE),
    ("trim", "string", _text, "trim", PURE),
    ("upper", "string", _text, "upper", PURE),
    ("lower", "string", _text, "lower", PURE),
    ("title", "string", _text, "title", PURE),
    ("untitle", "string", _text, "untitle", PURE),
    ("substr", "int int string", _text, "substr", PURE),
    ("repeat", "int string", _text, "repeat", PURE),
    ("trimall", "string string", _text, "trim_all", PURE),
    ("trimAll", "string string", _text, "trim_all", PURE),
    ("trimSuffix", "string string", _text, "trim_suffix", PURE),
    ("trimPrefix", "string string", _text, "trim_prefix", PURE),
    ("nospace", "string", _text, "nospace", PURE),
    ("initials", "string", _text, "initials", PURE),
    ("abbrev", "int string", _text, "abbrev", PURE),
    ("abbrevboth", "int int string", _text, "abbrevboth", PURE),
    ("trunc", "int string", _text, "trunc", PURE),
    ("swapcase", "string", _text, "swapcase", PURE),
    ("snakecase", "string", _naming, "snakecase", PURE),
    ("camelcase", "string", _naming, "camelcase", PURE),
    ("kebabcase", "string", _naming, "kebabcase", PURE),
    ("wrap", "int string", _text, "wrap", PURE),
    ("wrapWith", "int string string", _text, "wrap_with", PURE),
    ("contains", "string string", _text, "contains", PURE),
    ("hasPrefix", "string string", _text, "has_prefix", PURE),
    ("hasSuffix", "string string", _text, "has_suffix", PURE),
    ("quote", "...any", _text, "quote", PURE),
    ("squote", "...any", _text, "squote", PURE),
    ("cat", "...any", _text, "cat", PURE),
    ("indent", "int string", _text, "indent", PURE),
    ("nindent", "int string", _text, "nindent", PURE),
    ("replace", "string string string", _text, "replace", PURE),
    ("plural", "string string int", _text, "plural", PURE),
    ("toString", "any", _text, "to_string", PURE),
    ("toStrings", "any", _text, "to_strings", PURE),
    ("join", "string any", _text, "join", PURE),
    ("split", "string string", _text, "split", PURE),
    ("splitn", "string int string", _text, "splitn", PURE),
    ("splitList", "string string", _text, "split_list", PURE),
    ("sortAlpha", "any", _text, "sort_alpha", PURE),
    # chance
    ("randAlphaNum", "int", _randoms, "rand_alpha_num", CHANCE),
    ("randAlpha", "int", _randoms, "rand_alpha", CHANCE),
    ("randAscii", "int", _randoms, "rand_ascii", CHANCE),
    ("randNumeric", "int", _randoms, "rand_numeric", CHANCE),
    ("randBytes", "int", _randoms, "rand_bytes", CHANCE),
    ("randInt", "int int", _randoms, "rand_int", CHANCE),
    ("shuffle", "string", _randoms, "shuffle", CHANCE),
    ("uuidv4", "", _randoms, "uuidv4", CHANCE),
    # numbers
    ("atoi", "string", _numeric, "atoi", PURE),
    ("int64", "any", _numeric, "int64", PURE),
    ("int", "any", _numeric, "to_int", PURE),
    ("float64", "any", _numeric, "float64", PURE),
    ("seq", "...int", _numeric, "seq", PURE),
    ("toDecimal", "any", _numeric, "to_decimal", PURE),
    ("until", "int", _numeric, "until", PURE),
    ("untilStep", "int int int", _numeric, "until_step", PURE),
    ("add1", "any", _numeric, "add1", PURE),
    ("add", "...any", _numeric, "add", PURE),
    ("sub", "any any", _numeric, "sub", PURE),
    ("div", "any any", _numeric, "div", PURE),
    ("mod", "any any", _numeric, "mod", PURE),
    ("mul", "any ...any", _numeric, "mul", PURE),
    ("add1f", "any", _numeric, "add1_float", PURE),
    ("addf", "...any", _numeric, "add_float", PURE),
    ("subf", "any ...any", _numeric, "sub_float", PURE),
    ("divf", "any ...any", _numeric, "div_float", PURE),
    ("mulf", "any ...any", _numeric, "mul_float", PURE),
    ("biggest", "any ...any", _numeric, "max_int", PURE),
    ("max", "any ...any", _numeric, "max_int", PURE),
    ("min", "any ...any", _numeric, "min_int", PURE),
    ("maxf", "any ...any", _numeric, "max_float", PURE),
    ("minf", "any ...any", _numeric, "min_float", PURE),
    ("ceil", "any", _numeric, "ceil", PURE),
    ("floor", "any", _numeric, "floor", PURE),
    ("round", "any int ...float64", _numeric, "round_half", PURE),
    # defaults
    ("default", "any ...any", _defaults, "default", PURE),
    ("empty", "any", _defaults, "empty", PURE),
    ("coalesce", "...any", _defaults, "coalesce", PURE),
    ("all", "...any", _defaults, "all_set", PURE),
    ("any", "...any", _defaults, "any_set", PURE),
    ("ternary", "any any bool", _defaults, "ternary", PURE),
    ("deepCopy", "any", _defaults, "deep_copy", PURE),
    ("mustDeepCopy", "any", _defaults, "deep_copy", PURE),
    ("fail", "string", _defaults, "fail", PURE),
    # JSON
    ("fromJson", "string", _jsons, "from_json", PURE),
    ("mustFromJson", "string", _jsons, "must_from_json", PURE),
    ("toJson", "any", _jsons, "to_json", PURE),
    ("mustToJson", "any", _jsons, "must_to_json", PURE),
    ("toPrettyJson", "any", _jsons, "to_pretty_json", PURE),
    ("mustToPrettyJson", "any", _jsons, "must_to_pretty_json", PURE),
    ("toRawJson", "any", _jsons, "must_to_raw_json", PURE),
    ("mustToRawJson", "any", _jsons, "must_to_raw_json", PURE),
    # reflection
    ("typeOf", "any", _reflection, "type_name", PURE),
    ("typeIs", "string any", _reflection, "type_is", PURE),
    ("typeIsLike", "string any", _reflection, "type_is_like", PURE),
    ("kindOf", "any", _reflection, "kind_name", PURE),
    ("kindIs", "string any", _reflection, "kind_is", PURE),
    ("deepEqual", "any any", _reflection, "deep_equal", PURE),
    # lists
    ("list", "...any", _lists, "new_list", PURE),
    ("tuple", "...any", _lists, "new_list", PURE),
    ("append", "any any", _lists, "append", PURE),
    ("mustAppend", "any any", _lists, "append", PURE),
    ("push", "any any", _lists, "append", PURE),
    ("mustPush", "any any", _lists, "append", PURE),
    ("prepend", "any any", _lists, "prepend", PURE),
    ("mustPrepend", "any any", _lists, "prepend", PURE),
    ("first", "any", _lists, "first", PURE),
    ("mustFirst", "any", _lists, "first", PURE),
    ("rest", "any", _lists, "rest", PURE),
    ("mustRest", "any", _lists, "rest", PURE),
    ("last", "any", _lists, "last", PURE),
    ("mustLast", "any", _lists, "last", PURE),
    ("initial", "any", _lists, "initial", PURE),
    ("mustInitial", "any", _lists, "initial", PURE),
    ("reverse", "any", _lists, "reverse", PURE),
    ("mustReverse", "any", _lists, "reverse", PURE),
    ("uniq", "any", _lists, "uniq", PURE),
    ("mustUniq", "any", _lists, "uniq", PURE),
    ("without", "any ...any", _lists, "without", PURE),
    ("mustWithout", "any ...any", _lists, "without", PURE),
    ("compact", "any", _lists, "compact", PURE),
    ("mustCompact", "any", _lists, "compact", PURE),
    ("has", "any any", _lists, "has", PURE),
    ("mustHas", "any any", _lists, "has", PURE),
    ("slice", "any ...any", _lists, "slice_list", PURE),
    ("mustSlice", "any ...any", _lists, "slice_list", PURE),
    ("concat", "...any", _lists, "concat", PURE),
    ("chunk", "int any", _lists, "chunk", PURE),
    ("mustChunk", "int any", _lists, "chunk", PURE),
    # dicts
    ("dict", "...any", _dicts, "new_dict", PURE),
    ("get", "map string", _dicts, "get", PURE),
    ("set", "map string any", _dicts, "set_key", PURE),
    ("unset", "map string", _dicts, "unset", PURE),
    ("hasKey", "map string", _dicts, "has_key", PURE),
    ("pluck", "string ...map", _dicts, "pluck", PURE),
    ("keys", "...map", _dicts, "keys", PURE),
    ("values", "map", _dicts, "values_of", PURE),
    ("pick", "map ...string", _dicts, "pick", PURE),
    ("omit", "map ...string", _dicts, "omit", PURE),
    ("merge", "map ...map", _dicts, "merge", PURE),
    ("mustMerge", "map ...map", _dicts, "merge", PURE),
    ("mergeOverwrite", "map ...map", _dicts, "merge_overwrite", PURE),
    ("mustMergeOverwrite", "map ...map", _dicts, "merge_overwrite", PURE),
    ("dig", "...any", _dicts, "dig", PURE),
    # encoding and checksums
    ("b64enc", "string", _encoding, "b64enc", PURE),
    ("b64dec", "string", _encoding, "b64dec", PURE),
    ("b32enc", "string", _encoding, "b32enc", PURE),
    ("b32dec", "string", _encoding, "b32dec", PURE),
    ("sha1sum", "string", _encoding, "sha1sum", PURE),
    ("sha256sum", "string", _encoding, "sha256sum", PURE),
    ("sha512sum", "string", _encoding, "sha512sum", PURE),
    ("adler32sum", "string", _encoding, "adler32sum", PURE),
    # paths
    ("base", "string", _paths, "base", PURE),
    ("dir", "string", _paths, "directory", PURE),
    ("clean", "string", _paths, "clean", PURE),
    ("ext", "string", _paths, "extension", PURE),
    ("isAbs", "string", _paths, "is_absolute", PURE),
    ("osBase", "string", _paths, "base", PURE),
    ("osDir", "string", _paths, "directory", PURE),
    ("osClean", "string", _paths, "clean", PURE),
    ("osExt", "string", _paths, "extension", PURE),
    ("osIsAbs", "string", _paths, "is_absolute", PURE),
    # versions
    ("semver", "string", _semver, "semver", PURE),
    ("semverCompare", "string string", _semver, "semver_compare", PURE),
    # regular expressions
    ("regexMatch", "string string", _regex, "match", PURE),
    ("mustRegexMatch", "string string", _regex, "must_match", PURE),
    ("regexFindAll", "string string int", _regex, "find_all", PURE),
    ("mustRegexFindAll", "string string int", _regex, "must_find_all", PURE),
    ("regexFind", "string string", _regex, "find", PURE),
    ("mustRegexFind", "string string", _regex, "must_find", PURE),
    ("regexReplaceAll", "string string string", _regex, "replace_all", PURE),
    ("mustRegexReplaceAll", "string string string", _regex, "must_replace_all", PURE),
    ("regexReplaceAllLiteral", "string string string", _regex, "replace_all_literal", PURE),
    ("mustRegexReplaceAllLiteral", "string string string", _regex, "must_replace_all_literal", PURE),
    ("regexSplit", "string string int", _regex, "split", PURE),
    ("mustRegexSplit", "string string int", _regex, "must_split", PURE),
    ("regexQuoteMeta", "string", _regex, "quote_meta", PURE),
    # URLs
    ("urlParse", "string", _urls, "url_parse", PURE),
    ("urlJoin", "map", _urls, "url_join", PURE),
    # dates
    ("now", "", _dates, "now", CHANCE),
    ("ago", "any", _dates, "ago", CHANCE),
    ("date", "string any", _dates, "date", LOCAL),
    ("dateInZone", "string any string", _dates, "date_in_zone", LOCAL),
    ("date_in_zone", "string any string", _dates, "date_in_zone", LOCAL),
    ("htmlDate", "any", _dates, "html_date", LOCAL),
    ("htmlDateInZone", "any string", _dates, "html_date_in_zone", LOCAL),
    ("dateModify", "string time", _dates, "date_modify", PURE),
    ("date_modify", "string time", _dates, "date_modify", PURE),
    ("mustDateModify", "string time", _dates, "must_date_modify", PURE),
    ("must_date_modify", "string time", _dates, "must_date_modify", PURE),
    ("toDate", "string string", _dates, "to_date", LOCAL),
    ("mustToDate", "string string", _dates, "must_to_date", LOCAL),
    ("unixEpoch", "time", _dates, "unix_epoch", PURE),
    ("durationRound", "any", _dates, "duration_round", LOCAL),
    # durations: sprig's, then Helm 4's
    ("duration", "any", _durations, "duration", PURE),
    ("mustToDuration", "any", _durations, "must_to_duration", PURE),
    ("durationSeconds", "any", _durations, "seconds", PURE),
    ("durationMilliseconds", "any", _durations, "milliseconds", PURE),
    ("durationMicroseconds", "any", _durations, "microseconds", PURE),
    ("durationNanoseconds", "any", _durations, "nanoseconds", PURE),
    ("durationMinutes", "any", _durations, "minutes", PURE),
    ("durationHours", "any", _durations, "hours", PURE),
    ("durationDays", "any", _durations, "days", PURE),
    ("durationWeeks", "any", _durations, "weeks", PURE),
    ("durationRoundTo", "any any", _durations, "round_to", PURE),
    ("durationTruncateTo", "any any", _durations, "truncate_to", PURE),
    # keys, certificates, passwords
    ("bcrypt", "string", _crypto, "bcrypt_hash", CHANCE),
    ("htpasswd", "string string", _crypto, "htpasswd", CHANCE),
    ("genPrivateKey", "string", _crypto, "gen_private_key", CHANCE),
    ("derivePassword", "uint32 string string string string", _crypto, "derive_password", PURE),
    ("buildCustomCert", "string string", _crypto, "build_custom_cert", PURE),
    ("genCA", "string int", _crypto, "gen_ca", CHANCE),
    ("genCAWithKey", "string int string", _crypto, "gen_ca_with_key", CHANCE),
    ("genSelfSignedCert", "string list list int", _crypto, "gen_self_signed_cert", CHANCE),
    ("genSelfSignedCertWithKey", "string list list int string", _crypto, "gen_self_signed_cert_with_key", CHANCE),
    ("genSignedCert", "string list list int sprig.certificate", _crypto, "gen_signed_cert", CHANCE),
    ("genSignedCertWithKey", "string list list int sprig.certificate string", _crypto, "gen_signed_cert_with_key", CHANCE),
    ("encryptAES", "string string", _crypto, "encrypt_aes", CHANCE),
    ("decryptAES", "string string", _crypto, "decrypt_aes", PURE),
)
# fmt: on


def functions(context: Context | None = None) -> dict[str, Function]:
    """All template functions by name.

    :param context: the clock and the random source of ``now``, ``randAlphaNum`` and others; without one those fail.
    """
    bound = context or Context()
    make_current(bound)
    made = {}
    for name, params, family, attribute, need in _TABLE:
        load = partial(_load, family, attribute, bound if need else None)
        made[name] = Function(name, tuple(params.split()), load, need != CHANCE)
    return made


def _load(family: Callable[[], ModuleType], attribute: str, context: Context | None) -> Callable[..., GoValue]:
    code: Callable[..., GoValue] = getattr(family(), attribute)
    return code if context is None else partial(code, context)
