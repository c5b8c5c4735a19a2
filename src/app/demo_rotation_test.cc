// A feed that replaces its connections, against the simulated Binance that ends them: in virtual
// time, each connection as slow as it likes. What is handed on is what was published.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <numeric>

#include "exchange/binance/rest.h"
#include "exchange/binance/session.h"
#include "feed/feed.h"
#include "feed/test_world.h"
#include "sim/exchange/binance_world_for_tests.h"
#include "telemetry/test_read.h"

namespace tickwitness::app {
namespace {

using namespace std::chrono_literals;
using feed::test::HandChannels;
using feed::test::HandExecutor;
using feed::test::Wire;
using telemetry::test::read;
using Ids = std::vector<std::uint64_t>;

constexpr base::Duration kTick = 5ms;
constexpr std::string_view kSymbols[] = {"BTC-USDT", "ETH-USDT", "SOL-USDT", "XRP-USDT"};

struct Case {
  const char* what;
  base::Duration life;
  std::optional<base::Duration> max_age;
  std::initializer_list<std::string_view> faults;
  double rotations;  // that succeed in the time of the test
  std::uint64_t closed_by_exchange;
};

// The frames of odd and even connections are under way for these times: now the old, now the young
// one is ahead.
base::Duration delay_of(std::size_t connection) {
  return connection % 2 == 0 ? 5ms : 180ms;
}

class World final : public runtime::HttpRequester {
 public:
  explicit World(const Case& c)
      : exchange_(
            [&] {
              sim::Settings settings = sim::binance_with(c.faults);
              settings.keep_books = true;
              return settings;
            }(),
            executor_.now(), {.connection_life = c.life}),
        max_age_(c.max_age),
        feed_(settings(kSymbols),
              {.make_protocol = [] { return std::make_unique<exchange::binance::BinanceSpot>(); },
               .rest = std::make_unique<exchange::binance::BinanceRest>()},
              {.executor = executor_,
               .channels = channels_,
               .http = this,
               .metrics = metrics,
               .ledger = ledger,
               .handoff = handoff_,
               .turn_done = [this] { drain(); },
               .on_event = [](const feed::LinkEvent&) {}}) {
    feed_.start();
  }

  void get(const runtime::Endpoint&, std::string target, OnDone on_done) override {
    asked_.push_back({executor_.now().mono + 50ms, std::move(target), std::move(on_done)});
  }

  // A reload: of the markets but these the books are not followed any more.
  void follow_books_of(std::span<const std::string_view> symbols) {
    feed_.apply(settings(symbols));
  }
  void run(base::Duration length) {
    for (const base::Duration end = time_ + length; time_ < end; time_ += kTick) turn();
  }
  // The exchange sends what it still owes; connections stay.
  void settle() {
    exchange_.begin_shutdown(executor_.now(), actions_);
    take();
    std::erase_if(under_way_, [](const Delivery& one) { return one.text.empty(); });
    run(1s);
  }

  const sim::Binance& exchange() const { return exchange_; }
  feed::FeedStatus status() const { return feed_.status(executor_.now()); }
  std::size_t connections() const { return channels_.wires.size(); }
  std::optional<double> metric(
      std::string_view name,
      std::initializer_list<std::pair<std::string_view, std::string_view>> labels) {
    feed_.observe(executor_.now().mono);
    return read(registry, name, labels);
  }

  telemetry::Registry registry;
  telemetry::Catalog metrics{registry};
  feed::GapLedger ledger;
  std::map<std::string, Ids> trades, quotes;  // as handed on, by symbol
  std::map<std::string, std::vector<market::Candle>> candles;

 private:
  struct Delivery {
    base::Instant at;
    std::size_t connection;
    std::string text;  // empty: it is closed
  };
  struct Asked {
    base::Instant at;
    std::string target;
    OnDone on_done;
  };

  feed::FeedSettings settings(std::span<const std::string_view> with_book) const {
    feed::FeedSettings settings{.venue = market::Venue::binance,
                                .endpoint = {.host = "binance.test"},
                                .rest = runtime::Endpoint{.host = "rest.test"},
                                .max_age = max_age_};
    for (const std::string_view name : kSymbols) {
      using exchange::Channel;
      const auto symbol = *market::Symbol::parse(name);
      for (const auto channel : {Channel::trade, Channel::spread, Channel::book}) {
        if (channel == Channel::book && std::ranges::find(with_book, name) == with_book.end()) {
          continue;
        }
        settings.subscriptions.push_back({.channel = channel, .symbol = symbol});
      }
      settings.subscriptions.push_back(
          {.channel = Channel::ohlc, .symbol = symbol, .interval_minutes = 1});
    }
    return settings;
  }

