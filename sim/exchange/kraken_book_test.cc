// The book channel as a client sees it, beside the exchange's own book and its record.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "sim/exchange/book_client_for_tests.h"
#include "sim/exchange/world_for_tests.h"

namespace tickwitness::sim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;

std::string book_request(std::string_view method, std::string_view symbol, std::uint64_t depth) {
  return R"({"method":")" + std::string(method) + R"(","params":{"channel":"book","symbol":[")" +
         std::string(symbol) + R"("],"depth":)" + std::to_string(depth) + "}}";
}

std::uint32_t checksum_of(const Json& item) {
  return static_cast<std::uint32_t>(*item.find("checksum")->as_unsigned());
}

// Reads the book frames that came since the last call, of one pair, for one client per connection.
class Readers {
 public:
  Readers(const World& world, std::map<ConnectionId, std::size_t> depths) : world_(world) {
    for (const auto& [connection, depth] : depths) clients_.emplace(connection, depth);
  }

  // The frames that did not fit.
  std::vector<const Received*> read() {
    std::vector<const Received*> wrong;
    for (; next_ < world_.frames.size(); ++next_) {
      const Received& frame = world_.frames[next_];
      if (frame.channel() == "instrument") show_precision(frame);
      if (frame.channel() != "book") continue;
      BookClient& client = clients_.at(frame.connection);
      const Json& item = frame.data()[0];
      client.apply(item, frame.snapshot());
      EXPECT_EQ(frame.parcel.checksum, checksum_of(item));
      EXPECT_EQ(frame.parcel.items,
                item.find("bids")->items.size() + item.find("asks")->items.size());
      if (client.checksum() != checksum_of(item)) wrong.push_back(&frame);
      ++(frame.snapshot() ? frames.snapshot : frames.update);
    }
    return wrong;
  }
  const BookClient& of(ConnectionId connection) const { return clients_.at(connection); }

  ItemCounts frames;

 private:
  void show_precision(const Received& frame) {
    const Json& pair = frame.json.find("data")->find("pairs")->items[0];
    if (frame.snapshot() || pair.find("symbol")->text != "BTC/USD") return;
    for (auto& [connection, client] : clients_)
      client.show_price_digits(*pair.find("price_precision")->as_unsigned() - 1);
  }

  const World& world_;
  std::map<ConnectionId, BookClient> clients_;
  std::size_t next_ = 0;
};

TEST(KrakenBook, EveryDepthKeepsTheBookAndItsChecksum) {
  World world;
  std::map<ConnectionId, std::size_t> depths;
  for (const std::uint64_t depth : kDepths) {
    const ConnectionId connection = world.connect();
    depths[connection] = depth;
    world.say(connection, book_request("subscribe", "BTC/USD", depth));
  }
  Readers readers(world, depths);
  for (int second = 1; second <= 90; ++second) {
    world.run_until(seconds(second));
    ASSERT_THAT(readers.read(), testing::IsEmpty());
    for (const auto& [connection, depth] : depths) {
      ASSERT_EQ(readers.of(connection).size(), 2 * depth);
      ASSERT_TRUE(readers.of(connection).equals(*world.exchange.book(0))) << depth;
    }
  }
  const PairTruth& truth = world.exchange.truth().pairs[0];
  EXPECT_EQ(truth.books.snapshot, kDepths.size());
  EXPECT_EQ(truth.books.snapshot, readers.frames.snapshot);
  EXPECT_EQ(truth.books.update, readers.frames.update);
  EXPECT_GT(truth.books.update, 3000U);
  EXPECT_EQ(world.exchange.truth().sent(SentKind::book), truth.books.total());
  EXPECT_EQ(world.exchange.book(1), nullptr);
}

TEST(KrakenBook, ItsBestIsTheTickersQuote) {
  World world;
  const ConnectionId connection = world.connect();
  world.say(connection, book_request("subscribe", "BTC/USD", 10));
  world.say(connection, R"({"method":"subscribe","params":{"channel":"ticker","event_trigger":)"
                        R"("bbo","symbol":["BTC/USD"],"snapshot":false}})");
  Readers readers(world, {{connection, 10}});
  std::size_t quotes = 0;
  for (int i = 1; i <= 300; ++i) {
    world.run_until(std::chrono::milliseconds(100 * i));
    ASSERT_THAT(readers.read(), testing::IsEmpty());
    const auto tickers = world.of_channel("ticker");
    if (tickers.empty()) continue;
    const auto units = [&](std::string_view name) {
      std::string digits = tickers.back()->data()[0].find(name)->text;
      std::erase(digits, '.');
      return std::stoll(digits);
    };
    ASSERT_EQ(readers.of(connection).best_bid(), units("bid"));
    ASSERT_EQ(readers.of(connection).best_ask(), units("ask"));
    quotes = tickers.size();
  }
  EXPECT_GT(quotes, 100U);
}

