// Any text: statements are its parts in their order, and a kind's table is of the statement.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "store/batch/sql_statement.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tickwitness::store;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string_view rest = text;
  for (std::size_t before = rest.size() + 1;;) {
    const auto statement = take_statement(rest);
    if (statement.empty()) break;
    const auto kind = kind_of(statement);
    if (kind.table.empty() || rest.size() >= before) std::abort();
    if (statement.data() < text.data() || statement.data() + statement.size() != rest.data()) {
      std::abort();
    }
    before = rest.size();
  }
  return 0;
}
