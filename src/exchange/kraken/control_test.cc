// Status, acks, refusals, pongs and reference data, through the codec.
#include "exchange/kraken/control.h"

#include <gtest/gtest.h>

#include "base/rfc3339.h"
#include "exchange/kraken/codec.h"

namespace tickwitness::exchange::kraken {
namespace {

Frame decoded(std::string_view text) {
  Codec codec;
  Frame frame;
  codec.decode(text, frame);
  return frame;
}

market::Symbol symbol(std::string_view text) {
  return *market::Symbol::parse(text);
}

TEST(KrakenStatus, CarriesStateAndConnectionId) {
  struct Case {
    std::string_view text;
    VenueStatus status;
    std::optional<std::uint64_t> connection_id;
    std::string_view word;
  };
  const Case cases[] = {
      {R"({"channel":"status","type":"update","data":[{"version":"2.0.10","system":"online",)"
       R"("api_version":"v2","connection_id":18446744073709551615}]})",
       VenueStatus::online, 18446744073709551615u, "online"},
      {R"({"channel":"status","data":[{"system":"maintenance","api_version":"v2"}],)"
       R"("type":"update"})",
       VenueStatus::maintenance, std::nullopt, "maintenance"},
      {R"({"channel":"status","type":"update","data":[{"api_version":"v2","connection_id":1,)"
       R"("system":"post_only","version":"2.1","emergency":[],"upcoming_maintenance":[)"
       R"({"event_id":"m1","affected_services":["spot"],"cancel_before_utc":null}]}]})",
       VenueStatus::post_only, 1u, "post_only"},
      {R"({"channel":"status","type":"update","data":[{"system":"maintenance","version":"2.1",)"
       R"("upcoming_maintenance":[{"event_id":"m2","affected_services":["spot","futures"],)"
       R"("expected_start_utc":"2026-11-22T10:00:00Z","expected_end_utc":"2026-11-22T11:30:00Z",)"
       R"("cancel_before_utc":"2026-11-22T09:55:00Z","stage":"final_warning_30s",)"
       R"("recommended_action":"cancel orders"},{"event_id":"m3","affected_services":[]}],)"
       R"("emergency":[{"event_id":"e1","started_utc":"2026-11-22T09:59:00Z"}]}]})",
       VenueStatus::maintenance, std::nullopt, "maintenance"},
      {R"({"channel":"status","type":"update","data":[{"system":"napping","connection_id":null}]})",
       VenueStatus::unknown, std::nullopt, "napping"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const auto frame = decoded(c.text);
    ASSERT_EQ(frame.kind, FrameKind::status);
    EXPECT_EQ(frame.venue_status, c.status);
    EXPECT_EQ(frame.connection_id, c.connection_id);
    EXPECT_EQ(frame.detail, c.word);
  }
}

TEST(KrakenPong, CarriesTheTimesOfTheVenue) {
  const auto frame = decoded(
      R"({"method":"pong","req_id":9007199254740993,"time_in":"2024-09-10T20:24:26.280373Z",)"
      R"("time_out":"2024-09-10T20:24:26.280397Z"})");
  ASSERT_EQ(frame.kind, FrameKind::pong);
  EXPECT_EQ(frame.request_id, 9007199254740993u);
  EXPECT_EQ(*frame.time_out - *frame.time_in, std::chrono::microseconds(24));
  const auto bare = decoded(R"({"method":"pong"})");
  EXPECT_EQ(bare.kind, FrameKind::pong);
  EXPECT_FALSE(bare.request_id);
  EXPECT_FALSE(bare.time_in);
  EXPECT_EQ(decoded(R"({"method":"pong","success":true})").kind, FrameKind::pong);
}

TEST(KrakenAcks, NameWhatWasSubscribed) {
  struct Case {
    std::string_view text;
    FrameKind kind;
    std::optional<Subscription> subscription;
    std::optional<std::uint64_t> request_id;
    std::string_view detail;
  };
  const Case cases[] = {
      {R"({"method":"subscribe","result":{"channel":"trade","snapshot":true,"symbol":"BTC/USD"},)"
       R"("success":true,"time_in":"2026-08-02T05:43:30.770018Z",)"
       R"("time_out":"2026-08-02T05:43:30.770049Z","req_id":18446744073709551615})",
       FrameKind::subscribed, Subscription{Channel::trade, symbol("BTC-USD")},
       18446744073709551615u, ""},
      {R"({"method":"subscribe","req_id":42,"result":{"channel":"ticker","event_trigger":"bbo",)"
       R"("snapshot":true,"symbol":"ETH/USD"},"success":true})",
       FrameKind::subscribed, Subscription{Channel::spread, symbol("ETH-USD")}, 42u, ""},
      {R"({"method":"subscribe","req_id":43,"result":{"channel":"ohlc","interval":60,)"
       R"("snapshot":true,"symbol":"ETH/USD","warnings":["timestamp is deprecated",)"
       R"("use interval_begin"]},"success":true})",
       FrameKind::subscribed, Subscription{Channel::ohlc, symbol("ETH-USD"), 60}, 43u,
       "timestamp is deprecated; use interval_begin"},
      {R"({"method":"subscribe","result":{"channel":"instrument","snapshot":true},"success":true})",
       FrameKind::subscribed, Subscription{Channel::instrument, {}}, std::nullopt, ""},
      {R"({"method":"unsubscribe","result":{"channel":"trade","symbol":"BTC/USD"},)"
       R"("success":true,"req_id":7})",
       FrameKind::unsubscribed, Subscription{Channel::trade, symbol("BTC-USD")}, 7u, ""},
      {R"({"method":"subscribe","result":{"channel":"book","depth":10,"symbol":"BTC/USD"},)"
       R"("success":true,"req_id":8})",
       FrameKind::subscribed, Subscription{Channel::book, symbol("BTC-USD")}, 8u, ""},
      {R"({"method":"unsubscribe","result":{"channel":"book","depth":10,"symbol":"BTC/USD"},)"
       R"("success":true,"req_id":9})",
       FrameKind::unsubscribed, Subscription{Channel::book, symbol("BTC-USD")}, 9u, ""},
      {R"({"method":"subscribe","result":{"channel":"level3","depth":10,"symbol":"BTC/USD"},)"
       R"("success":true,"req_id":10})",
       FrameKind::subscribed, std::nullopt, 10u, "level3"},
      {R"({"method":"subscribe","result":{"channel":"ticker","event_trigger":"trades",)"
       R"("symbol":"BTC/USD"},"success":true})",
       FrameKind::subscribed, std::nullopt, std::nullopt, "ticker without event_trigger bbo"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const auto frame = decoded(c.text);
    ASSERT_EQ(frame.kind, c.kind) << to_string(frame.malformed);
    EXPECT_EQ(frame.subscription, c.subscription);
    EXPECT_EQ(frame.request_id, c.request_id);
    EXPECT_EQ(frame.detail, c.detail);
  }
  EXPECT_EQ(decoded(cases[0].text).time_in, base::parse_rfc3339("2026-08-02T05:43:30.770018Z"));
}

TEST(KrakenRefusals, KeepTheVenuesWordsAndWhatItNames) {
  struct Case {
    std::string_view text;
    std::string_view detail;
    std::optional<market::Symbol> named;
    std::optional<std::uint64_t> request_id;
  };
  const Case cases[] = {
      {R"({"error":"Currency pair not supported XBT/USD","method":"subscribe","success":false,)"
       R"("symbol":"XBT/USD","time_in":"2026-09-25T17:48:54.701041Z"})",
       "Currency pair not supported XBT/USD", symbol("XBT-USD"), std::nullopt},
      {R"({"error":"Already subscribed","method":"subscribe","req_id":2,"success":false,)"
       R"("symbol":"BTC/USD"})",
       "Already subscribed", symbol("BTC-USD"), 2u},
      {R"({"error":"Already subscribed to one ohlc interval on this symbol",)"
       R"("method":"subscribe","req_id":99,"success":false})",
       "Already subscribed to one ohlc interval on this symbol", std::nullopt, 99u},
      {R"({"Error":"Exceeded msg rate"})", "Exceeded msg rate", std::nullopt, std::nullopt},
      {R"({"error":"Subscription Not Found","method":"unsubscribe","req_id":3,"success":false})",
       "Subscription Not Found", std::nullopt, 3u},
      {R"({"method":"subscribe","success":false,"symbol":"?"})", "", std::nullopt, std::nullopt},
      {R"({"method":"ping","error":"Malformed request","success":false})", "Malformed request",
       std::nullopt, std::nullopt},
      {R"({"method":"subscribe","error":"no success field"})", "no success field", std::nullopt,
       std::nullopt},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const auto frame = decoded(c.text);
    ASSERT_EQ(frame.kind, FrameKind::refused);
    EXPECT_EQ(frame.detail, c.detail);
    EXPECT_EQ(frame.symbol, c.named);
    EXPECT_EQ(frame.request_id, c.request_id);
    EXPECT_FALSE(frame.subscription);
  }
}

constexpr std::string_view kPair =
    R"({"symbol":"BTC/USD","base":"BTC","quote":"USD","status":"online","qty_precision":8,)"
    R"("qty_increment":1e-08,"price_precision":1,"cost_precision":5,"marginable":true,)"
    R"("cost_min":0.5,"margin_initial":0.1,"tick_size":0.1,"price_increment":0.1,"qty_min":5e-05})";

TEST(KrakenInstruments, GiveThePrecisionOfEachPair) {
  const auto text = R"({"channel":"instrument","type":"snapshot","data":{"assets":[{"id":"USD",)"
                    R"("status":"enabled","precision":4,"collateral_value":1.00}],"pairs":[)" +
                    std::string(kPair) +
                    R"(,{"symbol":"SHIB/EUR","status":"cancel_only","qty_precision":5,)"
                    R"("price_precision":8}]}})";
  const auto frame = decoded(text);
  ASSERT_EQ(frame.kind, FrameKind::instruments);
  EXPECT_TRUE(frame.snapshot);
  ASSERT_EQ(frame.instruments.size(), 2u);
  EXPECT_EQ(frame.instruments[0].symbol, symbol("BTC-USD"));
  EXPECT_EQ(frame.instruments[0].price_precision, 1);
  EXPECT_EQ(frame.instruments[0].quantity_precision, 8);
  EXPECT_EQ(frame.instruments[0].status, "online");
  EXPECT_EQ(frame.instruments[1].status, "cancel_only");
}

TEST(KrakenInstruments, UpdatesCarryOnlyWhatChanged) {
  const auto frame = decoded(
      R"({"channel":"instrument","type":"update","data":{"assets":[{"id":"USD","precision":4}]}})");
  EXPECT_EQ(frame.kind, FrameKind::instruments);
  EXPECT_FALSE(frame.snapshot);
  EXPECT_TRUE(frame.instruments.empty());
}

TEST(KrakenInstruments, ABadPairCostsOnlyItself) {
  const auto with = [](std::string_view other) {
    return decoded(R"({"channel":"instrument","type":"update","data":{"pairs":[)" +
                   std::string(kPair) + "," + std::string(other) + "]}}");
  };
  const std::pair<std::string_view, Malformed> cases[] = {
      {"7", Malformed::wrong_type},
      {R"({"symbol":"A/B","status":"online","qty_precision":8})", Malformed::missing_field},
      {R"({"symbol":"AB","status":"online","qty_precision":8,"price_precision":1})",
       Malformed::bad_symbol},
      {R"({"symbol":"A/B","status":"online","qty_precision":19,"price_precision":1})",
       Malformed::bad_number},
      {R"({"symbol":"A/B","status":"online","qty_precision":1.5,"price_precision":1})",
       Malformed::wrong_type},
  };
  for (const auto& [text, reason] : cases) {
    const auto frame = with(text);
    EXPECT_EQ(frame.kind, FrameKind::instruments) << text;
    EXPECT_EQ(frame.instruments.size(), 1u);
    EXPECT_EQ(frame.skipped, 1u);
    EXPECT_EQ(to_string(frame.malformed), to_string(reason));
  }
}

TEST(KrakenInstruments, LargeSnapshotsAreRead) {
  std::string text = R"({"channel":"instrument","type":"snapshot","data":{"assets":[],"pairs":[)";
  constexpr std::size_t kPairs = 20'000;  // 6 MB, ten times what the venue sends
  for (std::size_t i = 0; i < kPairs; ++i) (text += i ? "," : "") += kPair;
  text += "]}}";
  ASSERT_LT(text.size(), Codec::kFrameBytesMax);
  EXPECT_EQ(decoded(text).instruments.size(), kPairs);
}

}  // namespace
}  // namespace tickwitness::exchange::kraken
