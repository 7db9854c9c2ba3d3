#!/usr/bin/env bash
# Lints openapi/ponte.json by Redocly's strictest rule set and asks for its score.
#   openapi/check.sh
# Needs node and npm. Redocly's CLI is installed, pinned, under openapi/.tools (ignored by git).
set -euo pipefail
cd "$(dirname "$0")"

version=2.77.0
least=95
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true npm_config_update_notifier=false
tools=.tools/redocly-$version
if [ ! -x "$tools/node_modules/.bin/redocly" ]; then
    mkdir -p "$tools"
    npm install --prefix "$tools" --no-audit --no-fund --loglevel=error "@redocly/cli@$version" >/dev/null
fi
redocly=$tools/node_modules/.bin/redocly

quiet() { grep -v -e '║' -e '╔' -e '╚' || true; } # the CLI's notice about Node's version

echo "lint (recommended-strict)"
$redocly lint ponte.json --config redocly.yaml 2>&1 | quiet
echo "score (at least $least)"
$redocly score ponte.json --config redocly.yaml --format json 2>/dev/null | node -e '
    const text = require("fs").readFileSync(0, "utf8");
    const report = JSON.parse(text.slice(text.indexOf("{")));
    const operations = Object.entries(report.rawMetrics.operations);
    const bare = operations
        .filter(([, facts]) => !facts.responseExamplePresent || (facts.requestBodyPresent && !facts.requestExamplePresent))
        .map(([id]) => id);
    console.log(`  ${report.agentReadiness} over ${operations.length} operations`);
    if (bare.length) console.error("  without an example: " + bare.join(", "));
    if (report.agentReadiness < Number(process.argv[1])) console.error("  the score is too low");
    process.exit(bare.length || report.agentReadiness < Number(process.argv[1]) ? 1 : 0);
' "$least"
