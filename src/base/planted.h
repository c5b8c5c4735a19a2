// Bugs that are kept on purpose, so that a test can see the simulation find them. In the product
// each is a constant that is false; only tests/planted compiles the few files that ask with
// TW_PLANTED_BUGS, into a program of its own. docs/simulation.md.
#pragma once

#include <cstdint>

namespace tickwitness::base {

enum class PlantedBug : std::uint8_t {
  none,
  lost_at_reconnect,         // what a venue sends first after a reconnection is not counted
  double_after_retry,        // an answer counts twice once a request had to be repeated
  breaker_never_half_opens,  // an open circuit breaker stays open
  heartbeat_clears_stale,    // a heartbeat of the link makes silent subscriptions live
  unbounded_queue,           // reports pile up for a reader that does not run
  hole_forgotten,            // trades that are missing for a while are missed no more
  checksum_believed,         // whatever an order book's checksum is, it is right
  witness_not_believed,      // what a witness calls dead is called quiet
  commit_believed,           // a commit whose answer was lost is taken for done
  accepted_before_sync,      // what the disk did not take counts as accepted, and is forgotten
};

// Two names for the linker: files with and without the bugs live in one program.
#ifdef TW_PLANTED_BUGS
inline namespace with_bugs {
bool planted(PlantedBug bug);
}
#else
inline namespace without_bugs {
constexpr bool planted(PlantedBug) {
  return false;
}
}  // namespace without_bugs
#endif

}  // namespace tickwitness::base
