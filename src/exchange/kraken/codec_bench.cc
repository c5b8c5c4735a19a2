// What the codec costs over simdjson alone reading the same fields of the same frames: as views,
// without making decimals, times or symbols of them.
#include "exchange/kraken/codec.h"

#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <string>

#include "base/decimal.h"
#include "base/rfc3339.h"

namespace tickwitness::exchange::kraken {
namespace {

namespace ondemand = simdjson::ondemand;

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
BENCHMARK(codec_trades)->Arg(1)->Arg(10)->Arg(50);

// Reads a frame as an application would that is content with doubles and text.
struct BareTrade {
  std::string_view symbol, side, order_type, time;
  double price = 0, quantity = 0;
  std::uint64_t id = 0;
};

void simdjson_trades(benchmark::State& state) {
  const auto text = trades(static_cast<int>(state.range(0)));
  ondemand::parser parser;
  std::vector<char> buffer(text.size() + simdjson::SIMDJSON_PADDING);
  std::vector<BareTrade> out;
  for (auto _ : state) {
    std::copy(text.begin(), text.end(), buffer.begin());
    ondemand::document document;
    std::string_view channel, type;
    ondemand::array data;
    bool bad = parser.iterate(buffer.data(), text.size(), buffer.size()).get(document) ||
               document["channel"].get(channel) || document["type"].get(type) ||
               document["data"].get(data);
    out.clear();
    for (auto entry : data) {
      auto& trade = out.emplace_back();
      bad = bad || entry["symbol"].get(trade.symbol) || entry["side"].get(trade.side) ||
            entry["price"].get(trade.price) || entry["qty"].get(trade.quantity) ||
            entry["ord_type"].get(trade.order_type) || entry["trade_id"].get(trade.id) ||
            entry["timestamp"].get(trade.time);
    }
    if (bad) state.SkipWithError("unreadable");
    benchmark::DoNotOptimize(out.data());
  }
  rate(state, text.size(), state.range(0));
}
BENCHMARK(simdjson_trades)->Arg(1)->Arg(10)->Arg(50);

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
