#include "exchange/binance/codec.h"

#include <gtest/gtest.h>

namespace tickwitness::exchange::binance {
namespace {

constexpr std::string_view kTrade =
    R"({"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT",)"
    R"("t":3735683259,"p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":true,)"
    R"("M":true}})";
constexpr std::string_view kDepth =
    R"({"e":"depthUpdate","E":1633998512068,"s":"NKNUSDT","U":499869750,"u":499869752,)"
    R"("b":[["0.35130000","6195.00000000"]],"a":[["0.36","1"],["0.37","0"]]})";
constexpr std::string_view kQuote =
    R"({"u":50093239212,"s":"BTCUSDT","b":"61837.63000000","B":"3.78826000",)"
    R"("a":"61837.64000000","A":"1.54698000"})";
std::string replaced(std::string_view text, std::string_view what, std::string_view with) {
  std::string result(text);
  const auto at = result.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return result.replace(at, what.size(), with);
}

TEST(BinanceFrames, SayWhyTheyCannotBeUsed) {
  const std::pair<std::string, Malformed> cases[] = {
      {"", Malformed::json},
      {"{", Malformed::json},
      {"}", Malformed::json},
      {"\"}", Malformed::json},
      {"{\"e\":\"\xff\"}", Malformed::encoding},
      {std::string(100, '[') + std::string(100, ']'), Malformed::too_deep},
      {std::string(kTrade) + std::string(JsonFrame::kBytesMax, '}'), Malformed::too_large},
      {std::string(kTrade) + "}", Malformed::json},
      {std::string(kTrade) + std::string(kTrade), Malformed::json},
      {"[]", Malformed::wrong_type},
      {"5", Malformed::wrong_type},
      {"{}", Malformed::missing_field},
      {R"({"id":5})", Malformed::missing_field},
      {R"({"e":5})", Malformed::wrong_type},
      {R"({"channel":"heartbeat"})", Malformed::missing_field},
      {R"({"stream":"btcusdt@trade"})", Malformed::missing_field},
      {R"({"stream":5,"data":{}})", Malformed::wrong_type},
      {R"({"stream":"","data":{"e":"trade"}})", Malformed::missing_field},
      {R"({"stream":"btcusdt@trade","data":5})", Malformed::wrong_type},
      {R"({"stream":"btcusdt@trade","data":{}})", Malformed::missing_field},
      {R"({"stream":"nothing","data":{"lastUpdateId":1,"bids":[],"asks":[]}})",
       Malformed::bad_symbol},
      {R"({"lastUpdateId":"1","bids":[],"asks":[]})", Malformed::wrong_type},
      {R"({"lastUpdateId":1,"bids":[]})", Malformed::missing_field},
      {R"({"code":2})", Malformed::missing_field},
      {R"({"error":"no","id":1})", Malformed::wrong_type},
      {replaced(kTrade, "BTCUSDT", "BTC"), Malformed::bad_symbol},
      {replaced(kTrade, "\"BTCUSDT\"", "5"), Malformed::wrong_type},
      {replaced(kTrade, R"("t":3735683259,)", ""), Malformed::missing_field},
      {replaced(kTrade, "3735683259", "-1"), Malformed::bad_number},
      {replaced(kTrade, "3735683259", "18446744073709551616"), Malformed::bad_number},
      {replaced(kTrade, "3735683259", "\"1\""), Malformed::wrong_type},
      {replaced(kTrade, "61837.63000000", ""), Malformed::bad_number},
      {replaced(kTrade, "61837.63000000", "061837.63"), Malformed::bad_number},
      {replaced(kTrade, "61837.63000000", "61837."), Malformed::bad_number},
      {replaced(kTrade, "61837.63000000", "-61837.63"), Malformed::bad_number},
      {replaced(kTrade, "61837.63000000", "61837.6300000x"), Malformed::bad_number},
      {replaced(kTrade, "61837.63000000", "99999999999.999999999"), Malformed::bad_number},
      {replaced(kTrade, "\"61837.63000000\"", "61837.63"), Malformed::wrong_type},
      {replaced(kTrade, "1723161255342", "9223372036854776"), Malformed::bad_time},
      {replaced(kTrade, "1723161255342", "10000000000000"), Malformed::bad_time},
      {replaced(kTrade, "1723161255343", "null"), Malformed::wrong_type},
      {replaced(kTrade, R"("m":true)", R"("m":1)"), Malformed::wrong_type},
      {replaced(kDepth, R"("0.36","1")", R"("0.36")"), Malformed::missing_field},
      {replaced(kDepth, R"("0.36","1")", R"("0.36",1)"), Malformed::wrong_type},
      {replaced(kDepth, R"("0.36","1")", R"("0.36","x")"), Malformed::bad_number},
      {replaced(kDepth, R"(["0.36","1"])", "5"), Malformed::wrong_type},
      {replaced(kDepth, R"("u":499869752,)", ""), Malformed::missing_field},
      {replaced(kQuote, R"("61837.64000000")", "null"), Malformed::wrong_type},
  };
  Codec codec;
  Frame frame;
  for (const auto& [text, reason] : cases) {
    SCOPED_TRACE(text.substr(0, 200));
    codec.decode(text, frame);
    EXPECT_EQ(frame.kind, FrameKind::malformed);
    EXPECT_EQ(to_string(frame.malformed), to_string(reason));
    EXPECT_TRUE(frame.trades.empty() && frame.quotes.empty() && frame.books.empty() &&
                frame.levels.empty() && !frame.sent);
  }
}

}  // namespace
}  // namespace tickwitness::exchange::binance
