// The forms in which all our JSON writes times, ages and values that may be unknown.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/json_write.h"
#include "base/time.h"

namespace tickwitness::serve {

inline std::int64_t milliseconds(base::WallTime time) {
  return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
}

inline double seconds(base::Duration duration) {
  // Milliseconds are as fine as an age shown to a person needs to be.
  return static_cast<double>(std::chrono::round<std::chrono::milliseconds>(duration).count()) /
         1000;
}

// Quantiles and rates are good to three decimals at best; more would pretend.
inline std::optional<double> rounded(std::optional<double> value) {
  if (!value) return std::nullopt;
  return std::round(*value * 1000) / 1000;
}

inline std::optional<std::uint64_t> whole(std::optional<double> value) {
  if (!value) return std::nullopt;
  return static_cast<std::uint64_t>(*value);
}

template <class T>
void member_or_null(base::JsonWriter& json, std::string_view name, const std::optional<T>& value) {
  json.key(name);
  if (value) {
    json.value(*value);
  } else {
    json.null();
  }
}

inline void member_or_null(base::JsonWriter& json, std::string_view name,
                           const std::optional<base::WallTime>& time) {
  member_or_null(json, name, time ? std::optional(milliseconds(*time)) : std::nullopt);
}

// Seconds since `then`; null when it never was.
inline void member_age(base::JsonWriter& json, std::string_view name,
                       std::optional<base::Instant> then, base::Instant now) {
  member_or_null(json, name,
                 then ? std::optional(seconds(now > *then ? now - *then : base::Duration::zero()))
                      : std::nullopt);
}

}  // namespace tickwitness::serve
