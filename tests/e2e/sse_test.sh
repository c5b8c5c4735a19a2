#!/usr/bin/env bash
# The event stream: what comes when, in which order, with which fields; resumption; and /ws.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

start_demo sse
code=0
curl -sN --max-time 9 "$url/sse/metrics" >"$scratch/stream" || code=$?
expect_equal "only curl's own time limit (28) ends the stream" 28 "$code"
node - "$scratch/stream" >"$scratch/ids" <<'END'
const events = require('fs').readFileSync(process.argv[2], 'utf8').split('\n\n').filter(Boolean);
const need = (truth, text) => {
  if (truth) return;
  console.error('FAILED:', text);
  process.exit(1);
};
const parsed = events.map((text) => {
  const lines = text.split('\n');
  need(lines.length === 3, text);
  ['id: ', 'event: ', 'data: '].forEach((field, i) => need(lines[i].startsWith(field), text));
  return { id: lines[0].slice(4), event: lines[1].slice(7), data: JSON.parse(lines[2].slice(6)) };
});
const metrics = parsed.filter((e) => e.event === 'kraken_metrics');
const beats = parsed.filter((e) => e.event === 'heartbeat');
need(parsed[0].event === 'kraken_metrics', 'kraken_metrics comes first');
need(metrics.length >= 7, `one a second, got ${metrics.length} in 9 s`);
need(beats.length >= 1 && Number.isInteger(beats[0].data.timestamp), 'a heartbeat within 5 s');
const fields = ['latency_p50_ms', 'latency_p95_ms', 'latency_p99_ms', 'circuit_breaker_trips',
  'reconnect_count', 'trades_per_min', 'ws_status', 'timestamp'];
for (const field of fields) {
  need(field in metrics.at(-1).data, field);
}
need(metrics.at(-1).data.ws_status === 'connected', 'connected');
need(Math.abs(metrics.at(-1).data.timestamp - Date.now()) < 60000, 'timestamp in ms');
console.log(metrics[1].id, parsed.findIndex((e) => e.id === metrics[1].id), parsed.length);
END
read -r id _ _ <"$scratch/ids"
code=0
curl -sN --max-time 2 -H "Last-Event-ID: $id" "$url/sse/metrics" >"$scratch/resumed" || code=$?
expect_equal "so it does when resumed" 28 "$code"
first=$(sed -n '1s/^id: //p' "$scratch/resumed")
expect_equal "resumes after the last id" $((id + 1)) "$first"

node - "${url/http/ws}/ws" <<'END' || fail "/ws"
const [host, port] = process.argv[2].replace('ws://', '').replace('/ws', '').split(':');
const socket = require('net').connect(Number(port), host);
const key = Buffer.alloc(16, 7).toString('base64');
socket.write(['GET /ws HTTP/1.1', `Host: ${host}`, 'Upgrade: websocket', 'Connection: Upgrade',
  `Sec-WebSocket-Key: ${key}`, 'Sec-WebSocket-Version: 13', '', ''].join('\r\n'));
let text = '';
socket.on('data', (bytes) => {
  text += bytes.toString('latin1');
  const upgraded = text.startsWith('HTTP/1.1 101');
  if (upgraded && /"event":"kraken_metrics".*"ws_status"/.test(text)) process.exit(0);
});
setTimeout(() => { console.error(text.slice(0, 500)); process.exit(1); }, 5000);
END
