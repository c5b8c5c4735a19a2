// The query string of a request's target.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tickwitness::sim {

// Decimal digits and nothing else, up to 2^64-1.
std::optional<std::uint64_t> parse_unsigned(std::string_view text);

// The first parameter of that name, percent-decoded; what is no escape stays as it is.
std::optional<std::string> parameter(std::string_view query, std::string_view name);

}  // namespace tickwitness::sim
