// Faults beside the exchange's own: of the network, the product's machine and its clients. They
// need virtual time; a demo on real sockets cannot have them. NAME[@T[+D]], with a value
// NAME=V[@T].
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace tickwitness::sim {

enum class WorldFaultKind : std::uint8_t {
  black_hole,    // nothing arrives in either direction for `length`, and nobody is told
  slow_network,  // a hundred times the usual delay for `length`
  shred,         // bytes arrive in pieces of a few for `length`
  stall_engine,  // the engine's thread does not run for `length`
  stall_serve,   // the thread that serves does not run for `length`
  slow_page,     // a page takes one event in five seconds for `length`
  step,          // the machine's wall clock jumps by `amount`
  drift,         // the machine's clocks gain `amount` in each second from then on
  crash,         // the process dies and is started again
  reload,        // the configuration changes: one pair is taken out, or put back
  // Of what the product stores: each for `length` but the last, which is of one transaction.
  stall_spool,      // the thread of the spool does not run
  disk_full,        // nothing more finds room on the spool's disk
  sync_fails,       // every sync of the spool's disk fails
  reads_fail,       // every read of it fails
  database_down,    // sessions end, and there are no new ones
  slow_commit,      // a commit takes seconds
  commit_unknown,   // once in two the session ends with the commit, which is done or is not
  deadlock,         // once in two a transaction is undone
  connection_lost,  // the session ends within a transaction
};
inline constexpr std::size_t kWorldFaultKinds = 19;
std::string_view to_string(WorldFaultKind kind);

// Of what the product stores.
constexpr bool is_of_storage(WorldFaultKind kind) {
  return kind >= WorldFaultKind::stall_spool;
}

struct WorldFault {
  WorldFaultKind kind = WorldFaultKind::black_hole;
  base::Duration at = std::chrono::seconds(10);      // since the start
  base::Duration length = std::chrono::seconds(20);  // where it has one
  base::Duration amount{0};                          // step and drift only
  friend bool operator==(const WorldFault&, const WorldFault&) = default;
};

// Errors name what is wrong with `text` and what is possible.
base::Result<WorldFault> parse_world_fault(std::string_view text);
bool is_world_fault(std::string_view text);
// Parses back to the same fault: "black_hole@20s+5s", "step=-3600s@61s".
std::string to_string(const WorldFault& fault);
// For help texts: "black_hole[@T[+D]], …".
std::string known_world_faults();

}  // namespace tickwitness::sim
