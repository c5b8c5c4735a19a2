// The fields of every exchange: the same for all, with the words and ranges in which they differ.
#include <fmt/format.h>

#include <deque>

#include "config/exchanges.h"
#include "config/fields.h"

namespace tickwitness::config {
namespace {

// What is said of one exchange only.
struct ExchangeWords {
  std::string_view url, rest_url, book_depth, ping_interval, link_timeout, attempts, message,
      max_age;
  double depth_min = 1, depth_max = 1, attempts_max = 1;
};

constexpr ExchangeWords kKrakenWords = {
    .url = "The WebSocket API v2 of Kraken: `wss://` or, unencrypted, `ws://`.",
    .rest_url =
        "The REST API of Kraken, `https://` or, unencrypted, `http://`: it fills gaps and "
        "says whether a silent subscription is dead. Empty, or left out beside a `url` of "
        "another address: nobody is asked.",
    .book_depth =
        "Levels on each side of the order books of stream `book`: 10, 25, 100, 500 or 1000.",
    .ping_interval =
        "How often a ping measures the way to the exchange and back; Kraken closes a "
        "connection on which the client is silent for about a minute.",
    .link_timeout =
        "Silence of the whole connection, heartbeats (one a second) included, after "
        "which it is dead and opened anew.",
    .attempts =
        "Attempts to connect allowed in any 10 minutes. Kraken bans an address for a while "
        "after about 150.",
    .message =
        "The longest message accepted; a longer one closes the connection and is counted. "
        "Kraken's list of instruments is about 640 KiB in one message.",
    .max_age =
        "Age at which a connection is replaced by another that is open and subscribed by "
        "then. 0: never; Kraken ends none for its age.",
    .depth_min = 10,
    .depth_max = 1000,
    .attempts_max = 150};

constexpr ExchangeWords kBinanceWords = {
    .url =
        "The spot streams of Binance: `wss://` or, unencrypted, `ws://`. Where Binance refuses "
        "the place this machine is in, its documented mirror of market data is "
        "`wss://data-stream.binance.vision/stream`. A path that is left out is `/stream`.",
    .rest_url =
        "The REST API of Binance, `https://` or, unencrypted, `http://`: it fills gaps, "
        "says whether a silent subscription is dead, and gives the order books' snapshots. "
        "Its mirror is `https://data-api.binance.vision`. Empty, or left out beside a "
        "`url` of another address: nobody is asked.",
    .book_depth =
        "Levels on each side of the snapshot that order books of stream `book` begin "
        "with. It weighs 5 up to 100 levels, 25 up to 500, 50 up to 1000 and 250 above, "
        "of 6000 a minute.",
    .ping_interval =
        "How often the list of subscriptions is asked for, which measures the way to "
        "the exchange and back and shows that the connection lives.",
    .link_timeout =
        "Silence of the whole connection, the answers to `ping_interval_seconds` "
        "included, after which it is dead and opened anew. Binance has no heartbeat: "
        "more than that interval.",
    .attempts = "Attempts to connect allowed in any 10 minutes. Binance allows 300 in 5 minutes.",
    .message = "The longest message accepted; a longer one closes the connection and is counted.",
    .max_age =
        "Age at which a connection is replaced by another that is open and subscribed by "
        "then: Binance ends each after 24 hours. 0: never.",
    .depth_min = 1,
    .depth_max = 5000,
    .attempts_max = 300};

constexpr ExchangeWords kBinanceUsWords = [] {
  ExchangeWords words = kBinanceWords;
  words.url =
      "The spot streams of Binance.US, a venue of its own with its own label: `wss://` or, "
      "unencrypted, `ws://`. A path that is left out is `/stream`.";
  words.rest_url =
      "The REST API of Binance.US, `https://` or, unencrypted, `http://`. Empty, or left out "
      "beside a `url` of another address: nobody is asked.";
  words.book_depth =
      "Levels on each side of the snapshot that order books of stream `book` begin with. It weighs "
      "5 up to 100 levels, 25 up to 500, 50 up to 1000 and 250 above, of 1200 a minute.";
  words.attempts = "Attempts to connect allowed in any 10 minutes.";
  return words;
}();

using At = Exchange& (*)(Settings&);

Exchange& kraken(Settings& s) {
  return s.kraken;
}
Exchange& binance(Settings& s) {
  return s.binance;
}
Exchange& binance_us(Settings& s) {
  return s.binance_us;
}

// Texts that live as long as the table.
std::string_view keep(std::string text) {
  static std::deque<std::string> kept;
  return kept.emplace_back(std::move(text));
}

template <At kAt>
class Table {
 public:
  Table(std::string_view key, const ExchangeWords& words, std::vector<Field>& out)
      : key_(key), words_(words), out_(out) {}

