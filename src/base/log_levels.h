// The words of logging that both the configuration and the log writer use.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace tickwitness::base {

enum class LogLevel : std::uint8_t { debug, info, warning, error, off };
enum class LogFormat : std::uint8_t { logfmt, json };

// A level for everything, and others for single rooms ("feed": debug).
struct LogLevels {
  LogLevel all = LogLevel::info;
  std::map<std::string, LogLevel, std::less<>> rooms;

  LogLevel of(std::string_view room) const {
    const auto found = rooms.find(room);
    return found == rooms.end() ? all : found->second;
  }
  friend bool operator==(const LogLevels&, const LogLevels&) = default;
};

}  // namespace tickwitness::base
