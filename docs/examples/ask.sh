#!/bin/sh
# Brings an article, asks, and follows the answer as it is written: docs/examples/ask.sh [ADDRESS] [KEY]
set -eu
address=${1:-http://127.0.0.1:8017}
api() { curl --silent --show-error --fail-with-body ${key:+-H "Authorization: Bearer $key"} "$@"; }
key=${2:-}

folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
printf 'The harbour of Tallinn opened on Monday after nine years of work, the port authority said.\n' > "$folder/harbour.txt"
reply=$(api "$address/api/v1/articles" -F "files=@$folder/harbour.txt")
job=$(printf '%s' "$reply" | sed 's/.*"id":"\([^"]*\)".*/\1/')
while case $reply in *'"finished":"'*) false ;; esac; do
  sleep 0.2
  reply=$(api "$address/api/v1/jobs/$job")
done

api "$address/api/v1/ask" --json '{"question": "When did the harbour of Tallinn open?"}'
echo
api -N "$address/api/v1/ask" -H 'Accept: text/event-stream' --json '{"question": "What did Assad ask Russia for?"}'
