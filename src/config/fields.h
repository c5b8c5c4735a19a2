// The one table of everything that can be set in a field of its own. Loading, environment,
// printing, comparing and docs/configuration.md all read it, so they cannot disagree.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/settings.h"

namespace tickwitness::config {

// For the ranges of numbers: seconds and bytes.
inline constexpr double kDay = 86400;
inline constexpr double kMiB = 1024 * 1024;

// Where a field lives. Its alternative is its type; what a type accepts and how it prints is in
// values.h.
using Ref =
    std::variant<bool*, double*, std::uint32_t*, std::size_t*, base::Duration*, std::string*,
                 base::Secret*, Overload*, base::LogFormat*, base::LogLevel*,
                 std::vector<std::string>*, std::vector<Address>*, std::vector<StreamSettings>*,
                 std::map<std::string, base::LogLevel, std::less<>>*>;

// The file in which a field stands; the last two are Kraken's.
enum class File : std::uint8_t { main, breaker, streams };

// What kind of text a string is.
enum class Text : std::uint8_t {
  name,       // letters, digits, '.', '_', '-'; 1 to 63 of them
  path,       // of a directory or a file to be made
  directory,  // the same; empty: a default
  file,       // of a file that must be readable; empty: none
  url,        // of a WebSocket
  http_url,   // of a REST interface; may be empty
  redis_url,  // of a Redis; may be empty
  optional,   // a name; may be empty
  database,   // a path, or the address of a server without a password; empty: a default
};

struct Field {
  File file = File::main;
  std::string_view path;  // "exchanges.kraken.url"
  Ref (*ref)(Settings&);
  std::string_view doc;     // what it does, in one sentence or two
  bool live = false;        // a reload applies it; else only a restart does
  double min = 0, max = 0;  // numbers and durations, in `unit`
  std::string_view unit = {};
  Text text = Text::name;
  std::span<const std::string_view> choices = {};  // lists of words
};

// In the order of the documentation.
std::span<const Field> fields();
// Those of them that are about exchanges.
std::span<const Field> exchange_fields();

// Where the field lives in settings that nobody uses: for its type only.
Ref type_of(const Field& field);

// "TICKWITNESS_EXCHANGES_KRAKEN_URL"; empty for what the environment cannot set (streams).
std::string variable(const Field& field);

// The rooms that log.levels may name.
std::span<const std::string_view> rooms();

}  // namespace tickwitness::config
