// Whatever a checkpoint holds: it is refused, or it can be written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "store/accepted.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using tickwitness::store::Accepted;
  const auto once = Accepted::read({reinterpret_cast<const char*>(data), size});
  if (!once) return 0;
  const auto again = Accepted::read(once->checkpoint());
  if (!again || !(*again == *once)) std::abort();
  return 0;
}
