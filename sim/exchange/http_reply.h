// What a simulated exchange's REST interface answers.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tickwitness::sim {

struct HttpReply {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  bool unanswered = false;  // let the client wait
  // Trades that it shows: of which pair (index into Settings::pairs), and their ids.
  std::size_t pair = 0;
  std::vector<std::uint64_t> trades = {};
  std::optional<std::chrono::seconds> retry_after{};  // header Retry-After
  std::optional<std::uint64_t> used_weight{};         // header X-MBX-USED-WEIGHT-1M
};

}  // namespace tickwitness::sim