  void addresses() {
    out_.push_back({.path = path("enabled"),
                    .ref = [](Settings& s) -> Ref { return &kAt(s).enabled; },
                    .doc = "Whether this exchange is followed."});
    out_.push_back({.path = path("url"),
                    .ref = [](Settings& s) -> Ref { return &kAt(s).url; },
                    .doc = words_.url,
                    .text = Text::url});
    out_.push_back({.path = path("rest_url"),
                    .ref = [](Settings& s) -> Ref { return &kAt(s).rest_url; },
                    .doc = words_.rest_url,
                    .text = Text::http_url});
    out_.push_back({.path = path("book_depth"),
                    .ref = [](Settings& s) -> Ref { return &kAt(s).book_depth; },
                    .doc = words_.book_depth,
                    .min = words_.depth_min,
                    .max = words_.depth_max});
    out_.push_back({.path = path("ca_file"),
                    .ref = [](Settings& s) -> Ref { return &kAt(s).ca_file; },
                    .doc = "Certificate authorities to trust for both, PEM. Empty: those of the "
                           "system.",
                    .text = Text::file});
  }

  void streams(File file, std::string_view path) {
    out_.push_back({.file = file,
                    .path = path,
                    .ref = [](Settings& s) -> Ref { return &kAt(s).streams; },
                    .doc = "What to follow: a list of `name`, `pairs` and, for `ohlc`, "
                           "`intervals`.",
                    .live = true});
  }

  void timing() {
    seconds(
        "connect_timeout_seconds", [](Settings& s) -> Ref { return &kAt(s).connect_timeout; },
        "How long a connection may take to open: name, TCP, TLS and upgrade together.", 0.1, 300);
    seconds(
        "ack_timeout_seconds", [](Settings& s) -> Ref { return &kAt(s).ack_timeout; },
        "How long a subscription may stay unanswered before it counts as failed.", 0.1, 300);
    seconds(
        "ping_interval_seconds", [](Settings& s) -> Ref { return &kAt(s).ping_interval; },
        words_.ping_interval, 1, 60);
    seconds(
        "link_timeout_seconds", [](Settings& s) -> Ref { return &kAt(s).link_timeout; },
        words_.link_timeout, 0.5, 600);
    seconds(
        "healthy_after_seconds", [](Settings& s) -> Ref { return &kAt(s).healthy_after; },
        "A connection that lived this long was healthy: the next failure starts the waits from "
        "the beginning.",
        1, kDay);
    seconds(
        "max_age_seconds", [](Settings& s) -> Ref { return &kAt(s).max_age; }, words_.max_age, 0,
        7 * kDay);
  }

  void limits() {
    out_.push_back({.path = path("attempts_per_10_minutes"),
                    .ref = [](Settings& s) -> Ref { return &kAt(s).attempts_per_10_minutes; },
                    .doc = words_.attempts,
                    .live = true,
                    .min = 1,
                    .max = words_.attempts_max});
    out_.push_back({.path = path("message_bytes_max"),
                    .ref = [](Settings& s) -> Ref { return &kAt(s).message_bytes_max; },
                    .doc = words_.message,
                    .min = 64 * 1024,
                    .max = 64 * kMiB,
                    .unit = "bytes"});
  }

  void silences() {
    seconds(
        "stale_after_seconds.trade", [](Settings& s) -> Ref { return &kAt(s).stale_after.trade; },
        "Silence of one pair's trades after which that subscription is suspect, however alive "
        "the link is. Quiet pairs need more.",
        0.5, kDay);
    seconds(
        "stale_after_seconds.spread", [](Settings& s) -> Ref { return &kAt(s).stale_after.spread; },
        "The same for best bid and offer.", 0.5, kDay);
    seconds(
        "stale_after_seconds.ohlc", [](Settings& s) -> Ref { return &kAt(s).stale_after.ohlc; },
        "The same for candles.", 0.5, kDay);
  }

