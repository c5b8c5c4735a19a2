#include "serve/event_log.h"

#include <gtest/gtest.h>

namespace tickwitness::serve {
namespace {

TEST(EventLog, WritesIdEventAndDataInThatOrder) {
  EventLog log(4, 7);
  EXPECT_EQ(log.last(), nullptr);
  const auto chunk = log.append("heartbeat", R"({"timestamp":1})");
  EXPECT_EQ(*chunk, "id: 7\nevent: heartbeat\ndata: {\"timestamp\":1}\n\n");
  EXPECT_EQ(log.last(), chunk);
  EXPECT_TRUE(log.append("heartbeat", "{}")->starts_with("id: 8\n"));
}

struct Return {
  std::string last_id;
  std::optional<std::string> missed;  // the data of the chunks that are given
};

TEST(EventLog, GivesAClientThatComesBackWhatItMissed) {
  EventLog log(3, 100);
  for (const auto* data : {"a", "b", "c", "d", "e"}) log.append("x", data);  // 100 … 104
  const Return cases[] = {
      {"104", ""},            // missed nothing
      {"103", "e"},           //
      {"102", "de"},          //
      {"101", "cde"},         // all that is kept
      {"100", std::nullopt},  // too long ago: 101 is gone
      {"105", std::nullopt},  // not given yet
      {"7", std::nullopt},    // of another run
      {"18446744073709551615", std::nullopt},
      {"18446744073709551616", std::nullopt},
      {"", std::nullopt},
      {"10x", std::nullopt},
      {"-1", std::nullopt},
      {" 103", std::nullopt},
      {"0x67", std::nullopt},
  };
  for (const auto& c : cases) {
    std::optional<std::string> missed;
    if (const auto chunks = log.after(c.last_id)) {
      missed.emplace();
      for (const auto& chunk : *chunks) *missed += (*chunk)[chunk->size() - 3];
    }
    EXPECT_EQ(missed, c.missed) << '\'' << c.last_id << '\'';
  }
}

TEST(EventLog, BeforeTheFirstEventNothingWasMissed) {
  const EventLog log(3, 100);
  for (const auto* id : {"99", "100", "0", ""}) EXPECT_FALSE(log.after(id)) << id;
}

}  // namespace
}  // namespace tickwitness::serve
