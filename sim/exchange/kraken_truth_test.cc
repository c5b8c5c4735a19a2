// The exchange's record against what its clients really got, counted by reading the frames.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "sim/exchange/world_for_tests.h"

namespace tickwitness::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// "63348.5" without its point: all values of one pair have the same number of decimals.
std::int64_t units(const Json& number) {
  std::string digits = number.text;
  std::erase(digits, '.');
  return std::stoll(digits);
}

struct SeenTrade {
  std::string symbol, side, order_type, time;
  std::uint64_t id;
  std::int64_t price, quantity;
};

SeenTrade seen(const Json& item) {
  return {item.find("symbol")->text,
          item.find("side")->text,
          item.find("ord_type")->text,
          item.find("timestamp")->text,
          *item.find("trade_id")->as_unsigned(),
          units(*item.find("price")),
          units(*item.find("qty"))};
}

TEST(KrakenTruth, CountsEqualTheFrames) {
  World world;
  const ConnectionId first = world.connect();
  const ConnectionId second = world.connect();
  subscribe_all(world, first, 1);
  world.run_until(seconds(20));
  subscribe_all(world, second, 5);
  world.say(second, R"({"method":"subscribe","params":{"channel":"trade","symbol":["XBT/USD"]}})");
  world.say(second, R"({"method":"ping","req_id":5})");
  world.run_until(seconds(60));
  world.say(first, R"({"method":"unsubscribe","params":{"channel":"trade","symbol":["SOL/USD"]}})");
  world.run_until(seconds(90));
  world.shut_down();

  std::map<std::string, ItemCounts> items;  // "ticker ETH/USD"
  std::map<std::string, std::uint64_t> frames;
  std::uint64_t bytes = 0;
  for (const Received& frame : world.frames) {
    bytes += frame.text.size();
    std::string kind(frame.channel());
    if (kind.empty())
      kind = frame.json.find("error") != nullptr ? "refused" : frame.member("method");
    ++frames[kind];
    if (kind == "trade" || kind == "ticker" || kind == "ohlc")
      for (const Json& item : frame.data()) {
        ItemCounts& counts = items[kind + " " + item.find("symbol")->text];
        ++(frame.snapshot() ? counts.snapshot : counts.update);
      }
  }
  const Truth& truth = world.exchange.truth();
  EXPECT_EQ(truth.frame_bytes, bytes);
  EXPECT_EQ(truth.frames_total(), world.frames.size());
  const std::pair<std::string, SentKind> kinds[] = {
      {"status", SentKind::status},   {"heartbeat", SentKind::heartbeat},
      {"pong", SentKind::pong},       {"subscribe", SentKind::subscribed},
      {"refused", SentKind::refused}, {"unsubscribe", SentKind::unsubscribed},
      {"trade", SentKind::trade},     {"ticker", SentKind::ticker},
      {"ohlc", SentKind::ohlc},       {"instrument", SentKind::instrument}};
  for (const auto& [name, kind] : kinds) {
    EXPECT_EQ(truth.sent(kind), frames[name]) << name;
    EXPECT_GT(frames[name], 0U) << name;
  }
  for (const PairTruth& pair : truth.pairs) {
    const std::pair<std::string, ItemCounts> channels[] = {
        {"trade ", pair.trades}, {"ticker ", pair.quotes}, {"ohlc ", pair.candles}};
    for (const auto& [channel, counts] : channels) {
      EXPECT_EQ(counts.snapshot, items[channel + pair.symbol].snapshot) << channel << pair.symbol;
      EXPECT_EQ(counts.update, items[channel + pair.symbol].update) << channel << pair.symbol;
      EXPECT_GT(counts.update, 20U) << channel << pair.symbol;
    }
    EXPECT_EQ(pair.candles_by_interval.at(1).total() + pair.candles_by_interval.at(5).total(),
              pair.candles.total());
  }
  EXPECT_EQ(truth.instruments, 8U);
  EXPECT_EQ(truth.connections_accepted, 2U);
  EXPECT_EQ(truth.shutdown_closes, 2U);
  EXPECT_EQ(truth.requests, 11U);
  EXPECT_THAT(world.closed, testing::ElementsAre(first, second));
}

