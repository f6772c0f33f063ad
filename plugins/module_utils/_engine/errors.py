# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Every error the engine and its adapters raise, sorted by who can act on it.

EngineError
├── ChartError                    the chart's author
│   ├── ChartLoadError              a file of the chart is missing, malformed or unsafe
│   ├── TemplateError               a template
│   │   ├── TemplateParseError        does not parse
│   │   └── TemplateExecError         fails while it runs
│   └── ManifestError               rendered text is not a Kubernetes object
├── OperatorError                 the author of the task
│   ├── OptionError                 an option, or two that do not go together
│   │   └── NotBuiltYet               a feature that this version refuses by name
│   ├── ValuesError                 values, a values file, a --set text
│   │   └── SchemaError               values that the chart's schema refuses
│   ├── ReleaseError                the release is not in a state that allows it
│   │   ├── ReleaseNotFound
│   │   └── ReleaseBusy                another operation is under way
│   ├── VerificationError           a chart is not what its signature or the required checksum says
│   └── ChartNotFound               no such chart, version or repository entry
├── RemoteError                   the administrator of the cluster or the repository
│   ├── RepositoryError             a chart repository or a URL
│   └── ClusterError                the API server, or the connection to it
│       ├── ClusterConfigError        kubeconfig, context, credentials on the client's host
│       ├── Unreachable               no answer
│       ├── CertificateRefused        TLS
│       ├── Unauthorized              401
│       ├── Forbidden                 403
│       ├── NotFound                  404 of an object
│       ├── UnknownKind               the server does not serve this apiVersion and kind
│       ├── AlreadyExists             409 on create
│       ├── Conflict                  409 on apply or update
│       ├── Rejected                  400, 413, 422, a refusal by an admission webhook
│       ├── ServerBusy                429, 5xx after the retries
│       │   └── KindUnavailable             the API that serves this kind is down, so whether it is served is unknown
│       └── WaitTimeout               objects did not become ready, or were not deleted, in time
└── InternalError                 the authors of this collection: a bug, please report it

Rules of this file: an error carries facts in ``fields``; its message is one sentence in the words of this collection; where Helm
words the same error, Helm's text is in ``helm``, so that both are available (``scripts/chart_template`` prints Helm's).
A message never holds a secret: the code that raises the error masks it first.
"""

from __future__ import annotations

from .aliases import Json, JsonObject


class EngineError(Exception):
    """Base class. ``str(error)`` is one sentence: what is wrong, where, what to do.

    :param message: that sentence.
    :param helm: Helm's wording without the leading ``Error: ``, where Helm has one.
    :param fields: the facts of the message (template, line, column, option, object, manager ...), JSON types only.
    """

    def __init__(self, message: str, *, helm: str | None = None, **fields: Json) -> None:
        if "interface {}" in message or "map[string]" in message or "into Go " in message:
            from .go_words import plain_types  # late: few messages quote Go

            message = plain_types(message)
        super().__init__(message)
        self.message = message
        self.helm = helm
        self.fields: JsonObject = fields

    def __str__(self) -> str:
        return self.message

    @property
    def helm_message(self) -> str:
        """Helm's wording, or this collection's where Helm has none."""
        return self.helm if self.helm is not None else self.message


class ChartError(EngineError):
    """The chart's author can act."""


class ChartLoadError(ChartError):
    """A file of the chart is missing, malformed or unsafe. Fields: ``chart``, ``file``, ``line``.

    The message may quote names and texts of a chart from anywhere: it is cut to 1,000 printable characters in one line.
    """

    def __init__(self, message: str, *, helm: str | None = None, **fields: Json) -> None:
        from .plain_text import plain_text  # late: most charts load

        super().__init__(plain_text(message, 1000), helm=helm, **fields)


class TemplateError(ChartError):
    """A template.

    Fields: ``template``, ``line``, ``column``, ``expression``, ``chain`` (list of the includes that led there). ``go_message`` is the text
    that Go's text/template gives, in one line.
    """

    go_message: str = ""


