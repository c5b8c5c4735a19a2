#include "app/replay_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/replay.h"
#include "telemetry/test_read.h"

namespace tickwitness::app {
namespace {

using market::Venue;
using store::RecordedLine;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

constexpr std::string_view kKraken = R"({"channel":"heartbeat"})";
constexpr std::string_view kKrakenV1 = R"({"event":"heartbeat"})";
constexpr std::string_view kBinance =
    R"({"stream":"btcusdt@trade","data":{"e":"trade","E":1700000000000,"s":"BTCUSDT","t":7,)"
    R"("p":"30000.1","q":"0.5","T":1700000000000,"m":true,"M":true}})";

RecordedLine of(std::string_view exchange, std::string_view text) {
  return {.kind = RecordedLine::Kind::frame,
          .received = base::WallTime(std::chrono::seconds(1'700'000'000)),
          .mono = base::Instant(std::chrono::hours(1)),
          .exchange = exchange,
          .connection = exchange.empty() ? "" : "main",
          .text = text};
}

// One frame of each.
const std::vector<RecordedLine> kThree = {of("kraken", kKraken), of("binance", kBinance),
                                          of("binance_us", kBinance)};

struct Chosen {
  explicit Chosen(std::string_view name, const std::vector<RecordedLine>& lines = kThree)
      : choice(*ReplayChoice::parse(name)) {
    for (const auto& line : lines) {
      if (choice.wants(line)) wanted.emplace_back(line.exchange);
    }
  }
  ReplayChoice choice;
  std::vector<std::string> wanted;
};

TEST(ReplayChoice, TakesOneExchangeOfSeveral) {
  struct Case {
    std::string_view name, wanted, source, left_out;
  };
  constexpr Case kCases[] = {
      {"", "kraken", "kraken-v2", "2 lines of binance and binance_us were left out"},
      {"kraken", "kraken", "kraken-v2", "2 lines of binance and binance_us"},
      {"kraken-v2", "kraken", "kraken-v2", "2 lines of binance and binance_us"},
      {"kraken-v1", "kraken", "kraken-v1", "2 lines of binance and binance_us"},
      {"binance", "binance", "binance", "2 lines of binance_us and kraken"},
      {"binance_us", "binance_us", "binance_us", "2 lines of binance and kraken"},
  };
  for (const auto& c : kCases) {
    const Chosen chosen(c.name);
    EXPECT_THAT(chosen.wanted, ElementsAre(c.wanted)) << c.name;
    ASSERT_TRUE(chosen.choice.source()) << c.name;
    EXPECT_EQ(to_string(*chosen.choice.source()), c.source);
    EXPECT_EQ(chosen.choice.nothing_wanted(), std::nullopt);
    EXPECT_THAT(chosen.choice.left_out(), Optional(HasSubstr(c.left_out)));
  }
  EXPECT_FALSE(ReplayChoice::parse("bitstamp"));
}

TEST(ReplayChoice, SaysWhatThereIsInsteadOfWhatIsNot) {
  const Chosen none("binance_us", {kThree[0], kThree[1], kThree[1]});
  EXPECT_THAT(none.wanted, testing::IsEmpty());
  EXPECT_THAT(none.choice.nothing_wanted(),
              Optional(testing::StrEq(
                  "nothing of binance_us was recorded here; it is of binance and kraken")));
  const Chosen unknown("", {of("bitstamp", kKraken)});
  EXPECT_THAT(unknown.choice.nothing_wanted(), Optional(HasSubstr("it is of bitstamp")));
}

TEST(ReplayChoice, LinesWithoutANameAreOfWhoeverWasChosenOrOfWhomTheyLookLike) {
  struct Case {
    std::string_view name, text;
    std::optional<std::string_view> source;
  };
  const Case cases[] = {
      {"", kKraken, "kraken-v2"},
      {"", kKrakenV1, "kraken-v1"},
      {"", kBinance, "binance"},
      {"kraken", kKrakenV1, "kraken-v1"},
      {"kraken", kKraken, "kraken-v2"},
      {"kraken", kBinance, std::nullopt},
      {"binance_us", kBinance, "binance_us"},
      {"", "{}", std::nullopt},
  };
  for (const auto& c : cases) {
    const Chosen chosen(c.name, {of("", "{}"), of("", c.text)});
    EXPECT_EQ(chosen.wanted.size(), 2U);
    const auto& source = chosen.choice.source();
    const auto told = source ? std::optional(to_string(*source)) : std::nullopt;
    EXPECT_EQ(told, c.source) << c.name << " " << c.text;
    EXPECT_EQ(chosen.choice.nothing_wanted().has_value(), !c.source.has_value());
  }
  // A frame that names nobody decides, and what another is named in is left out.
  const Chosen both("", {of("", kBinance), of("binance_us", kBinance), of("binance", kBinance)});
  EXPECT_THAT(both.wanted, ElementsAre("", "binance"));
}

// Metrics and gaps bear the name of the venue that was recorded.
TEST(ReplaySource, IsTheLabelOfWhatIsCounted) {
  std::string later(kBinance);
  later.replace(later.find("\"t\":7"), 5, "\"t\":9");
  for (const Venue venue : {Venue::binance, Venue::binance_us}) {
    const std::string_view name = to_string(venue);
    Replay replay(ReplaySource::of(venue));
    replay.on_line(of(name, kBinance));
    replay.on_line(of(name, later));
    replay.finish();
    EXPECT_EQ(telemetry::test::read(replay.registry(), "tickwitness_feed_events_total",
                                    {{"exchange", name}, {"channel", "trade"}}),
              2);
    ASSERT_EQ(replay.ledger().entries().size(), 1U);
    EXPECT_EQ(replay.ledger().entries()[0].venue, venue);
  }
}

}  // namespace
}  // namespace tickwitness::app
