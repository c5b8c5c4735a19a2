#include "config/fields.h"

#include <algorithm>

namespace tickwitness::config {
namespace {

constexpr std::string_view kDialects[] = {"tickwitness", "bots",   "core",
                                          "kiro",        "kraken", "trading"};

constexpr std::string_view kRooms[] = {"app",     "base",   "config", "exchange",
                                       "feed",    "market", "net",    "pipeline",
                                       "runtime", "serve",  "sim",    "telemetry"};

constexpr double kDay = 86400;
constexpr double kMiB = 1024 * 1024;

const Field kFields[] = {
    {.path = "instance",
     .ref = [](Settings& s) -> Ref { return &s.instance; },
     .doc = "The name of this process where several are seen side by side."},
    {.path = "listen",
     .ref = [](Settings& s) -> Ref { return &s.listen; },
     .doc = "Addresses to serve on, each `address:port` (`[::1]:8000` for IPv6; port 0 takes any "
            "free one). Several are for scrape configurations that expect 8001, 8080 or 9090. An "
            "address other than loopback needs `tls` or `insecure: true`, and a token."},
    {.path = "insecure",
     .ref = [](Settings& s) -> Ref { return &s.insecure; },
     .doc = "Says that plain HTTP on an address other than loopback is meant, for instance behind "
            "a proxy that does TLS."},
    {.path = "data_directory",
     .ref = [](Settings& s) -> Ref { return &s.data_directory; },
     .doc = "Where everything that must last is kept; made if missing, used by one process at a "
            "time.",
     .text = Text::path},
    {.path = "tls.certificate_file",
     .ref = [](Settings& s) -> Ref { return &s.tls.certificate_file; },
     .doc = "The server's certificate chain, PEM. Empty: plain HTTP.",
     .text = Text::file},
    {.path = "tls.key_file",
     .ref = [](Settings& s) -> Ref { return &s.tls.key_file; },
     .doc = "The private key of that certificate, PEM.",
     .text = Text::file},
    {.path = "auth.token_file",
     .ref = [](Settings& s) -> Ref { return &s.auth_token_file; },
     .doc = "A file with the bearer token that everything but `/health` then asks for: 16 to 512 "
            "visible ASCII characters (`openssl rand -hex 32`). Empty: no token is asked for.",
     .text = Text::file},
    {.path = "auth.token",
     .ref = [](Settings& s) -> Ref { return &s.auth_token; },
     .doc = "The token itself: from the environment only, before `auth.token_file`. Never "
            "written in a configuration file, never printed."},
    {.path = "telemetry.dialects",
     .ref = [](Settings& s) -> Ref { return &s.dialects; },
     .doc = "The names under which `/metrics` shows what is measured. `tickwitness` is always on.",
     .choices = kDialects},
    {.path = "telemetry.metrics_endpoint",
     .ref = [](Settings& s) -> Ref { return &s.metrics_endpoint; },
     .doc = "Whether `/metrics` is served; `false` answers 404."},
    {.path = "exchanges.kraken.url",
     .ref = [](Settings& s) -> Ref { return &s.kraken.url; },
     .doc = "The WebSocket API v2 of Kraken: `wss://` or, unencrypted, `ws://`.",
     .text = Text::url},
    {.path = "exchanges.kraken.ca_file",
     .ref = [](Settings& s) -> Ref { return &s.kraken.ca_file; },
     .doc = "Certificate authorities to trust for it, PEM. Empty: those of the system.",
     .text = Text::file},
    {.path = "exchanges.kraken.streams_file",
     .ref = [](Settings& s) -> Ref { return &s.kraken.streams_file; },
     .doc = "The file with the streams to follow. Empty: the streams shown below.",
     .live = true,
     .text = Text::file},
    {.path = "exchanges.kraken.circuit_breaker_file",
     .ref = [](Settings& s) -> Ref { return &s.kraken.circuit_breaker_file; },
     .doc = "The file with the circuit breaker's settings. Empty: the defaults shown below.",
     .live = true,
     .text = Text::file},
    {.path = "exchanges.kraken.connect_timeout_seconds",
     .ref = [](Settings& s) -> Ref { return &s.kraken.connect_timeout; },
     .doc = "How long a connection may take to open: name, TCP, TLS and upgrade together.",
     .live = true,
     .min = 0.1,
     .max = 300,
     .unit = "seconds"},
    {.path = "exchanges.kraken.ack_timeout_seconds",
     .ref = [](Settings& s) -> Ref { return &s.kraken.ack_timeout; },
     .doc = "How long a subscription may stay unanswered before it counts as failed.",
     .live = true,
     .min = 0.1,
     .max = 300,
     .unit = "seconds"},
    {.path = "exchanges.kraken.ping_interval_seconds",
     .ref = [](Settings& s) -> Ref { return &s.kraken.ping_interval; },
     .doc = "How often a ping measures the way to the exchange and back; Kraken closes a "
            "connection on which the client is silent for about a minute.",
     .live = true,
     .min = 1,
     .max = 60,
     .unit = "seconds"},
    {.path = "exchanges.kraken.link_timeout_seconds",
     .ref = [](Settings& s) -> Ref { return &s.kraken.link_timeout; },
     .doc = "Silence of the whole connection, heartbeats (one a second) included, after which it "
            "is dead and opened anew.",
     .live = true,
     .min = 0.5,
     .max = 600,
     .unit = "seconds"},
    {.path = "exchanges.kraken.healthy_after_seconds",
     .ref = [](Settings& s) -> Ref { return &s.kraken.healthy_after; },
     .doc = "A connection that lived this long was healthy: the next failure starts the waits "
            "from the beginning.",
     .live = true,
     .min = 1,
     .max = kDay,
     .unit = "seconds"},
    {.path = "exchanges.kraken.attempts_per_10_minutes",
     .ref = [](Settings& s) -> Ref { return &s.kraken.attempts_per_10_minutes; },
     .doc = "Attempts to connect allowed in any 10 minutes. Kraken bans an address for a while "
            "after about 150.",
     .live = true,
     .min = 1,
     .max = 150},
    {.path = "exchanges.kraken.message_bytes_max",
     .ref = [](Settings& s) -> Ref { return &s.kraken.message_bytes_max; },
     .doc = "The longest message accepted; a longer one closes the connection and is counted. "
            "Kraken's list of instruments is about 640 KiB in one message.",
     .min = 64 * 1024,
     .max = 64 * kMiB,
     .unit = "bytes"},
    {.path = "exchanges.kraken.stale_after_seconds.trade",
     .ref = [](Settings& s) -> Ref { return &s.kraken.stale_after.trade; },
     .doc = "Silence of one pair's trades after which that subscription is reported stale, "
            "however alive the link is. Quiet pairs need more.",
     .live = true,
     .min = 0.5,
     .max = kDay,
     .unit = "seconds"},
    {.path = "exchanges.kraken.stale_after_seconds.spread",
     .ref = [](Settings& s) -> Ref { return &s.kraken.stale_after.spread; },
     .doc = "The same for best bid and offer.",
     .live = true,
     .min = 0.5,
     .max = kDay,
     .unit = "seconds"},
    {.path = "exchanges.kraken.stale_after_seconds.ohlc",
     .ref = [](Settings& s) -> Ref { return &s.kraken.stale_after.ohlc; },
     .doc = "The same for candles.",
     .live = true,
     .min = 0.5,
     .max = kDay,
     .unit = "seconds"},
    {.path = "exchanges.kraken.backoff.first_seconds",
     .ref = [](Settings& s) -> Ref { return &s.kraken.backoff.first; },
     .doc = "The first wait between attempts to connect (one immediate attempt comes before); "
            "each further wait is twice as long.",
     .live = true,
     .min = 0.01,
     .max = 3600,
     .unit = "seconds"},
    {.path = "exchanges.kraken.backoff.max_seconds",
     .ref = [](Settings& s) -> Ref { return &s.kraken.backoff.max; },
     .doc = "The longest wait.",
     .live = true,
     .min = 0.01,
     .max = 3600,
     .unit = "seconds"},
    {.path = "exchanges.kraken.backoff.jitter",
     .ref = [](Settings& s) -> Ref { return &s.kraken.backoff.jitter; },
     .doc = "Each wait is longer or shorter by up to this part of it, so that many clients do "
            "not return at once.",
     .live = true,
     .min = 0,
     .max = 1},
    {.file = File::streams,
     .path = "streams",
     .ref = [](Settings& s) -> Ref { return &s.kraken.streams; },
     .doc = "What to follow: a list of `name`, `pairs` and, for `ohlc`, `intervals`.",
     .live = true},
    {.file = File::breaker,
     .path = "circuit_breaker.max_failures",
     .ref = [](Settings& s) -> Ref { return &s.kraken.breaker.max_failures; },
     .doc = "Failures in a row that open the breaker: no more attempts for a while.",
     .live = true,
     .min = 1,
     .max = 1000},
    {.file = File::breaker,
     .path = "circuit_breaker.timeout_seconds",
     .ref = [](Settings& s) -> Ref { return &s.kraken.breaker.timeout; },
     .doc = "How long it stays open before one trial is allowed (half-open).",
     .live = true,
     .min = 0.1,
     .max = kDay,
     .unit = "seconds"},
    {.file = File::breaker,
     .path = "circuit_breaker.half_open_timeout",
     .ref = [](Settings& s) -> Ref { return &s.kraken.breaker.half_open_timeout; },
     .doc = "How long that trial may take; later it counts as failed and the breaker opens again.",
     .live = true,
     .min = 0.1,
     .max = kDay,
     .unit = "seconds"},
    {.path = "pipeline.ring_capacity",
     .ref = [](Settings& s) -> Ref { return &s.pipeline.ring_capacity; },
     .doc = "Events that may wait between receiving and processing; a power of two.",
     .min = 2,
     .max = 1 << 20,
     .unit = "events"},
    {.path = "pipeline.overload",
     .ref = [](Settings& s) -> Ref { return &s.pipeline.overload; },
     .doc = "What happens when they are that many: `backpressure` stops reading from the "
            "exchange, `drop_newest` drops and counts what does not fit."},
    {.path = "http.connections_max",
     .ref = [](Settings& s) -> Ref { return &s.http.connections_max; },
     .doc = "Connections served at once, event streams not counted; further ones are answered 503.",
     .min = 1,
     .max = 100000,
     .unit = "connections"},
    {.path = "http.event_streams_max",
     .ref = [](Settings& s) -> Ref { return &s.http.event_streams_max; },
     .doc =
         "Event streams (`/sse/…`) and WebSockets served at once; further ones are answered 503.",
     .min = 1,
     .max = 100000,
     .unit = "connections"},
    {.path = "http.header_bytes_max",
     .ref = [](Settings& s) -> Ref { return &s.http.header_bytes_max; },
     .doc = "The longest request head accepted.",
     .min = 1024,
     .max = kMiB,
     .unit = "bytes"},
    {.path = "http.body_bytes_max",
     .ref = [](Settings& s) -> Ref { return &s.http.body_bytes_max; },
     .doc = "The longest request body accepted.",
     .min = 0,
     .max = 64 * kMiB,
     .unit = "bytes"},
    {.path = "log.format",
     .ref = [](Settings& s) -> Ref { return &s.log.format; },
     .doc = "How a line on stderr looks: `logfmt` for people, `json` for machines."},
    {.path = "log.level",
     .ref = [](Settings& s) -> Ref { return &s.log.levels.all; },
     .doc = "The lowest level that is written.",
     .live = true},
    {.path = "log.levels",
     .ref = [](Settings& s) -> Ref { return &s.log.levels.rooms; },
     .doc = "Other levels for single rooms, as `feed: debug`.",
     .live = true},
};

}  // namespace

std::span<const Field> fields() {
  return kFields;
}

Ref type_of(const Field& field) {
  static Settings unused;
  return field.ref(unused);
}

std::string variable(const Field& field) {
  if (field.file == File::streams) return {};
  std::string name = "TICKWITNESS_";
  for (const char c : field.path)
    name += c == '.' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return name;
}

std::span<const std::string_view> rooms() {
  return kRooms;
}

}  // namespace tickwitness::config
