// Any reply of XREADGROUP and XAUTOCLAIM, whatever is in its entries: what is taken as a signal is
// one.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "cache/signal.h"

namespace {
using namespace tickwitness;

void check(bool holds) {
  if (!holds) std::abort();
}

void check_entry(const cache::StreamEntry& entry) {
  check(cache::EntryId::parse(entry.id.str()) == entry.id);
  const auto signal = cache::read_signal(entry.fields);
  if (!signal) return check(!signal.error().message.empty());
  check(entry.find("symbol") != nullptr && !signal->symbol.empty());
  check(*entry.find("side") == (signal->side == market::Side::buy ? "buy" : "sell"));
  check(!signal->price || *signal->price > base::Decimal());
  check(!signal->confidence || (*signal->confidence >= 0 && *signal->confidence <= 1));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  cache::ReplyParser parser;
  std::vector<cache::Reply> replies;
  (void)parser.feed({reinterpret_cast<const char*>(data), size}, replies);
  for (const cache::Reply& reply : replies) {
    if (const auto streams = cache::read_streams(reply)) {
      for (const auto& [name, entries] : *streams)
        for (const auto& entry : entries) check_entry(entry);
    }
    if (const auto claimed = cache::read_claimed(reply))
      for (const auto& entry : claimed->entries) check_entry(entry);
  }
  return 0;
}
