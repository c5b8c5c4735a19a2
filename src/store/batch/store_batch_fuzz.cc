// Whatever a batch holds: it is read to an end, and what was read can be written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "store/batch/batch_format.h"

namespace {

using namespace tickwitness::store;

// Reads what makes sense, and writes it.
std::string copy_of(std::string_view bytes) {
  BatchWriter writer;
  auto reader = BatchReader::open(bytes);
  if (!reader) return {};
  for (;;) {
    const auto next = reader->next();
    if (!next || !*next) return std::string(writer.bytes());
    std::visit([&](const auto& record) { writer.add(record); }, **next);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string once = copy_of({reinterpret_cast<const char*>(data), size});
  if (copy_of(once) != once) std::abort();
  return 0;
}