  void backoff() {
    seconds(
        "backoff.first_seconds", [](Settings& s) -> Ref { return &kAt(s).backoff.first; },
        "The first wait between attempts to connect (one immediate attempt comes before); each "
        "further wait is twice as long.",
        0.01, 3600);
    seconds(
        "backoff.max_seconds", [](Settings& s) -> Ref { return &kAt(s).backoff.max; },
        "The longest wait.", 0.01, 3600);
    out_.push_back({.path = path("backoff.jitter"),
                    .ref = [](Settings& s) -> Ref { return &kAt(s).backoff.jitter; },
                    .doc = "Each wait is longer or shorter by up to this part of it, so that many "
                           "clients do not return at once.",
                    .live = true,
                    .min = 0,
                    .max = 1});
  }

  // `section`: "circuit_breaker", in `file`.
  void breaker(File file, const std::string& section) {
    out_.push_back({.file = file,
                    .path = keep(section + ".max_failures"),
                    .ref = [](Settings& s) -> Ref { return &kAt(s).breaker.max_failures; },
                    .doc = "Failures in a row that open the breaker: no more attempts for a "
                           "while.",
                    .live = true,
                    .min = 1,
                    .max = 1000});
    out_.push_back({.file = file,
                    .path = keep(section + ".timeout_seconds"),
                    .ref = [](Settings& s) -> Ref { return &kAt(s).breaker.timeout; },
                    .doc = "How long it stays open before one trial is allowed (half-open).",
                    .live = true,
                    .min = 0.1,
                    .max = kDay,
                    .unit = "seconds"});
    out_.push_back({.file = file,
                    .path = keep(section + ".half_open_timeout"),
                    .ref = [](Settings& s) -> Ref { return &kAt(s).breaker.half_open_timeout; },
                    .doc = "How long that trial may take; later it counts as failed and the "
                           "breaker opens again.",
                    .live = true,
                    .min = 0.1,
                    .max = kDay,
                    .unit = "seconds"});
  }

  std::string_view path(std::string_view word) const {
    return keep(fmt::format("exchanges.{}.{}", key_, word));
  }

 private:
  void seconds(std::string_view word, Ref (*ref)(Settings&), std::string_view doc, double min,
               double max) {
    out_.push_back({.path = path(word),
                    .ref = ref,
                    .doc = doc,
                    .live = true,
                    .min = min,
                    .max = max,
                    .unit = "seconds"});
  }

  std::string_view key_;
  const ExchangeWords& words_;
  std::vector<Field>& out_;
};

void add_kraken(std::vector<Field>& out) {
  Table<kraken> table("kraken", kKrakenWords, out);
  table.addresses();
  out.push_back({.path = "exchanges.kraken.streams_file",
                 .ref = [](Settings& s) -> Ref { return &s.kraken.streams_file; },
                 .doc = "The file with the streams to follow. Empty: the streams shown below.",
                 .live = true,
                 .text = Text::file});
  out.push_back(
      {.path = "exchanges.kraken.circuit_breaker_file",
       .ref = [](Settings& s) -> Ref { return &s.kraken.circuit_breaker_file; },
       .doc = "The file with the circuit breaker's settings. Empty: the defaults shown below.",
       .live = true,
       .text = Text::file});
  table.timing();
  table.limits();
  table.silences();
  table.backoff();
  table.streams(File::streams, "streams");
  table.breaker(File::breaker, "circuit_breaker");
}

template <At kAt>
void add_exchange(std::string_view key, const ExchangeWords& words, std::vector<Field>& out) {
  Table<kAt> table(key, words, out);
  table.addresses();
  table.streams(File::main, table.path("streams"));
  table.timing();
  table.limits();
  table.silences();
  table.backoff();
  table.breaker(File::main, fmt::format("exchanges.{}.circuit_breaker", key));
}

}  // namespace

std::span<const Field> exchange_fields() {
  static const std::vector<Field> kFields = [] {
    std::vector<Field> fields;
    add_kraken(fields);
    add_exchange<binance>("binance", kBinanceWords, fields);
    add_exchange<binance_us>("binance_us", kBinanceUsWords, fields);
    return fields;
  }();
  return kFields;
}

}  // namespace tickwitness::config
