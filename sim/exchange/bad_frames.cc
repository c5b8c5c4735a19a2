#include "sim/exchange/bad_frames.h"

#include <fmt/format.h>

namespace tickwitness::sim {
namespace {

// A trade frame of one trade, with these texts in the places of its values.
std::string trade_frame(std::string_view symbol, std::string_view price, std::string_view id,
                        std::string_view timestamp) {
  return fmt::format(
      R"({{"channel":"trade","type":"update","data":[{{"symbol":"{}","side":"buy","price":{},)"
      R"("qty":0.01000000,"ord_type":"limit","trade_id":{},"timestamp":{}}}]}})",
      symbol, price, id, timestamp);
}

constexpr std::string_view kTime = R"("2026-01-02T03:04:05.678901Z")";

}  // namespace

std::vector<BadFrame> bad_frames(std::string_view symbol) {
  const std::string good = trade_frame(symbol, "100.5", "7", kTime);
  std::vector<BadFrame> frames;
  frames.push_back({"json", good.substr(0, good.size() / 2)});
  frames.push_back({"json", "CloudFlare WebSocket proxy restarting"});
  frames.push_back({"json", R"({"channel":"trade",,})"});
  frames.push_back({"too_deep", std::string(5'000, '[') + std::string(5'000, ']'), 512});
  frames.push_back({"wrong_type", R"({"channel":"trade","type":"update","data":"none"})"});
  frames.push_back({"wrong_type", trade_frame(symbol, R"("cheap")", "7", kTime)});
  frames.push_back({"wrong_type", trade_frame(symbol, "100.5", R"("seven")", kTime)});
  frames.push_back({"bad_number", trade_frame(symbol, std::string(400, '9'), "7", kTime), 100});
  frames.push_back({"bad_time", trade_frame(symbol, "100.5", "7", R"("yesterday")")});
  frames.push_back({"missing_field", R"({"channel":"trade","type":"update"})"});
  frames.push_back({"missing_field",
                    fmt::format(R"({{"channel":"trade","type":"update","data":[{{"symbol":"{}",)"
                                R"("side":"sell","trade_id":8}}]}})",
                                symbol)});
  frames.push_back({"unsupported", R"({"channel":"weather","type":"update","data":[{"sky":1}]})"});
  return frames;
}

BadFrame bad_utf8_frame(std::string_view symbol) {
  return {"encoding", trade_frame(symbol, "100.5", "7", "\"\xC3\x28\xFF\"")};
}

}  // namespace tickwitness::sim
