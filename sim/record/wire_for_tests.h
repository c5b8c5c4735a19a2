// For tests: a ledger, a clock that moves when told, and the events of a wire in few words.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>

#include "sim/record/ledger.h"

namespace tickwitness::sim {

inline Promises test_promises() {
  using std::chrono::seconds;
  return {.stale_after_trade = seconds(20),
          .stale_after_spread = seconds(10),
          .stale_after_ohlc = seconds(30),
          .healthy_after = seconds(60),
          .breaker_failures_max = 3,
          .breaker_timeout = seconds(40),
          .breaker_half_open_timeout = seconds(15)};
}

class Wire {
 public:
  using Reason = runtime::CloseReason;

  // 2026-01-02T03:04:30Z.
  static constexpr base::WallTime kWall{std::chrono::seconds(1'767'323'070)};
  static constexpr base::Instant kMono{std::chrono::hours(5)};

  base::Now now() const { return {kMono + elapsed, kWall + elapsed}; }
  void pass(base::Duration time) { elapsed += time; }

  void attempt(std::uint64_t link = 1) { ledger.on_attempt(link, now()); }
  void open(std::uint64_t link = 1) {
    attempt(link);
    ledger.on_open(link, now());
  }
  void end(Reason reason = Reason::remote, std::uint64_t link = 1, bool finishing = false) {
    ledger.on_ended(link, now(), reason, finishing);
  }
  void fail(std::uint64_t link = 1) {
    attempt(link);
    end(Reason::refused, link);
  }
  // `channel` as on the wire, with its other parameters: R"("ohlc","interval":5)".
  void ask(std::string_view channel, std::string_view symbols = R"("BTC/USD")",
           std::uint64_t link = 1, std::string_view method = "subscribe") {
    ledger.on_sent(link, now(),
                   R"({"method":")" + std::string(method) + R"(","params":{"channel":)" +
                       std::string(channel) + R"(,"symbol":[)" + std::string(symbols) + "]}}");
  }
  // Trades that bear no ids get the next ones.
  void deliver(Parcel parcel, std::size_t bytes = 100, std::uint64_t link = 1) {
    if (parcel.kind == SentKind::trade && parcel.id[0] == 0) number(parcel);
    ledger.on_delivered(link, now(), parcel, bytes);
  }
  void number(Parcel& parcel) {
    std::uint64_t& next = next_id[*parcel.pair];
    for (std::size_t i = 0; i < parcel.id.size(); ++i) parcel.id[i] = next + 1 + i;
    next += parcel.items;
  }
  void answer(SentKind kind, WireChannel channel = WireChannel::trade, std::uint32_t interval = 0,
              std::uint64_t link = 1) {
    deliver({.kind = kind, .channel = channel, .pair = 0, .interval = interval}, 100, link);
  }
  void trades(std::size_t items = 1, bool snapshot = false, std::size_t pair = 0) {
    Parcel parcel = data_parcel(WireChannel::trade, pair, items, snapshot);
    parcel.last_price = base::Decimal(1000 + static_cast<std::int64_t>(items), 1);
    if (!snapshot) {
      for (std::size_t i = 0; i < items; ++i) {
        parcel.stamp[parcel.stamps++] = now().wall - std::chrono::milliseconds(5);
      }
    }
    deliver(parcel);
  }
  // Open, with the trades of BTC-USD asked for, accepted and coming.
  void serve_trades() {
    open();
    ask(R"("trade")");
    answer(SentKind::subscribed);
    trades(2, true);
  }

  std::map<std::size_t, std::uint64_t> next_id;  // by pair

  const LinkRecord& link(std::uint64_t id = 1) const { return ledger.links().at(id); }
  const StreamRecord& stream(const std::string& name = "trade",
                             const std::string& symbol = "BTC-USD") const {
    return ledger.streams().at({symbol, name});
  }
  Ledger::Expected expected(const std::string& name = "trade",
                            const std::string& symbol = "BTC-USD") const {
    return ledger.expected(stream(name, symbol), now().mono);
  }
  StreamState state() const { return expected().state; }
  StreamRecord::Silences silences() const { return ledger.silences(stream(), now().mono); }

  base::Duration elapsed{0};
  Ledger ledger{Settings{}, test_promises()};
};

}  // namespace tickwitness::sim
