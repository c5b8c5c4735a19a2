// What a frame costs by its kind, on the fast way and on the general one.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <string>

#include "exchange/binance/codec.h"

namespace tickwitness::exchange::binance {
namespace {

std::string combined(std::string_view stream, std::string_view data) {
  return fmt::format(R"({{"stream":"{}","data":{}}})", stream, data);
}

const std::string kTrade =
    combined("btcusdt@trade",
             R"({"e":"trade","E":1770123456789,"s":"BTCUSDT","t":3735683259,"p":"61837.63000000",)"
             R"("q":"0.02000000","T":1770123456788,"m":true,"M":true})");
const std::string kQuote = combined(
    "btcusdt@bookTicker", R"({"u":50093239212,"s":"BTCUSDT","b":"61837.63000000","B":"3.78826000",)"
                          R"("a":"61837.64000000","A":"1.54698000"})");

std::string depth(std::int64_t levels) {
  std::string sides[2];
  for (std::int64_t i = 0; i < levels; ++i)
    sides[i % 2] += fmt::format(R"({}["{}.{:02}000000","{}.32329000"])",
                                sides[i % 2].empty() ? "" : ",", 61837 - i, i % 100, i % 7);
  return combined("btcusdt@depth@100ms",
                  fmt::format(R"({{"e":"depthUpdate","E":1770123456789,"s":"BTCUSDT",)"
                              R"("U":50093239189,"u":50093239202,"b":[{}],"a":[{}]}})",
                              sides[0], sides[1]));
}

using Decode = void (Codec::*)(std::string_view, Frame&);

void run(benchmark::State& state, const std::string& text, Decode decode, bool learnt) {
  Codec codec;
  if (learnt) codec.symbols().learn(*market::Symbol::parse("BTC-USDT"));
  Frame frame;
  for (auto _ : state) {
    (codec.*decode)(text, frame);
    benchmark::DoNotOptimize(frame.kind);
  }
  if (frame.kind == FrameKind::malformed) state.SkipWithError("unreadable");
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
  state.SetItemsProcessed(state.iterations());
}

void trade(benchmark::State& state) {
  run(state, kTrade, &Codec::decode, true);
}
BENCHMARK(trade);

void trade_symbol_guessed(benchmark::State& state) {
  run(state, kTrade, &Codec::decode, false);
}
BENCHMARK(trade_symbol_guessed);

void trade_generally(benchmark::State& state) {
  run(state, kTrade, &Codec::decode_generally, true);
}
BENCHMARK(trade_generally);

void book_ticker(benchmark::State& state) {
  run(state, kQuote, &Codec::decode, true);
}
BENCHMARK(book_ticker);

void depth_of_levels(benchmark::State& state) {
  run(state, depth(state.range(0)), &Codec::decode, true);
}
BENCHMARK(depth_of_levels)->Arg(1)->Arg(10)->Arg(100)->Arg(1000);

void depth_of_levels_generally(benchmark::State& state) {
  run(state, depth(state.range(0)), &Codec::decode_generally, true);
}
BENCHMARK(depth_of_levels_generally)->Arg(100);

}  // namespace
}  // namespace tickwitness::exchange::binance

BENCHMARK_MAIN();
