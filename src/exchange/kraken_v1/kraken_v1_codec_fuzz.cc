// Any bytes at all through the codec: it must come back with a consistent frame, the same one each
// time, and with the digits that stand in the text.
#include <cstdint>
#include <string_view>

#include "exchange/frame_checks.h"
#include "exchange/kraken_v1/codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tickwitness::exchange;
  // One codec over all inputs: what an earlier frame left behind must not matter.
  static kraken_v1::Codec used;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Frame first, second;
  used.decode(text, first);
  checks::require_consistent(first);
  kraken_v1::Codec fresh;
  fresh.decode(text, second);
  checks::require_equal(first, second);
  used.decode(text, second);
  checks::require_equal(first, second);
  checks::require_in_text(first, text);
  return 0;
}
