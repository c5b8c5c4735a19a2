#include "bench/rivals/cpp/workload.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <numeric>
#include <utility>

namespace tickwitness::bench {
namespace {

constexpr std::uint64_t kSeedOfDurations = 0x9E3779B97F4A7C15;
constexpr std::uint64_t kSeedOfOrder = 0xD1B54A32D192ED03;
constexpr std::ptrdiff_t kDurationsUpTo50Ms = 37635;
constexpr std::size_t kSumOfOrder = 246'912'291;  // of position × index

// xorshift64* by Marsaglia and Vigna: three lines in every language of the rivals.
class Xorshift {
 public:
  explicit Xorshift(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545F4914F6CDD1D;
  }

 private:
  std::uint64_t state_;
};

// The value behind a line's last blank: a label's value may hold blanks, a value may not.
void read_line(std::string_view line, Samples& out) {
  if (line.empty() || line.starts_with('#')) return;
  ++out.lines;
  const auto blank = line.rfind(' ');
  if (blank == line.npos) return;
  double value = 0;
  const auto text = line.substr(blank + 1);
  std::from_chars(text.data(), text.data() + text.size(), value);
  if (!(value >= 0 && value < 1e15) || value != std::floor(value)) return;
  const auto whole = static_cast<std::uint64_t>(value);
  out.sum += whole;
  const auto name = line.substr(0, line.find_first_of("{ "));
  if (name.ends_with("_count")) out.counts += whole;
}

}  // namespace

std::string symbol_of(std::size_t index) {
  return fmt::format("SYM{:05}-USD", index);
}

Labels labels_of(std::size_t index) {
  constexpr std::array kExchanges = {"kraken", "binance"};
  constexpr std::array kChannels = {"trade", "spread", "ohlc", "book"};
  return {kExchanges[index % 2], symbol_of(index), kChannels[index / 2 % 4]};
}

std::string family_name(std::size_t family) {
  return fmt::format("bench_f{}_total", family);
}

const std::vector<double>& bounds() {
  static const std::vector<double> bounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                             0.1,   0.25,   0.5,   1,    2.5};
  return bounds;
}

std::vector<double> durations() {
  Xorshift random(kSeedOfDurations);
  std::vector<double> out(kDurations);
  for (auto& value : out) {
    const auto unit = static_cast<double>(random.next() >> 11) * 0x1.0p-53;
    value = 1e-4 * std::exp(std::log(50'000.0) * unit);
  }
  const auto below = std::ranges::count_if(out, [](double value) { return value <= 0.05; });
  if (below != kDurationsUpTo50Ms) refuse("every peer", "the table of durations is another one");
  return out;
}

std::vector<Labels> shuffled_series() {
  std::vector<std::size_t> order(kLookupSeries);
  std::iota(order.begin(), order.end(), 0);
  Xorshift random(kSeedOfOrder);
  for (std::size_t i = kLookupSeries - 1; i > 0; --i) {
    std::swap(order[i], order[random.next() % (i + 1)]);
  }
  std::size_t sum = 0;
  std::vector<Labels> out;
  for (std::size_t i = 0; i < order.size(); ++i) {
    sum += i * order[i];
    out.push_back(labels_of(order[i]));
  }
  if (sum != kSumOfOrder) refuse("every peer", "the order of the series is another one");
  return out;
}

Samples read_samples(std::string_view body) {
  Samples out;
  while (!body.empty()) {
    const auto end = std::min(body.find('\n'), body.size());
    read_line(body.substr(0, end), out);
    body.remove_prefix(std::min(end + 1, body.size()));
  }
  return out;
}

std::uint64_t sum_if_even(const std::vector<std::uint64_t>& counts) {
  constexpr std::uint64_t kRunsMax = 100;
  const auto [least, most] = std::ranges::minmax(counts);
  if (most - least > kRunsMax) return 0;
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

std::uint64_t resident_bytes() {
  std::ifstream status("/proc/self/status");
  std::string word;
  std::uint64_t kib = 0;
  while (status >> word && word != "VmRSS:") continue;
  status >> kib;
  return kib * 1024;
}

void refuse(std::string_view peer, std::string_view what) {
  fmt::print(stderr, "core_bench: {}: {}\n", peer, what);
  std::exit(EXIT_FAILURE);
}

}  // namespace tickwitness::bench
