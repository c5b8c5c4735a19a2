// Frames that cannot be used, by either way through the codec.
#include <gtest/gtest.h>

#include "exchange/binance/codec.h"
#include "exchange/binance/stream_scan.h"

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
constexpr std::string_view kAggregate =
    R"({"e":"aggTrade","E":1633998523963,"s":"NKNUSDT","a":15683430,"p":"0.35280000",)"
    R"("q":"58.00000000","f":19862790,"l":19862791,"T":1633998523962,"m":false,"M":true})";

std::string replaced(std::string_view text, std::string_view what, std::string_view with) {
  std::string result(text);
  const auto at = result.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return result.replace(at, what.size(), with);
}

TEST(BinanceBadFrames, SayWhy) {
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

// A frame that ends early, anywhere: the fast way must neither take it nor read beyond it, which
// memory of its own size shows under the address sanitizer.
TEST(BinanceScan, LeavesWhatIsCut) {
  const SymbolTable symbols;
  Frame frame;
  for (const std::string_view whole : {kTrade, kDepth, kQuote, kAggregate}) {
    frame.clear();
    EXPECT_TRUE(scan_stream(whole, symbols, frame)) << whole;
    for (std::size_t length = 0; length < whole.size(); ++length) {
      for (const std::string_view end : {"", "}", "}}"}) {
        std::vector<char> text(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
        text.insert(text.end(), end.begin(), end.end());
        text.shrink_to_fit();
        const std::string_view cut(text.data(), text.size());
        if (cut == whole) continue;
        frame.clear();
        EXPECT_FALSE(scan_stream(cut, symbols, frame)) << cut;
      }
    }
  }
}

// What the fast way is for it takes, whatever numbers of digits.
TEST(BinanceScan, TakesWhatIsWrittenAsDocumented) {
  const SymbolTable symbols;
  Frame frame;
  const std::string numbers[] = {"0",
                                 "0.0",
                                 "5",
                                 "1.2345678",
                                 "1.23456789",
                                 "1.234567891",
                                 "123456789",
                                 "0.00000001",
                                 "12345678901.00000000",
                                 "0.12345678",
                                 "99999999.5",
                                 "1234567.12345678901",
                                 "9223372036854775807"};
  for (const auto& number : numbers) {
    const auto text = replaced(kTrade, "61837.63000000", number);
    frame.clear();
    ASSERT_TRUE(scan_stream(text, symbols, frame)) << text;
    EXPECT_EQ(frame.trades.at(0).price.str(), number);
  }
  for (const std::string number : {"0", "7", "18446744073709551615"}) {
    frame.clear();
    const auto text = replaced(kTrade, "3735683259", number);
    EXPECT_EQ(scan_stream(text, symbols, frame), number.size() < 20) << text;
  }
}

}  // namespace
}  // namespace tickwitness::exchange::binance
