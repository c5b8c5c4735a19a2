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
  std::string missed;  // the data of the chunks that are given
};

TEST(EventLog, GivesAClientThatComesBackWhatItMissed) {
  EventLog log(3, 100);
  for (const auto* data : {"a", "b", "c", "d", "e"}) log.append("x", data);  // 100 … 104
  const Return cases[] = {
      {"104", ""},     // missed nothing
      {"103", "e"},    //
      {"102", "de"},   //
      {"101", "cde"},  // all that is kept
      {"100", ""},     // too long ago: 101 is gone
      {"105", ""},     // not given yet
      {"7", ""},       // of another run
      {"18446744073709551615", ""},
      {"18446744073709551616", ""},
      {"", ""},
      {"10x", ""},
      {"-1", ""},
      {" 103", ""},
      {"0x67", ""},
  };
  for (const auto& c : cases) {
    std::string missed;
    for (const auto& chunk : log.after(c.last_id)) missed += (*chunk)[chunk->size() - 3];
    EXPECT_EQ(missed, c.missed) << '\'' << c.last_id << '\'';
  }
}

TEST(EventLog, BeforeTheFirstEventNothingWasMissed) {
  const EventLog log(3, 100);
  for (const auto* id : {"99", "100", "0", ""}) EXPECT_TRUE(log.after(id).empty()) << id;
}

}  // namespace
}  // namespace tickwitness::serve
