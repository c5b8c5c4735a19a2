// The advisory locks that engines on one database take, by number.
#pragma once

#include <cstdint>

namespace tickwitness::store::postgres {

enum class Lock : std::int64_t {
  schema = 0x7469636b'77697401,  // to change the tables, parts of trades included
  store = 0x7469636b'77697402,   // to store: who does comes after who did
};

}  // namespace tickwitness::store::postgres
