// Copyright (c) 2026, the windlass.charts authors
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// The oracle of the differential fuzzer: Helm's own packages behind a pipe.
//
// One line of JSON in is one case, one line of JSON out is its answer, in the order of the cases. Texts travel as base64,
// since templates and values may hold bytes that are no UTF-8. A panic is an answer too; a case that takes longer than
// its time limit is answered by "timeout" and its goroutine is left behind. What cannot be recovered (a stack that
// overflows) ends the process: whoever asks has to start it again.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"runtime/debug"
	"time"
)

type file struct {
	Name string `json:"name"`
	Data []byte `json:"data"`
}

type set struct {
	Kind string `json:"kind"`
	Text []byte `json:"text"`
}

// question is one case. Kind: "files" (what every template renders to), "chart" (what `helm template` prints),
// "values" (values files and --set texts merged, as JSON), "yaml" (a document as JSON and as YAML again), "patch" (the patch
// of client-side apply, see patches.go).
type question struct {
	Kind    string   `json:"kind"`
	Files   []file   `json:"files"`
	Values  [][]byte `json:"values"`
	Sets    []set    `json:"sets"`
	Text    []byte   `json:"text"`
	Seconds float64  `json:"seconds"`
}

// answer: Out on success, Err when Helm refuses, Panic when it would have crashed, Timeout when it took too long.
type answer struct {
	Out     []byte `json:"out"`
	Err     []byte `json:"err,omitempty"`
	Refused bool   `json:"refused"`
	Panic   string `json:"panic,omitempty"`
	Timeout bool   `json:"timeout,omitempty"`
}

func main() {
	if len(os.Args) > 1 {
		fmt.Println(versionOf("helm.sh/helm/v4"))
		return
	}
	slog.SetDefault(slog.New(slog.DiscardHandler))
	log.SetOutput(io.Discard)
	in, out := bufio.NewReaderSize(os.Stdin, 1<<20), bufio.NewWriterSize(os.Stdout, 1<<20)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		encoded, err := json.Marshal(answerTo(line))
		if err != nil {
			panic(err)
		}
		out.Write(append(encoded, '\n'))
		out.Flush() // at once: the next case may end this process
	}
}

func versionOf(module string) string {
	info, _ := debug.ReadBuildInfo()
	for _, dep := range info.Deps {
		if dep.Path == module {
			return dep.Version
		}
	}
	return "unknown"
}

func answerTo(line []byte) answer {
	var q question
	if err := json.Unmarshal(line, &q); err != nil {
		return answer{Panic: "this is no question: " + err.Error()}
	}
	done := make(chan answer, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				done <- answer{Panic: fmt.Sprint(r)}
			}
		}()
		text, err := run(q)
		if err != nil {
			done <- answer{Refused: true, Err: []byte(err.Error())}
			return
		}
		done <- answer{Out: text}
	}()
	select {
	case a := <-done:
		return a
	case <-time.After(time.Duration(q.Seconds * float64(time.Second))):
		return answer{Timeout: true}
	}
}