TEST(KrakenBook, UpdatesAreInNoOrderAndOutOfScopeIsNotDeleted) {
  World world;
  const ConnectionId connection = world.connect();
  world.say(connection, book_request("subscribe", "BTC/USD", 10));
  world.run_until(minutes(2));
  std::size_t unordered = 0, twice = 0;
  for (const Received* frame : world.of_channel("book")) {
    for (const char* const side : {"bids", "asks"}) {
      std::vector<double> prices;
      for (const Json& level : frame->data()[0].find(side)->items)
        prices.push_back(std::stod(level.find("price")->text));
      if (!std::ranges::is_sorted(prices) && !std::ranges::is_sorted(prices, std::greater<>()))
        ++unordered;
      if (std::set<double>(prices.begin(), prices.end()).size() < prices.size()) ++twice;
    }
  }
  EXPECT_GT(unordered, 20U);
  EXPECT_GT(twice, 20U);
}

TEST(KrakenBook, AnswersAsRecorded) {
  World world;
  const ConnectionId connection = world.connect();
  const auto answer = [&](const std::string& request) {
    const std::size_t before = world.frames.size();
    world.say(connection, request);
    const std::string& text = world.frames.at(before).text;
    return text.substr(0, text.find(R"(,"time_in")"));
  };
  EXPECT_EQ(answer(R"({"method":"subscribe","params":{"channel":"book","symbol":["BTC/USD"]}})"),
            R"({"method":"subscribe","result":{"channel":"book","depth":10,"snapshot":true,)"
            R"("symbol":"BTC/USD"},"success":true)");
  for (const std::uint64_t depth : {10, 25})
    EXPECT_THAT(answer(book_request("subscribe", "BTC/USD", depth)),
                HasSubstr(R"("error":"Already subscribed")"));
  EXPECT_THAT(answer(book_request("subscribe", "ETH/USD", 11)),
              HasSubstr(R"("error":"Subscription depth not supported")"));
  EXPECT_THAT(answer(book_request("subscribe", "XBT/USD", 10)),
              HasSubstr(R"("error":"Currency pair not supported XBT/USD")"));
  EXPECT_THAT(answer(book_request("unsubscribe", "BTC/USD", 25)),
              HasSubstr(R"("error":"Subscription Not Found")"));
  EXPECT_EQ(answer(book_request("unsubscribe", "BTC/USD", 10)),
            R"({"method":"unsubscribe","result":{"channel":"book","depth":10,"symbol":"BTC/USD"},)"
            R"("success":true)");
  const std::uint64_t sent = world.exchange.truth().sent(SentKind::book);
  world.run_until(seconds(10));
  EXPECT_EQ(world.exchange.truth().sent(SentKind::book), sent);
  EXPECT_THAT(answer(book_request("subscribe", "BTC/USD", 100)), HasSubstr(R"("depth":100)"));
  EXPECT_EQ(world.exchange.truth().pairs[0].books.snapshot, 2U);
}

TEST(KrakenBook, KeepingOneMovesNoMarketAndTheSettingKeepsAll) {
  World alone;
  Settings settings = quick_settings();
  settings.keep_books = true;
  World kept(settings);
  for (World* world : {&alone, &kept}) world->run_until(seconds(60));
  for (std::size_t pair = 0; pair < 4; ++pair) {
    EXPECT_EQ(alone.exchange.book(pair), nullptr);
    ASSERT_NE(kept.exchange.book(pair), nullptr);
    EXPECT_EQ(alone.exchange.trades(pair).back().fill.id,
              kept.exchange.trades(pair).back().fill.id);
    EXPECT_EQ(alone.exchange.trades(pair).back().fill.price,
              kept.exchange.trades(pair).back().fill.price);
  }
}

