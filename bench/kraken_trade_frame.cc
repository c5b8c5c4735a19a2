// One trade frame of Kraken, and one of ten trades, read by the codec and by simdjson alone:
//   kraken_trade_frame FRAMES [flags of Google Benchmark]
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <simdjson.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "exchange/kraken/codec.h"

namespace tickwitness::bench {
namespace {

namespace ondemand = simdjson::ondemand;

std::vector<simdjson::padded_string> one_trade, ten_trades;

[[noreturn]] void refuse(std::string_view why) {
  fmt::print(stderr, "kraken_trade_frame: {}\n", why);
  std::exit(1);
}

// A line a frame of one trade; the entries of ten lines make a frame of ten.
void load(const char* path) {
  constexpr std::string_view kHead = R"({"channel":"trade","type":"update","data":[)", kTail = "]}";
  std::ifstream file(path);
  std::string line, ten;
  for (std::size_t count = 1; std::getline(file, line); ++count) {
    one_trade.emplace_back(line);
    if (!line.starts_with(kHead) || !line.ends_with(kTail)) refuse("not a frame of one trade");
    ten += ten.empty() ? kHead : ",";
    ten.append(line, kHead.size(), line.size() - kHead.size() - kTail.size());
    if (count % 10 != 0) continue;
    ten_trades.emplace_back(ten + std::string(kTail));
    ten.clear();
  }
  if (ten_trades.empty()) refuse("no frames");
}

struct Codec {
  exchange::kraken::Codec codec;
  exchange::Frame frame;

  const auto& read(const simdjson::padded_string& text) {
    codec.decode(text, frame);
    return frame.trades;
  }
};

// As a program would that is content with doubles and text: each field by simdjson's own means, in
// the order in which they come. The frames are in memory that simdjson can read beyond.
struct Bare {
  struct Trade {
    std::string_view symbol, side, order_type, time;
    double price = 0, quantity = 0;
    std::uint64_t id = 0;
  };
  ondemand::parser parser;
  std::vector<Trade> trades;

  const auto& read(const simdjson::padded_string& text) {
    trades.clear();
    ondemand::document document;
    ondemand::object frame;
    std::string_view channel, type;
    ondemand::array data;
    bool bad = parser.iterate(text).get(document) || document.get_object().get(frame) ||
               frame.find_field("channel").get_string().get(channel) ||
               frame.find_field("type").get_string().get(type) ||
               frame.find_field("data").get_array().get(data);
    if (bad || channel != "trade" || type != "update") return trades;
    for (auto element : data) {
      auto& trade = trades.emplace_back();
      ondemand::object entry;
      bad = bad || element.get_object().get(entry) ||
            entry.find_field("symbol").get_string().get(trade.symbol) ||
            entry.find_field("side").get_string().get(trade.side) ||
            entry.find_field("price").get_double().get(trade.price) ||
            entry.find_field("qty").get_double().get(trade.quantity) ||
            entry.find_field("ord_type").get_string().get(trade.order_type) ||
            entry.find_field("trade_id").get_uint64().get(trade.id) ||
            entry.find_field("timestamp").get_string().get(trade.time);
    }
    if (bad) trades.clear();
    return trades;
  }
};

// The ids of all frames, added up: whoever skips a trade has another sum.
template <class Reader>
std::uint64_t sum_of_ids(const std::vector<simdjson::padded_string>& frames) {
  Reader reader;
  std::uint64_t sum = 0;
  for (const auto& text : frames)
    for (const auto& trade : reader.read(text)) sum += trade.id;
  return sum;
}

template <class Reader>
void measure(const char* name, const std::vector<simdjson::padded_string>& frames) {
  benchmark::RegisterBenchmark(name, [&frames](benchmark::State& state) {
    Reader reader;
    std::size_t at = 0;
    for (auto _ : state) {
      benchmark::DoNotOptimize(reader.read(frames[at]).data());
      if (++at == frames.size()) at = 0;
    }
  });
}

int run(int count, char** words) {
  benchmark::Initialize(&count, words);
  if (count != 2) refuse("name the file of frames");
  load(words[1]);
  const auto sum = sum_of_ids<Codec>(one_trade);
  for (const auto other :
       {sum_of_ids<Bare>(one_trade), sum_of_ids<Codec>(ten_trades), sum_of_ids<Bare>(ten_trades)})
    if (sum == 0 || other != sum) refuse("the readers do not agree on the trades");
  measure<Codec>("kraken_trade_frame", one_trade);
  measure<Bare>("simdjson/kraken_trade_frame", one_trade);
  measure<Codec>("kraken_trade_frame_10", ten_trades);
  measure<Bare>("simdjson/kraken_trade_frame_10", ten_trades);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

}  // namespace
}  // namespace tickwitness::bench

int main(int count, char** words) {
  return tickwitness::bench::run(count, words);
}