TEST(KrakenTruth, TradesAreContiguousAndJustAsRecorded) {
  World world;
  subscribe_all(world, world.connect());
  world.run_until(minutes(3));
  world.shut_down();
  std::map<std::string, std::map<std::uint64_t, SeenTrade>> by_symbol;
  std::size_t frames_of_several = 0;
  std::size_t equal_times = 0;
  std::map<std::string, std::uint64_t> last_id;
  std::map<std::string, std::string> last_time;
  for (const Received* frame : world.of_channel("trade")) {
    if (!frame->snapshot() && frame->data().size() > 1) ++frames_of_several;
    for (const Json& item : frame->data()) {
      const SeenTrade trade = seen(item);
      std::uint64_t& last = last_id[trade.symbol];
      EXPECT_TRUE(last == 0 || trade.id == last + 1) << trade.id;
      last = trade.id;
      EXPECT_GE(trade.time, last_time[trade.symbol]);
      if (trade.time == last_time[trade.symbol]) ++equal_times;
      last_time[trade.symbol] = trade.time;
      by_symbol[trade.symbol].emplace(trade.id, trade);
    }
  }
  EXPECT_GT(frames_of_several, 50U);
  EXPECT_GT(equal_times, 50U);

  for (std::size_t pair = 0; pair < 4; ++pair) {
    const PairTruth& truth = world.exchange.truth().pairs[pair];
    const auto& received = by_symbol[truth.symbol];
    std::uint64_t since_start = 0;
    for (const TradeRecord& record : world.exchange.trades(pair)) {
      const bool was_sent = record.updates_sent + record.snapshots_sent > 0;
      EXPECT_EQ(received.contains(record.fill.id), was_sent);
      if (!record.before_start) ++since_start;
      if (!was_sent) continue;
      const SeenTrade& trade = received.at(record.fill.id);
      EXPECT_EQ(trade.price, record.fill.price);
      EXPECT_EQ(trade.quantity, record.fill.quantity);
      EXPECT_EQ(trade.side == "buy", record.fill.taker_side == market::Side::buy);
      EXPECT_EQ(trade.order_type == "limit", record.fill.limit_order);
    }
    EXPECT_EQ(truth.trades_made, since_start);
    EXPECT_EQ(truth.trades.update, since_start);
    EXPECT_EQ(truth.trades_undelivered, 0U);
    EXPECT_EQ(truth.trades.snapshot, 50U);
    EXPECT_EQ(truth.last_id_sent, received.rbegin()->first);
    EXPECT_EQ(truth.last_price_sent->mantissa(), received.rbegin()->second.price);
    EXPECT_EQ(truth.last_price.mantissa(), received.rbegin()->second.price);
    EXPECT_EQ(world.exchange.trades_forgotten(pair), 0U);
  }
}

