// For tests: a simulated Binance in virtual time, and clients that keep every frame with its parsed
// form. The parsing is the small reader's; nothing of the writer is used.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/exchange/binance.h"
#include "sim/exchange/json_reader.h"

namespace tickwitness::sim {

inline constexpr JsonLimits kBinanceJson{
    .bytes_max = 1 << 20, .depth_max = 16, .values_max = 100'000};

struct BinanceFrame {
  ConnectionId connection = 0;
  base::Instant at;
  std::string text;
  Json json;   // null for text that is not JSON
  Json event;  // `data` of a combined frame, else the frame itself
  std::string stream;
  Parcel parcel;

  std::uint64_t number(std::string_view name) const {
    return event.find(name)->as_unsigned().value();
  }
  std::string_view word(std::string_view name) const { return event.find(name)->text; }
};

// Ten minutes of history instead of an hour, so that a table of worlds is quick.
inline Settings binance_with(std::initializer_list<std::string_view> faults,
                             std::uint64_t seed = 7) {
  Settings settings = binance_settings();
  settings.seed = seed;
  settings.history = std::chrono::minutes(10);
  for (const std::string_view text : faults)
    settings.faults.push_back(parse_fault(text, market::Venue::binance).value());
  return settings;
}

class BinanceWorld {
 public:
  explicit BinanceWorld(Settings settings = binance_with({}), BinanceLimits limits = {})
      : start_{kMono, kWall}, exchange(std::move(settings), start_, limits) {}

  // 2026-01-02T03:04:30Z: half a minute before a candle boundary.
  static constexpr base::WallTime kWall{std::chrono::seconds(1'767'323'070)};
  static constexpr base::Instant kMono{std::chrono::hours(5)};

  base::Now now() const { return {start_.mono + elapsed_, start_.wall + elapsed_}; }
  base::Duration elapsed() const { return elapsed_; }

  ConnectionId connect(std::string_view target = "/stream") {
    const ConnectionId id = ++last_connection_;
    exchange.on_connect(id, target, now(), actions_);
    take();
    return id;
  }
  void say(ConnectionId connection, std::string_view text) {
    exchange.on_text(connection, now(), text, actions_);
    take();
  }
  HttpReply get(std::string_view target) { return exchange.on_http("GET", target, now()); }
  Json get_json(std::string_view target) {
    return parse_json(get(target).body, kBinanceJson).value_or(Json{});
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
  void heal() {
    exchange.heal(now(), actions_);
    take();
  }
  void shut_down() {
    exchange.begin_shutdown(now(), actions_);
    take();
  }

  std::vector<const BinanceFrame*> of(std::string_view stream, ConnectionId connection = 0) const {
    std::vector<const BinanceFrame*> found;
    for (const BinanceFrame& frame : frames)
      if (frame.stream == stream && (connection == 0 || frame.connection == connection))
        found.push_back(&frame);
    return found;
  }

 private:
  void take() {
    for (Action& action : actions_) {
      if (const auto* const sent = std::get_if<Send>(&action)) {
        BinanceFrame frame{sent->connection, now().mono, sent->text, {}, {}, {}, sent->parcel};
        frame.json = parse_json(sent->text, kBinanceJson).value_or(Json{});
        const Json* const data = frame.json.find("data");
        frame.event = data == nullptr ? frame.json : *data;
        if (data != nullptr) frame.stream = frame.json.find("stream")->text;
        frames.push_back(std::move(frame));
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
  Binance exchange;
  std::vector<BinanceFrame> frames;
  std::vector<ConnectionId> closed, reset;
};

inline constexpr std::string_view kBitcoinTarget =
    "/stream?streams=btcusdt@trade/btcusdt@aggTrade/btcusdt@bookTicker/btcusdt@depth@100ms/"
    "btcusdt@kline_1m";

// A book kept by the documented rules from frames and one snapshot alone. Prices and quantities as
// they were written, without the point.
class DepthClient {
 public:
  // False: the snapshot is older than what was buffered, or there is a hole.
  bool load(const Json& snapshot, const std::vector<const BinanceFrame*>& buffered) {
    bids_.clear();
    asks_.clear();
    id_ = snapshot.find("lastUpdateId")->as_unsigned().value();
    apply(*snapshot.find("bids"), *snapshot.find("asks"));
    bool first = true;
    for (const BinanceFrame* frame : buffered) {
      if (frame->number("u") <= id_) continue;
      if (first && frame->number("U") > id_ + 1) return false;
      first = false;
      if (!next(*frame)) return false;
    }
    return true;
  }
  // False: there is a hole.
  bool next(const BinanceFrame& frame) {
    if (frame.number("u") <= id_) return true;
    if (frame.number("U") > id_ + 1) return false;
    apply(*frame.event.find("b"), *frame.event.find("a"));
    id_ = frame.number("u");
    return true;
  }
  std::uint64_t id() const { return id_; }

  // The best `count` of each side are those of the exchange's own book.
  bool equals(const OrderBook& book, const PairSettings& pair, std::size_t count) const {
    return equals(bids_, book.top(BookSide::bid, count), pair) &&
           equals(asks_, book.top(BookSide::ask, count), pair);
  }
  std::size_t size() const { return bids_.size() + asks_.size(); }

 private:
  static std::int64_t digits(std::string text) {
    std::erase(text, '.');
    return std::stoll(text);
  }
  static std::int64_t eight(std::int64_t units, int scale) {
    for (; scale < 8; ++scale) units *= 10;
    return units;
  }
  template <typename Side>
  static void apply(Side& side, const Json& levels) {
    for (const Json& level : levels.items) {
      const std::int64_t price = digits(level.items[0].text);
      const std::int64_t quantity = digits(level.items[1].text);
      if (quantity == 0) {
        side.erase(price);
      } else {
        side[price] = quantity;
      }
    }
  }
  void apply(const Json& bids, const Json& asks) {
    apply(bids_, bids);
    apply(asks_, asks);
  }
  template <typename Side>
  static bool equals(const Side& side, const std::vector<Level>& levels, const PairSettings& pair) {
    if (side.size() < levels.size()) return false;
    auto held = side.begin();
    for (const Level& level : levels) {
      if (held->first != eight(level.price, pair.price_precision) ||
          held->second != eight(level.quantity, pair.quantity_precision))
        return false;
      ++held;
    }
    return true;
  }

  std::uint64_t id_ = 0;
  std::map<std::int64_t, std::int64_t, std::greater<>> bids_;
  std::map<std::int64_t, std::int64_t> asks_;
};

}  // namespace tickwitness::sim
