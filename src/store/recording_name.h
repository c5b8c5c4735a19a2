// How recordings are called: 000000000042-20261121T220102Z.twrec, and .twrec.part while it is
// written. The number gives the order of writing, whatever the clock did; the time is for people
// and for throwing old ones away.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace tickwitness::store {

struct RecordingName {
  std::uint64_t number = 0;
  base::WallTime created{};  // whole seconds, of the years 1970 to 2199
  bool part = false;

  std::string str() const;
  // Nothing when the text is no such name.
  static std::optional<RecordingName> parse(std::string_view text);
  friend bool operator==(const RecordingName&, const RecordingName&) = default;
};

}  // namespace tickwitness::store
