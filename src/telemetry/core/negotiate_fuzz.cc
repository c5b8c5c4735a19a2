// The Accept header comes from whoever asks: any bytes give one of the formats.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "telemetry/core/encoder.h"
#include "telemetry/core/text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tickwitness::telemetry::core;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Format format = negotiate(text);
  if (content_type(format).empty()) std::abort();
  // Label values come from elsewhere as well: made valid once, they stay as they are.
  const std::string valid = valid_utf8(text);
  if (valid_utf8(valid) != valid) std::abort();
  return 0;
}
