{{ define "outer" }}
{{ include "middle" . }}
{{ end -}}
{{- define "middle" }}
  {{ with .Values }}{{ include "inner" . }}{{ end }}
{{ end -}}
{{- define "inner" }}{{ .why.not }}{{ end -}}
{{- define "calls" }}{{ fail "from within" }}{{ end -}}
{{- define "needs" }}{{ required "needed within" .Values.none }}{{ end -}}
{{- define "number" }}{{ index .Values.list 3 }}{{ end -}}
{{- define "plain" }}{{ template "inner" .Values }}{{ end -}}
{{- define "tpled" }}{{ tpl "{{ include \"inner\" .Values }}" . }}{{ end -}}
