// Replies of REST among the frames of a recording do in replay what they did when it was made.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "app/replay.h"
#include "store/recording_reader.h"

namespace tickwitness::app {
namespace {

using namespace std::chrono_literals;
using Kind = store::RecordedLine::Kind;

struct Played {
  void line(Kind kind, std::string_view url, std::string_view text, base::Duration at) {
    replay.on_line({.kind = kind,
                    .received = base::WallTime(1'688'669'597s) + at,
                    .mono = base::Instant(1h) + at,
                    .exchange = "kraken",
                    .connection = "main",
                    .url = url,
                    .text = text});
  }
  void trade(int id, base::Duration at) {
    line(Kind::frame, "",
         fmt::format(R"({{"channel":"trade","type":"update","data":[{{"symbol":"BTC/USD",)"
                     R"("side":"buy","price":30243.4,"qty":0.1,"ord_type":"market",)"
                     R"("trade_id":{},"timestamp":"2023-07-06T18:53:17.{:06}Z"}}]}})",
                     id, id),
         at);
  }
  Replay replay{ReplaySource::of(market::Venue::kraken)};
};

TEST(ReplayRest, AWitnessesPageFillsAHole) {
  for (const std::string_view pair : {"XBTUSD", "ETHUSD"}) {
    Played played;
    played.trade(10, 0s);
    played.trade(13, 100ms);
    ASSERT_EQ(played.replay.ledger().entries().size(), 0U);  // they may come late by themselves
    played.line(Kind::rest,
                fmt::format("https://api.kraken.com/0/public/Trades?pair={}&count=1000", pair),
                R"({"error":[],"result":{"XXBTZUSD":[)"
                R"(["30243.4","0.1",1688669597.000010,"b","m","",10],)"
                R"(["30243.4","0.1",1688669597.000011,"b","m","",11],)"
                R"(["30243.4","0.1",1688669597.000012,"b","m","",12],)"
                R"(["30243.4","0.1",1688669597.000013,"b","m","",13]],)"
                R"("last":"1688669597000013000"}})",
                200ms);
    played.replay.finish();
    const auto markets = played.replay.intake().trades().status();
    ASSERT_EQ(markets.size(), 1U);
    const bool of_this_market = pair == "XBTUSD";
    EXPECT_EQ(markets[0].days.at(0).missing, of_this_market ? 0U : 2U) << pair;
    EXPECT_EQ(markets[0].held, 0U);
  }
}

}  // namespace
}  // namespace tickwitness::app
