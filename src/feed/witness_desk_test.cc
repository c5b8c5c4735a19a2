#include "feed/witness_desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "feed/test_world.h"

namespace tickwitness::feed {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;

const market::Symbol kBtc = *market::Symbol::parse("BTC-USD");
const market::Symbol kEth = *market::Symbol::parse("ETH-USD");

// Keeps what it is asked until a test answers.
struct HandSource final : WitnessSource {
  void trades(const market::Symbol& symbol, const std::optional<Landmark>& known,
              std::function<void(Trades)> then) override {
    asked.push_back("trades " + std::string(symbol.str()) + " after " +
                    std::to_string(known ? known->id : 0));
    trades_then.push_back(std::move(then));
  }
  void quote(const market::Symbol& symbol,
             std::function<void(const std::optional<market::Quote>&)> then) override {
    asked.push_back("quote " + std::string(symbol.str()));
    quote_then.push_back(std::move(then));
  }
  void show(const std::vector<market::Trade>& trades) { take(trades_then)(trades); }
  void show(const market::Quote& quote) { take(quote_then)(quote); }
  void fail() {
    trades_then.empty() ? take(quote_then)(std::nullopt) : take(trades_then)(std::nullopt);
  }
  template <class Then>
  static Then take(std::deque<Then>& waiting) {
    Then then = std::move(waiting.front());
    waiting.pop_front();
    return then;
  }
  std::vector<std::string> asked;
  std::deque<std::function<void(Trades)>> trades_then;
  std::deque<std::function<void(const std::optional<market::Quote>&)>> quote_then;
};

struct World {
  HandExecutor executor;
  HandSource source;
  WitnessDesk desk{executor};
  std::vector<std::string> verdicts;

