// The small pieces of Prometheus text: numbers, escapes. Written once here so that every output
// agrees.
// https://prometheus.io/docs/instrumenting/exposition_formats/, OpenMetrics 1.0.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tickwitness::telemetry {

void append_number(std::string& out, std::uint64_t value);
// Reads back to the same double; whole numbers below 2^53 without exponent; NaN, +Inf, -Inf.
void append_number(std::string& out, double value);
// As append_number, but always with a fraction or an exponent ("1.0"), as `le` values must be so
// that a bucket has the same name in every format.
void append_bound(std::string& out, double value);
// `name="value"`, escaped, after a comma when `out` is not empty.
void append_label(std::string& out, std::string_view name, std::string_view value);
// HELP text; `quotes`: escape " as well (OpenMetrics).
void append_help(std::string& out, std::string_view help, bool quotes);
// Bytes that are not UTF-8 become U+FFFD.
std::string valid_utf8(std::string_view text);

}  // namespace tickwitness::telemetry
