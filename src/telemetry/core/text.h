// The small pieces of Prometheus text: numbers, escapes. Written once here so that every output
// agrees.
// https://prometheus.io/docs/instrumenting/exposition_formats/, OpenMetrics 1.0.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace tickwitness::telemetry::core {

// Room that the longest number needs.
inline constexpr std::size_t kNumberMax = 32;
// Write to `at` and give the end. A double reads back to the same double; whole numbers below 2^53
// have no exponent; NaN, +Inf, -Inf.
char* write_large(char* at, std::uint64_t value);
inline char* write_number(char* at, std::uint64_t value) {
  if (value >= 100) return write_large(at, value);
  if (value >= 10) *at++ = static_cast<char>('0' + value / 10);
  *at++ = static_cast<char>('0' + value % 10);
  return at;
}
char* write_number(char* at, double value);
void append_number(std::string& out, std::uint64_t value);
void append_number(std::string& out, double value);
// As Go and Prometheus write `le`, so that a bucket has the same name in every format: always with
// a fraction or an exponent ("1.0"), the latter from 1e+06 on and below 0.0001.
void append_bound(std::string& out, double value);
// In seconds, every nanosecond of it: a double has not enough digits.
void append_time(std::string& out, std::chrono::nanoseconds since_epoch);
// `name="value"`, escaped, after a comma when `out` is not empty.
void append_label(std::string& out, std::string_view name, std::string_view value);
// HELP text; `quotes`: escape " as well (OpenMetrics).
void append_help(std::string& out, std::string_view help, bool quotes);
// Goes through the labels of a text that append_label made.
class LabelReader {
 public:
  explicit LabelReader(std::string_view labels) : rest_(labels) {}
  // False: there are no more.
  bool next();
  std::string_view name() const { return name_; }
  std::string_view escaped() const { return value_; }
  std::string value() const;  // without escapes

 private:
  std::string_view rest_, name_, value_;
};
// Bytes that are not UTF-8 become U+FFFD.
std::string valid_utf8(std::string_view text);

}  // namespace tickwitness::telemetry::core
