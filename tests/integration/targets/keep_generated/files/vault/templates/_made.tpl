{{- define "vault.made" }}
{{- if not .Values.made }}
{{- $host := printf "vault.%s.svc" .Release.Namespace }}
{{- $ca := genCA "vault-ca" 365 }}
{{- $cert := genSignedCert $host nil (list $host) 365 $ca }}
{{- $_ := set .Values "made" (dict "password" (randAlphaNum 24) "ca" $ca "cert" $cert) }}
{{- end }}
{{- end }}