TEST(KrakenBook, AWrongBookIsInTheRecordAndNowhereElse) {
  for (const std::string_view fault : {"corrupt_book@20s", "wrong_checksum@20s"}) {
    World world(with({fault}));
    const ConnectionId first = world.connect();
    const ConnectionId second = world.connect();
    world.say(first, book_request("subscribe", "BTC/USD", 10));
    world.say(second, book_request("subscribe", "BTC/USD", 100));
    Readers readers(world, {{first, 10}, {second, 100}});
    world.run_until(seconds(20));
    EXPECT_THAT(readers.read(), testing::IsEmpty());
    EXPECT_FALSE(world.exchange.truth().fired(world.exchange.settings().faults[0].kind));
    world.run_until(seconds(22));
    const std::vector<const Received*> wrong = readers.read();
    const Truth& truth = world.exchange.truth();
    ASSERT_EQ(truth.falsified_books.size(), 1U);
    const FalsifiedBook& entry = truth.falsified_books[0];
    ASSERT_FALSE(wrong.empty());
    EXPECT_TRUE(wrong[0]->parcel.falsified);
    EXPECT_EQ(wrong[0]->connection, entry.connection);
    EXPECT_EQ(wrong[0]->at, entry.at);
    EXPECT_EQ(checksum_of(wrong[0]->data()[0]), entry.checksum_sent);
    EXPECT_TRUE(readers.of(second).equals(*world.exchange.book(0)));
    if (entry.kind == FaultKind::wrong_checksum) {
      EXPECT_EQ(wrong.size(), 1U);  // the levels were right all along
      EXPECT_NE(entry.checksum_sent, entry.checksum_true);
      EXPECT_TRUE(readers.of(first).equals(*world.exchange.book(0)));
    } else {
      EXPECT_EQ(entry.checksum_sent, entry.checksum_true);
      EXPECT_NE(entry.quantity_sent, entry.quantity_true);
    }
    EXPECT_TRUE(world.exchange.at_peace());
    EXPECT_EQ(truth.faults.at(0).detail, "book BTC/USD");
    // A new subscription is right.
    world.say(first, book_request("unsubscribe", "BTC/USD", 10));
    world.say(first, book_request("subscribe", "BTC/USD", 10));
    readers.read();
    world.run_until(seconds(30));
    EXPECT_THAT(readers.read(), testing::IsEmpty());
  }
}

TEST(KrakenBook, StaysRightThroughAHangAndAMaintenance) {
  World world(with({"hang@10s+5s", "maintenance@20s+5s"}));
  std::map<ConnectionId, std::size_t> depths;
  for (int i = 0; i < 6; ++i) depths[world.connect()] = 25;
  for (const auto& [id, depth] : depths) world.say(id, book_request("subscribe", "BTC/USD", depth));
  Readers readers(world, depths);
  world.run_until(seconds(40));
  EXPECT_THAT(readers.read(), testing::IsEmpty());
  std::size_t compared = 0;
  for (const auto& [id, depth] : depths) {
    if (std::ranges::find(world.closed, id) != world.closed.end()) continue;
    EXPECT_TRUE(readers.of(id).equals(*world.exchange.book(0)));
    ++compared;
  }
  EXPECT_GT(compared, 0U);
}

TEST(KrakenBook, TheChecksumFollowsAPrecisionThatChanges) {
  Settings settings = with({"instrument_change@20s", "instrument_change@22s"});
  settings.pairs.resize(1);
  World world(settings);
  const ConnectionId connection = world.connect();
  world.say(connection, R"({"method":"subscribe","params":{"channel":"instrument"}})");
  world.say(connection, book_request("subscribe", "BTC/USD", 10));
  Readers readers(world, {{connection, 10}});
  world.run_until(seconds(40));
  EXPECT_THAT(readers.read(), testing::IsEmpty());
  const auto updates = world.of_channel("instrument");
  ASSERT_EQ(updates.size(), 3U);
  EXPECT_FALSE(updates[1]->snapshot());
  EXPECT_THAT(updates[1]->text, HasSubstr(R"("price_precision":2)"));
  EXPECT_THAT(updates[1]->text, HasSubstr(R"("price_increment":0.01)"));
  EXPECT_THAT(updates[2]->text, HasSubstr(R"("status":"post_only")"));
  EXPECT_EQ(world.exchange.truth().instruments, 3U);
  EXPECT_EQ(world.exchange.truth().faults[0].detail, "BTC/USD price_precision 2");
  EXPECT_EQ(world.exchange.truth().faults[1].detail, "BTC/USD status post_only");
  const std::string price =
      world.of_channel("book").back()->data()[0].find("bids")->items.empty()
          ? world.of_channel("book").back()->data()[0].find("asks")->items[0].find("price")->text
          : world.of_channel("book").back()->data()[0].find("bids")->items[0].find("price")->text;
  EXPECT_EQ(price.substr(price.size() - 3, 1), ".");
}

}  // namespace
}  // namespace tickwitness::sim
