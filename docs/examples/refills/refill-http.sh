#!/bin/sh
# Temporal's HTTP API, for anything that speaks HTTP. The address is that of the frontend's HTTP port.
set -eu
client_id=$1 refill_id=$2 at=$3
workflow="${TEMPORAL_HTTP:-http://localhost:7243}/api/v1/namespaces/${TEMPORAL_NAMESPACE:-default}/workflows/low-balance:client:$client_id"

# A signal: fire and forget. It may be repeated, delayed or reordered without harm.
curl --fail-with-body -sS -X POST "$workflow/signal/refill" -H 'Content-Type: application/json' \
  -d "{\"input\":[{\"refillId\":\"$refill_id\",\"at\":\"$at\"}]}"
