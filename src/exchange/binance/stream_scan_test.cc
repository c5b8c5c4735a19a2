#include "exchange/binance/stream_scan.h"

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
constexpr std::string_view kAggregate =
    R"({"e":"aggTrade","E":1633998523963,"s":"NKNUSDT","a":15683430,"p":"0.35280000",)"
    R"("q":"58.00000000","f":19862790,"l":19862791,"T":1633998523962,"m":false,"M":true})";

std::string replaced(std::string_view text, std::string_view what, std::string_view with) {
  std::string result(text);
  const auto at = result.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return result.replace(at, what.size(), with);
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
