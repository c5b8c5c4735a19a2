// What a page says, in whatever format it came: for tests that read pages back.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tickwitness::telemetry::core {

// The same double to the bit.
inline bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

struct PageExemplar {
  std::string name, value;  // of its label
  double number = 0;
  std::int64_t at = 0;  // Unix time in nanoseconds
  bool operator==(const PageExemplar& other) const {
    return name == other.name && value == other.value && same_bits(number, other.number) &&
           at == other.at;
  }
};

struct PageSample {
  std::string name;                                         // with _bucket, _sum, _count
  std::vector<std::pair<std::string, std::string>> labels;  // in the page's order, but the next two
  std::optional<double> le, quantile;
  double value = 0;
  std::optional<PageExemplar> exemplar;
  bool operator==(const PageSample& other) const {
    // Quantiles are known to 1 %.
    const bool near = quantile && std::abs(value - other.value) <= 0.01 * std::abs(other.value);
    return name == other.name && labels == other.labels && le == other.le &&
           quantile == other.quantile && (near || same_bits(value, other.value)) &&
           exemplar == other.exemplar;
  }
};

struct PageFamily {
  std::string name, type, help, unit;
  std::vector<PageSample> samples;
  bool operator==(const PageFamily&) const = default;
};

// A histogram's native part, its spans and deltas resolved.
struct PageNative {
  std::string family;
  std::vector<std::pair<std::string, std::string>> labels;
  int schema = 0;
  double zero_threshold = 0;
  std::uint64_t count = 0, zeros = 0;
  std::map<std::int64_t, std::uint64_t> buckets;  // by index
};

struct Page {
  std::vector<PageFamily> families;
  std::vector<PageNative> natives;  // of protobuf
  bool operator==(const Page& other) const { return families == other.families; }
};

}  // namespace tickwitness::telemetry::core
