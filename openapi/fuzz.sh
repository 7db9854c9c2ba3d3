#!/usr/bin/env bash
# Fuzzes a gateway in test mode with schemathesis, an independent OpenAPI tester: all phases, all checks.
#   openapi/fuzz.sh BASE_URL KEY [short|full]
# BASE_URL and KEY are what `ponte demo` prints. The gateway's records are changed: never point it at a real one.
# short takes about two minutes, full (the default) as long as it takes. Needs python3 with venv; schemathesis is
# installed, pinned, under openapi/.tools (ignored by git).
set -euo pipefail
cd "$(dirname "$0")"

if [ $# -lt 2 ]; then
    sed -n '2,6s/^# \{0,1\}//p' fuzz.sh
    exit 2
fi
base=${1%/} key=$2 form=${3:-full}
case $form in
    short) examples=8 ;;
    full) examples=80 ;;
    *) echo "the third word is short or full" && exit 2 ;;
esac

version=4.32.5
tools=.tools/schemathesis-$version
if [ ! -x "$tools/bin/schemathesis" ]; then
    python3 -m venv "$tools"
    "$tools/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$version"
fi

# Three runs. In the first a 5xx is a failure, whatever it says. The second makes tenants with ERPs that nobody answers
# for, so the operations that would ask them are left out. In the third a DELETE is no end: a revoked key stays listed,
# as revoked, since who had it is part of the trail.
run() { # name, filters
    local name=$1
    shift
    echo "== $name ($form)"
    PONTE_KEY=$key PYTHONPATH=. "$tools/bin/schemathesis" --config-file schemathesis.toml run "$base/openapi.json" \
        --max-examples "$examples" --warnings off "$@" || failed=1
}
failed=0
reset() { curl --silent --show-error --fail --output /dev/null -X POST -H "Authorization: Bearer $key" "$base/v1/test/reset"; }
reset
run "platforms" --exclude-tag Tenants --exclude-tag Keys --exclude-tag "Test mode" --checks all
reset
run "tenants" --include-tag Tenants --include-tag "Test mode" --include-tag Vendors --checks all
reset
run "keys" --include-tag Keys --checks all --exclude-checks use_after_free
exit "$failed"
