#include "cache/command.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tickwitness::cache {

std::string_view to_string(Failure failure) {
  constexpr std::array<std::string_view, 11> kWords{"loading", "readonly", "oom",    "noperm",
                                                    "auth",    "moved",    "busy",   "error",
                                                    "timeout", "lost",     "dropped"};
  return kWords[static_cast<std::size_t>(failure)];
}

Failure failure_of(std::string_view error) {
  constexpr std::pair<std::string_view, Failure> kCodes[] = {
      {"LOADING", Failure::loading},   {"MASTERDOWN", Failure::loading},
      {"READONLY", Failure::readonly}, {"OOM", Failure::oom},
      {"NOPERM", Failure::noperm},     {"NOAUTH", Failure::auth},
      {"WRONGPASS", Failure::auth},    {"MOVED", Failure::moved},
      {"ASK", Failure::moved},         {"CLUSTERDOWN", Failure::moved},
      {"CROSSSLOT", Failure::moved},   {"BUSY", Failure::busy},
  };
  const std::string_view code = error.substr(0, error.find(' '));
  const auto known = std::ranges::find(kCodes, code, &std::pair<std::string_view, Failure>::first);
  return known == std::end(kCodes) ? Failure::error : known->second;
}

}  // namespace tickwitness::cache
