// What the record costs: one message of a busy link, in a world of four pairs and seven streams
// each.
#include <benchmark/benchmark.h>

#include <string>

#include "sim/record/ledger.h"

namespace tickwitness::sim {
namespace {

void ledger_on_delivered(benchmark::State& state) {
  Ledger ledger(Settings{}, {.stale_after_trade = std::chrono::seconds(60),
                             .stale_after_spread = std::chrono::seconds(60),
                             .stale_after_ohlc = std::chrono::seconds(180),
                             .healthy_after = std::chrono::seconds(60)});
  base::Now now{base::Instant(std::chrono::hours(1)), base::WallTime(std::chrono::hours(500'000))};
  const std::string symbols = R"("symbol":["BTC/USD","ETH/USD","SOL/USD","XRP/USD"]}})";
  const std::string head = R"({"method":"subscribe","params":{"channel":)";
  for (std::uint64_t link = 1; link <= 4; ++link) {
    ledger.on_attempt(link, now);
    ledger.on_open(link, now);
    ledger.on_sent(link, now, head + R"("ohlc","interval":5,)" + symbols);
  }
  ledger.on_sent(1, now, head + R"("trade",)" + symbols);
  ledger.on_sent(1, now, head + R"("ticker",)" + symbols);
  Parcel parcel = data_parcel(WireChannel::trade, 2, 2, false);
  parcel.last_price = base::Decimal(1'000'001, 1);
  parcel.stamps = 2;
  for (auto _ : state) {
    now.mono += std::chrono::milliseconds(20);
    now.wall += std::chrono::milliseconds(20);
    parcel.stamp[0] = parcel.stamp[1] = now.wall - std::chrono::milliseconds(4);
    ledger.on_delivered(1, now, parcel, 250);
  }
}
BENCHMARK(ledger_on_delivered);

}  // namespace
}  // namespace tickwitness::sim

BENCHMARK_MAIN();