  explicit World(bool with_source = true) {
    if (with_source) desk.use(source);
  }
  void ask(const std::string& words) {
    desk.ask(stream(words), [this, words](Verdict verdict) {
      verdicts.push_back(words + " " + std::string(to_string(verdict)));
    });
  }
  void ask_book() {
    desk.ask({.channel = exchange::Channel::book, .symbol = kBtc}, [this](Verdict verdict) {
      verdicts.push_back("book BTC-USD " + std::string(to_string(verdict)));
    });
  }
  market::Trade trade(std::uint64_t id, base::Duration ago) const {
    return {.symbol = kBtc, .id = id, .exchange_time = executor.now().wall - ago};
  }
  void receive(const market::Trade& trade) {
    exchange::Frame frame;
    frame.kind = exchange::FrameKind::trades;
    frame.trades.push_back(trade);
    desk.on_frame(executor.now(), frame);
  }
  void receive(const market::Quote& quote) {
    exchange::Frame frame;
    frame.kind = exchange::FrameKind::quotes;
    frame.quotes.push_back(quote);
    desk.on_frame(executor.now(), frame);
  }
  static market::Quote quote(const char* bid) {
    return {.symbol = kBtc, .bid = *base::Decimal::parse(bid)};
  }
};

TEST(WitnessDesk, WithoutASourceNothingIsKnown) {
  World world(false);
  world.receive(world.trade(1, 0s));
  world.ask("trade BTC-USD");
  EXPECT_THAT(world.verdicts, ElementsAre("trade BTC-USD unknown"));
}

TEST(WitnessDesk, AsksForWhatIsAfterTheNewestAndJudges) {
  World world;
  world.receive(world.trade(7, 0s));
  world.executor.run_until(4s);
  world.ask("trade BTC-USD");
  EXPECT_THAT(world.source.asked, ElementsAre("trades BTC-USD after 7"));
  EXPECT_THAT(world.verdicts, IsEmpty());
  world.source.show({world.trade(8, 3s)});
  EXPECT_THAT(world.verdicts, ElementsAre("trade BTC-USD active"));
  world.ask("trade BTC-USD");
  world.source.show(std::vector<market::Trade>{});
  world.ask("trade BTC-USD");
  world.source.fail();
  EXPECT_THAT(world.verdicts,
              ElementsAre("trade BTC-USD active", "trade BTC-USD quiet", "trade BTC-USD unknown"));
}

TEST(WitnessDesk, NewsThatMayBeUnderWayIsLookedAtAgainASecondLater) {
  World world;
  world.receive(world.trade(7, 0s));
  world.executor.run_until(60s);
  world.ask("trade BTC-USD");
  const auto fresh = world.trade(8, 100ms);
  world.source.show({fresh});
  EXPECT_THAT(world.verdicts, IsEmpty());
  world.executor.run_until(60s + 999ms);
  EXPECT_EQ(world.source.asked.size(), 1U);
  world.executor.run_until(61s);
  ASSERT_EQ(world.source.asked.size(), 2U);
  world.source.show({fresh});
  EXPECT_THAT(world.verdicts, ElementsAre("trade BTC-USD active"));
}

TEST(WitnessDesk, PricesThatDifferTwiceAreActiveAndAQuoteThatArrivesIsNot) {
  for (const bool arrives : {false, true}) {
    World world;
    world.receive(World::quote("10"));
    world.ask("spread BTC-USD");
    world.source.show(World::quote("11"));
    world.executor.run_until(500ms);
    if (arrives) world.receive(World::quote("11"));
    world.executor.run_until(1s);
    world.source.show(World::quote("11"));
    EXPECT_THAT(world.verdicts,
                ElementsAre(arrives ? "spread BTC-USD quiet" : "spread BTC-USD active"));
  }
}

// A market that races on is no reason to ask for ever.
TEST(WitnessDesk, LooksAtMostThreeTimesForOneQuestion) {
  World world;
  world.ask("spread BTC-USD");
  for (int i = 1; i <= 5 && world.verdicts.empty(); ++i) {
    world.receive(World::quote(std::to_string(10 * i).c_str()));
    world.source.show(World::quote(std::to_string(10 * i + 1).c_str()));
    world.executor.run_until(base::Duration(i * 1s));
  }
  EXPECT_EQ(world.source.asked.size(), 3U);
  EXPECT_THAT(world.verdicts, ElementsAre("spread BTC-USD quiet"));
}

TEST(WitnessDesk, OneQuestionOfAMarketAtATimeItsAnswerShared) {
  World world;
  world.receive(world.trade(7, 0s));
  world.executor.run_until(10s);
  world.ask("trade BTC-USD");
  for (const auto* words :
       {"ohlc-1 BTC-USD", "spread BTC-USD", "trade ETH-USD", "ohlc-5 BTC-USD"}) {
    world.ask(words);
  }
  EXPECT_THAT(world.source.asked, ElementsAre("trades BTC-USD after 7", "trades ETH-USD after 0"));
  world.source.show(std::vector<market::Trade>{});
  EXPECT_THAT(world.verdicts, ElementsAre("trade BTC-USD quiet"));
  // Those by trades came first among the rest, and share one answer.
  ASSERT_EQ(world.source.asked.size(), 3U);
  EXPECT_EQ(world.source.asked.back(), "trades BTC-USD after 7");
  world.source.show(std::vector<market::Trade>{});  // of ETH
  world.source.show(std::vector<market::Trade>{});
  EXPECT_THAT(world.verdicts, ElementsAre("trade BTC-USD quiet", "trade ETH-USD quiet",
                                          "ohlc-1 BTC-USD quiet", "ohlc-5 BTC-USD quiet"));
  EXPECT_EQ(world.source.asked.back(), "quote BTC-USD");
  world.source.fail();
  EXPECT_EQ(world.verdicts.back(), "spread BTC-USD unknown");
}

TEST(WitnessDesk, CandlesAreMissedWhenTradesWentOn) {
  World world;
  exchange::Frame candle;
  candle.kind = exchange::FrameKind::candles;
  candle.candles.push_back({.symbol = kBtc, .interval_minutes = 1});
  world.desk.on_frame(world.executor.now(), candle);
  world.executor.run_until(5s);
  world.receive(world.trade(7, 0s));
  world.executor.run_until(10s);
  world.ask("ohlc-1 BTC-USD");
  world.source.show(std::vector<market::Trade>{});
  EXPECT_THAT(world.verdicts, ElementsAre("ohlc-1 BTC-USD active"));
}

TEST(WitnessDesk, KeepsWithinItsAllowance) {
  World world;
  for (std::size_t i = 0; i < WitnessDesk::kQuestionsMax; ++i) {
    world.ask("trade S" + std::to_string(i) + "-USD");
  }
  EXPECT_THAT(world.verdicts, IsEmpty());
  world.ask("trade BTC-USD");
  EXPECT_THAT(world.verdicts, ElementsAre("trade BTC-USD unknown"));
  world.executor.run_until(WitnessDesk::kWindow);
  world.ask("trade BTC-USD");
  EXPECT_EQ(world.source.asked.back(), "trades BTC-USD after 0");
}

// A book that came, whatever it changed.
exchange::Frame book_frame() {
  exchange::Frame frame;
  frame.kind = exchange::FrameKind::books;
  frame.books.push_back({.symbol = kBtc});
  return frame;
}

TEST(WitnessDesk, ABookIsDeadOnceRestHasOtherPricesThanItsLast) {
  World world;
  world.desk.on_top(World::quote("100"));
  world.desk.on_frame(world.executor.now(), book_frame());  // behind the best prices
  world.ask_book();
  world.source.show(World::quote("100"));
  EXPECT_THAT(world.verdicts, ElementsAre("book BTC-USD quiet"));
  world.ask_book();
  world.source.show(World::quote("101"));
  world.executor.run_until(kLookAgainAfter);
  world.source.show(World::quote("101"));
  EXPECT_THAT(world.verdicts, ElementsAre("book BTC-USD quiet", "book BTC-USD active"));
}

// The prices that REST told may be from before the last change that came.
TEST(WitnessDesk, AnAnswerThatIsOlderThanTheBookDoesNotSayThatTheBookIsDead) {
  World world;
  world.desk.on_top(World::quote("101"));
  world.ask_book();
  world.source.show(World::quote("100"));
  world.executor.run_until(kLookAgainAfter);
  world.source.show(World::quote("101"));
  EXPECT_THAT(world.verdicts, ElementsAre("book BTC-USD quiet"));
}

TEST(WitnessDesk, OfABookInQuarantineTheFirstLookIsCompared) {
  World world;
  world.desk.on_top(World::quote("100"));
  world.desk.on_top({.symbol = kBtc});
  world.ask_book();
  world.source.show(World::quote("101"));
  EXPECT_THAT(world.verdicts, ElementsAre("book BTC-USD quiet"));
}

}  // namespace
}  // namespace tickwitness::feed
