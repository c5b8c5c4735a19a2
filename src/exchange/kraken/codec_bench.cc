// What the codec costs, by kind of frame; bench/kraken_trade_frame.cc sets it beside others.
#include "exchange/kraken/codec.h"

#include <benchmark/benchmark.h>

#include <string>

#include "base/decimal.h"
#include "base/rfc3339.h"

namespace tickwitness::exchange::kraken {
namespace {

std::string trades(int count) {
  std::string text = R"({"channel":"trade","type":"update","data":[)";
  for (int i = 0; i < count; ++i)
    text += std::string(i ? "," : "") +
            R"({"symbol":"BTC/USD","side":"sell","price":70123.4,"qty":0.01919415,)"
            R"("ord_type":"market","trade_id":)" +
            std::to_string(71000000 + i) + R"(,"timestamp":"2024-06-03T10:20:30.826003Z"})";
  return text + "]}";
}

const std::string kTicker =
    R"({"channel":"ticker","type":"update","data":[{"symbol":"BTC/USD","bid":62703.4,)"
    R"("bid_qty":0.0318498,"ask":62710.3,"ask_qty":0.00191335,"last":62702.9,)"
    R"("volume":1947.83637005,"vwap":63392.2,"low":62476.1,"high":64196.6,"change":-239.4,)"
    R"("change_pct":-0.38,"timestamp":"2026-07-08T05:24:41.204829Z"}]})";

const std::string kBook =
    R"({"channel":"book","type":"update","data":[{"symbol":"BTC/USD","bids":[],"asks":[)"
    R"({"price":63351.6,"qty":0.00000000},{"price":63356.7,"qty":0.78918373}],)"
    R"("checksum":3161278731,"timestamp":"2026-08-02T05:43:31.208168Z"}]})";

void rate(benchmark::State& state, std::size_t bytes, std::int64_t events) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
  state.SetItemsProcessed(state.iterations() * events);
}

void codec_trades(benchmark::State& state) {
  const auto text = trades(static_cast<int>(state.range(0)));
  Codec codec;
  Frame frame;
  for (auto _ : state) {
    codec.decode(text, frame);
    benchmark::DoNotOptimize(frame.trades.data());
  }
  rate(state, text.size(), state.range(0));
}
BENCHMARK(codec_trades)->Arg(50);

// A space before the frame sends it the general way.
void codec_trades_spelled_otherwise(benchmark::State& state) {
  const auto text = " " + trades(static_cast<int>(state.range(0)));
  Codec codec;
  Frame frame;
  for (auto _ : state) {
    codec.decode(text, frame);
    benchmark::DoNotOptimize(frame.trades.data());
  }
  rate(state, text.size(), state.range(0));
}
BENCHMARK(codec_trades_spelled_otherwise)->Arg(1)->Arg(50);

void codec_book(benchmark::State& state) {
  Codec codec;
  Frame frame;
  for (auto _ : state) {
    codec.decode(kBook, frame);
    benchmark::DoNotOptimize(frame.levels.data());
  }
  rate(state, kBook.size(), 1);
}
BENCHMARK(codec_book);

void codec_ticker(benchmark::State& state) {
  Codec codec;
  Frame frame;
  for (auto _ : state) {
    codec.decode(kTicker, frame);
    benchmark::DoNotOptimize(frame.quotes.data());
  }
  rate(state, kTicker.size(), 1);
}
BENCHMARK(codec_ticker);

void codec_book_spelled_otherwise(benchmark::State& state) {
  const auto text = " " + kBook;
  Codec codec;
  Frame frame;
  for (auto _ : state) {
    codec.decode(text, frame);
    benchmark::DoNotOptimize(frame.levels.data());
  }
  rate(state, text.size(), 1);
}
BENCHMARK(codec_book_spelled_otherwise);

void codec_heartbeat(benchmark::State& state) {
  Codec codec;
  Frame frame;
  for (auto _ : state) {
    codec.decode(R"({"channel":"heartbeat"})", frame);
    benchmark::DoNotOptimize(frame.kind);
  }
}
BENCHMARK(codec_heartbeat);

void decimal_parse(benchmark::State& state) {
  std::string_view text = "70123.41919415";
  for (auto _ : state) {
    benchmark::DoNotOptimize(text);
    benchmark::DoNotOptimize(base::Decimal::parse(text));
  }
}
BENCHMARK(decimal_parse);

// In the midst of a frame, as the codec does.
void decimal_take(benchmark::State& state) {
  for (auto _ : state) {
    std::string_view text = R"(0.01919415,"ord_type":"market")";
    base::Decimal out;
    benchmark::DoNotOptimize(text);
    benchmark::DoNotOptimize(base::Decimal::take(text, out));
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK(decimal_take);

void rfc3339_parse(benchmark::State& state) {
  std::string_view text = "2024-06-03T10:20:30.826003Z";
  for (auto _ : state) {
    benchmark::DoNotOptimize(text);
    benchmark::DoNotOptimize(base::parse_rfc3339(text));
  }
}
BENCHMARK(rfc3339_parse);

}  // namespace
}  // namespace tickwitness::exchange::kraken

BENCHMARK_MAIN();
