#!/bin/bash -eu
# Builds every fuzz target of khp for OSS-Fuzz, with seeds and a dictionary. A test in this directory checks that no target is missing.

# The native targets are compiled against a stand-in for package testing, which has to be in go.mod.
printf 'package fuzz\n\nimport _ "github.com/AdamKorcz/go-118-fuzz-build/testing"\n' > fuzz/zz_oss_fuzz.go
go mod tidy

go run ./fuzz/export "$WORK/corpus"

# target PACKAGE FUNCTION [KIND...]: KIND is a directory of the exported corpus, for targets that take their input as it is.
target() {
  local package=$1 name=$2
  shift 2
  compile_native_go_fuzzer "example.com/khp/$package" "$name" "$name"
  cp "$WORK/corpus/khp.dict" "$OUT/$name.dict"
  for kind in "$@"; do
    if [ -d "$WORK/corpus/$kind" ]; then
      (cd "$WORK/corpus/$kind" && find . -type f | zip -q -@ "$OUT/${name}_seed_corpus.zip")
    fi
  done
}

target fuzz FuzzParseRequest request generated/request
target fuzz FuzzParseResponse response generated/response
target fuzz FuzzRoundTrip
target fuzz FuzzSplit
target fuzz FuzzExtensions extensions
target fuzz FuzzTokens tokens
target fuzz FuzzChallenges challenges
target fuzz FuzzDigest challenges
target fuzz FuzzURL
target fuzz FuzzRedact
target fuzz FuzzCredentials
target fuzz FuzzAssembler
target fuzz FuzzClient
target fuzz FuzzServer
target fuzz FuzzPair
target fuzz FuzzPingPong
target fuzz/differential FuzzDiffRequest request generated/request
target fuzz/differential FuzzDiffResponse response generated/response
target fuzz/differential FuzzDiffURL
target fuzz/differential FuzzDiffRetryAfter
target fuzz/differential FuzzDiffBasic
