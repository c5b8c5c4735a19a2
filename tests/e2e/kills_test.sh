#!/usr/bin/env bash
# timeout: 600
# full
# A hundred times kill -9 at random instants: nothing that was accepted is lost, doubled or altered,
# what came to pass meanwhile is filled in, and no counter of it falls.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

symbols=(BTC-USD ETH-USD SOL-USD XRP-USD)
start_demo exchange # for its exchange
pairs=$(IFS=,; echo "${symbols[*]}")
cat >"$scratch/streams.yaml" <<END
streams:
  - {name: trade, pairs: [${pairs//,/, }]}
  - {name: spread, pairs: [BTC-USD]}
END
{
  echo 'listen: ["127.0.0.1:0"]'
  echo "data_directory: $scratch/data"
  echo 'recorder: {enabled: false}'
  echo 'store: {spool_segment_bytes: 4MiB}'
  exchange_section "$exchange_url"
} >"$scratch/tickwitness.yaml"
rest=http${exchange_url#ws}
node "$(dirname "$0")/kills.mjs" "$TICKWITNESS" "$scratch/tickwitness.yaml" "${rest%/v2}" \
  "${KILLS:-100}" "${SEED:-6}" "${symbols[@]}"
