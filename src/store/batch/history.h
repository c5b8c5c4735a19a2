// Questions about what was stored, for a page.
#pragma once

#include <functional>
#include <stop_token>

#include "pipeline/history.h"
#include "store/batch/sink.h"

namespace tickwitness::store {

// On one thread; may block. Empty for a market that nothing was stored of. Reads without a
// transaction that lasts, so that it never holds up who writes. Fails soon after a stop was asked
// for: between two statements.
using ReadHistory = std::function<SinkResult<pipeline::History>(const pipeline::HistoryQuery&,
                                                                const std::stop_token& stop)>;

// Puts an answer together. Pure.
class HistoryPage {
 public:
  explicit HistoryPage(const pipeline::HistoryQuery& query) : limit_(query.limit) {}

  // How many more rows it can use: one tells that there are older ones. 0: no more are wanted.
  std::size_t wanted() const { return history_.more ? 0 : limit_ + 1 - history_.ticks.size(); }
  // From the newest row on; trades of one time from the highest id on.
  void add(const pipeline::Tick& tick);
  // Once, at the end.
  pipeline::History take();

 private:
  std::size_t limit_;
  pipeline::History history_;
};

}  // namespace tickwitness::store
