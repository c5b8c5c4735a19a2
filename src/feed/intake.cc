#include "feed/intake.h"

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "feed/labels.h"

namespace tickwitness::feed {
namespace {

using telemetry::label::Channel;

constexpr std::size_t kKinds = static_cast<std::size_t>(exchange::FrameKind::malformed) + 1;
constexpr base::Duration kStampDistanceMax = std::chrono::hours(24);
constexpr std::size_t kMarketsMax =
    64;  // the bound of the label; what comes after shares its `other`
constexpr std::size_t kReasons = static_cast<std::size_t>(exchange::Malformed::bad_symbol) + 1;

}  // namespace

Intake::Intake(market::Venue venue, telemetry::Catalog& metrics, pipeline::Handoff& handoff,
               std::function<void()> make_room)
    : venue_(venue),
      label_(label_of(venue)),
      metrics_(metrics),
      handoff_(handoff),
      make_room_(std::move(make_room)),
      bytes_(metrics.feed_bytes.at(label_)),
      skipped_(metrics.feed_entries_skipped.at(label_)),
      implausible_(metrics.feed_stamps_implausible.at(label_)) {
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    by_kind_.push_back(
        metrics.feed_frames.at(label_, label_of(static_cast<exchange::FrameKind>(kind))));
  }
  for (std::size_t reason = 1; reason < kReasons; ++reason) {  // 0 is Malformed::none
    by_reason_.push_back(metrics.feed_frames_malformed.at(
        label_, label_of(static_cast<exchange::Malformed>(reason))));
  }
}

void Intake::expect(const market::Symbol& symbol) {
  market(symbol);
}

Intake::Market& Intake::market(const market::Symbol& symbol) {
  if (last_hit_ < markets_.size() && markets_[last_hit_].symbol == symbol) {
    return markets_[last_hit_];
  }
  for (std::size_t i = 0; i < markets_.size(); ++i) {
    if (markets_[i].symbol == symbol) return markets_[last_hit_ = i];
  }
  if (markets_.size() > kMarketsMax) return markets_.back();
  const telemetry::label::Symbol label{markets_.size() == kMarketsMax ? telemetry::kOther
                                                                      : symbol.str()};
  markets_.push_back({.symbol = symbol,
                      .trades = metrics_.feed_events.at(label_, label, Channel::trade),
                      .quotes = metrics_.feed_events.at(label_, label, Channel::spread),
                      .candles = metrics_.feed_events.at(label_, label, Channel::ohlc),
                      .new_trades = metrics_.feed_updates.at(label_, label, Channel::trade),
                      .new_quotes = metrics_.feed_updates.at(label_, label, Channel::spread),
                      .new_candles = metrics_.feed_updates.at(label_, label, Channel::ohlc),
                      .negative = metrics_.feed_latency_negative.at(label_, label),
                      .latency = metrics_.feed_latency_seconds.at(label_, label)});
  return markets_[last_hit_ = markets_.size() - 1];
}

std::optional<base::Duration> Intake::latency_of(Market& market, base::Now received,
                                                 base::WallTime exchange_time) {
  // Compared before subtracting: stamps of other centuries are not latencies, and their difference
  // does not fit.
  if (exchange_time < received.wall - kStampDistanceMax ||
      exchange_time > received.wall + kStampDistanceMax) {
    implausible_.inc();
    return std::nullopt;
  }
  const base::Duration latency = received.wall - exchange_time;
  if (latency < base::Duration::zero()) market.negative.inc();
  return latency;
}

void Intake::observe_trade(Market& market, base::Now received, const market::Trade& trade) {
  const auto latency = latency_of(market, received, trade.exchange_time);
  if (!latency) return;
  if (!market.pick.worth(received.mono, *latency)) {
    market.latency.observe(*latency);  // a negative one enters the signed window only
    return;
  }
  std::array<char, 20> digits;  // of 2^64
  const auto end = std::to_chars(digits.begin(), digits.end(), trade.id).ptr;
  market.latency.observe(*latency, {"trade_id", std::string_view(digits.begin(), end)},
                         received.wall);
}

void Intake::hand_on(base::Now received, bool snapshot, const market::Event& event) {
  pipeline::Tick tick{.event = event, .venue = venue_, .snapshot = snapshot, .received = received};
  while (!handoff_.push(tick)) make_room_();
}

void Intake::on_frame(base::Now received, const exchange::Frame& frame, std::size_t bytes) {
  ++counts_.frames;
  by_kind_[static_cast<std::size_t>(frame.kind)].inc();
  bytes_.add(bytes);
  if (frame.skipped != 0) {
    counts_.skipped += frame.skipped;
    skipped_.add(frame.skipped);
  }
  switch (frame.kind) {
    case exchange::FrameKind::malformed:
      ++counts_.malformed;
      if (frame.malformed != exchange::Malformed::none) {
        by_reason_[static_cast<std::size_t>(frame.malformed) - 1].inc();
      }
      return;
    case exchange::FrameKind::unsupported:
      ++counts_.unsupported;
      return;
    case exchange::FrameKind::trades:
      return on_trades(received, frame);
    case exchange::FrameKind::quotes:
      return on_quotes(received, frame);
    case exchange::FrameKind::candles:
      return on_candles(received, frame);
    case exchange::FrameKind::instruments:
      counts_.instruments += frame.instruments.size();
      if (frame.snapshot) {
        metrics_.market_instruments.at(label_).set(static_cast<double>(frame.instruments.size()));
      }
      return;
    default:
      return;  // control frames are the session's business
  }
}

void Intake::on_trades(base::Now received, const exchange::Frame& frame) {
  for (const auto& trade : frame.trades) {
    Market& m = market(trade.symbol);
    m.trades.inc();
    ++counts_.trades;
    if (!frame.snapshot) {
      m.new_trades.inc();
      observe_trade(m, received, trade);
    }
    hand_on(received, frame.snapshot, trade);
  }
}

void Intake::on_quotes(base::Now received, const exchange::Frame& frame) {
  for (const auto& quote : frame.quotes) {
    Market& m = market(quote.symbol);
    m.quotes.inc();
    ++counts_.quotes;
    if (!frame.snapshot) {
      m.new_quotes.inc();
      if (quote.exchange_time) {
        const auto latency = latency_of(m, received, *quote.exchange_time);
        if (latency) m.latency.observe(*latency);
      }
    }
    hand_on(received, frame.snapshot, quote);
  }
}

void Intake::on_candles(base::Now received, const exchange::Frame& frame) {
  for (const auto& candle : frame.candles) {
    Market& m = market(candle.symbol);
    m.candles.inc();
    if (!frame.snapshot) m.new_candles.inc();
    ++counts_.candles;
    hand_on(received, frame.snapshot, candle);  // a candle has no moment of its own: no latency
  }
}

}  // namespace tickwitness::feed
