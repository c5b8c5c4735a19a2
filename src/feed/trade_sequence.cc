#include "feed/trade_sequence.h"

#include <algorithm>

namespace tickwitness::feed {

std::size_t TradeSequence::find(const Holes& in, std::uint64_t id) {
  const auto hole = std::ranges::lower_bound(in, id, {}, &TradeHole::to);
  const bool has_it = hole != in.end() && hole->from <= id;
  return has_it ? static_cast<std::size_t>(hole - in.begin()) : in.size();
}

void TradeSequence::restore(std::uint64_t top, base::WallTime top_time,
                            const std::vector<TradeHole>& holes) {
  top_ = given_ = top;
  top_time_ = top_time;
  for (const TradeHole& hole : holes) {
    (hole.given_up ? given_up_ : holes_).push_back(hole);
    if (given_up_.size() > limits_.given_up_max) given_up_.erase(given_up_.begin());
    if (!hole.given_up) holes_.back().blocking = false;
  }
}

void TradeSequence::take_out(Holes& from, std::size_t index, std::uint64_t id) {
  const auto hole = from.begin() + static_cast<std::ptrdiff_t>(index);
  if (hole->from == hole->to) {
    from.erase(hole);
  } else if (id == hole->from) {
    ++hole->from;
  } else if (id == hole->to) {
    --hole->to;
  } else {
    TradeHole upper = *hole;
    upper.from = id + 1;
    hole->to = id - 1;
    from.insert(hole + 1, upper);
  }
  find_first_blocking();
  forget_the_lowest();
}

void TradeSequence::remember(TradeHole hole, std::uint64_t from, std::uint64_t to) {
  hole.from = from;
  hole.to = to;
  hole.given_up = true;
  given_up_.insert(std::ranges::lower_bound(given_up_, from, {}, &TradeHole::from), hole);
  forget_the_lowest();
}

void TradeSequence::forget_the_lowest() {
  if (given_up_.size() > limits_.given_up_max) given_up_.erase(given_up_.begin());
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
      continue;
    }
    remember(hole, std::max(hole.from, from), std::min(hole.to, to));
    if (hole.from >= from && hole.to <= to) {
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
