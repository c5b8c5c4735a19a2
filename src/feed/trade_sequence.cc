#include "feed/trade_sequence.h"

#include <algorithm>

namespace tickwitness::feed {

std::vector<TradeHole>::iterator TradeSequence::find_hole(std::uint64_t id) {
  const auto hole = std::ranges::lower_bound(holes_, id, {}, &TradeHole::to);
  return hole != holes_.end() && hole->from <= id ? hole : holes_.end();
}

void TradeSequence::take_out(std::vector<TradeHole>::iterator hole, std::uint64_t id) {
  if (hole->from == hole->to) {
    holes_.erase(hole);
  } else if (id == hole->from) {
    ++hole->from;
  } else if (id == hole->to) {
    --hole->to;
  } else {
    TradeHole upper = *hole;
    upper.from = id + 1;
    hole->to = id - 1;
    holes_.insert(hole + 1, upper);
  }
  find_first_blocking();
}

void TradeSequence::find_first_blocking() {
  const auto first = std::ranges::find(holes_, true, &TradeHole::blocking);
  first_blocking_ = first == holes_.end() ? 0 : first->from;
}

void TradeSequence::give_out(const SequencedTrade& trade, std::vector<SequencedTrade>& out) {
  out.push_back(trade);
  out.back().late = trade.trade.id < given_;
  given_ = std::max(given_, trade.trade.id);
}

void TradeSequence::release(std::vector<SequencedTrade>& out) {
  find_first_blocking();
  while (!held_.empty() && !blocked(held_.begin()->first)) {
    give_out(held_.begin()->second, out);
    held_.erase(held_.begin());
  }
}

void TradeSequence::give_up(std::uint64_t from, std::uint64_t to,
                            std::vector<SequencedTrade>& out) {
  for (std::size_t i = 0; i < holes_.size();) {
    TradeHole& hole = holes_[i];
    if (hole.to < from || hole.from > to) {
      ++i;
    } else if (hole.from >= from && hole.to <= to) {
      holes_.erase(holes_.begin() + static_cast<std::ptrdiff_t>(i));
    } else if (hole.from < from && hole.to > to) {
      TradeHole upper = hole;
      upper.from = to + 1;
      hole.to = from - 1;
      holes_.insert(holes_.begin() + static_cast<std::ptrdiff_t>(i) + 1, upper);
      i += 2;
    } else {
      if (hole.from < from) hole.to = from - 1;
      if (hole.to > to) hole.from = to + 1;
      ++i;
    }
  }
  release(out);
}

}  // namespace tickwitness::feed
