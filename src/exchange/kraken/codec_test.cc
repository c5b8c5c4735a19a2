#include "exchange/kraken/codec.h"

#include <gtest/gtest.h>

namespace tickwitness::exchange::kraken {
namespace {

Frame decoded(std::string_view text) {
  Codec codec;
  Frame frame;
  codec.decode(text, frame);
  return frame;
}

constexpr std::string_view kTrades =
    R"({"channel":"trade","type":"update","data":[)"
    R"({"symbol":"BTC/USD","side":"sell","price":70123.4,"qty":0.00005100,"ord_type":"market",)"
    R"("trade_id":71000001,"timestamp":"2024-06-03T10:20:30.000001Z"},)"
    R"({"symbol":"BTC/USD","side":"buy","price":70123.0,"qty":1.5,"ord_type":"limit",)"
    R"("trade_id":71000002,"timestamp":"2024-06-03T10:20:30.000001Z"}]})";

TEST(KrakenFrames, AreReusedWithoutRemainders) {
  Codec codec;
  Frame frame;
  codec.decode(kTrades, frame);
  codec.decode(R"({"channel":"heartbeat"})", frame);
  EXPECT_EQ(frame.kind, FrameKind::heartbeat);
  EXPECT_TRUE(frame.trades.empty());
  EXPECT_GE(frame.trades.capacity(), 2u);
  codec.decode("{", frame);
  EXPECT_EQ(frame.kind, FrameKind::malformed);
  codec.decode(kTrades, frame);
  EXPECT_EQ(frame.malformed, Malformed::none);
  EXPECT_EQ(frame.trades.size(), 2u);
}

struct BadFrame {
  std::string text;
  Malformed reason;
};

std::vector<BadFrame> bad_documents() {
  const std::string nested = std::string(100, '[') + std::string(100, ']');
  return {
      {"", Malformed::json},
      {"   ", Malformed::json},
      {"{", Malformed::json},
      {"nonsense", Malformed::json},
      {"{}{}", Malformed::json},
      {R"({"channel":"heartbeat"}})", Malformed::json},
      {R"({"channel":"heartbeat"} {"channel":"heartbeat"})", Malformed::json},
      {R"({"channel":"heartbeat",})", Malformed::json},
      {R"({"channel":"heartbeat")", Malformed::json},
      {R"({"channel":"heart)", Malformed::json},
      {R"({"channel":"status","data":[1,,2]})", Malformed::json},
      {R"({"channel":"anything","x":{})", Malformed::json},
      {std::string(kTrades.substr(0, kTrades.size() - 1)), Malformed::json},
      {std::string(kTrades.substr(0, kTrades.size() - 2)), Malformed::json},
      {std::string(kTrades.substr(0, kTrades.size() / 2)), Malformed::json},
      {"{\"channel\":\"trade\xff\"}", Malformed::encoding},
      {"{\"channel\":\"heartbeat\",\"x\":\"\xed\xa0\x80\"}", Malformed::encoding},
      {"\xff\xfe{", Malformed::encoding},
      {"{\"channel\":\"a\nb\"}", Malformed::json},
      {std::string(100, '['), Malformed::json},
      {nested, Malformed::too_deep},
      {R"({"channel":"trade","type":"update","data":)" + nested + "}", Malformed::too_deep},
      {R"({"channel":"book","type":"update","data":)" + nested + "}", Malformed::too_deep},
      {R"({"channel":")" + std::string(Codec::kFrameBytesMax, 'x') + "\"}", Malformed::too_large},
  };
}

std::vector<BadFrame> bad_contents() {
  return {
      {"[]", Malformed::wrong_type},
      {"5", Malformed::wrong_type},
      {"null", Malformed::wrong_type},
      {R"("channel")", Malformed::wrong_type},
      {R"([42,{"a":["1"]},"ticker","XBT/USD"])", Malformed::wrong_type},
      {"{}", Malformed::missing_field},
      {R"({"event":"heartbeat"})", Malformed::missing_field},
      {R"({"channel":5})", Malformed::wrong_type},
      {R"({"channel":null,"method":"pong"})", Malformed::wrong_type},
      {R"({"method":[]})", Malformed::wrong_type},
      {R"({"channel":"trade","type":"update"})", Malformed::missing_field},
      {R"({"channel":"trade","data":[]})", Malformed::missing_field},
      {R"({"channel":"trade","type":"news","data":[]})", Malformed::wrong_type},
      {R"({"channel":"trade","type":1,"data":[]})", Malformed::wrong_type},
      {R"({"channel":"trade","type":"update","data":{}})", Malformed::wrong_type},
      {R"({"channel":"trade","type":"update","data":null})", Malformed::wrong_type},
      {R"({"data":5,"channel":"ohlc","type":"update"})", Malformed::wrong_type},
      {R"({"channel":"ticker","type":"update","data":[[]]})", Malformed::wrong_type},
      {R"({"channel":"status"})", Malformed::missing_field},
      {R"({"channel":"status","data":[]})", Malformed::missing_field},
      {R"({"channel":"status","data":[{}]})", Malformed::missing_field},
      {R"({"channel":"status","data":[7]})", Malformed::wrong_type},
      {R"({"channel":"instrument","type":"update","data":[]})", Malformed::wrong_type},
      {R"({"channel":"instrument","type":"update","data":{}})", Malformed::missing_field},
      {R"({"method":"subscribe","req_id":1})", Malformed::missing_field},
      {R"({"method":"subscribe","success":true})", Malformed::missing_field},
      {R"({"method":"subscribe","success":"yes"})", Malformed::wrong_type},
      {R"({"method":"subscribe","success":true,"result":[]})", Malformed::wrong_type},
      {R"({"method":"subscribe","success":true,"result":{"channel":"trade"}})",
       Malformed::missing_field},
      {R"({"method":"subscribe","success":true,"result":{"channel":"ohlc","symbol":"A/B"}})",
       Malformed::missing_field},
      {R"({"method":"subscribe","success":true,"result":{"channel":"trade","symbol":"AB"}})",
       Malformed::bad_symbol},
      {R"({"method":"pong","req_id":"one"})", Malformed::wrong_type},
  };
}

TEST(KrakenFrames, SayWhyTheyCannotBeUsed) {
  auto cases = bad_documents();
  for (auto& bad : bad_contents()) cases.push_back(std::move(bad));
  for (const auto& bad : cases) {
    SCOPED_TRACE(bad.text.substr(0, 120));
    const auto frame = decoded(bad.text);
    EXPECT_EQ(frame.kind, FrameKind::malformed);
    EXPECT_EQ(to_string(frame.malformed), to_string(bad.reason));
  }
}

TEST(KrakenFrames, CutAnywhereAreMalformedAsJson) {
  Codec codec;
  Frame frame;
  for (std::size_t length = 0; length < kTrades.size(); ++length) {
    codec.decode(kTrades.substr(0, length), frame);
    EXPECT_EQ(frame.kind, FrameKind::malformed) << length;
    EXPECT_EQ(to_string(frame.malformed), "json") << length;
  }
}

TEST(KrakenFrames, OfOtherChannelsAreUnsupported) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {R"({"channel":"level3","data":[]})", "level3"},
      {R"({"data":[1,2,3],"channel":"executions"})", "executions"},
      {R"({"method":"add_order","success":true,"result":{}})", "add_order"},
  };
  for (const auto& [text, name] : cases) {
    const auto frame = decoded(text);
    EXPECT_EQ(frame.kind, FrameKind::unsupported) << text;
    EXPECT_EQ(frame.detail, name);
  }
  const auto frame = decoded(R"({"channel":")" + std::string(100'000, 'x') + "\"}");
  EXPECT_EQ(frame.kind, FrameKind::unsupported);
  EXPECT_EQ(frame.detail, std::string(Codec::kDetailBytesMax, 'x'));
}

}  // namespace
}  // namespace tickwitness::exchange::kraken
