// What every peer is given, the same in all languages: bench/rivals/README.md has the definitions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tickwitness::bench {

inline constexpr std::size_t kFamilies = 20;
inline constexpr std::size_t kLookupSeries = 1000;
inline constexpr std::size_t kHistograms = 10'000;
inline constexpr std::size_t kObservationsEach = 20;
inline constexpr std::size_t kDurations = 65536;  // a power of two: an index is masked

// The three labels of a counter. `index` counts within its family.
struct Labels {
  std::string exchange;
  std::string symbol;
  std::string channel;
};
Labels labels_of(std::size_t index);
std::string symbol_of(std::size_t index);

// bench_f0_total … bench_f19_total
std::string family_name(std::size_t family);

// What counter number `i` of all holds when it is scraped: 1 … 1 000 000, each once in a million.
constexpr std::uint64_t value_of(std::size_t i) {
  return 1 + i * 7919 % 1'000'000;
}

// Upper bounds of the histograms in seconds, +Inf left out.
const std::vector<double>& bounds();

// kDurations log-uniform durations between 100 µs and 5 s, in seconds. Ends the program if they are
// not the ones that the other languages have.
std::vector<double> durations();

// The thousand series of lookup_inc in their shuffled order; checked like durations().
std::vector<Labels> shuffled_series();

// What a body must say. Lines with # and empty lines are no samples.
struct Samples {
  std::size_t lines = 0;
  std::uint64_t sum = 0;     // of all values that are whole numbers
  std::uint64_t counts = 0;  // of the values of *_count
};
Samples read_samples(std::string_view body);

// The sum of what the series of a lookup hold; 0 if one was found much more often than another, as
// each run goes round them from the first.
std::uint64_t sum_if_even(const std::vector<std::uint64_t>& counts);

// Resident memory of this process.
std::uint64_t resident_bytes();

// A peer that does not count is no peer: says so and ends the program with 1.
[[noreturn]] void refuse(std::string_view peer, std::string_view what);

}  // namespace tickwitness::bench
