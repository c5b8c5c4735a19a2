// Books of the simulated Binance, as a client keeps them by the documented rules.
#include <gtest/gtest.h>

#include "sim/exchange/binance_world_for_tests.h"

namespace tickwitness::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kDepth = "btcusdt@depth@100ms";
constexpr std::string_view kSnapshot = "/api/v3/depth?symbol=BTCUSDT&limit=5000";

TEST(BinanceBook, ADocumentedClientHoldsTheExchangesBookAtEveryMoment) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    BinanceWorld world(binance_with({}, seed));
    world.connect("/stream?streams=btcusdt@depth@100ms");
    world.run_until(seconds(3));
    DepthClient client;
    ASSERT_TRUE(client.load(world.get_json(kSnapshot), world.of(kDepth)));
    std::size_t compared = 0;
    std::size_t seen = world.frames.size();
    for (int i = 1; i <= 3000; ++i) {
      world.run_until(seconds(3) + i * milliseconds(100));
      for (; seen < world.frames.size(); ++seen)
        ASSERT_TRUE(client.next(world.frames[seen])) << "a hole";
      // Between the messages the book moves on; where none is on its way both are the same.
      if (client.id() != world.exchange.update_id(0)) continue;
      ++compared;
      ASSERT_TRUE(client.equals(*world.exchange.book(0), world.exchange.settings().pairs[0], 5000))
          << "seed " << seed << " at " << i;
    }
    EXPECT_GT(compared, 1000U);
    EXPECT_GT(client.size(), 2000U);
  }
}

TEST(BinanceBook, UpdateIdsHaveNoHoleAndMessagesKeepThePace) {
  BinanceWorld world;
  world.connect("/stream?streams=btcusdt@depth@100ms/btcusdt@depth");
  world.run_until(minutes(1));
  for (const auto& [stream, pace] : {std::pair{"btcusdt@depth@100ms", milliseconds(100)},
                                     std::pair{"btcusdt@depth", milliseconds(1000)}}) {
    const auto frames = world.of(stream);
    ASSERT_GT(frames.size(), 50U) << stream;
    for (std::size_t i = 0; i < frames.size(); ++i) {
      EXPECT_EQ(frames[i]->word("e"), "depthUpdate");
      EXPECT_EQ(frames[i]->word("s"), "BTCUSDT");
      ASSERT_LE(frames[i]->number("U"), frames[i]->number("u"));
      EXPECT_GT(frames[i]->event.find("b")->items.size() + frames[i]->event.find("a")->items.size(),
                0U);
      if (i == 0) continue;
      ASSERT_EQ(frames[i]->number("U"), frames[i - 1]->number("u") + 1);
      ASSERT_GE(frames[i]->at - frames[i - 1]->at, pace);
    }
  }
  EXPECT_EQ(world.exchange.truth().pairs[0].books.update, world.frames.size());
}

TEST(BinanceBook, AQuoteOfTheBookTickerIsTheTopOfTheBookOfItsId) {
  BinanceWorld world;
  world.connect("/stream?streams=btcusdt@bookTicker/btcusdt@depth@100ms");
  std::size_t seen = 0;
  for (int i = 1; i <= 500; ++i) {
    world.run_until(i * milliseconds(20));
    for (; seen < world.frames.size(); ++seen) {
      const BinanceFrame& frame = world.frames[seen];
      if (frame.stream != "btcusdt@bookTicker") continue;
      if (frame.number("u") != world.exchange.update_id(0)) continue;
      const Level bid = world.exchange.book(0)->level(BookSide::bid, 0);
      std::string price(frame.word("b"));
      std::erase(price, '.');
      EXPECT_EQ(std::stoll(price), bid.price * 1'000'000);
    }
  }
  const auto quotes = world.of("btcusdt@bookTicker");
  ASSERT_GT(quotes.size(), 50U);
  for (std::size_t i = 1; i < quotes.size(); ++i)
    ASSERT_GT(quotes[i]->number("u"), quotes[i - 1]->number("u"));
}

TEST(BinanceBook, ALostMessageIsAHoleThatTheRecordNames) {
  BinanceWorld world(binance_with({"drop_depth@10s"}));
  world.connect("/stream?streams=btcusdt@depth@100ms");
  world.run_until(seconds(3));
  DepthClient client;
  ASSERT_TRUE(client.load(world.get_json(kSnapshot), world.of(kDepth)));
  world.run_until(seconds(20));
  const auto& holes = world.exchange.truth().depth_holes;
  ASSERT_EQ(holes.size(), 1U);
  EXPECT_TRUE(world.exchange.truth().fired(FaultKind::drop_depth));
  std::size_t found = 0;
  const auto frames = world.of(kDepth);
  for (std::size_t i = 1; i < frames.size(); ++i) {
    if (frames[i]->number("U") == frames[i - 1]->number("u") + 1) continue;
    ++found;
    EXPECT_EQ(frames[i - 1]->number("u") + 1, holes[0].first_id);
    EXPECT_EQ(frames[i]->number("U"), holes[0].last_id + 1);
    EXPECT_FALSE(client.next(*frames[i]));
    break;
  }
  EXPECT_EQ(found, 1U);
  // A new snapshot puts it right.
  EXPECT_TRUE(client.load(world.get_json(kSnapshot), frames));
}

TEST(BinanceBook, AHostThatStandsStillLeavesNoHole) {
  BinanceWorld world(binance_with({"hang@10s+5s"}));
  world.connect("/stream?streams=btcusdt@depth@100ms");
  world.run_until(seconds(3));
  DepthClient client;
  ASSERT_TRUE(client.load(world.get_json(kSnapshot), world.of(kDepth)));
  world.run_until(seconds(20));
  for (const BinanceFrame* frame : world.of(kDepth)) {
    EXPECT_TRUE(client.next(*frame));
    EXPECT_TRUE(frame->at < BinanceWorld::kMono + seconds(10) ||
                frame->at >= BinanceWorld::kMono + seconds(15));
  }
  world.shut_down();
  ASSERT_TRUE(client.next(world.frames.back()));
  EXPECT_EQ(client.id(), world.exchange.update_id(0));
  EXPECT_TRUE(client.equals(*world.exchange.book(0), world.exchange.settings().pairs[0], 5000));
}

}  // namespace
}  // namespace tickwitness::sim