  void turn() {
    executor_.run_until(time_);
    exchange_.step(executor_.now(), actions_);
    take();
    for (std::size_t i = 0; i < channels_.wires.size(); ++i) serve(i);
    take();
    deliver();
    for (auto& one : std::exchange(asked_, {})) {
      if (one.at > executor_.now().mono) {
        asked_.push_back(std::move(one));
        continue;
      }
      const sim::HttpReply reply = exchange_.on_http("GET", one.target, executor_.now());
      one.on_done(executor_.now(), runtime::HttpReply{.status = reply.status, .body = reply.body});
    }
  }

  // What a client did on its connection.
  void serve(std::size_t i) {
    Wire& wire = *channels_.wires[i];
    opens_.resize(channels_.wires.size());
    if (wire.opens != opens_[i]) {
      opens_[i] = wire.opens;
      exchange_.on_connect(i, "/stream", executor_.now(), actions_);
      wire.accept();
    }
    for (const std::string& text : wire.take_sent()) {
      exchange_.on_text(i, executor_.now(), text, actions_);
    }
    if (wire.in_use && wire.close_asked) {
      exchange_.on_disconnect(i, executor_.now());
      std::erase_if(under_way_, [&](const Delivery& one) { return one.connection == i; });
      wire.end(runtime::CloseReason::local);
    }
  }

  void take() {
    for (const sim::Action& action : std::exchange(actions_, {})) {
      const auto* const sent = std::get_if<sim::Send>(&action);
      const auto* const close = std::get_if<sim::Close>(&action);
      const std::size_t to = sent != nullptr ? sent->connection : close->connection;
      under_way_.push_back({.at = executor_.now().mono + delay_of(to),
                            .connection = to,
                            .text = sent != nullptr ? sent->text : std::string()});
    }
  }

  void deliver() {
    for (auto& one : std::exchange(under_way_, {})) {
      Wire& wire = *channels_.wires[one.connection];
      if (one.at > executor_.now().mono) {
        under_way_.push_back(std::move(one));
      } else if (wire.in_use && one.text.empty()) {
        wire.end(runtime::CloseReason::remote);
      } else if (wire.in_use) {
        wire.say(one.text);
      }
    }
  }

  void drain() {
    handoff_.drain(10'000, [this](pipeline::Tick& tick) {
      if (const auto* trade = std::get_if<market::Trade>(&tick.event)) {
        trades[std::string(trade->symbol.str())].push_back(trade->id);
      } else if (const auto* quote = std::get_if<market::Quote>(&tick.event)) {
        quotes[std::string(quote->symbol.str())].push_back(quote->update_id.value_or(0));
      } else if (const auto* candle = std::get_if<market::Candle>(&tick.event)) {
        candles[std::string(candle->symbol.str())].push_back(*candle);
      }
    });
  }

