// The simulated Kraken: faults in what it sends, maintenance, and replies of REST gone wrong.
#include <algorithm>

#include "sim/exchange/kraken.h"

namespace tickwitness::sim {
namespace {

constexpr int kPriceZerosMax = 3;

}  // namespace

// On the first pair that has a subscription; the dice choose the channel.
bool Kraken::make_zombie(base::Now now) {
  for (std::size_t pair = 0; pair < subscribers_.size(); ++pair) {
    std::vector<Zombie> possible;
    for (const WireChannel channel :
         {WireChannel::trade, WireChannel::ticker, WireChannel::ohlc, WireChannel::book}) {
      for (const Subscriber& subscriber : subscribers_[pair].of(channel)) {
        if (connections_.at(subscriber.connection).poisoned ||
            is_zombie(channel, pair, subscriber.connection))
          continue;
        possible.push_back({subscriber.connection, channel, pair, truth_.faults.size()});
        break;
      }
    }
    if (possible.empty()) continue;
    const Zombie zombie = possible[dice_.below(possible.size())];
    zombies_.push_back(zombie);
    note(FaultKind::zombie, now,
         std::string(to_string(zombie.channel)) + " " + settings_.pairs[pair].symbol,
         base::Instant::max());
    return true;
  }
  return false;
}

bool Kraken::is_zombie(WireChannel channel, std::size_t pair, ConnectionId connection) const {
  return std::ranges::any_of(zombies_, [&](const Zombie& zombie) {
    return zombie.channel == channel && zombie.pair == pair && zombie.connection == connection;
  });
}

// Those whose subscription was given up.
void Kraken::bury_zombies(base::Now now) {
  std::erase_if(zombies_, [&](const Zombie& zombie) {
    if (subscribers_[zombie.pair].find(zombie.channel, zombie.connection) != nullptr) return false;
    truth_.faults[zombie.fault].until = now.mono;
    return true;
  });
}

void Kraken::swap_with_next(WireChannel part, const Publication& publication, base::Now now,
                            Actions& actions) {
  const std::pair key{publication.pair, part};
  const auto held = swapped_.find(key);
  if (held == swapped_.end()) {
    swapped_.emplace(key, publication);
    return;
  }
  const Publication earlier = held->second;
  swapped_.erase(held);
  publish_part(part, publication, now, actions);
  publish_part(part, earlier, now, actions);
}

void Kraken::publish_swapped(base::Now now, Actions& actions) {
  for (const auto& [key, held] : std::exchange(swapped_, {}))
    publish_part(key.second, held, now, actions);
}

// How many are left.
std::size_t Kraken::drop_some(std::size_t pair, std::span<const Fill> fills,
                              std::array<Fill, Happening::kFillsMax>& kept) {
  PairTruth& truth = truth_.pairs[pair];
  std::size_t count = 0;
  for (const Fill& fill : fills) {
    if (dice_.below(kDropOneIn) != 0) {
      kept[count++] = fill;
      continue;
    }
    ++truth.trades_dropped;
    ++truth.trades_undelivered;
    if (TradeRecord* const record = feed_.tape(pair).find(fill.id)) record->dropped = true;
  }
  return count;
}

// One fault in one update; what finds no fitting level waits for the next update.
void Kraken::falsify(std::size_t pair, const Subscriber& to, base::Now now,
                     std::vector<BookChange>& changes, Parcel& parcel) {
  if (connections_.at(to.connection).poisoned || is_zombie(WireChannel::book, pair, to.connection))
    return;
  FalsifiedBook entry{.at = now.mono,
                      .connection = to.connection,
                      .pair = pair,
                      .depth = kDepths[to.depth],
                      .checksum_sent = parcel.checksum,
                      .checksum_true = parcel.checksum};
  if (faults_.waits(FaultKind::wrong_checksum)) {
    parcel.checksum ^= 1 + static_cast<std::uint32_t>(dice_.below(UINT32_MAX));
    entry.kind = FaultKind::wrong_checksum;
    entry.checksum_sent = parcel.checksum;
  } else if (faults_.waits(FaultKind::corrupt_book)) {
    const auto wrong = std::ranges::find_if(changes, [&](const BookChange& change) {
      const auto top = books_.find(pair)->top(change.side, kChecksumLevels);
      return std::ranges::find(top, change.level) != top.end();
    });
    if (wrong == changes.end()) return;
    entry.kind = FaultKind::corrupt_book;
    entry.price = wrong->level.price;
    entry.quantity_true = wrong->level.quantity;
    wrong->level.quantity += 1 + static_cast<std::int64_t>(dice_.below(1000));
    entry.quantity_sent = wrong->level.quantity;
  } else {
    return;
  }
  faults_.has_hit(entry.kind);
  parcel.falsified = true;
  note(entry.kind, now, "book " + settings_.pairs[pair].symbol, now.mono);
  truth_.falsified_books.push_back(entry);
}

// In turn a price precision, which holds for good, and a status.
void Kraken::change_instrument(base::Now now, Actions& actions) {
  PairSettings& pair = settings_.pairs[dice_.below(settings_.pairs.size())];
  std::string detail = pair.symbol;
  if (instrument_changes_++ % 2 == 0 && pair.price_zeros < kPriceZerosMax) {
    ++pair.price_zeros;
    detail += " price_precision " + std::to_string(pair.price_decimals());
  } else {
    pair.status = pair.status == "online" ? "post_only" : "online";
    detail += " status " + pair.status;
  }
  note(FaultKind::instrument_change, now, std::move(detail), now.mono);
  text_.clear();
  write_instrument_update(text_, pair);
  for (const auto& [id, connection] : connections_) {
    if (!connection.instruments || connection.poisoned) continue;
    send(id, {.kind = SentKind::instrument, .channel = WireChannel::instrument, .items = 1}, text_,
         actions);
    ++truth_.instruments;
  }
}

// What was traded before is sent before; then the market stands still, and some connections go.
void Kraken::begin_maintenance(base::Instant moment, base::Now now, base::Instant until,
                               Actions& actions) {
  feed_.release();
  while (const Publication* const due = feed_.poll(moment, clock_)) publish(*due, now, actions);
  publish_swapped(now, actions);
  feed_.pause(moment, until);
  const base::WallTime from = clock_.at(moment);
  maintenance_ = Maintenance{from, from + (until - moment)};
  rest_.set_maintenance(true);
  send_status_to_all(actions);
  close_some(
      connections_, actions, [this](const Connection&) { return dice_.below(2) != 0; },
      [this](auto connection) { forget(connection); });
}

void Kraken::send_status_to_all(Actions& actions) {
  for (const auto& [id, connection] : connections_) {
    if (connection.poisoned) continue;
    text_.clear();
    write_status(text_, std::nullopt, maintenance_);
    send(id, {.kind = SentKind::status, .rests = maintenance_.has_value()}, text_, actions);
  }
}

std::optional<HttpReply> Kraken::spoiled_reply(base::Now) {
  if (faults_.is_on(FaultKind::rate_limited)) {
    if (dice_.below(4) == 0)
      return spoil("HTTP 429", {429, "text/html", "<html><body>Too Many Requests</body></html>"});
    return spoil("EGeneral:Too many requests",
                 {.body = R"({"error":["EGeneral:Too many requests"]})"});
  }
  if (!faults_.is_on(FaultKind::rest_errors)) return std::nullopt;
  switch (dice_.below(4)) {
    case 0:
      return spoil("HTTP 502", {502, "text/html", "<html><body>Bad Gateway</body></html>"});
    case 1:
      return spoil("cut", {.body = R"({"error":[],"result":{"XXBTZUSD":[["63348.50000","0.0)"});
    case 2:
      return spoil("EService:Unavailable", {.body = R"({"error":["EService:Unavailable"]})"});
    default:
      return spoil("unanswered", {.body = {}, .unanswered = true});
  }
}

}  // namespace tickwitness::sim
