// Everything around a link or a feed, by hand: time that only tests move, channels that do what
// tests say, and a protocol of plain words. For the tests of this room.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "exchange/protocol.h"
#include "feed/link.h"
#include "feed/status.h"
#include "pipeline/handoff.h"
#include "runtime/executor.h"
#include "runtime/message_channel.h"
#include "runtime/test_executor.h"
#include "telemetry/registry.h"

namespace tickwitness::feed::test {

using namespace std::chrono_literals;

using runtime::test::HandClock;
using runtime::test::HandExecutor;

// What a test sees of one channel and does to it; outlives the channel.
struct Wire {
  explicit Wire(const HandExecutor& e) : executor(e) {}
  const HandExecutor& executor;
  runtime::ChannelLimits limits;
  runtime::MessageChannel::Events events;
  runtime::Endpoint endpoint;
  int opens = 0;
  bool in_use = false;  // from open() to on_closed
  bool close_asked = false;
  bool destroyed = false;
  std::vector<std::string> sent;

  void accept() { events.on_open(executor.now()); }
  void say(std::string_view text) { events.on_message(executor.now(), text); }
  void end(runtime::CloseReason reason, int http_status = 0) {
    in_use = false;
    const auto closed = events.on_closed;
    closed(executor.now(), {.reason = reason, .http_status = http_status});
  }
  std::vector<std::string> take_sent() { return std::exchange(sent, {}); }
};

class HandChannels final : public runtime::MessageChannelFactory {
 public:
  explicit HandChannels(const HandExecutor& executor) : executor_(executor) {}
  std::unique_ptr<runtime::MessageChannel> make(const runtime::ChannelLimits& limits) override {
    wires.push_back(std::make_shared<Wire>(executor_));
    wires.back()->limits = limits;
    return std::make_unique<Channel>(wires.back());
  }
  std::vector<std::shared_ptr<Wire>> wires;  // in the order of their making

 private:
  struct Channel final : runtime::MessageChannel {
    explicit Channel(std::shared_ptr<Wire> w) : wire(std::move(w)) {}
    ~Channel() override { wire->destroyed = true; }
    void open(const runtime::Endpoint& endpoint, Events events) override {
      wire->endpoint = endpoint;
      wire->events = std::move(events);
      ++wire->opens;
      wire->in_use = true;
      wire->close_asked = false;
    }
    void send(std::string text) override { wire->sent.push_back(std::move(text)); }
    void close() override { wire->close_asked = wire->in_use; }
    std::shared_ptr<Wire> wire;
  };
  const HandExecutor& executor_;
};

// Frames are words: "hb", "status online", "shutdown", "trade BTC-USD", "trade BTC-USD 7" (its id),
// "quote BTC-USD", "ohlc 5 BTC-USD",
// "ack trade BTC-USD", "ack ohlc-5 BTC-USD", "refused 1 not today". Requests are "sub trade
// BTC-USD", "unsub …", "ping". What is none of these is malformed.
class Words final : public exchange::Protocol {
 public:
  void decode(std::string_view text, exchange::Frame& out) override {
    using Kind = exchange::FrameKind;
    out = {};
    std::istringstream in{std::string(text)};
    std::string verb;
    in >> verb;
    if (verb == "hb") {
      out.kind = Kind::heartbeat;
    } else if (verb == "status") {
      std::string word;
      in >> word;
      out.kind = Kind::status;
      out.venue_status =
          word == "online" ? exchange::VenueStatus::online : exchange::VenueStatus::maintenance;
    } else if (verb == "trade") {
      out.kind = Kind::trades;
      auto& trade = out.trades.emplace_back();
      trade.symbol = symbol(in);
      in >> trade.id;
    } else if (verb == "quote") {
      out.kind = Kind::quotes;
      out.quotes.push_back({.symbol = symbol(in)});
    } else if (verb == "ohlc") {
      out.kind = Kind::candles;
      auto& candle = out.candles.emplace_back();
      in >> candle.interval_minutes;
      candle.symbol = symbol(in);
    } else if (verb == "ack") {
      out.kind = Kind::subscribed;
      std::string stream;
      in >> stream;
      out.subscription = subscription(stream, symbol(in));
    } else if (verb == "shutdown") {
      out.kind = Kind::shutdown;
    } else if (verb == "refused") {
      out.kind = Kind::refused;
      in >> out.request_id.emplace() >> std::ws;
      std::getline(in, out.detail);
    } else {
      out.malformed = exchange::Malformed::json;
    }
  }
  std::vector<exchange::Request> subscribe(std::span<const exchange::Subscription> wanted,
                                           std::uint64_t next_id) override {
    return requests("sub ", wanted, next_id);
  }
  std::vector<exchange::Request> unsubscribe(std::span<const exchange::Subscription> wanted,
                                             std::uint64_t next_id) override {
    return requests("unsub ", wanted, next_id);
  }
  std::string ping(std::uint64_t) override { return "ping"; }
  // As Kraken: one interval of candles on each connection, the first on the first.
  std::vector<std::size_t> assign_connections(
      std::span<const exchange::Subscription> wanted) const override {
    std::vector<std::uint32_t> intervals;
    std::vector<std::size_t> connection;
    for (const auto& one : wanted) {
      connection.push_back(0);
      if (one.channel != exchange::Channel::ohlc) continue;
      const auto found = std::ranges::find(intervals, one.interval_minutes);
      connection.back() = static_cast<std::size_t>(found - intervals.begin());
      if (found == intervals.end()) intervals.push_back(one.interval_minutes);
    }
    return connection;
  }
  exchange::BookSync book_sync() const override { return exchange::BookSync::checksum; }
  std::size_t book_depth() const override { return 10; }
  std::optional<std::uint32_t> checksum_of(const market::OrderBook&,
                                           market::Precision) const override {
    return std::nullopt;
  }

