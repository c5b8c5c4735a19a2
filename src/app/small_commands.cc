// Commands that only print: version, catalog.

#include <fmt/format.h>

#include <charconv>

#include "app/build_info.h"
#include "app/catalog_text.h"
#include "app/commands.h"

namespace tickwitness::app {

int version_command() {
  fmt::print("tickwitness {} (commit {}, {})\n", kVersion, kCommit, __VERSION__);
  return kOk;
}

int catalog_command(const std::string& format) {
  const auto lines = format == "json"   ? catalog_json()
                     : format == "yaml" ? catalog_yaml()
                                        : catalog_markdown();
  for (const std::string_view line : lines) fmt::print("{}", line);
  return kOk;
}

std::optional<std::chrono::milliseconds> parse_duration(const std::string& text) {
  std::uint32_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{}) return std::nullopt;
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  if (unit == "ms") return std::chrono::milliseconds(number);
  if (unit == "s") return std::chrono::seconds(number);
  if (unit == "m") return std::chrono::minutes(number);
  if (unit == "h") return std::chrono::hours(number);
  return std::nullopt;
}

}  // namespace tickwitness::app