class TemplateParseError(TemplateError):
    """A template does not parse."""


class TemplateExecError(TemplateError):
    """A template fails while it runs.

    ``go_chain``: the text of each level of Go's wrapped errors, outermost first. ``location``: ``name:line:column`` of the outermost
    template. ``function_error``: what the innermost function answered, ``None`` where the template itself was wrong.
    """

    go_chain: list[str] = []  # noqa: RUF012  # replaced, never changed
    location: str = ""
    function_error: Exception | None = None
    #: Helm's words quote values, which may be secret
    quotes_values: bool = False


class ManifestError(ChartError):
    """Rendered text is not a Kubernetes object. Fields: ``template``, ``line``."""


class OperatorError(EngineError):
    """The author of the task can act."""


class OptionError(OperatorError):
    """An option, or two that do not go together. Fields: ``option``."""


class NotBuiltYet(OptionError):
    """A feature that this version knows and refuses by name, before anything is written.

    Fields: ``feature``.
    """


class ValuesError(OperatorError):
    """Values, a values file, a ``--set`` text. Fields: ``source``, ``path``, ``line``."""


class SchemaError(ValuesError):
    """Values that the chart's schema refuses.

    Fields: ``findings`` (list of ``{chart, path, message}``, all of them).
    """


class ReleaseError(OperatorError):
    """The release is not in a state that allows it.

    Fields: ``release``, ``namespace``, ``revision``, ``status``.
    """


class ReleaseNotFound(ReleaseError):
    """No record of that release, or of that revision."""


class ReleaseBusy(ReleaseError):
    """Another operation is under way on this release."""


class VerificationError(OperatorError):
    """A chart that is not what its signature or the required checksum says, or that cannot be verified.

    Fields: ``chart``, ``reason`` (one of the constants in ``_engine/publish/provenance.py``), ``key`` (a fingerprint).
    """


class ChartNotFound(OperatorError):
    """No such chart, version or repository entry. Fields: ``chart``, ``version``, ``repository``."""


class RemoteError(EngineError):
    """The administrator of the cluster or of the repository can act."""


class RepositoryError(RemoteError):
    """A chart repository or a URL. Fields: ``url``, ``status``."""


class ClusterError(RemoteError):
    """The API server, or the way to it.

    Fields: ``host``, ``verb``, ``object``, ``status`` (HTTP), ``reason``.
    """


class ClusterConfigError(ClusterError):
    """kubeconfig, context or credentials on the client's host. Fields: ``kubeconfig``, ``context``."""


class Unreachable(ClusterError):
    """No answer from the API server."""


class CertificateRefused(ClusterError):
    """The TLS handshake failed."""


class Unauthorized(ClusterError):
    """401: the server does not accept the credentials."""


class Forbidden(ClusterError):
    """403: the identity may not. Fields: ``verb``, ``resource``, ``namespace``, ``user``."""


class NotFound(ClusterError):
    """404 of an object."""


class UnknownKind(ClusterError):
    """The server serves no such apiVersion and kind. Fields: ``api_version``, ``kind``."""


class AlreadyExists(ClusterError):
    """409 on create."""


class Conflict(ClusterError):
    """409 on apply or update. Fields: ``conflicts`` (list of ``{manager, field}``)."""


class Rejected(ClusterError):
    """400, 413, 422 or an admission webhook's no. Fields: ``causes`` (list of ``{field, message}``)."""


class ServerBusy(ClusterError):
    """429 or 5xx, after the retries."""


class KindUnavailable(ServerBusy):
    """The API that serves this kind does not answer now, so objects of the kind may exist.

    Fields: ``api_version``, ``kind``. Different from ``UnknownKind``, which says that no object of the kind can exist: never treat these
    objects as deleted.
    """


class WaitTimeout(ClusterError):
    """Objects did not become ready, or did not go, in time.

    Fields: ``objects`` (list of ``{object, status, reason}``).
    """


class InternalError(EngineError):
    """A bug in this collection."""