TEST(KrakenTruth, CandlesAreThoseOfItsOwnTrades) {
  for (const int interval : {1, 5, 15}) {
    World world;
    subscribe_all(world, world.connect(), interval);
    world.run_until(minutes(6));
    world.shut_down();
    const base::Duration length = minutes(interval);
    struct Expected {
      std::int64_t open = 0, high = 0, low = INT64_MAX, close = 0;
      std::int64_t volume = 0;
      long double notional = 0;
      std::uint64_t trades = 0;
    };
    // The state after each trade event must have been sent; the last word on a candle counts.
    std::map<std::pair<std::string, std::string>, const Json*> sent;
    for (const Received* frame : world.of_channel("ohlc"))
      for (const Json& item : frame->data())
        sent[{item.find("symbol")->text, item.find("interval_begin")->text}] = &item;
    std::size_t candles = 0;
    for (std::size_t pair = 0; pair < 4; ++pair) {
      std::map<std::int64_t, Expected> expected;
      for (const TradeRecord& record : world.exchange.trades(pair)) {
        Expected& candle = expected[record.fill.time.time_since_epoch() / length];
        if (candle.trades == 0) candle.open = record.fill.price;
        candle.high = std::max(candle.high, record.fill.price);
        candle.low = std::min(candle.low, record.fill.price);
        candle.close = record.fill.price;
        candle.volume += record.fill.quantity;
        candle.notional += static_cast<long double>(record.fill.price) *
                           static_cast<long double>(record.fill.quantity);
        ++candle.trades;
      }
      for (const auto& [number, candle] : expected) {
        const std::time_t begin = number * std::chrono::duration_cast<seconds>(length).count();
        char text[64];
        std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.000000000Z", std::gmtime(&begin));
        const auto found = sent.find({world.exchange.truth().pairs[pair].symbol, text});
        ASSERT_NE(found, sent.end()) << text;
        const Json& item = *found->second;
        EXPECT_EQ(units(*item.find("open")), candle.open);
        EXPECT_EQ(units(*item.find("high")), candle.high);
        EXPECT_EQ(units(*item.find("low")), candle.low);
        EXPECT_EQ(units(*item.find("close")), candle.close);
        EXPECT_EQ(units(*item.find("volume")), candle.volume);
        EXPECT_EQ(item.find("trades")->as_unsigned(), candle.trades);
        EXPECT_EQ(item.find("interval")->as_unsigned(), static_cast<std::uint64_t>(interval));
        EXPECT_NEAR(static_cast<double>(units(*item.find("vwap"))),
                    static_cast<double>(candle.notional / candle.volume), 0.5001);
        ++candles;
      }
    }
    EXPECT_GE(candles, 4U);
  }
}

TEST(KrakenTruth, LatenciesAreThoseOfTheFrames) {
  for (const auto skew : {milliseconds(0), milliseconds(15), milliseconds(-25)}) {
    Settings settings = quick_settings();
    settings.skew = skew;
    World world(settings);
    subscribe_all(world, world.connect());
    world.run_until(seconds(60));
    std::uint64_t count = 0;
    std::uint64_t negative = 0;
    for (const Received* frame : world.of_channel("ticker")) {
      const Json& item = frame->data()[0];
      if (frame->snapshot() || item.find("symbol")->text != "BTC/USD") continue;
      const std::string& stamp = item.find("timestamp")->text;  // …T03:04:31.020304Z
      const base::Duration stamped =
          minutes(std::stoi(stamp.substr(14, 2)) - 4) +
          std::chrono::microseconds(std::stoll(stamp.substr(17, 2) + stamp.substr(20, 6)));
      const base::Duration received = frame->at - World::kMono + seconds(30);
      ++count;
      if (received < stamped) ++negative;
      EXPECT_GE(received - stamped, milliseconds(2) - skew);
      EXPECT_LE(received - stamped, milliseconds(400) - skew);
    }
    const Latencies& truth = world.exchange.truth().find("BTC/USD")->quote_latencies;
    EXPECT_EQ(truth.count(), count);
    EXPECT_EQ(truth.negative(), negative);
    EXPECT_EQ(negative > 0, skew > milliseconds(2));
    const auto median = truth.quantile(0.5, World::kMono);
    const auto high = truth.quantile(0.99, World::kMono);
    ASSERT_TRUE(median && high);
    EXPECT_GT(*median, milliseconds(4) - skew);
    EXPECT_LT(*median, milliseconds(25) - skew);
    EXPECT_GT(*high, *median);
    EXPECT_EQ(truth.quantile(0.5, world.now().mono + seconds(1)), std::nullopt);
  }
}

std::string everything(std::uint64_t seed) {
  Settings settings = quick_settings(seed);
  settings.faults = {{.kind = FaultKind::malformed, .at = seconds(5)},
                     {.kind = FaultKind::disconnect, .at = seconds(10)}};
  World world(settings);
  subscribe_all(world, world.connect());
  world.run_until(seconds(12));
  subscribe_all(world, world.connect(), 15);
  world.run_until(seconds(40));
  world.shut_down();
  std::string all;
  for (const Received& frame : world.frames) all += frame.text + "\n";
  all += world.exchange.on_http("GET", "/0/public/Trades?pair=XBTUSD", world.now()).body;
  return all;
}

