#include "store/sqlite/trade_reader.h"

#include <fmt/format.h>

#include "store/batch/read_rows.h"
#include "store/sqlite/reading.h"

namespace tickwitness::store::sqlite {
namespace {

constexpr std::int64_t kPage = 1000;

constexpr std::string_view kSelect = R"sql(
SELECT {} FROM trades WHERE venue = ?1 AND symbol = ?2 AND (exchange_time, id) > (?3, ?4)
  AND exchange_time < ?5 ORDER BY exchange_time, id LIMIT ?6)sql";

}  // namespace

SinkResult<TradeReader> TradeReader::open(const std::string& path, const TradeQuery& query) {
  return open(std::make_unique<Connections>(
                  "sqlite", [path] { return open_to_read(path); }, PoolLimits{.most = 1}),
              query);
}

SinkResult<void> TradeReader::prepare() {
  if (auto ok = only_read(connection()); !ok) return ok;
  auto select = connection().prepare(fmt::format(kSelect, kTradeColumns));
  if (!select) return std::unexpected(select.error());
  select_ = std::move(*select);
  for (std::size_t i = 0; i < market::kVenues; ++i) {
    const auto venue = static_cast<market::Venue>(i);
    if (query_.venue.value_or(venue) != venue) continue;
    const auto numbers = find_market(connection(), venue, query_.symbol);
    if (!numbers) return std::unexpected(numbers.error());
    symbol_ = numbers->symbol;
    // Ids begin at 1: nothing of that time has been read.
    streams_.push_back({.venue = venue,
                        .number = numbers->venue,
                        .ended = numbers->venue == 0 || symbol_ == 0,
                        .last_time = query_.from.time_since_epoch().count()});
  }
  return {};
}

SinkResult<std::optional<pipeline::Tick>> TradeReader::next() {
  const auto time = [](const Stream& stream) {
    return std::get<market::Trade>(stream.page[stream.at].event).exchange_time;
  };
  Stream* first = nullptr;
  for (auto& stream : streams_) {
    if (stream.at == stream.page.size() && !stream.ended) {
      if (auto ok = fill(stream); !ok) return std::unexpected(ok.error());
    }
    if (stream.at == stream.page.size()) continue;
    if (first == nullptr || time(stream) < time(*first)) first = &stream;
  }
  if (first == nullptr) {
    select_ = {};
    give_back();
    return std::nullopt;
  }
  return first->page[first->at++];
}

SinkResult<void> TradeReader::fill(Stream& stream) {
  connection_->wake();
  stream.page.clear();
  stream.at = 0;
  select_.bind(1, stream.number);
  select_.bind(2, symbol_);
  select_.bind(3, stream.last_time);
  select_.bind(4, stream.last_id);
  select_.bind(5, query_.to.time_since_epoch().count());
  select_.bind(6, kPage);
  int code = select_.step();
  for (; code == SQLITE_ROW; code = select_.step()) {
    stream.last_id = select_.integer(0);
    stream.last_time = select_.integer(5);
    const auto tick = read_trade(select_, stream.venue, query_.symbol);
    if (tick) {
      stream.page.push_back(*tick);
      continue;
    }
    return sink_fail(fmt::format("{}: the trade {} of {} on {} is damaged: restore a backup",
                                 connection().path(), stream.last_id, query_.symbol.str(),
                                 to_string(stream.venue)),
                     false);
  }
  if (code != SQLITE_DONE) return connection().fail("cannot be read");
  select_.reset();
  connection_->rest();
  stream.ended = stream.page.size() < static_cast<std::size_t>(kPage);
  return {};
}

}  // namespace tickwitness::store::sqlite
