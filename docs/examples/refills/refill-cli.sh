#!/bin/sh
# The temporal command: https://docs.temporal.io/cli
set -eu
client_id=$1 refill_id=$2 at=$3
refill="{\"refillId\":\"$refill_id\",\"at\":\"$at\"}"

# A signal: fire and forget. It may be repeated, delayed or reordered without harm.
temporal workflow signal --workflow-id "low-balance:client:$client_id" --name refill --input "$refill"

# An update: waits for a worker, and answers a receipt.
temporal workflow update execute --workflow-id "low-balance:client:$client_id" --name refill --input "$refill"

# Signal-with-start: also where the client is not watched yet.
temporal workflow signal-with-start --workflow-id "low-balance:client:$client_id" \
  --type watchClient --task-queue low-balance --input "{\"clientId\":\"$client_id\"}" \
  --signal-name refill --signal-input "$refill"
