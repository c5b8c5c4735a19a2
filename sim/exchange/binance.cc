#include "sim/exchange/binance.h"

#include <algorithm>

#include "sim/exchange/query.h"

namespace tickwitness::sim {
namespace {

// A generator of their own: the market is the same as Kraken's of that seed.
constexpr std::uint64_t kAggregatesSeed = 0xA66A'A66A'A66A'A66AULL;

std::vector<std::string> symbols_of(const Settings& settings) {
  std::vector<std::string> symbols;
  symbols.reserve(settings.pairs.size());
  for (const PairSettings& pair : settings.pairs) symbols.push_back(pair.symbol);
  return symbols;
}

struct Target {
  bool combined = true;
  std::vector<std::string> streams;
};

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('/'), text.size());
    if (end > 0) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

// Nothing for a path that is not one of streams.
std::optional<Target> parse_target(std::string_view target) {
  const std::size_t mark = std::min(target.find('?'), target.size());
  const std::string_view path = target.substr(0, mark);
  const std::string_view query = target.substr(std::min(mark + 1, target.size()));
  if (path == "/stream") return Target{true, split(parameter(query, "streams").value_or(""))};
  if (path == "/ws") return Target{false, {}};
  if (path.starts_with("/ws/")) return Target{false, split(path.substr(4))};
  return std::nullopt;
}

}  // namespace

Binance::Binance(Settings settings, base::Now start, BinanceLimits limits)
    : Exchange(std::move(settings), start),
      limits_(limits),
      books_(settings_, feed_),
      rest_(settings_, limits_, feed_, books_, truth_),
      streams_(symbols_of(settings_)) {
  base::Prng aggregates(settings_.seed ^ kAggregatesSeed);
  for (std::size_t i = 0; i < settings_.pairs.size(); ++i) {
    PairState& state = pairs_.emplace_back();
    state.symbol = binance_symbol(settings_.pairs[i].symbol);
    state.next_aggregate = 5'000'000 + aggregates.below(30'000'000);
    for (DepthJournal& journal : state.journals) journal.begin(books_.last_id(i));
    for (std::size_t k = 0; k < kKlineIntervals.size(); ++k) {
      state.klines.push_back({.series = KlineSeries(k)});
      for (const TradeRecord& record : feed_.tape(i).trades())
        state.klines[k].series.add(record.fill);
    }
  }
}

bool Binance::knows(std::string_view target) const {
  const auto parsed = parse_target(target);
  return parsed && parsed->streams.size() <= limits_.streams_max;
}

void Binance::on_connect(ConnectionId connection, std::string_view target, base::Now now,
                         Actions& actions) {
  step(now, actions);
  ++truth_.connections_accepted;
  if (shut_down_ || faults_.is_on(FaultKind::down)) {
    // It was admitted before, and is closed like the others were.
    ++(shut_down_ ? truth_.shutdown_closes : truth_.disconnects);
    actions.emplace_back(Close{connection});
    return;
  }
  const Target asked = parse_target(target).value_or(Target{});
  const base::Instant expiry = now.mono + limits_.connection_life;
  const base::Instant notice = expiry - limits_.shutdown_notice;
  connections_.emplace(connection,
                       Connection{.messages = MessageWindow(limits_.messages_per_second),
                                  .notice = notice,
                                  .expiry = expiry,
                                  .combined = asked.combined,
                                  .streams = {}});
  timers_.insert({notice, TimerKind::notice, connection});
  timers_.insert({expiry, TimerKind::expiry, connection});
  for (const std::string& stream : asked.streams) subscribe(connection, stream);
  commit_waiting(now.mono, now);
}

void Binance::on_disconnect(ConnectionId connection, base::Now now) {
  clock_.observe(now);
  const auto found = connections_.find(connection);
  if (found == connections_.end()) return;
  ++truth_.closed_by_client;
  forget(found);
}

