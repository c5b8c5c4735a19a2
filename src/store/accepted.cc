#include "store/accepted.h"

#include <algorithm>

#include "pipeline/trade_ids.h"
#include "store/batch/batch_format.h"

namespace tickwitness::store {

using pipeline::GapEntry;

namespace {

bool is_of(const GapEntry& gap, const Accepted::Market& market) {
  return gap.from != 0 && gap.venue == market.venue && gap.symbol == market.symbol;
}

bool gives_up(const GapEntry& gap, const Accepted::Hole& hole) {
  return gap.closed && gap.lost != 0 && hole.from >= gap.from && hole.to <= gap.to;
}

}  // namespace

bool Accepted::add_batch(std::string_view batch) {
  auto reader = BatchReader::open(batch);
  if (!reader) return false;
  for (;;) {
    const auto record = reader->next();
    if (!record) return false;
    if (!*record) return true;
    std::visit([this](const auto& one) { add(one); }, **record);
  }
}

Accepted::Market& Accepted::market(market::Venue venue, const market::Symbol& symbol) {
  const Key key{.venue = venue, .symbol = symbol};
  if (const auto known = market_of_.find(key)) return markets_[*known];
  market_of_.add(key, markets_.size());
  return markets_.emplace_back(Market{.venue = venue, .symbol = symbol});
}

void Accepted::add(const pipeline::Tick& tick) {
  ++ticks_;
  const auto* trade = std::get_if<market::Trade>(&tick.event);
  if (trade == nullptr || trade->id == 0) return;
  Market& m = market(tick.venue, trade->symbol);
  const bool ahead = trade->id > m.top;
  if (ahead || !fill(m, trade->id)) {
    const bool anew = m.top != 0 && pipeline::other_numbering(m.top, m.top_time, *trade);
    if (!ahead && !anew) return;  // it was there already
    if (anew) {
      holes_ -= m.holes.size();
      m.holes.clear();
    } else if (m.top != 0 && trade->id != m.top + 1) {
      begin_hole(m, trade->id - 1);
    }
    m.top = trade->id;
    m.top_time = trade->exchange_time;
  }
  ++m.trades;
}

void Accepted::begin_hole(Market& m, std::uint64_t to) {
  Hole& hole = m.holes.emplace_back(Hole{.from = m.top + 1, .to = to, .before = m.top_time});
  ++holes_;
  // That it was given up may be known before what follows it is accepted.
  hole.given_up = std::ranges::any_of(gaps_, [&](const auto& entry) {
    return gives_up(entry.second, hole) && is_of(entry.second, m);
  });
  limit_holes(m);
}

void Accepted::limit_holes(Market& m) {
  if (m.holes.size() > kHolesMax) forget_lowest_holes(m);
  if (holes_ <= kHolesOfAllMax) return;
  forget_lowest_holes(
      *std::ranges::max_element(markets_, {}, [](const Market& one) { return one.holes.size(); }));
}

// Several at once: to move all others down costs more than they do.
void Accepted::forget_lowest_holes(Market& m) {
  const std::size_t some = std::min<std::size_t>(m.holes.size() - 1, 64);
  m.holes.erase(m.holes.begin(), m.holes.begin() + static_cast<std::ptrdiff_t>(some));
  holes_ -= some;
}

// False: there is no such hole; the trade was there already.
bool Accepted::fill(Market& m, std::uint64_t id) {
  const auto hole = std::ranges::lower_bound(m.holes, id, {}, &Hole::to);
  if (hole == m.holes.end() || hole->from > id) return false;
  if (hole->from == hole->to) {
    m.holes.erase(hole);
    --holes_;
  } else if (id == hole->from) {
    ++hole->from;
  } else if (id == hole->to) {
    --hole->to;
  } else {
    Hole upper = *hole;
    upper.from = id + 1;
    hole->to = id - 1;
    m.holes.insert(hole + 1, upper);
    ++holes_;
    limit_holes(m);
  }
  return true;
}

void Accepted::add(const GapEntry& gap) {
  GapEntry& known = gaps_[gap.id];
  if (known.id != 0 && !known.closed) --open_gaps_;
  if (!gap.closed) ++open_gaps_;
  known = gap;
  for (Market& m : markets_) {
    if (!is_of(gap, m)) continue;
    auto hole = std::ranges::lower_bound(m.holes, gap.from, {}, &Hole::from);
    for (; hole != m.holes.end() && hole->from <= gap.to; ++hole) {
      if (gives_up(gap, *hole)) hole->given_up = true;
    }
  }
  if (open_gaps_ > kOpenMax || gaps_.size() - open_gaps_ > kClosedMax) forget_oldest_gap();
}

void Accepted::forget_oldest_gap() {
  const bool open = open_gaps_ > kOpenMax;
  const auto oldest = std::ranges::find_if(
      gaps_, [&](const auto& entry) { return entry.second.closed.has_value() != open; });
  gaps_.erase(oldest);
  if (open) --open_gaps_;
}

}  // namespace tickwitness::store
