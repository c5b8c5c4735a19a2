#!/usr/bin/env bash
# timeout: 600
# full
# alone
# A hundred times kill -9 at random instants, while some trades a second come and now and then some
# hundreds: nothing that was accepted is lost, doubled or altered, what came to pass meanwhile is
# filled in, no counter of it falls, and each goes on at what had been accepted.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# Short, because the exchange keeps the newest 2,000 trades of a market to be asked for.
floods=()
for second in $(seq 5 8 400); do floods+=(--fault "flood@${second}s+700ms"); done
start_demo exchange --pairs 8 "${floods[@]}" # for its exchange
mapfile -t symbols < <(trade_symbols)
{
  echo 'streams:'
  echo "  - {name: trade, pairs: [$(IFS=,; echo "${symbols[*]}")]}"
  echo '  - {name: spread, pairs: [BTC-USD]}'
} >"$scratch/streams.yaml"
{
  echo 'listen: ["127.0.0.1:0"]'
  echo "data_directory: $scratch/data"
  echo 'recorder: {enabled: false}'
  echo 'store: {spool_segment_bytes: 4MiB}'
  exchange_section "$exchange_url"
} >"$scratch/tickwitness.yaml"
mkdir "$scratch/data"
rest=http${exchange_url#ws}
node "$(dirname "$0")/kills.mjs" "$TICKWITNESS" "$scratch/tickwitness.yaml" "${rest%/v2}" \
  "${KILLS:-100}" "${SEED:-6}" "${symbols[@]}"
