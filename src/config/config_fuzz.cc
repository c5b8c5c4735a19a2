// Any bytes as the configuration and as the files it names: load() ends with settings or with
// problems that are each one line, and what loads can be printed.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "config/diff.h"
#include "config/load.h"
#include "config/print.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

// One printable line for each problem, and at least one.
void require_lines(const std::expected<tickwitness::config::Loaded,
                                       std::vector<tickwitness::config::Problem>>& result) {
  if (result) return;
  require(!result.error().empty());
  for (const auto& problem : result.error())
    require(problem.str().find_first_of("\n\r\x1b") == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tickwitness::config;
  const std::string input(reinterpret_cast<const char*>(data), size);
  const Reader reader = [&](const std::string& path) -> tickwitness::base::Result<std::string> {
    if (path == "token") return std::string("0123456789abcdef");
    return input;
  };
  // The same bytes as each of the three files, and as values of variables.
  const std::string named = "exchanges: {kraken: {streams_file: s, circuit_breaker_file: b}}";
  const auto loaded = load("main.yaml", reader, {});
  const auto others = load("main.yaml",
                           [&](const std::string& path) -> tickwitness::base::Result<std::string> {
                             return path == "main.yaml" ? named : input;
                           },
                           {{"TICKWITNESS_LISTEN", input},
                            {"TICKWITNESS_LOG_LEVELS", input},
                            {"TICKWITNESS_EXCHANGES_KRAKEN_URL", input},
                            {"TICKWITNESS_AUTH_TOKEN", input},
                            {"TICKWITNESS_EXCHANGES_KRAKEN_BACKOFF_JITTER", input}});
  const auto nowhere = load("main.yaml",
                            [&](const std::string& path) -> tickwitness::base::Result<std::string> {
                              if (path == "main.yaml") return input;
                              return tickwitness::base::fail("no such file");
                            },
                            {});
  require_lines(loaded);
  require_lines(others);
  require_lines(nowhere);
  if (!loaded) return 0;
  const std::string printed = print(loaded->settings);
  require(!printed.empty());
  require(diff(loaded->settings, loaded->settings).empty());
  return 0;
}
