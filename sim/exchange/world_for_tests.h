// For tests: an exchange in virtual time, and clients that keep every frame with its parsed form.
// The parsing is the small reader's; nothing of the writer is used.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/exchange/json_reader.h"
#include "sim/exchange/kraken.h"

namespace tickwitness::sim {

struct Received {
  ConnectionId connection = 0;
  base::Instant at;
  std::string text;
  Json json;  // null for text that is not JSON
  Parcel parcel;

  // The text of a top-level string member; "" when absent.
  std::string_view member(std::string_view name) const {
    const Json* const found = json.find(name);
    return found == nullptr ? std::string_view() : std::string_view(found->text);
  }
  std::string_view channel() const { return member("channel"); }
  bool snapshot() const { return member("type") == "snapshot"; }
  const std::vector<Json>& data() const { return json.find("data")->items; }
};

// Ten minutes of history instead of an hour, so that a table of worlds is quick.
inline Settings quick_settings(std::uint64_t seed = 7) {
  Settings settings;
  settings.seed = seed;
  settings.history = std::chrono::minutes(10);
  return settings;
}

// quick_settings() and these faults, as users write them.
inline Settings with(std::initializer_list<std::string_view> faults) {
  Settings settings = quick_settings();
  for (const std::string_view text : faults) settings.faults.push_back(parse_fault(text).value());
  return settings;
}

class World {
 public:
  explicit World(Settings settings = quick_settings(), base::WallTime wall = kWall)
      : start_{kMono, wall}, exchange(std::move(settings), start_) {}

  // 2026-01-02T03:04:30Z: half a minute before a candle boundary.
  static constexpr base::WallTime kWall{std::chrono::seconds(1'767'323'070)};
  static constexpr base::Instant kMono{std::chrono::hours(5)};

  base::Now now() const { return {start_.mono + elapsed_, start_.wall + elapsed_}; }
  base::Duration elapsed() const { return elapsed_; }

  ConnectionId connect() {
    const ConnectionId id = ++last_connection_;
    exchange.on_connect(id, "/v2", now(), actions_);
    take();
    return id;
  }
  void say(ConnectionId connection, std::string_view text) {
    exchange.on_text(connection, now(), text, actions_);
    take();
  }
  // Steps at each deadline up to that time since the start.
  void run_until(base::Duration time) {
    while (exchange.next_deadline() <= start_.mono + time) {
      elapsed_ = std::max(elapsed_, exchange.next_deadline() - start_.mono);
      exchange.step(now(), actions_);
      take();
    }
    elapsed_ = time;
    exchange.step(now(), actions_);
    take();
  }
  void shut_down() {
    exchange.begin_shutdown(now(), actions_);
    take();
  }

  std::vector<const Received*> of_channel(std::string_view channel) const {
    std::vector<const Received*> found;
    for (const Received& frame : frames)
      if (frame.channel() == channel) found.push_back(&frame);
    return found;
  }
  std::size_t count_method(std::string_view method, bool success) const {
    std::size_t count = 0;
    for (const Received& frame : frames) {
      const Json* const verdict = frame.json.find("success");
      if (verdict != nullptr && frame.member("method") == method && verdict->boolean == success)
        ++count;
    }
    return count;
  }

 private:
  void take() {
    for (Action& action : actions_) {
      if (const auto* const sent = std::get_if<Send>(&action)) {
        const JsonLimits limits{.bytes_max = 1 << 20, .depth_max = 16, .values_max = 100'000};
        frames.push_back({sent->connection, now().mono, sent->text,
                          parse_json(sent->text, limits).value_or(Json{}), sent->parcel});
        if (sent->fragment_bytes > 0) ++fragmented;
      } else if (const auto* const close = std::get_if<Close>(&action)) {
        closed.push_back(close->connection);
      } else {
        reset.push_back(std::get<Reset>(action).connection);
      }
    }
    actions_.clear();
  }

  base::Now start_;
  base::Duration elapsed_{0};
  ConnectionId last_connection_ = 0;
  Actions actions_;

 public:
  Kraken exchange;
  std::vector<Received> frames;
  std::vector<ConnectionId> closed, reset;
  std::size_t fragmented = 0;
};

inline constexpr std::string_view kAllSymbols = R"(["BTC/USD","ETH/USD","SOL/USD","XRP/USD"])";

// Trades (with snapshot), bbo ticker, one candle interval and instruments, for the default pairs.
inline void subscribe_all(World& world, ConnectionId connection, int interval = 1) {
  const std::string symbols = R"("symbol":)" + std::string(kAllSymbols);
  const std::string head = R"({"method":"subscribe","params":{)" + symbols;
  world.say(connection, head + R"(,"channel":"trade","snapshot":true},"req_id":1})");
  world.say(connection, head + R"(,"channel":"ticker","event_trigger":"bbo"},"req_id":2})");
  world.say(connection, head + R"(,"channel":"ohlc","interval":)" + std::to_string(interval) +
                            R"(},"req_id":3})");
  world.say(connection, R"({"method":"subscribe","params":{"channel":"instrument"},"req_id":4})");
}

}  // namespace tickwitness::sim
