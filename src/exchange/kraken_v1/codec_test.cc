#include "exchange/kraken_v1/codec.h"

#include <gtest/gtest.h>

namespace tickwitness::exchange::kraken_v1 {
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

TEST(KrakenV1Events, TellTheStateOfTheVenue) {
  const auto frame =
      decoded(R"({"connectionID":18446744073709551615,"event":"systemStatus","status":"online",)"
              R"("version":"1.9.1"})");
  ASSERT_EQ(frame.kind, FrameKind::status);
  EXPECT_EQ(frame.venue_status, VenueStatus::online);
  EXPECT_EQ(frame.connection_id, 18446744073709551615u);
  EXPECT_EQ(frame.detail, "online");
  const auto other = decoded(R"({"event":"systemStatus","status":"napping"})");
  EXPECT_EQ(other.kind, FrameKind::status);
  EXPECT_EQ(other.venue_status, VenueStatus::unknown);
  EXPECT_FALSE(other.connection_id);
}

TEST(KrakenV1Events, PassRequestIdsUpTo64Bits) {
  EXPECT_EQ(decoded(R"({"event":"heartbeat"})").kind, FrameKind::heartbeat);
  const auto pong = decoded(R"({"event":"pong","reqid":18446744073709551615})");
  EXPECT_EQ(pong.kind, FrameKind::pong);
  EXPECT_EQ(pong.request_id, 18446744073709551615u);
  EXPECT_FALSE(decoded(R"({"event":"pong"})").request_id);
}

struct Ack {
  std::string_view text;
  FrameKind kind;
  std::optional<Subscription> subscription;
  std::optional<std::uint64_t> request_id;
  std::string_view detail = "";
};

TEST(KrakenV1Events, NameWhatWasSubscribed) {
  const Ack cases[] = {
      {R"({"channelID":119930890,"channelName":"spread","event":"subscriptionStatus",)"
       R"("pair":"XBT/USD","status":"subscribed","subscription":{"name":"spread"},)"
       R"("reqid": 12870497960778414923})",
       FrameKind::subscribed, Subscription{Channel::spread, symbol("BTC-USD")},
       12870497960778414923u},
      {R"({"channelName":"trade","event":"subscriptionStatus","pair":"XDG/XBT",)"
       R"("status":"unsubscribed","subscription":{"name":"trade"},"reqID":42})",
       FrameKind::unsubscribed, Subscription{Channel::trade, symbol("DOGE-BTC")}, 42u},
      {R"({"channelID":336,"channelName":"book-10","event":"subscriptionStatus",)"
       R"("pair":"ETH/USD","status":"subscribed","subscription":{"depth":10,"name":"book"}})",
       FrameKind::subscribed, Subscription{Channel::book, symbol("ETH-USD")}, std::nullopt},
      {R"({"channelName":"ohlc-1","event":"subscriptionStatus","pair":"XBT/USD",)"
       R"("status":"subscribed","subscription":{"interval":15,"name":"ohlc"}})",
       FrameKind::subscribed, Subscription{Channel::ohlc, symbol("BTC-USD"), 15}, std::nullopt},
      {R"({"channelName":"ohlc-60","event":"subscriptionStatus","pair":"XBT/USD",)"
       R"("status":"subscribed","subscription":{"name":"ohlc"}})",
       FrameKind::subscribed, Subscription{Channel::ohlc, symbol("BTC-USD"), 60}, std::nullopt},
      {R"({"channelName":"ticker","event":"subscriptionStatus","pair":"XBT/USD",)"
       R"("status":"subscribed","subscription":{"name":"ticker"},"reqid":1})",
       FrameKind::subscribed, std::nullopt, 1u, "ticker"},
      {R"({"errorMessage":"Subscription depth not supported","event":"subscriptionStatus",)"
       R"("pair":"XBT/USD","status":"error","subscription":{"depth":42,"name":"book"},"reqid":3})",
       FrameKind::refused, Subscription{Channel::book, symbol("BTC-USD")}, 3u,
       "Subscription depth not supported"},
      {R"({"errorMessage":"No such thing","event":"subscriptionStatus","pair":"XBT/USD",)"
       R"("status":"error","subscription":{"name":"ticker"}})",
       FrameKind::refused, std::nullopt, std::nullopt, "No such thing"},
      {R"({"errorMessage":"Exceeded msg rate","event":"subscriptionStatus","status":"error"})",
       FrameKind::refused, std::nullopt, std::nullopt, "Exceeded msg rate"},
      {R"({"errorMessage":"Malformed request","event":"error","reqid":9})", FrameKind::refused,
       std::nullopt, 9u, "Malformed request"},
      {R"({"event":"ping","reqid":42})", FrameKind::unsupported, std::nullopt, std::nullopt,
       "ping"},
      {R"({"event":"subscribe","pair":["XBT/USD"]})", FrameKind::unsupported, std::nullopt,
       std::nullopt, "subscribe"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const auto frame = decoded(c.text);
    ASSERT_EQ(frame.kind, c.kind) << to_string(frame.malformed);
    EXPECT_EQ(frame.subscription, c.subscription);
    EXPECT_EQ(frame.request_id, c.request_id);
    EXPECT_EQ(frame.detail, c.detail);
  }
  EXPECT_EQ(decoded(cases[7].text).symbol, symbol("BTC-USD"));
}

TEST(KrakenV1Frames, SayWhyTheyCannotBeUsed) {
  const std::pair<std::string, Malformed> cases[] = {
      {"", Malformed::json},
      {"{", Malformed::json},
      {"[0,[],\"trade\",\"XBT/USD\"", Malformed::json},
      {"{\"event\":\"\xff\"}", Malformed::encoding},
      {std::string(100, '[') + std::string(100, ']'), Malformed::too_deep},
      {std::string(JsonFrame::kBytesMax + 1, ' '), Malformed::too_large},
      {"5", Malformed::wrong_type},
      {"\"event\"", Malformed::wrong_type},
      {"{}", Malformed::missing_field},
      {R"({"channel":"heartbeat"})", Malformed::missing_field},
      {R"({"event":5})", Malformed::wrong_type},
      {R"({"event":"systemStatus"})", Malformed::missing_field},
      {R"({"event":"pong","reqid":"x"})", Malformed::wrong_type},
      {R"({"event":"pong","reqid":-1})", Malformed::bad_number},
      {R"({"event":"pong","reqid":18446744073709551616})", Malformed::bad_number},
      {R"({"event":"subscriptionStatus","status":"maybe"})", Malformed::wrong_type},
      {R"({"event":"subscriptionStatus","status":"subscribed","pair":"XBT/USD"})",
       Malformed::missing_field},
      {R"({"event":"subscriptionStatus","status":"subscribed","subscription":{"name":"trade"}})",
       Malformed::missing_field},
      {R"({"event":"subscriptionStatus","status":"subscribed","pair":"XBTUSD",)"
       R"("subscription":{"name":"trade"}})",
       Malformed::bad_symbol},
      {R"({"event":"subscriptionStatus","status":"subscribed","pair":"XBT/USD",)"
       R"("subscription":{"name":"ohlc"}})",
       Malformed::missing_field},
      {R"({"event":"subscriptionStatus","status":"subscribed","pair":"XBT/USD",)"
       R"("subscription":{"name":"ohlc","interval":0}})",
       Malformed::bad_number},
  };
  for (const auto& [text, reason] : cases) {
    SCOPED_TRACE(text.substr(0, 120));
    const auto frame = decoded(text);
    EXPECT_EQ(frame.kind, FrameKind::malformed);
    EXPECT_EQ(to_string(frame.malformed), to_string(reason));
    EXPECT_FALSE(frame.request_id);
  }
}

TEST(KrakenV1Frames, AreReusedWithoutRemainders) {
  Codec codec;
  Frame frame;
  codec.decode(R"([0,{"as":[["1","2","3"]],"bs":[]},"book-10","XBT/USD"])", frame);
  ASSERT_EQ(frame.levels.size(), 1u);
  codec.decode(R"([0,{"a":[["1","2","3"],["x","2","3"]]},"book-10","XBT/USD"])", frame);
  EXPECT_EQ(frame.kind, FrameKind::malformed);
  EXPECT_TRUE(frame.books.empty());
  codec.decode(R"({"event":"heartbeat"})", frame);
  EXPECT_EQ(frame.kind, FrameKind::heartbeat);
  EXPECT_TRUE(frame.levels.empty());
}

}  // namespace
}  // namespace tickwitness::exchange::kraken_v1
