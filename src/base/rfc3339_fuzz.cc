// Any text as a time: what is read must come back when written.
#include "base/rfc3339.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tickwitness::base;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto time = parse_rfc3339(text);
  if (!time) return 0;
  const int decimals = size > 20 ? static_cast<int>(size) - 21 : 0;
  if (format_rfc3339(*time, decimals) != text) std::abort();
  if (parse_rfc3339(format_rfc3339(*time, 9)) != time) std::abort();
  return 0;
}
