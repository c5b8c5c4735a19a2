#include "store/postgres/trade_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "store/batch/read_rows.h"
#include "store/postgres/days.h"
#include "store/postgres/schema.h"

namespace tickwitness::store::postgres {
namespace {

constexpr int kPage = 4000;
constexpr std::int64_t kReadFirst = base::Duration(std::chrono::minutes(10)).count();
constexpr std::int64_t kLengthMin = base::Duration(std::chrono::seconds(1)).count();
constexpr std::int64_t kReadMax = base::Duration(std::chrono::hours(24)).count();

}  // namespace

SinkResult<void> TradeReader::prepare() {
  if (auto ok = only_read(connection()); !ok) return ok;
  if (auto ok = find_market(); !ok) return ok;
  return find_days();
}

SinkResult<void> TradeReader::find_market() {
  const auto venues = connection().run("SELECT id, name FROM tickwitness.venues");
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
  const auto symbol = connection().run(
      fmt::format("SELECT id FROM tickwitness.symbols WHERE name = '{}'", query_.symbol.str()));
  if (!symbol) return std::unexpected(symbol.error());
  if (symbol->rows() == 1) symbol_ = symbol->integer(0, 0);
  return {};
}

SinkResult<void> TradeReader::find_days() {
  length_ = kReadFirst;
  if (venues_.empty() || symbol_ == 0) return {};
  const auto days = connection().run(
      fmt::format("SELECT DISTINCT day FROM tickwitness.trade_days WHERE symbol = {} AND venue IN "
                  "({}) AND day BETWEEN {} AND {} ORDER BY day",
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
    const auto [begin, end] = stretch_of(day, query_.from, query_.to);
    at_ = begin;
    day_end_ = end;
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
      give_back();
      return {};
    }
    const auto answer = connection().run(select());
    if (!answer) return std::unexpected(answer.error());
    if (auto ok = take_rows(*answer); !ok) return ok;
    more_ = answer->rows() == kPage;
    if (more_) {
      length_ = std::max(length_ / 2, kLengthMin);
    } else if (answer->rows() < kPage / 4) {
      length_ = std::min(2 * length_, kReadMax);
    }
  }
  connection_->rest();
  return {};
}

std::string TradeReader::select() const {
  return fmt::format(
      "SELECT * FROM (SELECT {}::integer, {} AS rank FROM tickwitness.trades WHERE symbol = {} "
      "AND venue IN ({}) AND exchange_time >= {} AND exchange_time < {}) t "
      "WHERE (exchange_time, rank, id) > ({},{},{}) ORDER BY exchange_time, rank, id LIMIT {}",
      kTradeColumns, rank_, symbol_, venues_, last_.time, end_, last_.time, last_.rank, last_.id,
      kPage);
}

SinkResult<void> TradeReader::take_rows(const Answer& answer) {
  for (int row = 0; row < answer.rows(); ++row) {
    last_ = {answer.integer(row, 5), answer.integer(row, 9), answer.integer(row, 0)};
    const auto venue = by_rank_.at(static_cast<std::size_t>(last_.rank));
    const auto tick = read_trade(AnswerRow{answer, row}, venue, query_.symbol);
    if (!tick) {
      return connection().fail(fmt::format("the trade {} of {} on {} is damaged: restore a backup",
                                           last_.id, query_.symbol.str(), to_string(venue)),
                               false);
    }
    page_.push_back(*tick);
  }
  return {};
}

}  // namespace tickwitness::store::postgres
