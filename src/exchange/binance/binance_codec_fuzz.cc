// Any bytes at all through the codec: it must come back with a consistent frame, the same one on
// both of its ways, and with the digits that stand in the text.
#include <cstdint>
#include <string_view>

#include "exchange/binance/codec.h"
#include "exchange/frame_checks.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tickwitness::exchange;
  // One codec over all inputs: what an earlier frame left behind must not matter.
  static binance::Codec used;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Frame first, second;
  used.decode(text, first);
  checks::require_consistent(first);
  used.decode_generally(text, second);
  checks::require_equal(first, second);
  binance::Codec fresh;
  fresh.decode(text, second);
  checks::require_equal(first, second);
  checks::require_in_text(first, text);
  return 0;
}