  HandExecutor executor_;
  HandChannels channels_{executor_};
  base::Duration time_{0};
  sim::Binance exchange_;
  sim::Actions actions_;
  std::vector<int> opens_;
  std::vector<Delivery> under_way_;
  std::vector<Asked> asked_;
  std::optional<base::Duration> max_age_;
  pipeline::Handoff handoff_{1024, pipeline::OverloadPolicy::backpressure, metrics,
                             telemetry::label::Ring{"ingest"}};
  feed::Feed feed_;
};

// Each trade that was published since the first that was received, once and in order.
void expect_trades_are_whole(const World& world, std::size_t pair, const std::string& symbol) {
  const Ids& got = world.trades.at(symbol);
  ASSERT_GT(got.size(), 50U);
  Ids published;
  for (const sim::TradeRecord& one : world.exchange().trades(pair)) {
    if (one.fill.id >= got.front()) published.push_back(one.fill.id);
  }
  EXPECT_EQ(got, published);
}

void expect_book_is_right(const World& world, std::size_t pair) {
  const auto status = world.status();
  const feed::BookKeeper::Status& book = status.books.at(pair);
  ASSERT_EQ(book.state, feed::BookState::valid);
  const sim::PairSettings& settings = world.exchange().settings().pairs[pair];
  const sim::OrderBook& truth = *world.exchange().book(pair);
  for (const auto side : {sim::BookSide::bid, sim::BookSide::ask}) {
    const sim::Level best = truth.level(side, 0);
    const auto& ours = side == sim::BookSide::bid ? book.bid : book.ask;
    ASSERT_TRUE(ours);
    EXPECT_EQ(ours->price, base::Decimal(best.price, settings.price_precision));
    EXPECT_EQ(ours->quantity, base::Decimal(best.quantity, settings.quantity_precision));
  }
}

TEST(Rotation, LosesNothingAndShowsNothingTwice) {
  const Case cases[] = {
      {"none", 1h, std::nullopt, {}, 0, 0},
      {"by age, before the exchange ends them", 60s, 40s, {}, 2, 0},
      {"because the exchange announces their end", 60s, std::nullopt, {}, 2, 0},
      {"because it is going down", 1h, std::nullopt, {"rotation@30s"}, 1, 0},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    World world(c);
    world.run(115s);
    world.settle();
    EXPECT_EQ(world.metric("tickwitness_feed_rotations_total", {{"result", "success"}}),
              c.rotations);
    EXPECT_EQ(world.metric("tickwitness_feed_rotations_total", {{"result", "failure"}}), 0);
    EXPECT_EQ(world.connections(), static_cast<std::size_t>(c.rotations) + 1);
    EXPECT_EQ(world.exchange().truth().expired, 0U);
    EXPECT_EQ(world.exchange().truth().disconnects, c.closed_by_exchange);
    EXPECT_EQ(world.metric("tickwitness_feed_reconnects_total", {{"exchange", "binance"}}), 0);
    EXPECT_TRUE(world.ledger.entries().empty());
    EXPECT_EQ(world.status().connections.size(), 1U);
    for (std::size_t pair = 0; pair < 4; ++pair) {
      const std::string symbol(world.status().books.at(pair).symbol.str());
      SCOPED_TRACE(symbol);
      expect_trades_are_whole(world, pair, symbol);
      expect_book_is_right(world, pair);
      EXPECT_EQ(world.status().books.at(pair).resyncs, 1U) << "its first snapshot only";
      const Ids& quotes = world.quotes.at(symbol);
      ASSERT_GT(quotes.size(), 50U);
      EXPECT_TRUE(std::ranges::adjacent_find(quotes, std::greater_equal()) == quotes.end());
      // Minutes that closed: each, once.
      std::vector<base::WallTime> closed;
      for (const market::Candle& candle : world.candles.at(symbol)) {
        if (candle.closed.value_or(false)) closed.push_back(candle.begin);
      }
      ASSERT_EQ(closed.size(), 2U);
      EXPECT_EQ(closed[1] - closed[0], base::Duration(60s));
    }
  }
}

// A reload drops a book and another takes it up again, at any moment of a rotation: before it,
// while the successor is being prepared, while both run, and after the hand-over.
TEST(Rotation, AReloadAtTheSameTimeLeavesEachBookRight) {
  const std::span<const std::string_view> but_the_first = std::span(kSymbols).subspan(1);
  for (base::Duration at = 29'500ms; at < 35s; at += 250ms) {
    SCOPED_TRACE(at / 1ms);
    World world({"", 1h, std::nullopt, {"rotation@30s"}, 1, 0});
    world.run(at);
    world.follow_books_of(but_the_first);
    EXPECT_EQ(world.status().books.size(), 3U);
    world.run(1s);
    EXPECT_EQ(world.status().books.size(), 3U) << "what is on its way is of no book";
    world.follow_books_of(kSymbols);
    world.run(60s);
    world.settle();
    EXPECT_EQ(world.metric("tickwitness_feed_rotations_total", {{"result", "success"}}), 1);
    EXPECT_EQ(world.metric("tickwitness_feed_rotations_total", {{"result", "failure"}}), 0);
    EXPECT_EQ(world.connections(), 2U);
    EXPECT_TRUE(world.ledger.entries().empty()) << "nothing was left out";
    for (std::size_t pair = 0; pair < 4; ++pair) {
      SCOPED_TRACE(kSymbols[pair]);
      ASSERT_EQ(world.status().books.at(pair).symbol.str(), kSymbols[pair]);
      expect_book_is_right(world, pair);
      EXPECT_EQ(world.status().books.at(pair).resyncs, pair == 0 ? 2U : 1U)
          << "a snapshot for each time that it was taken up";
      expect_trades_are_whole(world, pair, std::string(kSymbols[pair]));
    }
  }
}

}  // namespace
}  // namespace tickwitness::app
