#include "app/demo_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tickwitness::app {

DemoRecord::DemoRecord(const sim::Settings& exchange, const sim::Promises& promises,
                       market::Venue venue)
    : ledger_(exchange, promises, venue) {}

void DemoRecord::add(const DemoNotes::Batch& batch, base::Duration at, sim::Report& report) {
  for (const auto& note : batch.shipped) ship(note);
  for (const auto& note : batch.engine) {
    if (auto wrong = apply(note)) report.violation("wire", at, *std::move(wrong));
  }
  for (const auto& note : batch.answered) ledger_.on_rest(note.pair, note.trades);
  healed_ = healed_ || batch.healed;
}

void DemoRecord::ship(const ShippedNote& note) {
  ++sent_;
  const auto [at, is_new] = connections_.try_emplace(note.connection);
  Connection& connection = at->second;
  if (is_new) connection.first = note.print;
  if (!connection.ended) {
    connection.on_the_way.push_back(note);
  } else if (connection.closing) {
    ++hung_up_on_;
  }
}

std::optional<std::string> DemoRecord::apply(const EngineNote& note) {
  using What = EngineNote::What;
  if (note.what == What::finishing) {
    finishing_ = true;
    return std::nullopt;
  }
  // Messages that were read together bear the time of the reading, however long it took to get to
  // the second of them.
  last_ = std::max(last_, note.now.mono);
  const base::Now now{last_, note.now.wall};
  switch (note.what) {
    case What::attempt:
      ledger_.on_attempt(note.link, now);
      break;
    case What::open:
      ledger_.on_open(note.link, now);
      break;
    case What::sent:
      ledger_.on_sent(note.link, now, note.text);
      break;
    case What::delivered:
      return deliver(note, now);
    case What::closing:
      ledger_.on_closing(note.link, now);
      if (const auto link = by_link_.find(note.link); link != by_link_.end()) {
        connections_.at(link->second).closing = true;
      }
      break;
    case What::ended:
      ledger_.on_ended(note.link, now, note.reason, finishing_);
      end(note.link);
      break;
    case What::dropped:
      // At the end of the demo the product drops them all, which says nothing of any.
      if (!finishing_) ledger_.on_retired(note.link, now);
      end(note.link);
      break;
    case What::finishing:
      break;
  }
  return std::nullopt;
}

// A link that has attempted something and has no stream to itself: nothing asked for yet, or all of
// it asked for by its successor.
bool DemoRecord::hands_over() const {
  const auto& streams = ledger_.streams();
  return !streams.empty() && std::ranges::any_of(ledger_.links(), [&](const auto& entry) {
    return !entry.second.retired && std::ranges::none_of(streams, [&](const auto& stream) {
      return stream.second.link == entry.first;
    });
  });
}

void DemoRecord::end(std::uint64_t link) {
  const auto at = by_link_.find(link);
  if (at == by_link_.end()) return;
  Connection& connection = connections_.at(at->second);
  connection.ended = true;
  if (connection.closing) hung_up_on_ += connection.on_the_way.size();
  connection.on_the_way.clear();
  by_link_.erase(at);
}

// A link's first message says which of the exchange's connections it has. Where connections begin
// alike (Binance's, with the answer to a request) it is the youngest that no link has.
DemoRecord::Connections::iterator DemoRecord::connection_of(const EngineNote& note) {
  if (const auto link = by_link_.find(note.link); link != by_link_.end()) {
    return connections_.find(link->second);
  }
  for (auto at = connections_.end(); at != connections_.begin();) {
    Connection& connection = (--at)->second;
    const bool fits = !connection.claimed && connection.first == note.print &&
                      !connection.on_the_way.empty() &&
                      connection.on_the_way.front().print == note.print;
    if (!fits) continue;
    connection.claimed = true;
    by_link_.emplace(note.link, at->first);
    return at;
  }
  return connections_.end();
}

std::optional<std::string> DemoRecord::deliver(const EngineNote& note, base::Now now) {
  const auto found = connection_of(note);
  if (found == connections_.end()) {
    return fmt::format("link {} began with a message that nobody began with", note.link);
  }
  auto& on_the_way = found->second.on_the_way;
  if (on_the_way.empty() || on_the_way.front().print != note.print) {
    return fmt::format("link {} got {} bytes that were not sent next", note.link, note.print.bytes);
  }
  const ShippedNote shipped = on_the_way.front();
  on_the_way.pop_front();
  ++delivered_;
  ledger_.on_delivered(note.link, now, shipped.parcel, note.print.bytes);
  return std::nullopt;
}

void DemoRecord::at_rest(bool lossy, sim::Report& report) const {
  const auto sent = static_cast<double>(sent_ - hung_up_on_);
  const auto delivered = static_cast<double>(delivered_);
  if (lossy) {
    report.at_most("wire", "delivered", delivered, sent);
  } else {
    report.equal("wire", "delivered", sent, delivered);
  }
}

}  // namespace tickwitness::app
