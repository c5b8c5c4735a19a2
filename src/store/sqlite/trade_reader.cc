#include "store/sqlite/trade_reader.h"

#include <fmt/format.h>

#include "store/sqlite/schema.h"
#include "store/sqlite/words.h"

namespace tickwitness::store::sqlite {
namespace {

constexpr std::int64_t kPage = 1000;
constexpr std::chrono::milliseconds kBusy{5000};

constexpr std::string_view kSelect = R"sql(
SELECT id, taker_side, order_type, price, quantity, exchange_time, received, origin, late
FROM trades WHERE venue = ?1 AND symbol = ?2 AND (exchange_time, id) > (?3, ?4)
  AND exchange_time < ?5 ORDER BY exchange_time, id LIMIT ?6)sql";

// 0: it has none.
SinkResult<std::int64_t> number(Connection& connection, std::string_view sql,
                                std::string_view name) {
  auto find = connection.prepare(sql);
  if (!find) return std::unexpected(find.error());
  find->bind(1, name);
  const int code = find->step();
  if (code == SQLITE_ROW) return find->integer(0);
  if (code != SQLITE_DONE) return connection.fail("cannot be read");
  return 0;
}

}  // namespace

SinkResult<TradeReader> TradeReader::open(const std::string& path, const TradeQuery& query) {
  // To read a write-ahead log its index must be written.
  auto connection = Connection::open(path, SQLITE_OPEN_READWRITE, kBusy);
  if (!connection) return std::unexpected(connection.error());
  TradeReader reader(std::move(*connection), query);
  if (auto ok = reader.prepare(); !ok) return std::unexpected(ok.error());
  return reader;
}

SinkResult<void> TradeReader::prepare() {
  const auto version = schema_version(connection_);
  if (!version) return std::unexpected(version.error());
  if (*version != static_cast<int>(all_migrations().size())) {
    return sink_fail(
        fmt::format("{}: has schema version {}, this tickwitness reads {}: start the engine on it "
                    "once if it is older, install the later tickwitness if it is newer",
                    connection_.path(), *version, all_migrations().size()),
        false);
  }
  if (auto ok = connection_.run("PRAGMA query_only=ON"); !ok) return ok;
  auto select = connection_.prepare(kSelect);
  if (!select) return std::unexpected(select.error());
  select_ = std::move(*select);
  const auto symbol =
      number(connection_, "SELECT id FROM symbols WHERE name = ?", query_.symbol.str());
  if (!symbol) return std::unexpected(symbol.error());
  symbol_ = *symbol;
  for (std::size_t i = 0; i < market::kVenues; ++i) {
    const auto venue = static_cast<market::Venue>(i);
    if (query_.venue.value_or(venue) != venue) continue;
    const auto id = number(connection_, "SELECT id FROM venues WHERE name = ?", to_string(venue));
    if (!id) return std::unexpected(id.error());
    // Ids begin at 1: nothing of that time has been read.
    streams_.push_back({.venue = venue,
                        .number = *id,
                        .ended = *id == 0 || symbol_ == 0,
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
  if (first == nullptr) return std::nullopt;
  return first->page[first->at++];
}

SinkResult<void> TradeReader::fill(Stream& stream) {
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
    if (take_row(stream)) continue;
    return sink_fail(
        fmt::format("{}: the trade {} of {} on {} is damaged: restore a backup", connection_.path(),
                    stream.last_id, query_.symbol.str(), to_string(stream.venue)),
        false);
  }
  if (code != SQLITE_DONE) return connection_.fail("cannot be read");
  select_.reset();
  stream.ended = stream.page.size() < static_cast<std::size_t>(kPage);
  return {};
}

bool TradeReader::take_row(Stream& stream) {
  const auto side = side_of(select_.text(1));
  const std::optional<market::OrderType> type =
      select_.is_null(2) ? market::OrderType::unknown : order_type_of(select_.text(2));
  const auto price = base::Decimal::parse(select_.text(3));
  const auto quantity = base::Decimal::parse(select_.text(4));
  const auto origin = origin_of(select_.text(7));
  if (!side || !type || !price || !quantity || !origin) return false;
  const auto wall = [](std::int64_t count) { return base::WallTime(base::Duration(count)); };
  stream.page.push_back({.event = market::Trade{.symbol = query_.symbol,
                                                .id = static_cast<std::uint64_t>(stream.last_id),
                                                .taker_side = *side,
                                                .order_type = *type,
                                                .price = *price,
                                                .quantity = *quantity,
                                                .exchange_time = wall(stream.last_time)},
                         .venue = stream.venue,
                         .origin = *origin,
                         .late = select_.integer(8) != 0,
                         .received = {.mono = {}, .wall = wall(select_.integer(6))}});
  return true;
}

}  // namespace tickwitness::store::sqlite
