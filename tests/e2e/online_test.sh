#!/usr/bin/env bash
# check --online against exchanges that are well, and that are not: nothing is started, and what is
# wrong is told in words that help.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# check CODE NAME: with $scratch/NAME.yaml; what it printed is in $scratch/NAME.out.
check() {
  local code=0
  "$TICKWITNESS" check -c "$scratch/$2.yaml" --online >"$scratch/$2.out" 2>&1 || code=$?
  expect_equal "$2: exit: $(cat "$scratch/$2.out")" "$1" "$code"
}
# has NAME STEP...: a line of the output with these words first, in this order.
has() {
  local name=$1
  shift
  tr -s ' ' <"$scratch/$name.out" | grep -q "^$* " || fail "$name: no '$*' in: $(cat "$scratch/$name.out")"
}
write_config() { # NAME STREAM_URL REST_URL [PAIRS]
  cat >"$scratch/streams.yaml" <<END
streams:
  - {name: trade, pairs: [BTC-USD]}
END
  cat >"$scratch/$1-streams.yaml" <<END
streams:
  - {name: trade, pairs: [${4:-BTC-USD}]}
END
  cat >"$scratch/$1.yaml" <<END
listen: ["127.0.0.1:0"]
data_directory: $scratch/data
exchanges:
  kraken:
    url: $2
    rest_url: $3
    streams_file: $1-streams.yaml
END
}
rest_of() { echo "http${1#ws}" | sed 's,/v2$,,'; }

# An exchange that is well.
start_demo exchange
well=$exchange_url
write_config well "$well" "$(rest_of "$well")" "BTC-USD, ETH-USD"
check 0 well
for step in "rest resolve" "rest connect" "rest time" "rest status" "rest pairs" \
  "stream resolve" "stream connect" "stream upgrade" "stream frame"; do
  has well "kraken $step ok"
done
for step in "disk write" "disk space" "database open"; do has well "storage $step ok"; done
expect_contains "summary" "good: 12 ok, 0 failed, 2 skipped." "$scratch/well.out"
"$TICKWITNESS" check -c "$scratch/well.yaml" --online --json >"$scratch/well.json"
expect_equal "json" "true 14 12" "$(node -e '
  const { ok, steps } = JSON.parse(require("fs").readFileSync(0));
  console.log(ok, steps.length, steps.filter((s) => s.state === "ok" && s.took_ms >= 0).length)
' <"$scratch/well.json")"
[ ! -e "$scratch/data" ] || fail "something was started: there is a data directory"
[ ! -e "$scratch/tickwitness-check.tmp" ] || fail "what was tried is still there"

# A disk and a database that are not.
touch "$scratch/file"
{ sed "s,^data_directory: .*,data_directory: $scratch/file/data," "$scratch/well.yaml"; } >"$scratch/disk.yaml"
check 69 disk
has disk "storage disk write failed"
{ cat "$scratch/well.yaml" && echo 'store: {spool_free_bytes: 1048576MiB}'; } >"$scratch/space.yaml"
check 69 space
has space "storage disk space failed"
echo "this is no database at all, and long enough to be told from one" >"$scratch/text.sqlite"
{ cat "$scratch/well.yaml" && echo "store: {database: $scratch/text.sqlite}"; } >"$scratch/text.yaml"
check 69 text
has text "storage database open failed"
expect_contains "what to do" "move it away or name another file" "$scratch/text.out"
{ cat "$scratch/well.yaml" && echo 'store: {database: "postgresql://bot@127.0.0.1:1/db"}'; } >"$scratch/server.yaml"
check 69 server
has server "storage database connect failed"
has server "storage database write skipped"

# A pair that it does not have.
write_config pairs "$well" "$(rest_of "$well")" "BTC-USD, ETH-USX"
check 69 pairs
has pairs "kraken rest pairs failed"
expect_contains "nearest" "ETH-USX (did you mean ETH-USD?)" "$scratch/pairs.out"
kill "$demo_pid"

