#include "sim/exchange/draw.h"

#include <algorithm>
#include <bit>

namespace tickwitness::sim {

base::Duration exponential(base::Prng& prng, base::Duration mean) {
  __extension__ using Product = unsigned __int128;
  const auto mean_ns = static_cast<std::uint64_t>(mean.count());
  for (std::uint64_t whole = 0;; ++whole) {
    const std::uint64_t first = prng.next();
    std::uint64_t last = first;
    bool odd = true;  // length of the falling run that starts with `first`
    for (;;) {
      const std::uint64_t next = prng.next();
      if (next >= last) break;
      last = next;
      odd = !odd;
    }
    if (!odd) continue;
    const auto part = static_cast<std::uint64_t>(static_cast<Product>(mean_ns) * first >> 64);
    return base::Duration(static_cast<base::Duration::rep>(mean_ns * whole + part));
  }
}

int bell(base::Prng& prng) {
  return std::popcount(prng.next()) - 32;
}

int halving(base::Prng& prng, int most) {
  return std::min(std::countr_zero(prng.next()), most);
}

}  // namespace tickwitness::sim