  static exchange::Subscription subscription(const std::string& stream,
                                             const market::Symbol& symbol) {
    using exchange::Channel;
    if (stream == "trade") return {.channel = Channel::trade, .symbol = symbol};
    if (stream == "spread") return {.channel = Channel::spread, .symbol = symbol};
    const auto minutes =
        static_cast<std::uint32_t>(std::stoul(stream.substr(stream.find('-') + 1)));
    return {.channel = Channel::ohlc, .symbol = symbol, .interval_minutes = minutes};
  }

 private:
  static market::Symbol symbol(std::istream& in) {
    std::string text;
    in >> text;
    return *market::Symbol::parse(text);
  }
  static std::vector<exchange::Request> requests(const std::string& verb,
                                                 std::span<const exchange::Subscription> wanted,
                                                 std::uint64_t id) {
    std::vector<exchange::Request> all;
    for (const auto& one : wanted) {
      all.push_back({.text = verb + stream_name(one) + " " + std::string(one.symbol.str()),
                     .id = id++,
                     .subscriptions = {one}});
    }
    return all;
  }
};

// "trade BTC-USD", "ohlc-5 ETH-USD".
inline exchange::Subscription stream(const std::string& words) {
  const std::size_t space = words.find(' ');
  return Words::subscription(words.substr(0, space),
                             *market::Symbol::parse(words.substr(space + 1)));
}

struct Surroundings {
  telemetry::Registry registry;
  telemetry::Catalog metrics{registry};
  HandExecutor executor;
  HandChannels channels{executor};
  pipeline::Handoff handoff{64, pipeline::OverloadPolicy::backpressure, metrics,
                            telemetry::label::Ring{"ingest"}};
  std::vector<LinkEvent> events;
  std::vector<std::uint64_t> trades;  // ids, as they were handed on
  int quotes = 0;                     // that were handed on
  int turns = 0;

  static SessionSettings session() {
    SessionSettings settings;
    settings.backoff = {.immediate_max = 0s, .first = 1s, .max = 8s, .jitter = 0};
    settings.breaker = {.max_failures = 3, .timeout = 60s, .half_open_timeout = 30s};
    settings.stale_after = {.trade = 30s, .spread = 30s, .ohlc = 180s};
    return settings;
  }
  void drain() {
    ++turns;
    handoff.drain(64, [this](pipeline::Tick& tick) {
      const auto* const trade = std::get_if<market::Trade>(&tick.event);
      if (trade != nullptr && trade->id != 0) trades.push_back(trade->id);
      quotes += std::holds_alternative<market::Quote>(tick.event) ? 1 : 0;
    });
  }
  long happened(LinkEvent::What what) const {
    return std::ranges::count(events, what, &LinkEvent::what);
  }
  Wire& wire(std::size_t index) { return *channels.wires.at(index); }
};

}  // namespace tickwitness::feed::test
