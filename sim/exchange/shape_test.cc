// The simulated frames against recordings of the real exchange, which lie outside the repository:
// no field that no recording has, none missing that every recording has, all of the same type.
#include <gtest/gtest.h>
#include <stdio.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>

#include "base/test_recordings.h"
#include "sim/exchange/world_for_tests.h"

namespace tickwitness::sim {
namespace {

namespace fs = std::filesystem;

using Shape = std::set<std::string>;  // "data[].price number"

constexpr JsonLimits kLimits{.bytes_max = 4 << 20, .depth_max = 16, .values_max = 200'000};

void collect(const Json& value, const std::string& path, Shape& out) {
  constexpr std::array kTypes{"null", "boolean", "number", "string", "array", "object"};
  out.insert(path + " " + kTypes[static_cast<std::size_t>(value.type)]);
  for (const Json& item : value.items) collect(item, path + "[]", out);
  for (const auto& [name, member] : value.members)
    collect(member, path.empty() ? name : path + "." + name, out);
}

// Frames of one kind must be alike: "trade", "subscribe ohlc", "refused".
std::string kind_of(const Json& frame) {
  if (const Json* const channel = frame.find("channel")) return channel->text;
  if (frame.find("error") != nullptr) return "refused";
  const Json* const method = frame.find("method");
  const Json* const result = frame.find("result");
  if (method == nullptr) return "";
  return result == nullptr ? method->text : method->text + " " + result->find("channel")->text;
}

using Shapes = std::map<std::string, std::vector<Shape>>;

void add(Shapes& shapes, std::string_view text) {
  const auto frame = parse_json(text, kLimits);
  ASSERT_TRUE(frame) << text.substr(0, 200);
  Shape shape;
  collect(*frame, "", shape);
  shapes[kind_of(*frame)].push_back(std::move(shape));
}

std::string read_file(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::string read_gzip(const fs::path& path) {
  const std::string command = "gzip -dc '" + path.string() + "'";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string text;
  std::array<char, 65536> buffer{};
  while (const std::size_t count = fread(buffer.data(), 1, buffer.size(), pipe.get()))
    text.append(buffer.data(), count);
  return text;
}

// Files of lines ">" sent, "<" received, and after "=" one frame over many lines.
void add_marked_lines(Shapes& shapes, const std::string& text) {
  std::istringstream lines(text);
  std::string rest;
  bool in_frame = false;
  for (std::string line; std::getline(lines, line);) {
    for (std::size_t at; (at = line.find('|')) != std::string::npos;) line.erase(at, 1);
    if (line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
    if (line.starts_with("=")) {
      in_frame = true;
    } else if (line.starts_with("<")) {
      add(shapes, line.substr(1));
    } else if (in_frame && !line.starts_with(">")) {
      rest += line;
    }
  }
  add(shapes, rest);
}

Shapes recorded(const fs::path& data) {
  Shapes shapes;
  for (const auto& entry : fs::directory_iterator(data / "nautilus-frames"))
    add(shapes, read_file(entry.path()));
  for (const auto& entry : fs::directory_iterator(data / "krakennet-frames"))
    add_marked_lines(shapes, read_file(entry.path()));
  add(shapes, read_gzip(data / "torquey66_instrument_snapshot.json.gz"));
  std::ifstream lines(data / "alexlin_btcusd_ethusd_book10_20260802_first27.jsonl");
  for (std::string line; std::getline(lines, line);) add(shapes, line);
  return shapes;
}

// Kinds that no file of recordings holds, as the exchange's documentation has them.
void add_documented(Shapes& shapes) {
  add(shapes, R"({"channel":"heartbeat"})");
  add(shapes, R"({"method":"subscribe","req_id":42,"result":{"channel":"ticker",)"
              R"("event_trigger":"trades","snapshot":true,"symbol":"BTC/USD"},"success":true,)"
              R"("time_in":"","time_out":""})");
  add(shapes, R"({"method":"subscribe","req_id":121,"result":{"channel":"ohlc","interval":60,)"
              R"("snapshot":true,"symbol":"ETH/USD","warnings":[""]},"success":true,)"
              R"("time_in":"","time_out":""})");
  add(shapes, R"({"method":"subscribe","req_id":5,"result":{"channel":"instrument",)"
              R"("snapshot":true,"warnings":[""]},"success":true,"time_in":"","time_out":""})");
  add(shapes, R"({"error":"","method":"subscribe","req_id":2,"success":false,"symbol":"BTC/USD",)"
              R"("time_in":"","time_out":""})");
  add(shapes, R"({"error":"","method":"subscribe","success":false,"time_in":"","time_out":""})");
}

TEST(Shape, SimulatedFramesLookLikeRecordedOnes) {
  TW_NEEDS_RECORDINGS();
  const fs::path data = base::kRecordings / "kraken-v2";
  Shapes real = recorded(data);
  add_documented(real);

  World world;
  const ConnectionId connection = world.connect();
  subscribe_all(world, connection);
  world.say(connection, R"({"method":"ping","req_id":1})");
  world.say(connection, R"({"method":"subscribe","req_id":7,"params":{"channel":"trade",)"
                        R"("symbol":["BTC/USD"]}})");
  world.say(connection, R"({"method":"subscribe","params":{"channel":"book",)"
                        R"("symbol":["BTC/USD","ETH/USD"]}})");
  world.run_until(std::chrono::seconds(10));

  std::set<std::string> kinds;
  for (const Received& frame : world.frames) {
    const std::string kind = kind_of(frame.json);
    kinds.insert(kind);
    ASSERT_TRUE(real.contains(kind)) << kind;
    Shape shape;
    collect(frame.json, "", shape);
    Shape allowed;
    for (const Shape& one : real.at(kind)) allowed.insert(one.begin(), one.end());
    for (const std::string& field : shape)
      ASSERT_TRUE(allowed.contains(field)) << kind << " has '" << field << "', recordings do not";
    for (const std::string& field : allowed) {
      const bool always = std::ranges::all_of(
          real.at(kind), [&field](const Shape& one) { return one.contains(field); });
      ASSERT_TRUE(!always || shape.contains(field))
          << kind << " lacks '" << field << "', recordings have it: " << frame.text.substr(0, 300);
    }
  }
  const std::set<std::string> expected{
      "book",           "heartbeat",       "instrument",      "ohlc",
      "pong",           "refused",         "status",          "subscribe book",
      "subscribe ohlc", "trade",           "subscribe trade", "subscribe instrument",
      "ticker",         "subscribe ticker"};
  EXPECT_EQ(kinds, expected);
}

}  // namespace
}  // namespace tickwitness::sim
