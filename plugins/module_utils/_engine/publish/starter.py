# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The files of a new chart, in which ``<CHARTNAME>`` stands for its name.

It installs a web server as an unprivileged user. It has a schema, a test and a README, and ``helm lint`` has no remark about it. The files
are texts of Python, since Ansible transfers no other files to a host.
"""

from __future__ import annotations

import json

from ..aliases import Json, JsonObject

#: stands for the name of the chart, as in the starters of Helm
PLACEHOLDER = "<CHARTNAME>"

_IGNORE = """\
# Files that are not part of the packaged chart. One pattern per line; "**" is not supported.
.git/
.github/
.gitlab-ci.yml
.gitignore
.vscode/
.idea/
.DS_Store
*.tgz.prov
*.orig
*.bak
*.swp
*~
/*.tgz
"""

_CHART = """\
apiVersion: v2
name: <CHARTNAME>
description: Runs <CHARTNAME> on Kubernetes
type: application
# The version of the chart. Increase it with every change of the chart (https://semver.org).
version: 0.1.0
# The version of the application. It is the default tag of the image.
appVersion: "1.29"
icon: "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'%3E%3Cpath d='M1 3h6L6 7H2z'/%3E%3C/svg%3E"
"""

_README = """\
# <CHARTNAME>

Installs a Deployment with a Service, and optionally an Ingress and a HorizontalPodAutoscaler.

```console
$ helm install my-release ./<CHARTNAME> --namespace my-namespace --create-namespace
$ helm test my-release --namespace my-namespace
```

With Ansible:

```yaml
- name: Install <CHARTNAME>
  windlass.charts.chart_release:
    name: my-release
    namespace: my-namespace
    create_namespace: true
    chart_ref: ./<CHARTNAME>
    wait: true
```

## Values

| value | default | description |
|---|---|---|
| `replicas` | `1` | number of pods; has no effect with `autoscaling.enabled` |
| `image.repository` | `docker.io/nginxinc/nginx-unprivileged` | image without a tag |
| `image.tag` | `""` | tag of the image; the `appVersion` of the chart if it is empty |
| `image.digest` | `""` | digest of the image, such as `sha256:...`; replaces the tag |
| `image.pullPolicy` | `IfNotPresent` | when the image is pulled |
| `imagePullSecrets` | `[]` | names of Secrets for the registry |
| `nameOverride` | `""` | replaces the name of the chart in names of objects |
| `fullnameOverride` | `""` | replaces the whole name of objects |
| `containerPort` | `8080` | port on which the application listens |
| `healthPath` | `/` | path of the probes |
| `env` | `{}` | environment variables |
| `resources` | requests of 10m CPU and 32Mi, limit of 64Mi | resources of the container |
| `podAnnotations`, `podLabels` | `{}` | annotations and labels of the pods |
| `nodeSelector`, `tolerations`, `affinity` | empty | which nodes run the pods |
| `serviceAccount.create` | `true` | whether to create a ServiceAccount |
| `serviceAccount.name` | `""` | name of the ServiceAccount |
| `serviceAccount.annotations` | `{}` | annotations of the ServiceAccount |
| `service.type` | `ClusterIP` | type of the Service |
| `service.port` | `80` | port of the Service |
| `ingress.enabled` | `false` | whether to create an Ingress |
| `ingress.className` | `""` | name of the IngressClass |
| `ingress.annotations` | `{}` | annotations of the Ingress |
| `ingress.host` | `<CHARTNAME>.example.com` | host name |
| `ingress.path` | `/` | path prefix |
| `ingress.tlsSecret` | `""` | Secret with the certificate; without one there is no TLS |
| `autoscaling.enabled` | `false` | whether to create a HorizontalPodAutoscaler |
| `autoscaling.minReplicas`, `autoscaling.maxReplicas` | `1`, `5` | number of pods |
| `autoscaling.cpuUtilization` | `80` | target in percent of the requested CPU |

`values.schema.json` describes all values. Helm refuses values that do not match it, for example misspelled names.
"""

_VALUES = """\
# Default values of <CHARTNAME>. values.schema.json describes their types; README.md lists them.

# Number of pods. Has no effect if autoscaling is enabled.
replicas: 1

image:
  repository: docker.io/nginxinc/nginx-unprivileged
  # The appVersion of the chart is used if this is empty.
  tag: ""
  # For example sha256:... Replaces the tag.
  digest: ""
  pullPolicy: IfNotPresent

# Names of Secrets with credentials for the registry.
imagePullSecrets: []

nameOverride: ""
fullnameOverride: ""

# The port on which the application listens.
containerPort: 8080
# The path that the readiness and liveness probes request.
healthPath: /
# Environment variables, for example LOG_LEVEL: info
env: {}

resources:
  requests:
    cpu: 10m
    memory: 32Mi
  limits:
    memory: 64Mi

podAnnotations: {}
podLabels: {}
nodeSelector: {}
tolerations: []
affinity: {}

serviceAccount:
  create: true
  # The name of the objects is used if this is empty.
  name: ""
  annotations: {}

service:
  type: ClusterIP
  port: 80

ingress:
  enabled: false
  className: ""
  annotations: {}
  host: <CHARTNAME>.example.com
  path: /
  # A Secret of type kubernetes.io/tls.
  tlsSecret: ""

autoscaling:
  enabled: false
  minReplicas: 1
  maxReplicas: 5
  # Percent of the requested CPU.
  cpuUtilization: 80
"""

_HELPERS = """\
{{/* The name of the application, in the label app.kubernetes.io/name. */}}
{{- define "<CHARTNAME>.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* The name of the objects: the release and the application, unless the release already has the name of the application. */}}
{{- define "<CHARTNAME>.fullname" -}}
{{- $name := include "<CHARTNAME>.name" . }}
{{- $both := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) }}
{{- .Values.fullnameOverride | default $both | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* The labels that select the pods. They must not change during the life of a Deployment. */}}
{{- define "<CHARTNAME>.selector" -}}
app.kubernetes.io/name: {{ include "<CHARTNAME>.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{/* The labels of all objects. */}}
{{- define "<CHARTNAME>.labels" -}}
{{ include "<CHARTNAME>.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | replace "+" "_" | trunc 63 | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* The image with its digest or its tag. */}}
{{- define "<CHARTNAME>.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{/* The name of the ServiceAccount. */}}
{{- define "<CHARTNAME>.account" -}}
{{- .Values.serviceAccount.name | default (ternary (include "<CHARTNAME>.fullname" .) "default" .Values.serviceAccount.create) }}
{{- end }}
"""

_NOTES = """\
{{- $name := include "<CHARTNAME>.fullname" . -}}
{{ .Chart.Name }} {{ .Chart.Version }} is installed as {{ .Release.Name }} in the namespace {{ .Release.Namespace }}.
{{ if .Values.ingress.enabled }}
Open {{ ternary "https" "http" (not (empty .Values.ingress.tlsSecret)) }}://{{ .Values.ingress.host }}{{ .Values.ingress.path }}
{{- else }}
The Service {{ $name }} listens on port {{ .Values.service.port }} inside the cluster. To reach it from this machine:

  kubectl --namespace {{ .Release.Namespace }} port-forward service/{{ $name }} 8080:{{ .Values.service.port }}
{{- end }}
"""

_AUTOSCALER = """\
{{- if .Values.autoscaling.enabled }}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ include "<CHARTNAME>.fullname" . }}
  labels:
    {{- include "<CHARTNAME>.labels" . | nindent 4 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "<CHARTNAME>.fullname" . }}
  minReplicas: {{ .Values.autoscaling.minReplicas }}
  maxReplicas: {{ .Values.autoscaling.maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: {{ .Values.autoscaling.cpuUtilization }}
{{- end }}
"""

_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "<CHARTNAME>.fullname" . }}
  labels:
    {{- include "<CHARTNAME>.labels" . | nindent 4 }}
spec:
  {{- if not .Values.autoscaling.enabled }}
  replicas: {{ .Values.replicas }}
  {{- end }}
  selector:
    matchLabels:
      {{- include "<CHARTNAME>.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "<CHARTNAME>.selector" . | nindent 8 }}
        {{- with .Values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with .Values.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      serviceAccountName: {{ include "<CHARTNAME>.account" . }}
      automountServiceAccountToken: false
      {{- with .Values.imagePullSecrets }}
      imagePullSecrets:
        {{- range . }}
        - name: {{ . }}
        {{- end }}
      {{- end }}
      securityContext:
        runAsNonRoot: true
        seccompProfile:
          type: RuntimeDefault
      containers:
        - name: {{ include "<CHARTNAME>.name" . | quote }}
          image: {{ include "<CHARTNAME>.image" . | quote }}
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: [ALL]
          ports:
            - name: http
              containerPort: {{ .Values.containerPort }}
          {{- with .Values.env }}
          env:
            {{- range $name, $value := . }}
            - name: {{ $name }}
              value: {{ $value | quote }}
            {{- end }}
          {{- end }}
          readinessProbe:
            httpGet:
              path: {{ .Values.healthPath }}
              port: http
          livenessProbe:
            httpGet:
              path: {{ .Values.healthPath }}
              port: http
            initialDelaySeconds: 10
          {{- with .Values.resources }}
          resources:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          volumeMounts:
            - name: tmp
              mountPath: /tmp
      volumes:
        - name: tmp
          emptyDir: {}
      {{- with .Values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.affinity }}
      affinity:
        {{- toYaml . | nindent 8 }}
      {{- end }}
"""

_INGRESS = """\
{{- if .Values.ingress.enabled }}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ include "<CHARTNAME>.fullname" . }}
  labels:
    {{- include "<CHARTNAME>.labels" . | nindent 4 }}
  {{- with .Values.ingress.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- with .Values.ingress.className }}
  ingressClassName: {{ . }}
  {{- end }}
  {{- with .Values.ingress.tlsSecret }}
  tls:
    - secretName: {{ . }}
      hosts: [{{ $.Values.ingress.host | quote }}]
  {{- end }}
  rules:
    - host: {{ .Values.ingress.host | quote }}
      http:
        paths:
          - path: {{ .Values.ingress.path }}
            pathType: Prefix
            backend:
              service:
                name: {{ include "<CHARTNAME>.fullname" . }}
                port:
                  name: http
{{- end }}
"""

_SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: {{ include "<CHARTNAME>.fullname" . }}
  labels:
    {{- include "<CHARTNAME>.labels" . | nindent 4 }}
spec:
  type: {{ .Values.service.type }}
  selector:
    {{- include "<CHARTNAME>.selector" . | nindent 4 }}
  ports:
    - name: http
      port: {{ .Values.service.port }}
      targetPort: http
"""

_SERVICE_ACCOUNT = """\
{{- if .Values.serviceAccount.create }}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "<CHARTNAME>.account" . }}
  labels:
    {{- include "<CHARTNAME>.labels" . | nindent 4 }}
  {{- with .Values.serviceAccount.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: false
{{- end }}
"""

_TEST = """\
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ include "<CHARTNAME>.fullname" . | trunc 58 | trimSuffix "-" }}-test
  labels:
    {{- include "<CHARTNAME>.labels" . | nindent 4 }}
  annotations:
    helm.sh/hook: test
    helm.sh/hook-delete-policy: before-hook-creation
spec:
  backoffLimit: 2
  template:
    metadata:
      labels:
        app.kubernetes.io/component: test
    spec:
      restartPolicy: Never
      automountServiceAccountToken: false
      securityContext:
        runAsNonRoot: true
        runAsUser: 65534
        seccompProfile:
          type: RuntimeDefault
      containers:
        - name: connection
          image: docker.io/library/busybox:1.37
          command: [wget, -q, -O, /dev/null]
          args: ["http://{{ include "<CHARTNAME>.fullname" . }}:{{ .Values.service.port }}{{ .Values.healthPath }}"]
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: [ALL]
"""

_TEXT = {"type": "string"}
_TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
_PORT = {"type": "integer", "minimum": 1, "maximum": 65535}
_PATH = {"type": "string", "pattern": "^/"}
_SWITCH = {"type": "boolean"}
_NAME = {"type": "string", "minLength": 1}


def _table(**properties: Json) -> JsonObject:
    return {"type": "object", "additionalProperties": False, "properties": properties}


_SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": f"Values of {PLACEHOLDER}",
    **_table(
        **{"global": {"type": "object"}},
        replicas={"type": "integer", "minimum": 0},
        image=_table(
            repository=_NAME,
            tag=_TEXT,
            digest={"type": "string", "pattern": "^(sha256:[0-9a-f]{64})?$"},
            pullPolicy={"enum": ["Always", "IfNotPresent", "Never"]},
        ),
        imagePullSecrets={"type": "array", "items": _NAME},
        nameOverride=_TEXT,
        fullnameOverride=_TEXT,
        containerPort=_PORT,
        healthPath=_PATH,
        env={"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}},
        resources={"type": "object"},
        podAnnotations=_TEXTS,
        podLabels=_TEXTS,
        nodeSelector=_TEXTS,
        tolerations={"type": "array", "items": {"type": "object"}},
        affinity={"type": "object"},
        serviceAccount=_table(create=_SWITCH, name=_TEXT, annotations=_TEXTS),
        service=_table(type={"enum": ["ClusterIP", "NodePort", "LoadBalancer"]}, port=_PORT),
        ingress=_table(enabled=_SWITCH, className=_TEXT, annotations=_TEXTS, host=_NAME, path=_PATH, tlsSecret=_TEXT),
        autoscaling=_table(
            enabled=_SWITCH,
            minReplicas={"type": "integer", "minimum": 1},
            maxReplicas={"type": "integer", "minimum": 1},
            cpuUtilization={"type": "integer", "minimum": 1},
        ),
    ),
}

FILES = {
    ".helmignore": _IGNORE,
    "Chart.yaml": _CHART,
    "README.md": _README,
    "templates/NOTES.txt": _NOTES,
    "templates/_helpers.tpl": _HELPERS,
    "templates/autoscaler.yaml": _AUTOSCALER,
    "templates/deployment.yaml": _DEPLOYMENT,
    "templates/ingress.yaml": _INGRESS,
    "templates/service.yaml": _SERVICE,
    "templates/serviceaccount.yaml": _SERVICE_ACCOUNT,
    "templates/tests/connection.yaml": _TEST,
    "values.schema.json": json.dumps(_SCHEMA, indent=2) + "\n",
    "values.yaml": _VALUES,
}
