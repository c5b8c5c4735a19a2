// Any text: read or refused, and what is read is of what was wanted.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "serve/scrape_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tickwitness::serve;
  constexpr std::string_view kWanted[] = {"a", "up"};
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto samples = read_scrape_text(text, kWanted);
  if (!samples) {
    if (samples.error().message.empty()) std::abort();
    return 0;
  }
  for (const ScrapedSample& sample : *samples) {
    if (sample.name != "a" && sample.name != "up") std::abort();
    for (const auto& [name, value] : sample.labels) {
      if (name.empty() || value.size() > text.size()) std::abort();
    }
  }
  return 0;
}
