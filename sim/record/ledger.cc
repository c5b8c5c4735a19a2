#include "sim/record/ledger.h"

#include <algorithm>

#include "sim/record/binance_asks.h"

namespace tickwitness::sim {
namespace {

constexpr base::Duration kStampDistanceMax = std::chrono::hours(24);

std::string dashed(std::string symbol) {
  std::ranges::replace(symbol, '/', '-');
  return symbol;
}

std::string stream_name(WireChannel channel, std::uint64_t interval) {
  if (channel == WireChannel::ticker) return "spread";
  if (channel == WireChannel::ohlc) return "ohlc-" + std::to_string(interval);
  return std::string(to_string(channel));
}

// Of market data only.
std::optional<std::size_t> slot_of(WireChannel channel, std::uint64_t interval) {
  if (channel == WireChannel::trade) return 0;
  if (channel == WireChannel::ticker) return 1;
  if (channel == WireChannel::book) return 2;
  if (channel == WireChannel::instrument) return std::nullopt;
  const auto index = interval_index(interval);
  return index ? std::optional(3 + *index) : std::nullopt;
}

}  // namespace

Ledger::Ledger(const Settings& exchange, const Promises& promises, market::Venue venue)
    : terms_{.promises = promises},
      trade_ids_(exchange.pairs.size()),
      trades_again_(exchange.pairs.size()),
      books_(exchange.pairs.size()),
      slots_(exchange.pairs.size()) {
  for (const PairSettings& pair : exchange.pairs) {
    symbols_.push_back(dashed(pair.symbol));
    latency_of_.push_back(&latencies_[symbols_.back()]);
    minute_of_.push_back(&minutes_[symbols_.back()]);
  }
  if (venue != market::Venue::kraken) binance_ = std::make_unique<BinanceAsks>(exchange);
}

Ledger::~Ledger() = default;

void Ledger::on_attempt(std::uint64_t link, base::Now now) {
  if (!begun_) begun_ = now.mono;
  links_[link].on_attempt(now.mono);
}

// Whatever the engine still wants it asks for anew, at once.
void Ledger::on_open(std::uint64_t link, base::Now now) {
  LinkRecord& record = links_[link];
  if (record.retired) return;
  record.on_open(now.mono);
  for (auto& [key, stream] : streams_) {
    if (stream.link == link) stream.wanted = stream.granted = false;
  }
  if (binance_) binance_->forget(link);
}

void Ledger::on_sent(std::uint64_t link, base::Now now, std::string_view text) {
  if (binance_) {
    const auto asked = binance_->on_sent(link, text);
    if (!asked) ++requests_unreadable_;
    for (const Request& one : asked.value_or(std::vector<Request>())) {
      on_subscription(link, now.mono, one);
    }
    return;
  }
  const ParsedRequest parsed = parse_request(text);
  if (parsed.error) {
    ++requests_unreadable_;
  } else if (parsed.request.method != Request::Method::ping) {
    on_subscription(link, now.mono, parsed.request);
  }
}

void Ledger::on_subscription(std::uint64_t link, base::Instant now, const Request& request) {
  static const std::vector<std::string> kNoSymbol{""};
  const LinkRecord& record = links_[link];
  for (const std::string& symbol :
       request.channel == WireChannel::instrument ? kNoSymbol : request.symbols) {
    StreamRecord& asked = stream(link, request, dashed(symbol));
    if (request.method == Request::Method::subscribe) {
      asked.on_asked(link, record, now, terms_);
    } else if (asked.link == link) {
      asked.on_taken_back(record, now, terms_);
      forget_book({dashed(symbol), stream_name(request.channel, 0)}, now);
    }
  }
}

void Ledger::on_whole_answer(std::uint64_t link, LinkRecord& record, base::Instant now,
                             const Parcel& parcel) {
  // The text does not say what it answers: each is an acknowledgement.
  const bool acknowledges =
      parcel.kind == SentKind::subscribed || parcel.kind == SentKind::unsubscribed;
  if (acknowledges) ++record.acks;
  for (const Request& asked : binance_->take(link, *parcel.request)) {
    StreamRecord& answered = stream(link, asked, dashed(asked.symbols.front()));
    if (answered.link != link) continue;
    if (parcel.kind == SentKind::unsubscribed) answered.granted = false;
    if (parcel.kind != SentKind::subscribed || !answered.wanted) continue;
    answered.on_accepted(record, now, terms_);
    record.on_accepted(now);
  }
}

StreamRecord& Ledger::stream(std::uint64_t link, const Request& request,
                             const std::string& symbol) {
  const auto [at, is_new] =
      streams_.try_emplace({symbol, stream_name(request.channel, request.interval_minutes)});
  StreamRecord& found = at->second;
  if (!is_new) return found;
  found.channel = request.channel;
  found.link = link;
  if (request.channel == WireChannel::instrument) instruments_ = &found;
  const auto pair = std::ranges::find(symbols_, symbol);
  const auto slot = slot_of(request.channel, request.interval_minutes);
  if (pair != symbols_.end() && slot) {
    slots_[static_cast<std::size_t>(pair - symbols_.begin())][*slot] = &found;
  }
  return found;
}

StreamRecord* Ledger::stream_of(std::uint64_t link, const Parcel& parcel) {
  if (!parcel.channel) return nullptr;
  StreamRecord* found = nullptr;
  if (parcel.channel == WireChannel::instrument) {
    found = instruments_;
  } else if (const auto slot = slot_of(*parcel.channel, parcel.interval);
             slot && parcel.pair && *parcel.pair < slots_.size()) {
    found = slots_[*parcel.pair][*slot];
  }
  return found != nullptr && found->link == link ? found : nullptr;
}

void Ledger::on_delivered(std::uint64_t link, base::Now received, const Parcel& parcel,
                          std::size_t bytes) {
  traffic_.add(parcel, bytes);
  if (parcel.stamps != 0) observe_latencies(received, parcel);
  if (parcel.kind == SentKind::trade) note_trades(parcel);
  if (parcel.kind == SentKind::book) books_[*parcel.pair].on_delivered(received.mono, parcel);
  if (parcel.kind == SentKind::trade && !parcel.snapshot) {
    trades_.add({.at = received.mono, .items = parcel.items});
  }
  LinkRecord& record = links_[link];
  if (record.retired) return;  // counted as it comes, but it moves no state
  if (binance_ && parcel.request) return on_whole_answer(link, record, received.mono, parcel);
  StreamRecord* const stream = stream_of(link, parcel);
  const bool wanted = stream != nullptr && stream->wanted;
  const base::Instant now = received.mono;
  switch (parcel.kind) {
    case SentKind::subscribed:
      ++record.acks;
      if (!wanted) return;
      stream->on_accepted(record, now, terms_);
      return record.on_accepted(now);
    case SentKind::unsubscribed:
      if (stream != nullptr) stream->granted = false;
      return;
    case SentKind::refused:
    case SentKind::rate_exceeded:
      ++record.refusals;
      return on_refusal(link, record, now, parcel);
    case SentKind::trade:
    case SentKind::ticker:
    case SentKind::ohlc:
    case SentKind::book:
    case SentKind::instrument:
      if (!wanted) return;
      stream->on_data(record, now, parcel.items, terms_);
      return record.on_accepted(now);
    case SentKind::status:
      return on_venue(now, parcel.rests);
    case SentKind::heartbeat:
    case SentKind::pong:
    case SentKind::malformed:
    case SentKind::aggregate:
    case SentKind::shutdown:
      return;
  }
}

// Said on one link, it holds for all.
void Ledger::on_venue(base::Instant now, bool rests) {
  if (rests == terms_.resting) return;
  if (rests) {
    for (auto& [key, stream] : streams_) stream.on_rest(asker(stream), now, terms_);
  } else {
    terms_.counted_from = now + Terms::kAfterRest;
  }
  terms_.resting = rests;
}

void Ledger::note_trades(const Parcel& parcel) {
  const std::size_t pair = *parcel.pair;
  for (std::uint32_t i = 0; i < parcel.items; ++i) {
    const std::uint64_t id = parcel.snapshot ? parcel.id[0] + i : parcel.id[i];
    if (!trade_ids_[pair].add(id)) ++trades_again_[pair];
  }
}

void Ledger::forget_book(const StreamKey& key, base::Instant now) {
  const auto pair = std::ranges::find(symbols_, key.symbol);
  if (pair == symbols_.end() || key.stream != to_string(WireChannel::book)) return;
  books_[static_cast<std::size_t>(pair - symbols_.begin())].on_lost(now);
}

void Ledger::on_rest(std::size_t pair, std::span<const std::uint64_t> trades) {
  TradeIds& ids = trade_ids_[pair];
  for (const std::uint64_t id : trades) {
    if (ids.begun() && id < ids.last()) ids.add(id);
  }
}

// A symbol that the exchange does not have is no pair of a parcel: then it is about all of these.
void Ledger::on_refusal(std::uint64_t link, LinkRecord& record, base::Instant now,
                        const Parcel& parcel) {
  if (StreamRecord* const one = stream_of(link, parcel)) {
    if (one->wanted) refuse(record, *one, now);
    return;
  }
  if (!parcel.channel || parcel.pair || parcel.channel == WireChannel::instrument) return;
  for (auto& [key, stream] : streams_) {
    const bool meant = stream.link == link && stream.wanted && stream.channel == *parcel.channel;
    if (meant && std::ranges::find(symbols_, key.symbol) == symbols_.end()) {
      refuse(record, stream, now);
    }
  }
}

void Ledger::refuse(LinkRecord& record, StreamRecord& stream, base::Instant now) {
  stream.on_refused(record, now, terms_);
  if (!stream.refused) record.on_accepted(now);
}

void Ledger::observe_latencies(base::Now now, const Parcel& parcel) {
  if (!parcel.pair || *parcel.pair >= latency_of_.size()) return;
  const base::WallTime received = now.wall;
  LatencyRecord& record = *latency_of_[*parcel.pair];
  for (const base::WallTime stamp : parcel.stamped()) {
    // Compared before subtracting: the difference of far times does not fit.
    if (stamp < received - kStampDistanceMax || stamp > received + kStampDistanceMax) {
      ++record.implausible;
      continue;
    }
    ++record.stamped;
    minute_of_[*parcel.pair]->add({.at = now.mono, .latency = received - stamp});
    if (stamp > received) {
      ++record.negative;
    } else {
      record.sum_positive += received - stamp;
    }
  }
}

void Ledger::on_closing(std::uint64_t link, base::Now now) {
  LinkRecord& record = links_[link];
  if (!record.retired && !record.closing) record.on_closing(now.mono);
}

void Ledger::on_ended(std::uint64_t link, base::Now now, runtime::CloseReason reason,
                      bool finishing) {
  LinkRecord& record = links_[link];
  if (record.retired) return;
  for (auto& [key, stream] : streams_) {
    if (stream.link != link || !stream.wanted) continue;
    stream.on_lost(record, now.mono, terms_);
    forget_book(key, now.mono);
  }
  record.on_ended(now.mono, reason, finishing, terms_.promises);
}

void Ledger::on_retired(std::uint64_t link, base::Now now) {
  LinkRecord& record = links_[link];
  for (auto& [key, stream] : streams_) {
    if (stream.link == link) stream.on_taken_back(record, now.mono, terms_);
  }
  record.on_retired(now.mono);
}

void Ledger::on_promises(base::Now now, const Promises& promises) {
  for (auto& [key, stream] : streams_) stream.on_promises(asker(stream), now.mono, terms_);
  for (auto& [link, record] : links_) record.on_promises(now.mono, terms_.promises);
  terms_.promises = promises;
  promises_changed_ = now.mono;
}

void Ledger::on_unfollowed(base::Now now, std::string_view symbol) {
  for (auto& [key, stream] : streams_) {
    if (key.symbol == symbol) stream.on_taken_back(asker(stream), now.mono, terms_);
  }
}

void Ledger::on_stall(base::Instant from, base::Instant until) {
  if (from > terms_.stalled_until + LastMinute::kKept) stalled_from_ = from;
  terms_.stalled_until = std::max(terms_.stalled_until, until);
  trades_.keep(from - LastMinute::kTick, terms_.stalled_until + LastMinute::kKept);
}

bool Ledger::may_be_witnessed(const StreamRecord& stream, base::Instant now,
                              base::Duration shown_for) const {
  if (!terms_.promises.witness) return false;
  const bool silent = now - stream.last_data.value_or(stream.changed) >= StreamRecord::kAskedAfter;
  return silent || stream.renewed || (stream.spoke_up && now - *stream.spoke_up < shown_for);
}

Ledger::Expected Ledger::expected(const StreamRecord& stream, base::Instant now) const {
  const LinkRecord& link = asker(stream);
  const base::Instant changed = std::max({stream.changed, promises_changed_, terms_.stalled_until});
  const base::Duration limit = terms_.promises.stale_after(stream.channel);
  Expected found{StreamState::pending, changed};
  if (!link.open) return found;
  if (stream.refused) {
    found.state = StreamState::refused;
  } else if (terms_.resting && stream.rested_suspect) {
    found.state = StreamState::suspect;
  } else if (limit != base::Duration::max() && stream.silence(link, now, terms_) >= limit) {
    const base::Instant counted = std::max(stream.since, terms_.counted_from);
    found = {StreamState::suspect, std::max(counted + limit, changed)};
  } else if (stream.data) {
    found.state = StreamState::live;
  }
  // What rested as suspect is no more once silence begins to count anew.
  if (stream.rested_suspect && !terms_.resting) {
    found.since = std::max(found.since, terms_.counted_from - Terms::kAfterRest);
  }
  if (link.closing) found.since = std::max(found.since, now);
  return found;
}

StreamRecord::Silences Ledger::silences(const StreamRecord& stream, base::Instant now) const {
  return stream.silences(asker(stream), now, terms_);
}

}  // namespace tickwitness::sim
