// The simulated Binance's text against recordings of the real one, which lie outside the
// repository: the same fields in the same order, numbers written with the same decimals.
#include <gtest/gtest.h>
#include <stdio.h>

#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <sstream>

#include "base/test_recordings.h"
#include "sim/exchange/binance_world_for_tests.h"

namespace tickwitness::sim {
namespace {

namespace fs = std::filesystem;

std::string read_gzip(const fs::path& path) {
  const std::string command = "gzip -dc '" + path.string() + "'";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string text;
  std::array<char, 65536> buffer{};
  while (const std::size_t count = fread(buffer.data(), 1, buffer.size(), pipe.get()))
    text.append(buffer.data(), count);
  return text;
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
    text.replace(at, what.size(), with);
}

// The text without its values: 12.340 is "#.000", a symbol "S", lists of levels are all alike.
std::string skeleton(std::string_view text) {
  std::string out;
  bool fraction = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool digit = c >= '0' && c <= '9';
    if (digit && fraction) {
      out += '0';
    } else if (!digit) {
      fraction = c == '.';
      out += c;
    } else if (out.back() != '#') {
      out += '#';
    }
  }
  for (const std::string_view symbol :
       {"BTCUSDT", "ETHUSDT", "NKNUSDT", "BLZETH", "LRCBTC", "RUNEEUR"})
    replace_all(out, symbol, "S");
  for (const std::string_view symbol :
       {"btcusdt", "ethusdt", "nknusdt", "blzeth", "lrcbtc", "runeeur"})
    replace_all(out, symbol, "s");
  replace_all(out, "true", "false");
  replace_all(out, R"(["#.00000000","#.00000000"])", "L");
  replace_all(out, "L,", "");
  replace_all(out, "[L]", "[]");
  return out;
}

std::string kind_of(std::string_view text) {
  for (const std::string_view kind :
       {"@trade", "@aggTrade", "@bookTicker", "@kline_1m", "@depth@100ms", "lastUpdateId"})
    if (text.substr(0, 60).find(kind) != std::string_view::npos) return std::string(kind);
  return "";
}

using Skeletons = std::map<std::string, std::set<std::string>>;

// Lines "<time> <frame>", "<time> REST <url> <body>" or other.
void add_recording(Skeletons& out, const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t brace = line.find('{');
    if (brace == std::string::npos) continue;
    const std::string_view frame = std::string_view(line).substr(brace);
    if (const std::string kind = kind_of(frame); !kind.empty()) out[kind].insert(skeleton(frame));
  }
}

TEST(BinanceShape, FramesAndSnapshotsAreWrittenAsTheRecordedOnes) {
  TW_NEEDS_RECORDINGS();
  const fs::path data = base::kRecordings / "frames";
  Skeletons real;
  for (const char* name : {"binance-4pairs-20211012", "binance-btcusdt-20240808"})
    add_recording(real, read_gzip(data / (std::string(name) + ".frames.gz")));

  BinanceWorld world;
  world.connect(kBitcoinTarget);
  world.connect("/stream?streams=ethusdt@trade/ethusdt@bookTicker");
  world.run_until(std::chrono::minutes(2));
  Skeletons ours;
  for (const BinanceFrame& frame : world.frames)
    ours[kind_of(frame.text)].insert(skeleton(frame.text));
  const std::string snapshot = world.get("/api/v3/depth?symbol=BTCUSDT&limit=1000").body;
  ours["lastUpdateId"].insert(skeleton(snapshot));

  EXPECT_EQ(ours.size(), 6U);
  for (const auto& [kind, texts] : ours)
    for (const std::string& text : texts)
      EXPECT_TRUE(real[kind].contains(text))
          << kind << ": " << text
          << "\nrecorded: " << (real[kind].empty() ? "" : *real[kind].begin());
}

std::set<std::string> fields_of(const Json& object) {
  std::set<std::string> names;
  for (const Json::Member& member : object.members) names.insert(member.name);
  return names;
}

TEST(BinanceShape, RestRowsHaveTheRecordedFields) {
  TW_NEEDS_RECORDINGS();
  const fs::path file = base::kRecordings / "binance-rest" / "gct_binance_public_rest.json.gz";
  const JsonLimits limits{.bytes_max = 16 << 20, .depth_max = 16, .values_max = 2'000'000};
  const auto recorded = parse_json(read_gzip(file), limits);
  ASSERT_TRUE(recorded);
  const Json* routes = recorded->find("routes");
  if (routes == nullptr) routes = &*recorded;
  const auto reply = [&](std::string_view path) -> const Json& {
    return *routes->find(path)->find("GET")->items.at(0).find("data");
  };
  BinanceWorld world;
  EXPECT_EQ(fields_of(world.get_json("/api/v3/historicalTrades?symbol=BTCUSDT").items.at(0)),
            fields_of(reply("/api/v3/historicalTrades").items.at(0)));
  EXPECT_EQ(fields_of(world.get_json("/api/v3/trades?symbol=BTCUSDT").items.at(0)),
            fields_of(reply("/api/v3/trades").items.at(0)));
  EXPECT_EQ(fields_of(world.get_json("/api/v3/ticker/bookTicker?symbol=BTCUSDT")),
            fields_of(reply("/api/v3/ticker/bookTicker")));
  const Json info = world.get_json("/api/v3/exchangeInfo");
  EXPECT_EQ(fields_of(info), fields_of(reply("/api/v3/exchangeInfo")));
  const Json& symbol = info.find("symbols")->items.at(0);
  const Json& known = reply("/api/v3/exchangeInfo").find("symbols")->items.at(0);
  EXPECT_EQ(fields_of(symbol), fields_of(known));
  for (const std::size_t filter : {0U, 1U})
    EXPECT_EQ(fields_of(symbol.find("filters")->items.at(filter)),
              fields_of(known.find("filters")->items.at(filter)));
}

}  // namespace
}  // namespace tickwitness::sim
