#include "feed/gap_filler.h"

#include <utility>

namespace tickwitness::feed {
namespace {

const exchange::RestFailure kBusy{.problem = exchange::RestProblem::rate_limited,
                                  .detail = "too many requests wait for their turn",
                                  .retry_after = std::nullopt};

}  // namespace

GapFiller::GapFiller(const Parts& parts, std::function<void(const market::Symbol&)> resubscribe,
                     std::function<void()> turn_done)
    : parts_(parts),
      resubscribe_(std::move(resubscribe)),
      turn_done_(std::move(turn_done)),
      timer_(parts.executor.make_timer()) {}

void GapFiller::after_frame() {
  const auto deadline = parts_.intake.deadline();
  if (deadline == armed_) return;
  armed_ = deadline;
  if (!deadline) return timer_->cancel();
  timer_->arm(*deadline, [this] {
    armed_.reset();
    keep();
  });
}

void GapFiller::keep() {
  const base::Now now = parts_.executor.clock().now();
  parts_.intake.on_time(now);
  while (const auto ask = parts_.intake.trades().next_ask(now)) fill(*ask);
  while (const auto symbol = parts_.intake.books().next_resync(now)) resync(*symbol);
  turn_done_();
  after_frame();
}

void GapFiller::fill(const BackfillAsk& ask) {
  const auto on_done = [this, ask](base::Now now,
                                   const exchange::RestResult<exchange::TradePage>& page) {
    if (page) {
      parts_.intake.on_page(now, ask, *page);
    } else {
      parts_.intake.on_failure(now, ask, page.error());
    }
    keep();
  };
  const bool asked = parts_.rest != nullptr &&
                     parts_.rest->trades(ask.symbol, ask.cursor, RestPriority::backfill, on_done);
  if (!asked) parts_.intake.on_failure(parts_.executor.clock().now(), ask, kBusy);
}

void GapFiller::resync(const market::Symbol& symbol) {
  if (parts_.book_sync == exchange::BookSync::checksum) return resubscribe_(symbol);
  const auto on_done = [this, symbol](base::Now now,
                                      const exchange::RestResult<exchange::BookSnapshot>& book) {
    if (book) {
      parts_.intake.on_snapshot(now, *book);
    } else {
      parts_.intake.books().on_snapshot_failed(now, symbol);
    }
    keep();
  };
  const bool asked = parts_.rest != nullptr &&
                     parts_.rest->book(symbol, static_cast<std::uint32_t>(parts_.book_depth),
                                       RestPriority::witness, on_done);
  if (!asked) {
    parts_.intake.books().on_snapshot_failed(parts_.executor.clock().now(), symbol);
  }
}

}  // namespace tickwitness::feed
