// A TLS way to an exchange that can be made bad: its certificate changes to one that nobody trusts,
// or it goes silent without ending any connection, as when a host on the way vanishes. It reads
// what it passes on: the ids of one market's trades are the truth for what the engine has.
//   node bad_way.mjs EXCHANGE_PORT PAIR GOOD.pem GOOD.key BAD.pem BAD.key
// Prints its port and that of its control: GET /wrong, /right, /freeze, /counts.
import fs from "node:fs";
import http from "node:http";
import net from "node:net";
import tls from "node:tls";

const [exchangePort, pair, ...files] = process.argv.slice(2);
const [goodCertificate, goodKey, badCertificate, badKey] = files.map((file) => fs.readFileSync(file));
const good = tls.createSecureContext({ cert: goodCertificate, key: goodKey });
const bad = tls.createSecureContext({ cert: badCertificate, key: badKey });
const counts = { handshakes: 0, refusedCertificates: 0, first: null, last: null };
const open = new Set();
let context = good;
let frozen = null;

const trade = new RegExp(`"symbol":"${pair}"[^{}]*?"trade_id":(\\d+)`, "g");
function read(text) {
  for (const found of text.matchAll(trade)) {
    const id = Number(found[1]);
    counts.first = Math.min(counts.first ?? id, id);
    counts.last = Math.max(counts.last ?? id, id);
  }
}

const server = tls.createServer({ SNICallback: (name, done) => done(null, context) }, (client) => {
  ++counts.handshakes;
  const way = { client, exchange: net.connect(Number(exchangePort), "127.0.0.1"), seen: "" };
  open.add(way);
  client.on("data", (bytes) => frozen?.has(way) || way.exchange.write(bytes));
  way.exchange.on("data", (bytes) => {
    if (frozen?.has(way)) return;
    client.write(bytes);
    way.seen += bytes.toString("latin1");
    read(way.seen);
    way.seen = way.seen.slice(-4096); // a trade may come in two pieces
  });
  const end = () => {
    open.delete(way);
    client.destroy();
    way.exchange.destroy();
  };
  for (const socket of [client, way.exchange]) {
    socket.on("error", end);
    socket.on("close", () => frozen?.has(way) || end());
  }
});
server.on("tlsClientError", () => ++counts.refusedCertificates);

const endAll = () => open.forEach((way) => way.client.destroy());
const orders = {
  "/wrong": () => ((context = bad), endAll()),
  "/right": () => (context = good),
  "/freeze": () => (frozen = new Set(open)),
  "/counts": () => {},
};
const control = http.createServer((request, response) => {
  orders[request.url]?.();
  response.end(JSON.stringify(counts));
});

server.addContext("127.0.0.1", {});
server.listen(0, "127.0.0.1", () =>
  control.listen(0, "127.0.0.1", () => console.log(server.address().port, control.address().port)),
);
