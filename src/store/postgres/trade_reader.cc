#include "store/postgres/trade_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "store/batch/words.h"
#include "store/postgres/days.h"
#include "store/postgres/schema.h"

namespace tickwitness::store::postgres {
namespace {

constexpr int kPage = 4000;
constexpr std::int64_t kLengthFirst = base::Duration(std::chrono::minutes(10)).count();
constexpr std::int64_t kLengthMin = base::Duration(std::chrono::seconds(1)).count();
constexpr std::int64_t kLengthMax = base::Duration(std::chrono::hours(24)).count();

std::int64_t count(base::WallTime time) {
  return time.time_since_epoch().count();
}

base::WallTime wall(std::int64_t nanoseconds) {
  return base::WallTime(base::Duration(nanoseconds));
}

// Nothing: something else than this program wrote there.
std::optional<pipeline::Tick> tick_of(const Answer& answer, int row, const market::Symbol& symbol) {
  const auto side = side_of(answer.text(row, 1));
  const auto type_word = answer.text(row, 2);
  const std::optional<market::OrderType> type =
      type_word.empty() ? market::OrderType::unknown : order_type_of(type_word);
  const auto price = base::Decimal::parse(answer.text(row, 3));
  const auto quantity = base::Decimal::parse(answer.text(row, 4));
  const auto origin = origin_of(answer.text(row, 7));
  if (!side || !type || !price || !quantity || !origin) return {};
  return pipeline::Tick{
      .event = market::Trade{.symbol = symbol,
                             .id = static_cast<std::uint64_t>(answer.integer(row, 0)),
                             .taker_side = *side,
                             .order_type = *type,
                             .price = *price,
                             .quantity = *quantity,
                             .exchange_time = wall(answer.integer(row, 5))},
      .origin = *origin,
      .late = answer.text(row, 8) == "t",
      .received = {.mono = {}, .wall = wall(answer.integer(row, 6))}};
}

}  // namespace

SinkResult<TradeReader> TradeReader::open(const PostgresSettings& settings,
                                          const TradeQuery& query) {
  auto own = make_pool(settings, {.most = 1});
  auto reader = open(*own, query);
  if (reader) reader->own_ = std::move(own);
  return reader;
}

SinkResult<TradeReader> TradeReader::open(Connections& pool, const TradeQuery& query) {
  auto connection = pool.take();
  if (!connection) return std::unexpected(connection.error());
  TradeReader reader(std::move(*connection), query);
  if (auto ok = reader.prepare(); !ok) return std::unexpected(ok.error());
  reader.connection_->rest();
  return reader;
}

SinkResult<void> TradeReader::prepare() {
  Connection& connection = **connection_;
  const auto version = schema_version(connection);
  if (!version) return std::unexpected(version.error());
  const int known = static_cast<int>(all_migrations().size());
  if (*version != known) {
    return connection.fail(
        *version == 0
            ? "no engine has stored anything here"
            : fmt::format("has schema version {}, this tickwitness reads {}: start the engine on "
                          "it once if it is older, install the later tickwitness if it is newer",
                          *version, known),
        false);
  }
  if (auto ok = find_market(); !ok) return ok;
  return find_days();
}

SinkResult<void> TradeReader::find_market() {
  Connection& connection = **connection_;
  const auto venues = connection.run("SELECT id, name FROM tickwitness.venues");
  if (!venues) return std::unexpected(venues.error());
  rank_ = "CASE venue";
  for (std::size_t i = 0; i < market::kVenues; ++i) {
    const auto venue = static_cast<market::Venue>(i);
    if (query_.venue.value_or(venue) != venue) continue;
    for (int row = 0; row < venues->rows(); ++row) {
      if (venues->text(row, 1) != to_string(venue)) continue;
      venues_ += fmt::format("{}{}", venues_.empty() ? "" : ",", venues->integer(row, 0));
      rank_ += fmt::format(" WHEN {} THEN {}", venues->integer(row, 0), by_rank_.size());
      by_rank_.push_back(venue);
    }
  }
  rank_ += " END";
  // Letters, digits and '-' only.
  const auto symbol = connection.run(
      fmt::format("SELECT id FROM tickwitness.symbols WHERE name = '{}'", query_.symbol.str()));
  if (!symbol) return std::unexpected(symbol.error());
  if (symbol->rows() == 1) symbol_ = symbol->integer(0, 0);
  return {};
}

SinkResult<void> TradeReader::find_days() {
  length_ = kLengthFirst;
  if (venues_.empty() || symbol_ == 0) return {};
  const auto days =
      (*connection_)
          ->run(fmt::format("SELECT DISTINCT day FROM tickwitness.trade_days WHERE "
                            "symbol = {} AND venue IN ({}) AND day BETWEEN {} AND {} "
                            "ORDER BY day",
                            symbol_, venues_, day_of(query_.from), day_of(query_.to)));
  if (!days) return std::unexpected(days.error());
  for (int row = 0; row < days->rows(); ++row) {
    days_.push_back(static_cast<int>(days->integer(row, 0)));
  }
  return {};
}

SinkResult<std::optional<pipeline::Tick>> TradeReader::next() {
  if (read_ == page_.size() && connection_) {
    if (auto ok = fill(); !ok) return std::unexpected(ok.error());
  }
  if (read_ == page_.size()) return std::nullopt;
  return page_[read_++];
}

// What is in no day, because its time makes no sense, is one stretch.
bool TradeReader::next_stretch() {
  if (end_ != day_end_) {
    at_ = end_;
    end_ = day_end_ - at_ < length_ ? day_end_ : at_ + length_;
  } else if (days_.empty()) {
    return false;
  } else {
    const int day = days_.front();
    days_.pop_front();
    const bool whole = day < kDayFirst || day > kDayLast;
    at_ = std::max(count(query_.from), day < kDayFirst ? INT64_MIN : begin_of(day));
    day_end_ = std::min(count(query_.to), day > kDayLast ? INT64_MAX : begin_of(day + 1));
    end_ = whole ? day_end_ : std::min(day_end_, at_ + length_);
  }
  last_ = {at_, -1, 0};
  return true;
}

SinkResult<void> TradeReader::fill() {
  page_.clear();
  read_ = 0;
  connection_->wake();
  while (page_.empty()) {
    if (!more_ && !next_stretch()) {
      std::move(*connection_).give_back();
      connection_.reset();
      return {};
    }
    const auto answer = (*connection_)->run(select());
    if (!answer) return std::unexpected(answer.error());
    if (auto ok = take_rows(*answer); !ok) return ok;
    more_ = answer->rows() == kPage;
    if (more_) {
      length_ = std::max(length_ / 2, kLengthMin);
    } else if (answer->rows() < kPage / 4) {
      length_ = std::min(2 * length_, kLengthMax);
    }
  }
  connection_->rest();
  return {};
}

std::string TradeReader::select() const {
  return fmt::format(
      "SELECT * FROM (SELECT id, taker_side, order_type, price, quantity, exchange_time, received, "
      "origin, late, {} AS rank FROM tickwitness.trades WHERE symbol = {} AND venue IN ({}) AND "
      "exchange_time >= {} AND exchange_time < {}) t WHERE (exchange_time, rank, id) > ({},{},{}) "
      "ORDER BY exchange_time, rank, id LIMIT {}",
      rank_, symbol_, venues_, last_.time, end_, last_.time, last_.rank, last_.id, kPage);
}

SinkResult<void> TradeReader::take_rows(const Answer& answer) {
  for (int row = 0; row < answer.rows(); ++row) {
    last_ = {answer.integer(row, 5), answer.integer(row, 9), answer.integer(row, 0)};
    const auto venue = by_rank_.at(static_cast<std::size_t>(last_.rank));
    auto tick = tick_of(answer, row, query_.symbol);
    if (!tick) {
      return (*connection_)
          ->fail(fmt::format("the trade {} of {} on {} is damaged: restore a backup", last_.id,
                             query_.symbol.str(), to_string(venue)),
                 false);
    }
    tick->venue = venue;
    page_.push_back(*tick);
  }
  return {};
}

}  // namespace tickwitness::store::postgres
