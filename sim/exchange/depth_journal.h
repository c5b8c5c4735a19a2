// Changes of one book since they were last sent at one pace. Update ids have no hole: a message
// tells the first and the last of those that it covers.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/exchange/order_book.h"

namespace tickwitness::sim {

struct DepthUpdate {
  std::uint64_t first_id = 0, last_id = 0;
  // Bids from the best on, then asks from the best on; a price comes once.
  std::vector<BookChange> levels;
};

class DepthJournal {
 public:
  // Everything up to this id has been sent or never will be.
  void begin(std::uint64_t last_id);

  // What happened up to this id. True when there was nothing before it to send.
  bool add(std::span<const BookChange> changes, std::uint64_t last_id);

  // What is to be sent; afterwards there is nothing. No levels: nothing changed. Valid until the
  // next call.
  const DepthUpdate& take();

 private:
  std::uint64_t sent_id_ = 0;
  std::uint64_t last_id_ = 0;
  std::vector<BookChange> changes_;  // as DepthUpdate::levels: the last word on each price
  DepthUpdate update_;
};

}  // namespace tickwitness::sim
