// How many bytes went through sockets, as they are on the wire: with TLS the records of TLS.
#pragma once

#include <cstdint>

namespace tickwitness::net {

// Of sockets on one executor; on its thread.
struct SocketBytes {
  std::uint64_t in = 0;
  std::uint64_t out = 0;
};

}  // namespace tickwitness::net