# Its clock an hour ahead, its engine at rest.
start_demo skewed --fault skew=+1h --fault maintenance@0s+10m
write_config skewed "$exchange_url" "$(rest_of "$exchange_url")"
maintenance() { curl -sf "$(rest_of "$exchange_url")/0/public/SystemStatus" | grep -q maintenance; }
eventually 10 maintenance || fail "no maintenance"
check 69 skewed
has skewed "kraken rest time failed"
expect_contains "clock" "is behind the exchange's: -3" "$scratch/skewed.out"
has skewed "kraken rest status failed"
expect_contains "maintenance" "the exchange says: maintenance" "$scratch/skewed.out"
kill "$demo_pid"

# Servers that are none: one answers 451, one has a certificate of another name, one does not listen.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=elsewhere \
  -addext subjectAltName=DNS:elsewhere.test -keyout "$scratch/key.pem" -out "$scratch/cert.pem" \
  2>/dev/null
cat >"$scratch/servers.cjs" <<'END'
const fs = require("fs");
const [key, cert] = process.argv.slice(2).map((file) => fs.readFileSync(file));
const refuse = (request, response) => response.writeHead(451).end();
const plain = require("http").createServer(refuse);
plain.on("upgrade", (request, socket) => socket.end("HTTP/1.1 451 Unavailable\r\nContent-Length: 0\r\n\r\n"));
const secure = require("https").createServer({ key, cert }, refuse);
const none = require("net").createServer();
Promise.all([plain, secure, none].map((server) => new Promise((done) =>
  server.listen(0, "127.0.0.1", () => done(server.address().port))))).then((ports) =>
  none.close(() => console.log(ports.join(" "))));
END
node "$scratch/servers.cjs" "$scratch/key.pem" "$scratch/cert.pem" >"$scratch/ports" &
pids+=($!)
eventually 10 test -s "$scratch/ports" || fail "the servers did not start"
read -r plain secure none <"$scratch/ports"

write_config place "ws://127.0.0.1:$plain/v2" "http://127.0.0.1:$plain"
check 69 place
has place "kraken rest time failed"
has place "kraken stream upgrade failed"
expect_contains "location" "does not serve the place this machine is in" "$scratch/place.out"

# Where there are mirrors they are named, of the exchange that has them; nobody goes there unasked.
for exchange in binance binance_us; do
  cat >"$scratch/$exchange.yaml" <<END
listen: ["127.0.0.1:0"]
data_directory: $scratch/data
exchanges:
  kraken: {enabled: false}
  $exchange:
    enabled: true
    url: ws://127.0.0.1:$plain
    rest_url: http://127.0.0.1:$plain
END
  check 69 $exchange
  has $exchange "$exchange rest time failed"
  has $exchange "$exchange stream upgrade failed"
done
expect_contains "mirrors" "market data is also at https://data-api.binance.vision" "$scratch/binance.out"
for name in binance_us place; do
  ! grep -q vision "$scratch/$name.out" || fail "$name is sent elsewhere: $(cat "$scratch/$name.out")"
done
! grep -qi 'binance.\?us' "$scratch/binance.out" || fail "another exchange as a substitute"

write_config tls "wss://127.0.0.1:$secure/v2" "https://127.0.0.1:$secure"
check 69 tls
has tls "kraken rest connect ok"
has tls "kraken rest tls failed"
has tls "kraken rest time skipped"
has tls "kraken stream tls failed"
expect_contains "certificate" "self-signed" "$scratch/tls.out"
sed -i "s,^    url:,    ca_file: $scratch/cert.pem\n    url:," "$scratch/tls.yaml"
check 69 tls
expect_contains "certificate" "the certificate is for elsewhere.test, not for 127.0.0.1" "$scratch/tls.out"

write_config none "ws://127.0.0.1:$none/v2" "http://127.0.0.1:$none"
check 69 none
has none "kraken rest connect failed"
expect_contains "port" "cannot connect to 127.0.0.1:$none" "$scratch/none.out"
write_config name "ws://nowhere.invalid/v2" "http://nowhere.invalid"
check 69 name
has name "kraken stream resolve failed"

# Without --online it means nothing, and says so.
code=0
"$TICKWITNESS" check -c "$scratch/well.yaml" --json >/dev/null 2>"$scratch/usage" || code=$?
expect_equal "usage" 64 "$code"
