// The files of a backup. They lie in one directory, and those of the spool go to one of their own.
#pragma once

#include <string_view>

namespace tickwitness::store::backup {

inline constexpr std::string_view kFormat = "format";  // of the data directory
inline constexpr std::string_view kDatabase = "market.sqlite";
inline constexpr std::string_view kSpoolFolder = "spool";

}  // namespace tickwitness::store::backup