TEST(KrakenTruth, SameSeedSameBytes) {
  const std::string once = everything(7);
  EXPECT_EQ(once, everything(7));
  EXPECT_NE(once, everything(8));
  // The same on every compiler and machine: the bytes' FNV-1a digest. It changes with the market
  // model or the text of any frame, and then the new value belongs here.
  std::uint64_t digest = 14695981039346656037U;
  for (const char c : once) digest = (digest ^ static_cast<unsigned char>(c)) * 1099511628211U;
  EXPECT_EQ(digest, 12826851718053288138U);
}

TEST(KrakenTruth, TheMarketDoesNotDependOnWhoWatches) {
  World watched;
  World alone;
  subscribe_all(watched, watched.connect());
  watched.run_until(seconds(30));
  alone.run_until(seconds(30));
  for (std::size_t pair = 0; pair < 4; ++pair) {
    const auto& a = watched.exchange.trades(pair);
    const auto& b = alone.exchange.trades(pair);
    ASSERT_EQ(a.size(), b.size());
    EXPECT_EQ(a.back().fill.id, b.back().fill.id);
    EXPECT_EQ(a.back().fill.price, b.back().fill.price);
    EXPECT_EQ(a.back().fill.time, b.back().fill.time);
    EXPECT_EQ(alone.exchange.truth().pairs[pair].trades_undelivered,
              alone.exchange.truth().pairs[pair].trades_made);
  }
}

TEST(KrakenTruth, LateStepsCatchUpInOrder) {
  World prompt;
  World late;
  const ConnectionId a = prompt.connect();
  const ConnectionId b = late.connect();
  const std::string request =
      R"({"method":"subscribe","params":{"channel":"trade","symbol":["BTC/USD"]}})";
  prompt.say(a, request);
  late.say(b, request);
  prompt.run_until(seconds(20));
  Actions actions;
  late.exchange.step({late.now().mono + seconds(20), late.now().wall + seconds(20)}, actions);
  std::vector<std::string> prompt_trades;
  std::vector<std::string> late_trades;
  for (const Received* frame : prompt.of_channel("trade")) prompt_trades.push_back(frame->text);
  for (const Action& action : actions)
    if (const std::string& text = std::get<Send>(action).text; text.find("\"trade\"") != text.npos)
      late_trades.push_back(text);
  EXPECT_EQ(prompt_trades, late_trades);
}

TEST(KrakenTruth, QuotesLookLikeAMarket) {
  World world;
  subscribe_all(world, world.connect());
  world.run_until(minutes(5));
  std::set<std::string> btc_prices;
  for (const Received* frame : world.of_channel("ticker")) {
    const Json& item = frame->data()[0];
    EXPECT_LT(units(*item.find("bid")), units(*item.find("ask")));
    EXPECT_GT(units(*item.find("bid_qty")), 0);
    EXPECT_GT(units(*item.find("ask_qty")), 0);
    EXPECT_LE(units(*item.find("low")), units(*item.find("last")));
    EXPECT_GE(units(*item.find("high")), units(*item.find("last")));
    if (item.find("symbol")->text != "BTC/USD") continue;
    btc_prices.insert(item.find("bid")->text);
    EXPECT_NEAR(static_cast<double>(units(*item.find("bid"))), 633'485, 63'000);
  }
  EXPECT_GT(btc_prices.size(), 100U);
  const PairTruth& btc = *world.exchange.truth().find("BTC/USD");
  EXPECT_NEAR(static_cast<double>(btc.trades_made) / 300, 3, 1.5);
  EXPECT_GT(btc.quotes.update, btc.trades.update);
}

}  // namespace
}  // namespace tickwitness::sim