void Binance::step(base::Now now, Actions& actions) {
  clock_.observe(now);
  for (;;) {
    const base::Instant begin = faults_.next_begin();
    const base::Instant end = faults_.next_end();
    const base::Instant timer = next_timer();
    const base::Instant next = std::min({begin, end, timer});
    // One at a time: what is published may have set a timer.
    if (const Publication* const due = feed_.poll(std::min(next, now.mono), clock_)) {
      publish(*due, now, actions);
      continue;
    }
    if (next > now.mono) return bury_zombies(now);
    if (end == next) {
      after(faults_.take_end(), end, now, actions);
    } else if (begin == next) {
      commit(faults_.take_begin(), begin, now, actions);
    } else {
      fire_timer(now, actions);
    }
  }
}

base::Instant Binance::next_deadline() const {
  if (shut_down_) return base::Instant::max();
  return std::min({feed_.next_deadline(), faults_.next_begin(), faults_.next_end(), next_timer()});
}

// A host that stands still does nothing; it comes afterwards.
base::Instant Binance::next_timer() const {
  return timers_.empty() ? base::Instant::max()
                         : std::max(timers_.begin()->at, faults_.hung_until());
}

void Binance::fire_timer(base::Now now, Actions& actions) {
  const base::Instant moment = next_timer();
  const Timer timer = *timers_.begin();
  timers_.erase(timers_.begin());
  switch (timer.kind) {
    case TimerKind::depth:
      return send_depth({StreamKind::depth, timer.index, timer.variant}, moment, now, actions);
    case TimerKind::kline:
      return on_kline_timer(timer, now, actions);
    case TimerKind::notice:
      return send_shutdown(timer.index, moment, actions);
    case TimerKind::expiry:
      ++truth_.expired;
      actions.emplace_back(Close{timer.index});
      return forget(connections_.find(timer.index));
  }
}

HttpReply Binance::serve_rest(std::string_view method, std::string_view target, base::Now now) {
  return rest_.serve(method, target, now.mono, clock_.at(now.mono));
}

void Binance::begin_shutdown(base::Now now, Actions& actions) {
  if (shut_down_) return;
  step(now, actions);
  feed_.stop();
  while (const Publication* const due = feed_.poll(now.mono, clock_)) publish(*due, now, actions);
  publish_swapped(now, actions);
  if (!faults_.is_on(FaultKind::hang)) {
    for (std::size_t pair = 0; pair < pairs_.size(); ++pair)
      for (std::size_t pace = 0; pace < kDepthPaces.size(); ++pace)
        send_depth({StreamKind::depth, pair, pace}, now.mono, now, actions);
  }
  shut_down_ = true;
  faults_.skip_rest();
  end_all<Close>(connections_, truth_.shutdown_closes, actions,
                 [this](auto connection) { forget(connection); });
}

void Binance::send(ConnectionId connection, const Parcel& parcel, std::string_view text,
                   Actions& actions) {
  ++truth_.frames[static_cast<std::size_t>(parcel.kind)];
  truth_.frame_bytes += text.size();
  actions.emplace_back(Send{connection, std::string(text), 0, parcel});
}

void Binance::send_shutdown(ConnectionId connection, base::Instant moment, Actions& actions) {
  text_ = R"({"stream":"!serverShutdown","data":)";
  event_begin_ = text_.size();
  write_shutdown_event(text_, clock_.at(moment));
  text_ += '}';
  std::string_view text = text_;
  if (!connections_.at(connection).combined)
    text = text.substr(event_begin_, text.size() - event_begin_ - 1);
  send(connection, {.kind = SentKind::shutdown}, text, actions);
}

void Binance::forget(Connections::iterator found) {
  const auto& [id, connection] = *found;
  for (const std::string& name : connection.streams)
    if (const auto stream = streams_.find(name)) streams_.remove(*stream, id);
  timers_.erase({connection.notice, TimerKind::notice, id});
  timers_.erase({connection.expiry, TimerKind::expiry, id});
  connections_.erase(found);
}

}  // namespace tickwitness::sim
