#include "config/fields.h"

#include <algorithm>

namespace tickwitness::config {
namespace {

constexpr std::string_view kDialects[] = {"tickwitness", "bots",   "core",
                                          "kiro",        "kraken", "trading"};

constexpr std::string_view kRooms[] = {"app",   "base",   "cache", "config",   "exchange",
                                       "feed",  "market", "net",   "pipeline", "runtime",
                                       "serve", "sim",    "store", "telemetry"};

// Before the exchanges and behind them.
const Field kFirst[] = {
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
            "written in a configuration file, never printed.",
     .min = 16},
    {.path = "telemetry.dialects",
     .ref = [](Settings& s) -> Ref { return &s.dialects; },
     .doc = "The names under which `/metrics` shows what is measured. `tickwitness` is always on.",
     .choices = kDialects},
    {.path = "telemetry.metrics_endpoint",
     .ref = [](Settings& s) -> Ref { return &s.metrics_endpoint; },
     .doc = "Whether `/metrics` is served; `false` answers 404."},
};

const Field kLast[] = {
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
    {.path = "recorder.enabled",
     .ref = [](Settings& s) -> Ref { return &s.recorder.enabled; },
     .doc = "Whether the frames that exchanges send are kept on disk, as they came, for "
            "`tickwitness replay`."},
    {.path = "recorder.directory",
     .ref = [](Settings& s) -> Ref { return &s.recorder.directory; },
     .doc = "Where; made if missing, for one process at a time. Empty: `recordings` in the data "
            "directory.",
     .text = Text::directory},
    {.path = "recorder.ring_bytes",
     .ref = [](Settings& s) -> Ref { return &s.recorder.ring_bytes; },
     .doc = "What may wait for the disk, rounded up to a power of two. What does not fit is not "
            "recorded, and counted; the feed never waits.",
     .min = 64 * 1024,
     .max = 1024 * kMiB,
     .unit = "bytes"},
    {.path = "recorder.file_bytes",
     .ref = [](Settings& s) -> Ref { return &s.recorder.file_bytes; },
     .doc = "Compressed size at which a recording ends and the next begins.",
     .min = 64 * 1024,
     .max = 1024 * 1024 * kMiB,
     .unit = "bytes"},
    {.path = "recorder.file_seconds",
     .ref = [](Settings& s) -> Ref { return &s.recorder.file_age; },
     .doc = "Age at which it ends if it did not grow so large.",
     .min = 1,
     .max = 30 * kDay,
     .unit = "seconds"},
    {.path = "recorder.total_bytes",
     .ref = [](Settings& s) -> Ref { return &s.recorder.total_bytes; },
     .doc = "What all recordings together may take; the oldest are removed for new ones.",
     .min = kMiB,
     .max = 1024.0 * 1024 * 1024 * kMiB,
     .unit = "bytes"},
    {.path = "recorder.keep_seconds",
     .ref = [](Settings& s) -> Ref { return &s.recorder.keep; },
     .doc = "Age at which a recording is removed, counted from its beginning.",
     .min = 60,
     .max = 3650 * kDay,
     .unit = "seconds"},
    {.path = "store.enabled",
     .ref = [](Settings& s) -> Ref { return &s.store.enabled; },
     .doc = "Whether trades, candles and quotes are stored: each trade once, whatever happens."},
    {.path = "store.database",
     .ref = [](Settings& s) -> Ref { return &s.store.database; },
     .doc = "An SQLite file, made if missing; empty: `market.sqlite` in the data directory. Or a "
            "PostgreSQL server: `postgresql://user@host/db?sslmode=verify-full`, with the password "
            "in `~/.pgpass` or PGPASSWORD.",
     .text = Text::database},
    {.path = "store.save_before_upgrade",
     .ref = [](Settings& s) -> Ref { return &s.store.save_before_upgrade; },
     .doc = "Whether the tables of an earlier version on a server are saved, in the data "
            "directory, before they are changed; those of a file always are. Off: for a server "
            "that is saved by other means."},
    {.path = "store.quote_seconds",
     .ref = [](Settings& s) -> Ref { return &s.store.quote_every; },
     .doc = "Of each market the best bid and offer is stored once in so long.",
     .min = 0.1,
     .max = kDay,
     .unit = "seconds"},
    {.path = "store.keep_quotes_seconds",
     .ref = [](Settings& s) -> Ref { return &s.store.keep_quotes; },
     .doc = "Quotes are removed from the database when they were received so long ago. Trades and "
            "candles are kept.",
     .min = 60,
     .max = 3650 * kDay,
     .unit = "seconds"},
    {.path = "store.spool_segment_bytes",
     .ref = [](Settings& s) -> Ref { return &s.store.spool_segment_bytes; },
     .doc = "Room of the spool, in front of the database, is reserved so much at a time.",
     .min = 2 * kMiB,
     .max = 1024 * kMiB,
     .unit = "bytes"},
    {.path = "store.spool_total_bytes",
     .ref = [](Settings& s) -> Ref { return &s.store.spool_total_bytes; },
     .doc = "What may wait there for a database that does not answer. Then what comes is lost, and "
            "counted; the feed never waits.",
     .min = 4 * kMiB,
     .max = 1024.0 * 1024 * kMiB,
     .unit = "bytes"},
    {.path = "store.spool_free_bytes",
     .ref = [](Settings& s) -> Ref { return &s.store.spool_free_bytes; },
     .doc = "The spool leaves so much of the disk free.",
     .min = 0,
     .max = 1024.0 * 1024 * kMiB,
     .unit = "bytes"},
    {.path = "redis.url",
     .ref = [](Settings& s) -> Ref { return &s.redis.url; },
     .doc = "A Redis to publish to and to take signals from: `rediss://host:6379` with TLS, "
            "`redis://host:6379/2` without and in database 2. Empty: none. It only gets to see "
            "what there is: whatever happens to it, engine and store go on.",
     .text = Text::redis_url},
    {.path = "redis.ca_file",
     .ref = [](Settings& s) -> Ref { return &s.redis.ca_file; },
     .doc = "The authority that signed its certificate, PEM. Empty: those that this system "
            "trusts.",
     .text = Text::file},
    {.path = "redis.user",
     .ref = [](Settings& s) -> Ref { return &s.redis.user; },
     .doc = "The user of its access lists (ACL). Empty: its default user.",
     .text = Text::optional},
    {.path = "redis.password_file",
     .ref = [](Settings& s) -> Ref { return &s.redis.password_file; },
     .doc = "A file with that user's password. Empty: none is sent.",
     .text = Text::file},
    {.path = "redis.password",
     .ref = [](Settings& s) -> Ref { return &s.redis.password; },
     .doc = "The password itself: from the environment only, before `redis.password_file`. Never "
            "written in a configuration file, never printed.",
     .min = 1},
    {.path = "redis.signals",
     .ref = [](Settings& s) -> Ref { return &s.redis.signals; },
     .doc = "Whether trading signals are read from the streams `signals:paper` and "
            "`signals:live`."},
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
  static const std::vector<Field> kAll = [] {
    std::vector<Field> all(std::begin(kFirst), std::end(kFirst));
    for (const Field& field : exchange_fields()) all.push_back(field);
    all.insert(all.end(), std::begin(kLast), std::end(kLast));
    return all;
  }();
  return kAll;
}

Ref type_of(const Field& field) {
  static Settings unused;
  return field.ref(unused);
}

std::string variable(const Field& field) {
  if (std::holds_alternative<std::vector<StreamSettings>*>(type_of(field))) return {};
  std::string name = "TICKWITNESS_";
  for (const char c : field.path)
    name += c == '.' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return name;
}

std::span<const std::string_view> rooms() {
  return kRooms;
}

}  // namespace tickwitness::config
