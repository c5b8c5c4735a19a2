// Everything an operator can set, as one plain value. The defaults written here are the defaults:
// the field table (fields.h), docs/configuration.md and the shipped files are held against them by
// tests. Nothing here reads a file: load.h makes one of these.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/log_levels.h"
#include "base/secret.h"
#include "base/time.h"

namespace tickwitness::config {

// Where to listen. Host as written: IPv4, IPv6 without brackets, or localhost. Port 0: any free
// one.
struct Address {
  std::string host;
  std::uint16_t port = 0;
  bool is_loopback() const;
  std::string str() const;  // "127.0.0.1:8000", "[::1]:8000"
  friend bool operator==(const Address&, const Address&) = default;
};

struct Tls {
  std::string certificate_file;  // PEM chain; empty: no TLS
  std::string key_file;          // PEM
  bool enabled() const { return !certificate_file.empty(); }
  friend bool operator==(const Tls&, const Tls&) = default;
};

// What to follow, in tickwitness's names (seed 000): `spread` is the best bid and offer,
// `agg_trade` the trades of one taker at one price as one.
enum class Stream : std::uint8_t { trade, spread, ohlc, book, agg_trade };

struct StreamSettings {
  Stream name = Stream::trade;
  std::vector<std::string> pairs;        // "BTC-USD"
  std::vector<std::uint32_t> intervals;  // minutes; ohlc only
  friend bool operator==(const StreamSettings&, const StreamSettings&) = default;
};

// One thing to subscribe to.
struct StreamSubscription {
  Stream stream = Stream::trade;
  std::string pair;
  std::uint32_t interval_minutes = 0;  // ohlc only
  friend auto operator<=>(const StreamSubscription&, const StreamSubscription&) = default;
};

// In the order of the file: stream, then pair, then interval.
std::vector<StreamSubscription> subscriptions(const std::vector<StreamSettings>& streams);
std::string_view to_string(Stream stream);

struct Breaker {
  std::uint32_t max_failures = 5;                     // in a row, before it opens
  base::Duration timeout = std::chrono::seconds(60);  // open before it tries again
  base::Duration half_open_timeout =
      std::chrono::seconds(30);  // a trial that takes longer has failed
  friend bool operator==(const Breaker&, const Breaker&) = default;
};

struct Backoff {
  base::Duration first = std::chrono::seconds(1);  // after the immediate first try
  base::Duration max = std::chrono::seconds(60);
  double jitter = 0.2;  // each wait is spread by ± this part of it
  friend bool operator==(const Backoff&, const Backoff&) = default;
};

// Silence after which a subscription counts as stale while the link may be well.
struct StaleAfter {
  base::Duration trade = std::chrono::seconds(120);
  base::Duration spread = std::chrono::seconds(60);
  base::Duration ohlc = std::chrono::seconds(180);
  friend bool operator==(const StaleAfter&, const StaleAfter&) = default;
};

// One exchange; where they differ the defaults do (exchanges.cc).
struct Exchange {
  bool enabled = false;
  std::string url;
  std::string rest_url;           // empty: gaps are not filled, silence not checked
  std::string ca_file;            // PEM, of both; empty: the system's certificate authorities
  std::uint32_t book_depth = 10;  // of stream book
  std::vector<StreamSettings> streams;
  Breaker breaker;
  base::Duration connect_timeout = std::chrono::seconds(10);
  base::Duration ack_timeout = std::chrono::seconds(10);
  base::Duration ping_interval = std::chrono::seconds(30);
  base::Duration link_timeout =
      std::chrono::seconds(10);  // nothing at all received for so long: link is dead
  base::Duration healthy_after =
      std::chrono::seconds(60);  // a connection this old starts the backoff anew
  base::Duration max_age{0};     // a connection this old is replaced; 0: none is for its age
  StaleAfter stale_after;
  Backoff backoff;
  std::uint32_t attempts_per_10_minutes = 60;
  std::size_t message_bytes_max = std::size_t{8} << 20;
  friend bool operator==(const Exchange&, const Exchange&) = default;
};

// Its streams and its breaker stand in files of their own (seed 000).
struct Kraken : Exchange {
  Kraken();
  std::string streams_file;          // empty: the default streams
  std::string circuit_breaker_file;  // empty: the default breaker
  friend bool operator==(const Kraken&, const Kraken&) = default;
};

struct Binance : Exchange {
  Binance();
};

// Another venue with markets of its own, never a substitute for Binance.
struct BinanceUs : Exchange {
  BinanceUs();
};

enum class Overload : std::uint8_t { backpressure, drop_newest };

struct Pipeline {
  std::size_t ring_capacity = 8192;  // events; a power of two
  Overload overload = Overload::backpressure;
  friend bool operator==(const Pipeline&, const Pipeline&) = default;
};

// Raw frames on disk, for replay.
struct Recorder {
  bool enabled = true;
  std::string directory;  // empty: "recordings" in the data directory
  std::size_t ring_bytes = std::size_t{8} << 20;
  std::size_t file_bytes = std::size_t{64} << 20;
  base::Duration file_age = std::chrono::hours(1);
  std::size_t total_bytes = std::size_t{10} << 30;
  base::Duration keep = std::chrono::days(7);
  friend bool operator==(const Recorder&, const Recorder&) = default;
};

// Trades, candles and quotes, to last.
struct Store {
  bool enabled = true;
  std::string database;  // a file or a server; empty: "market.sqlite" in the data directory
  bool save_before_upgrade = true;  // of a server; a file always is
  base::Duration quote_every = std::chrono::seconds(1);
  base::Duration keep_quotes = std::chrono::days(30);
  std::size_t spool_segment_bytes = std::size_t{64} << 20;
  std::size_t spool_total_bytes = std::size_t{4} << 30;
  std::size_t spool_free_bytes = std::size_t{256} << 20;
  bool on_server() const { return names_server(database); }
  // Whether this is the address of a PostgreSQL server rather than a path.
  static bool names_server(std::string_view text) {
    return text.starts_with("postgresql://") || text.starts_with("postgres://");
  }
  friend bool operator==(const Store&, const Store&) = default;
};

// Where what the engine knows can be seen from elsewhere, and signals come from.
struct Redis {
  std::string url;      // empty: none
  std::string ca_file;  // PEM; empty: the system's certificate authorities
  std::string user;     // of Redis's access lists; empty: its default user
  std::string password_file;
  base::Secret password;  // empty: none is sent
  bool signals = true;    // trading signals are read
  bool enabled() const { return !url.empty(); }
  friend bool operator==(const Redis&, const Redis&) = default;
};

struct Http {
  std::size_t connections_max = 256;     // event streams not counted
  std::size_t event_streams_max = 5500;  // WebSockets too
  std::size_t header_bytes_max = 8192;
  std::size_t body_bytes_max = 65536;
  friend bool operator==(const Http&, const Http&) = default;
};

struct Log {
  base::LogFormat format = base::LogFormat::logfmt;
  base::LogLevels levels;
  friend bool operator==(const Log&, const Log&) = default;
};

struct Settings {
  std::string instance = "tickwitness";  // the name of this process where several are seen together
  std::vector<Address> listen = {{"127.0.0.1", 8000}};
  bool insecure = false;  // plain HTTP on other than loopback addresses is meant
  Tls tls;
  std::string auth_token_file;
  base::Secret auth_token;                 // empty: no token is asked for
  std::string data_directory = "../data";  // beside the main file's folder; load() resolves it
  std::vector<std::string> dialects = {"tickwitness", "kraken", "trading"};
  bool metrics_endpoint = true;  // false: /metrics answers 404
  Kraken kraken;
  Binance binance;
  BinanceUs binance_us;
  Pipeline pipeline;
  Recorder recorder;
  Store store;
  Redis redis;
  Http http;
  Log log;
  friend bool operator==(const Settings&, const Settings&) = default;
};

}  // namespace tickwitness::config
