// REST: pairs, depth and ticker beside the exchange's own figures, and replies gone wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "sim/exchange/world_for_tests.h"

namespace tickwitness::sim {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::Pair;

constexpr JsonLimits kLimits{.bytes_max = 1 << 20, .depth_max = 8, .values_max = 20'000};

Json get(World& world, const std::string& target) {
  const HttpReply reply = world.exchange.on_http("GET", "/0/public/" + target, world.now());
  EXPECT_EQ(reply.status, 200);
  const auto json = parse_json(reply.body, kLimits);
  EXPECT_TRUE(json) << reply.body;
  return json.value_or(Json{});
}

std::string error_of(const Json& reply) {
  const auto& errors = reply.find("error")->items;
  EXPECT_EQ(reply.find("result") == nullptr, !errors.empty());
  return errors.empty() ? "" : errors[0].text;
}

TEST(RestMarket, DepthIsTheBook) {
  World world;
  world.run_until(seconds(20));
  const Json reply = get(world, "Depth?pair=XBTUSD&count=25");
  const Json& sides = *reply.find("result")->find("XXBTZUSD");
  for (const auto& [name, side] : {std::pair("bids", BookSide::bid), {"asks", BookSide::ask}}) {
    const auto& rows = sides.find(name)->items;
    const std::vector<Level> levels = world.exchange.book(0)->top(side, 25);
    ASSERT_EQ(rows.size(), 25U);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      ASSERT_EQ(rows[i].items.size(), 3U);
      EXPECT_EQ(std::stod(rows[i].items[0].text) * 10, static_cast<double>(levels[i].price));
      EXPECT_NEAR(std::stod(rows[i].items[1].text) * 1e8, static_cast<double>(levels[i].quantity),
                  0.5);
      EXPECT_TRUE(rows[i].items[2].as_unsigned());
    }
  }
  EXPECT_EQ(
      get(world, "Depth?pair=XBTUSD").find("result")->find("XXBTZUSD")->find("asks")->items.size(),
      100U);
  for (const char* const count : {"0", "501", "x"})
    EXPECT_EQ(error_of(get(world, std::string("Depth?pair=XBTUSD&count=") + count)),
              "EGeneral:Invalid arguments");
}

TEST(RestMarket, TickerIsThatOfTheSocket) {
  World world;
  world.run_until(seconds(20));
  world.say(world.connect(),
            R"({"method":"subscribe","params":{"channel":"ticker","symbol":["ETH/USD"]}})");
  const Json& live = world.of_channel("ticker").back()->data()[0];
  const Json reply = get(world, "Ticker?pair=ETHUSD");
  const Json& row = *reply.find("result")->find("XETHZUSD");
  const std::pair<const char*, const Json*> fields[] = {
      {"bid", &row.find("b")->items[0]},    {"bid_qty", &row.find("b")->items[2]},
      {"ask", &row.find("a")->items[0]},    {"last", &row.find("c")->items[0]},
      {"volume", &row.find("v")->items[1]}, {"low", &row.find("l")->items[1]},
      {"high", &row.find("h")->items[1]},   {"vwap", &row.find("p")->items[1]}};
  for (const auto& [name, value] : fields)
    EXPECT_EQ(std::stod(value->text), std::stod(live.find(name)->text)) << name;
}

TEST(RestMarket, AssetPairsNameEveryPairAsItIs) {
  World world(with({"instrument_change@5s"}));
  const auto precision = [&world](const std::string& key) {
    return get(world, "AssetPairs").find("result")->find(key)->find("pair_decimals")->text;
  };
  world.run_until(seconds(1));
  const Json all = get(world, "AssetPairs");
  ASSERT_EQ(all.find("result")->members.size(), 4U);
  const Json& btc = *all.find("result")->find("XXBTZUSD");
  EXPECT_EQ(btc.find("altname")->text, "XBTUSD");
  EXPECT_EQ(btc.find("wsname")->text, "XBT/USD");
  EXPECT_EQ(btc.find("lot_decimals")->text, "8");
  EXPECT_EQ(btc.find("status")->text, "online");
  EXPECT_EQ(btc.find("ordermin")->text, "0.00005000");
  EXPECT_EQ(precision("XXBTZUSD"), "1");
  EXPECT_EQ(get(world, "AssetPairs?pair=SOLUSD").find("result")->members.size(), 1U);
  EXPECT_EQ(error_of(get(world, "AssetPairs?pair=NONE")), "EQuery:Unknown asset pair");
  world.run_until(seconds(6));
  const std::string detail = world.exchange.truth().faults.at(0).detail;
  const std::string symbol = detail.substr(0, detail.find(' '));
  EXPECT_EQ(precision(rest_names(symbol).key), detail.substr(detail.rfind(' ') + 1));
}

TEST(RestMarket, RateLimitedRefusesForAWhile) {
  World world(with({"rate_limited@10s+20s"}));
  world.run_until(seconds(9));
  EXPECT_EQ(error_of(get(world, "Trades?pair=XBTUSD")), "");
  std::map<int, std::size_t> by_status;
  for (int i = 0; i < 100; ++i) {
    world.run_until(seconds(10) + std::chrono::milliseconds(199 * i));
    const HttpReply reply = world.exchange.on_http("GET", "/0/public/Time", world.now());
    ++by_status[reply.status];
    if (reply.status == 200) {
      EXPECT_EQ(reply.body, R"({"error":["EGeneral:Too many requests"]})");
    }
  }
  EXPECT_GT(by_status[200], 50U);
  EXPECT_GT(by_status[429], 10U);
  EXPECT_THAT(world.exchange.truth().rest_errors,
              ElementsAre(Pair("EGeneral:Too many requests", by_status[200]),
                          Pair("HTTP 429", by_status[429])));
  EXPECT_EQ(world.exchange.truth().rest_requests, 101U);
  world.run_until(seconds(31));
  EXPECT_EQ(error_of(get(world, "Trades?pair=XBTUSD")), "");
}

TEST(RestMarket, ErrorsAreOfEverySortAndOfferNoTrade) {
  World world(with({"rest_errors@10s+20s"}));
  world.run_until(seconds(11));
  std::map<std::string, std::uint64_t> seen;
  for (int i = 0; i < 80; ++i) {
    const HttpReply reply =
        world.exchange.on_http("GET", "/0/public/Trades?pair=XBTUSD", world.now());
    if (reply.unanswered) {
      ++seen["unanswered"];
    } else if (reply.status != 200) {
      ++seen["HTTP " + std::to_string(reply.status)];
      EXPECT_EQ(reply.content_type, "text/html");
    } else if (const auto json = parse_json(reply.body, kLimits)) {
      ++seen[error_of(*json)];
    } else {
      ++seen["cut"];
    }
  }
  EXPECT_EQ(seen.size(), 4U);
  EXPECT_EQ(world.exchange.truth().rest_errors, seen);
  EXPECT_EQ(world.exchange.truth().rest_rows, 0U);
  for (const TradeRecord& record : world.exchange.trades(0)) EXPECT_EQ(record.rest_rows_sent, 0U);
  world.run_until(seconds(31));
  EXPECT_EQ(error_of(get(world, "Trades?pair=XBTUSD")), "");
}

TEST(RestMarket, OnePairIsUnknownForGood) {
  World world(with({"rest_refuses@10s"}));
  world.run_until(seconds(9));
  for (const PairSettings& pair : default_pairs())
    EXPECT_EQ(error_of(get(world, "Trades?pair=" + rest_names(pair.symbol).altname)), "");
  for (const seconds time : {seconds(11), seconds(600)}) {
    world.run_until(time);
    const std::string refused = world.exchange.truth().faults.at(0).detail;
    for (const PairSettings& pair : default_pairs()) {
      const std::string name = rest_names(pair.symbol).altname;
      for (const std::string_view what : {"Trades", "Depth", "Ticker", "AssetPairs"})
        EXPECT_EQ(error_of(get(world, std::string(what) + "?pair=" + name)),
                  pair.symbol == refused ? "EQuery:Unknown asset pair" : "");
    }
    EXPECT_EQ(get(world, "AssetPairs").find("result")->members.size(), 3U);
  }
}

}  // namespace
}  // namespace tickwitness::sim
