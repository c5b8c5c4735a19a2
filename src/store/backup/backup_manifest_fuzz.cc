// What is read as a manifest is written again as the same one.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "store/backup/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tickwitness::store::backup;
  const auto read = parse_manifest({reinterpret_cast<const char*>(data), size});
  if (!read) return 0;
  const auto again = parse_manifest(format_manifest(*read));
  if (!again || *again != *read) std::abort();
  return 0;
}
