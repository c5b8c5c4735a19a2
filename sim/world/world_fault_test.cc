#include "sim/world/world_fault.h"

#include <gmock/gmock.h>

namespace tickwitness::sim {
namespace {

using namespace std::chrono_literals;
using Kind = WorldFaultKind;

TEST(WorldFault, ReadsAndWritesEveryForm) {
  const std::pair<std::string, WorldFault> cases[] = {
      {"black_hole@20s+5s", {.kind = Kind::black_hole, .at = 20s, .length = 5s}},
      {"slow_network@1500ms+60s", {.kind = Kind::slow_network, .at = 1500ms, .length = 60s}},
      {"database_down@20s+600s", {.kind = Kind::database_down, .at = 20s, .length = 600s}},
      {"sync_fails@20s+1500ms", {.kind = Kind::sync_fails, .at = 20s, .length = 1500ms}},
      {"connection_lost@7s", {.kind = Kind::connection_lost, .at = 7s}},
      {"crash@7s", {.kind = Kind::crash, .at = 7s}},
      {"reload@0s", {.kind = Kind::reload, .at = 0s}},
      {"step=-3600s@61s", {.kind = Kind::step, .at = 61s, .amount = -3600s}},
      {"drift=1ms@10s", {.kind = Kind::drift, .amount = 1ms}},
  };
  for (const auto& [text, fault] : cases) {
    const auto read = parse_world_fault(text);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, fault) << text;
    EXPECT_EQ(to_string(*read), text);
    EXPECT_TRUE(is_world_fault(text));
  }
  EXPECT_EQ(*parse_world_fault("black_hole"), WorldFault{});
  EXPECT_EQ(*parse_world_fault("step=2m"), (WorldFault{.kind = Kind::step, .amount = 2min}));
  EXPECT_FALSE(is_world_fault("disconnect@20s"));
}

TEST(WorldFault, SaysWhatIsWrong) {
  const std::pair<std::string, std::string> cases[] = {
      {"meteor@3s", "known are: black_hole"}, {"step@3s", "needs a value"},
      {"crash=3s", "takes no value"},         {"step=fast", "'fast' is no time"},
      {"drift=1s", "at most 50ms"},           {"crash@3s+2s", "has no length"},
      {"shred@3s+0s", "'0s' is no length"},   {"shred@soon", "'soon' is no time since the start"},
      {"shred@-3s", "'-3s' is no time"},      {"", "not known"},
  };
  for (const auto& [text, why] : cases) {
    const auto read = parse_world_fault(text);
    ASSERT_FALSE(read) << text;
    EXPECT_THAT(read.error().message, testing::HasSubstr(why));
  }
}

}  // namespace
}  // namespace tickwitness::sim
