#include "sim/checkers/conservation.h"

#include <array>

namespace tickwitness::sim {
namespace {

constexpr std::array<std::string_view, 9> kReasons{"json",       "encoding",      "too_deep",
                                                   "too_large",  "missing_field", "wrong_type",
                                                   "bad_number", "bad_time",      "bad_symbol"};

struct ItemsOfChannel {
  std::string_view channel;  // as labels name it
  ItemCounts PairTraffic::* items;
};
constexpr std::array<ItemsOfChannel, 4> kChannels{{{"trade", &PairTraffic::trades},
                                                   {"spread", &PairTraffic::quotes},
                                                   {"ohlc", &PairTraffic::candles},
                                                   {"book", &PairTraffic::books}}};

struct Due {
  Figure figure;
  bool of_both = false;  // venues
};

class Figures {
 public:
  Figures(const Observation& seen, const Venues& venues)
      : seen_(seen), venues_(venues), traffic_(seen.ledger.traffic()) {
    frames();
    malformed();
    events();
    if (!venues.is_second) pipeline();
    of_both_ = false;
    add("tickwitness_feed_entries_skipped_total", {}, 0);
    std::uint64_t implausible = 0;
    for (const auto& [symbol, record] : seen.ledger.latencies()) implausible += record.implausible;
    add("tickwitness_feed_stamps_implausible_total", {}, number(implausible));
  }

  std::vector<Due> take() && { return std::move(figures_); }

 private:
  void add(std::string_view name, const Exposition::Where& where, double truth) {
    figures_.push_back({figure(seen_, name, where, truth), of_both_});
  }

  std::uint64_t malformed_as(std::string_view reason) const {
    const auto found = traffic_.malformed.find(reason);
    return found == traffic_.malformed.end() ? 0 : found->second;
  }

  void frames() {
    constexpr std::string_view kFamily = "tickwitness_feed_frames_total";
    const auto kind = [&](std::string_view label, std::uint64_t truth) {
      add(kFamily, {{"kind", label}}, number(truth));
    };
    using enum SentKind;
    const std::uint64_t unsupported = malformed_as("unsupported");
    kind("status", traffic_.sent(status));
    kind("heartbeat", traffic_.sent(heartbeat));
    kind("pong", traffic_.sent(pong));
    // Binance's answers to both requests are the same.
    const std::uint64_t taken_back = venues_.is_kraken ? traffic_.sent(unsubscribed) : 0;
    kind("subscribed", traffic_.sent(subscribed) + traffic_.sent(unsubscribed) - taken_back);
    kind("unsubscribed", taken_back);
    kind("refused", traffic_.sent(refused) + traffic_.sent(rate_exceeded));
    kind("trades", traffic_.sent(trade));
    kind("quotes", traffic_.sent(ticker));
    kind("candles", traffic_.sent(ohlc));
    kind("instruments", traffic_.sent(instrument));
    kind("books", traffic_.sent(book));
    kind("shutdown", traffic_.sent(shutdown));
    kind("unsupported", unsupported);
    kind("malformed", traffic_.sent(SentKind::malformed) - unsupported);
    add(kFamily, {}, number(traffic_.frames_total()));
    add("tickwitness_feed_bytes_total", {}, number(traffic_.bytes));
  }

  void malformed() {
    constexpr std::string_view kFamily = "tickwitness_feed_frames_malformed_total";
    for (const auto reason : kReasons) {
      add(kFamily, {{"reason", reason}}, number(malformed_as(reason)));
    }
    add(kFamily, {}, number(traffic_.sent(SentKind::malformed) - malformed_as("unsupported")));
  }

  void events() {
    const auto& symbols = seen_.ledger.symbols();
    for (const auto& [channel, items] : kChannels) {
      ItemCounts sum;
      for (std::size_t i = 0; i < symbols.size(); ++i) {
        const ItemCounts of = i < traffic_.pairs.size() ? traffic_.pairs[i].*items : ItemCounts{};
        const Exposition::Where where{{"symbol", symbols[i]}, {"channel", channel}};
        add("tickwitness_feed_events_total", where, number(of.total()));
        add("tickwitness_feed_updates_total", where, number(of.update));
        sum.snapshot += of.snapshot;
        sum.update += of.update;
      }
      add("tickwitness_feed_events_total", {{"channel", channel}}, number(sum.total()));
      add("tickwitness_feed_updates_total", {{"channel", channel}}, number(sum.update));
      if (channel != "book" && venues_.is_kraken) {  // the dialect knows of three channels
        add("kraken_events_processed_total", {{"event_type", channel}}, number(sum.total()));
      }
    }
    for (std::size_t i = 0; i < symbols.size(); ++i) {
      add("tickwitness_feed_trade_duplicates_total", {{"symbol", symbols[i]}},
          number(seen_.ledger.trades_again()[i]));
    }
  }

  // Each trade once, whichever way it came and however often; those that wait for missing ones
  // before them are not handed on yet. Where the spread is followed, books hand nothing on.
  static double handed_on(const Ledger& ledger) {
    std::uint64_t sum = 0;
    for (const TradeIds& ids : ledger.trade_ids()) sum += ids.count();
    for (const PairTraffic& pair : ledger.traffic().pairs) {
      sum += pair.quotes.total() + pair.candles.total();
    }
    return number(sum);
  }

  void pipeline() {
    constexpr std::string_view kReceived = "tickwitness_pipeline_ticks_received_total";
    constexpr std::string_view kProcessed = "tickwitness_pipeline_ticks_processed_total";
    constexpr std::string_view kDropped = "tickwitness_pipeline_dropped_total";
    constexpr std::string_view kDepth = "tickwitness_pipeline_ring_depth";
    const Exposition& scrape = seen_.scrape;
    of_both_ = venues_.second != nullptr;
    const double given = handed_on(seen_.ledger) +
                         (venues_.second != nullptr ? handed_on(*venues_.second) : 0) -
                         scrape.sum("tickwitness_feed_trades_held");
    add(kReceived, {}, given);
    add("trading_ticks_received_total", {}, given);
    figures_.push_back({{fmt::format("{} + {} + {}", kProcessed, kDropped, kDepth), given,
                         scrape.sum(kProcessed) + scrape.sum(kDropped) + scrape.sum(kDepth)},
                        of_both_});
    add("trading_ticks_processed_total", {}, scrape.sum(kProcessed));
  }

  const Observation& seen_;
  const Venues& venues_;
  const Traffic& traffic_;
  bool of_both_ = false;
  std::vector<Due> figures_;
};

}  // namespace

void Conservation::on_scrape(const Observation& seen, Report& report) {
  looked_.on_scrape();
  looked_.add(seen.ledger.traffic().frames_total());
  for (const auto& [figure, of_both] : Figures(seen, venues_).take()) {
    if (figure.truth != figure.measured) report.violation(name(), seen.at, unequal(figure));
  }
}

void Conservation::at_rest(const Observation& seen, Report& report) {
  looked_.at_rest(seen.at, report);
  for (auto& [figure, of_both] : Figures(seen, venues_).take()) {
    if (way_.lossy || (of_both && venues_.second_lossy)) {
      report.at_most(name(), std::move(figure.series), figure.measured, figure.truth);
    } else {
      report.equal(name(), std::move(figure.series), figure.truth, figure.measured);
    }
  }
}

}  // namespace tickwitness::sim
