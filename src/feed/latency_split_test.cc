#include "feed/latency_split.h"

#include <gtest/gtest.h>

#include <string>

#include "telemetry/registry.h"
#include "telemetry/test_read.h"

namespace tickwitness::feed {
namespace {

using namespace std::chrono_literals;
using exchange::FrameKind;

const base::WallTime kSent{1'700'000'000s};

exchange::Frame trade(base::WallTime sent, base::WallTime happened) {
  exchange::Frame frame;
  frame.kind = FrameKind::trades;
  frame.sent = sent;
  frame.trades.push_back({.exchange_time = happened});
  return frame;
}

exchange::Frame pong(base::WallTime in, base::WallTime out) {
  exchange::Frame frame;
  frame.kind = FrameKind::pong;
  frame.time_in = in;
  frame.time_out = out;
  return frame;
}

struct Case {
  std::string what;
  exchange::Frame frame;
  base::WallTime received;
  std::optional<ClockOffset::Estimate> clock;
  std::optional<base::Duration> network, venue;
};

TEST(LatencySplit, SaysWhatTheStampsAllowAndNoMore) {
  const ClockOffset::Estimate same{.offset = 0ms, .uncertainty = 5ms};
  const ClockOffset::Estimate ahead{.offset = 1270ms, .uncertainty = 5ms};
  exchange::Frame silent = trade(kSent, kSent);
  silent.sent.reset();
  exchange::Frame old = trade(kSent, kSent - 5s);
  old.snapshot = true;
  const Case cases[] = {
      {"both", trade(kSent, kSent - 3ms), kSent + 20ms, same, 20ms, 3ms},
      {"the venue's clock is ahead", trade(kSent, kSent - 1ms), kSent - 1250ms, ahead, 20ms, 1ms},
      {"no offset", trade(kSent, kSent - 3ms), kSent + 20ms, {}, {}, 3ms},
      {"no stamp", silent, kSent + 20ms, same, {}, {}},
      {"a pong", pong(kSent - 2ms, kSent), kSent + 20ms, same, 20ms, 2ms},
      {"a snapshot", old, kSent + 20ms, same, 20ms, {}},
      {"an event after its sending", trade(kSent, kSent + 1ms), kSent + 20ms, same, 20ms, {}},
      {"another century", trade(kSent, kSent), kSent + std::chrono::hours(900'000), same, {}, 0ms},
      {"before it was sent", trade(kSent, kSent), kSent - 20ms, same, -20ms, 0ms},
  };
  for (const auto& c : cases) {
    const auto parts = LatencySplit::parts(c.received, c.frame, c.clock);
    EXPECT_EQ(parts.network, c.network) << c.what;
    EXPECT_EQ(parts.venue, c.venue) << c.what;
  }
}

TEST(LatencySplit, NothingNegativeIsHidden) {
  telemetry::Registry registry;
  telemetry::Catalog metrics{registry};
  LatencySplit split(market::Venue::kraken, metrics);
  const ClockOffset::Estimate clock{.offset = 0ms, .uncertainty = 5ms};
  for (const auto late : {20ms, 0ms, -5ms, -6ms, -1000ms}) {
    split.on_frame(kSent + late, trade(kSent, kSent - 2ms), clock);
  }
  split.on_handled(7us);
  const auto value = [&](std::string_view name) {
    return telemetry::test::read(registry, name, {{"exchange", "kraken"}});
  };
  EXPECT_EQ(value("tickwitness_feed_network_negative_total"), 2);
  EXPECT_EQ(value("tickwitness_feed_network_seconds"), 3);
  EXPECT_EQ(value("tickwitness_feed_venue_seconds"), 5);
  EXPECT_EQ(value("tickwitness_feed_handler_seconds"), 1);
}

}  // namespace
}  // namespace tickwitness::feed
