#!/usr/bin/env bash
# What the server says of itself, beside what its clients saw: sizes of bodies, beside what curl sent
# and got; protobuf as asked for, compressed or not; how late timers ran, beside a pause of the process.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

start_demo serving
sleep 3 # until every family is there: a rate needs seconds to be observed over

# Bodies. Nobody else posts, nobody else asks for the API.
: >"$scratch/posted"
for size in 0 1 100 101 2000 60000; do
  head -c "$size" /dev/zero >"$scratch/body"
  curl -s -X POST -H 'Content-Type: text/plain' --data-binary "@$scratch/body" "$url/health" \
    -o /dev/null -w '%{size_upload} %{size_download}\n' >>"$scratch/posted"
done
curl -s "$url/metrics" >"$scratch/text"
value() { awk -v name="$1" 'index($0, name " ") == 1 { print $NF }' "$scratch/text"; }
size=tickwitness_http_request_size_bytes
post='{method="POST",route="other"}'
expect_equal "posts" 6 "$(value "${size}_count$post")"
expect_equal "bytes posted" "$(awk '{ sum += $1 } END { print sum }' "$scratch/posted")" \
  "$(value "${size}_sum$post")"
for bound in 100.0 1000.0 10000.0 100000.0 1e+06; do
  expect_equal "posts of up to $bound bytes" \
    "$(awk -v bound="$bound" '$1 <= bound + 0 { n++ } END { print n + 0 }' "$scratch/posted")" \
    "$(value "http_request_size_bytes_bucket{method=\"POST\",endpoint=\"other\",le=\"$bound\"}")"
done
expect_equal "the same under kiro's bounds" 4 \
  "$(value 'kiro_bot_http_request_size_bytes_bucket{method="POST",route="other",le="128.0"}')"
expect_equal "bytes answered" "$(awk '{ sum += $2 } END { print sum }' "$scratch/posted")" \
  "$(value "tickwitness_http_response_size_bytes_sum$post")"
expect_equal "one scrape at a time, and this is it" 1 "$(value kiro_bot_http_requests_in_flight)"

# Protobuf has the families of the text, plain and compressed.
accept='Accept: application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited'
names() { # of a delimited answer on stdin
  node -e '
    const bytes = require("fs").readFileSync(0);
    let at = 0;
    const number = () => {
      for (let value = 0, scale = 1; ; scale *= 128) {
        const byte = bytes[at++];
        value += (byte % 128) * scale;
        if (byte < 128) return value;
      }
    };
    while (at < bytes.length) {
      const size = number();
      const end = at + size;
      if (bytes[at++] !== 10) throw new Error("a family begins with its name");
      const length = number();
      console.log(bytes.toString("latin1", at, at + length));
      at = end;
    }
    if (at !== bytes.length) throw new Error("cut off");'
}
sed -n 's/^# TYPE \([^ ]*\) .*/\1/p' "$scratch/text" >"$scratch/expected"
type=$(curl -sf -H "$accept" "$url/metrics" -o "$scratch/plain" -w '%{content_type}')
expect_equal "type of protobuf" \
  'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited' "$type"
names <"$scratch/plain" | cmp - "$scratch/expected" || fail "protobuf has other families"
curl -sf -H "$accept" -H 'Accept-Encoding: gzip' "$url/metrics" | gzip -dc | names |
  cmp - "$scratch/expected" || fail "protobuf by gzip has other families"
curl -sf -H "$accept" -H 'Accept-Encoding: zstd' "$url/metrics" | zstd -dcq | names |
  cmp - "$scratch/expected" || fail "protobuf by zstd has other families"

# Timers of a process that stands still for two seconds are late by more than one.
late() { # LOOP: timers that ran more than a second late
  curl -sf "$url/metrics" | awk -v loop="loop=\"$1\"" '
    index($0, "kiro_bot_event_loop_lag_seconds") == 1 && index($0, loop) {
      if (/_count/) all = $NF
      if (/le="1.0"/) upto = $NF
    }
    END { print all - upto }'
}
main=$(late main)
engine=$(late engine)
kill -STOP "$demo_pid"
sleep 2.5
kill -CONT "$demo_pid"
is_later() { [ "$(late main)" -gt "$main" ] && [ "$(late engine)" -gt "$engine" ]; }
eventually 10 is_later || fail "late: $main and $engine before, $(late main) and $(late engine) after"
