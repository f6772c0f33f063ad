{{ define "same.file" }}only{{ end -}}
{{ define "by.order" }}_a{{ end -}}
{{ define "parent.wins" }}parent {{ .Values.who }}{{ end -}}
{{ define "loose" -}} text {{- end -}}
{{ define "empty" }}{{ end -}}
{{ define "filled" }}filled{{ end -}}
