#include "store/postgres/sql_state.h"

#include <algorithm>
#include <array>

namespace tickwitness::store::postgres {
namespace {

constexpr std::size_t kLength = 5;

// Classes that a repetition does not cure.
constexpr std::array<std::string_view, 8> kLasting = {
    "0A",  // feature not supported
    "22",  // a value does not fit
    "23",  // a constraint
    "28",  // who is it
    "2F",  // a function
    "3D",  // no such database
    "3F",  // no such schema
    "42",  // no such table, no permission
};

bool is_state(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

}  // namespace

bool is_passing(std::string_view state) {
  return state.size() != kLength || state == kUniqueViolation ||
         std::ranges::find(kLasting, state.substr(0, 2)) == kLasting.end();
}

std::string state_in(std::string_view verbose) {
  constexpr std::string_view kBefore = ":  ", kAfter = ": ";
  for (auto at = verbose.rfind(kBefore); at != std::string_view::npos && at > 0;
       at = verbose.rfind(kBefore, at - 1)) {
    const auto state = verbose.substr(at + kBefore.size(), kLength);
    const auto after = verbose.substr(std::min(verbose.size(), at + kBefore.size() + kLength));
    if (state.size() == kLength && is_state(state) && after.starts_with(kAfter)) {
      return std::string(state);
    }
  }
  return {};
}

}  // namespace tickwitness::store::postgres
