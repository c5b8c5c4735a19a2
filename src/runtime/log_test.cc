#include "runtime/log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <limits>
#include <thread>

namespace tickwitness::runtime {
namespace {

using base::LogFormat;
using base::LogLevel;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class HandClock final : public Clock {
 public:
  base::Now now() const override { return now_; }
  void advance(base::Duration by) {
    now_.mono += by;
    now_.wall += by;
  }

 private:
  // 2026-01-02T03:04:05.678Z (date -d @1767323045.678 -u)
  base::Now now_{base::Instant(seconds(50)), base::WallTime(milliseconds(1767323045678))};
};

struct Fixture {
  explicit Fixture(LogFormat format = LogFormat::logfmt, base::LogLevels levels = {})
      : log(clock, format, std::move(levels),
            [this](std::string_view line) { lines.emplace_back(line); }) {}
  HandClock clock;
  std::vector<std::string> lines;
  Log log;
};

TEST(Log, GoldenLogfmtLine) {
  Fixture f;
  f.log.info("feed", "connected",
             {{"exchange", "kraken"}, {"attempt", 3}, {"tls", true}, {"wait", 1.5}});
  EXPECT_THAT(f.lines,
              ElementsAre("time=2026-01-02T03:04:05.678Z level=info room=feed "
                          "event=connected exchange=kraken attempt=3 tls=true wait=1.5\n"));
}

TEST(Log, GoldenJsonLine) {
  Fixture f(LogFormat::json);
  f.log.error("net", "no certificate", {{"host", "a.b"}, {"code", -7}, {"ratio", 0.25}});
  EXPECT_THAT(f.lines,
              ElementsAre("{\"time\":\"2026-01-02T03:04:05.678Z\",\"level\":\"error\",\"room\":"
                          "\"net\",\"event\":\"no certificate\",\"host\":\"a.b\",\"code\":-7,"
                          "\"ratio\":0.25}\n"));
}

TEST(Log, NumbersThatJsonDoesNotHaveAreNull) {
  Fixture f(LogFormat::json);
  f.log.info("feed", "x",
             {{"a", std::numeric_limits<double>::quiet_NaN()},
              {"b", -std::numeric_limits<double>::infinity()}});
  EXPECT_THAT(f.lines.at(0), HasSubstr("\"a\":null,\"b\":null}"));
}

struct Hostile {
  std::string value, logfmt, json;
};

TEST(Log, HostileTextCannotForgeLinesOrFields) {
  const Hostile cases[] = {
      {"plain", "v=plain", R"("v":"plain")"},
      {"", R"(v="")", R"("v":"")"},
      {"a b", R"(v="a b")", R"("v":"a b")"},
      {"x level=error", R"(v="x level=error")", R"("v":"x level=error")"},
      {"a=b", R"(v="a=b")", R"("v":"a=b")"},
      {"say \"hi\" \\", R"(v="say \"hi\" \\")", R"("v":"say \"hi\" \\")"},
      {"ok\ntime=2000-01-01 level=error", R"(v="ok\ntime=2000-01-01 level=error")",
       R"("v":"ok\ntime=2000-01-01 level=error")"},
      {"\r\t\x1b[2J", R"(v="\u000d\u0009\u001b[2J")", R"("v":"\u000d\u0009\u001b[2J")"},
      {std::string("nul\0x", 5), R"(v="nul\u0000x")", R"("v":"nul\u0000x")"},
      {"\xe2\x80\xae"
       "evil",
       R"(v="\u202eevil")", R"("v":"\u202eevil")"},
      {"\xe2\x80\xa8", R"(v="\u2028")", R"("v":"\u2028")"},
      {"\xff\xc0", R"(v="\xff\xc0")", R"("v":"\ufffd\ufffd")"},
      {"é€", "v=\"é€\"", "\"v\":\"é€\""},
  };
  for (const auto& c : cases) {
    Fixture logfmt;
    logfmt.log.info("feed", "x", {{"v", c.value}});
    EXPECT_EQ(logfmt.lines.at(0),
              "time=2026-01-02T03:04:05.678Z level=info room=feed event=x " + c.logfmt + "\n");
    Fixture json(LogFormat::json);
    json.log.info("feed", "x", {{"v", c.value}});
    EXPECT_EQ(json.lines.at(0), R"({"time":"2026-01-02T03:04:05.678Z","level":"info",)"
                                R"("room":"feed","event":"x",)" +
                                    c.json + "}\n");
  }
}

TEST(Log, EventAndRoomAreEscapedToo) {
  Fixture f;
  f.log.info("fe ed", "a\nb", {{"k y", "v"}});
  EXPECT_THAT(f.lines.at(0), HasSubstr("room=\"fe ed\" event=\"a\\nb\" \"k y\"=v\n"));
}

TEST(Log, LongValuesAreCutAtAWholeCharacter) {
  Fixture f;
  f.log.info("feed", "x", {{"v", std::string(LogField::kBytesMax - 1, 'a') + "€€"}});
  EXPECT_THAT(f.lines.at(0),
              HasSubstr("v=\"" + std::string(LogField::kBytesMax - 1, 'a') + "…\"\n"));
  f.log.info("feed", "y", {{"v", std::string(100'000, 'b')}});
  EXPECT_LT(f.lines.at(1).size(), LogField::kBytesMax + 200);
}

TEST(Log, SecretsAreRedacted) {
  Fixture f;
  f.log.info("serve", "token", {{"token", base::Secret("correct-horse-battery")}});
  EXPECT_THAT(f.lines.at(0), HasSubstr("token=[redacted]"));
  EXPECT_THAT(f.lines.at(0), Not(HasSubstr("horse")));
}

TEST(Log, LevelsArePerRoomAndChangeWhileRunning) {
  Fixture f(LogFormat::logfmt, {LogLevel::warning, {{"feed", LogLevel::debug}}});
  f.log.debug("feed", "a");
  f.log.info("net", "b");
  f.log.warning("net", "c");
  EXPECT_EQ(f.lines.size(), 2U);
  f.log.set_levels({LogLevel::info, {{"feed", LogLevel::off}}});
  f.log.error("feed", "d");
  f.log.info("net", "e");
  ASSERT_EQ(f.lines.size(), 3U);
  EXPECT_THAT(f.lines.at(2), HasSubstr("event=e"));
}

TEST(Log, RepeatsAreWrittenOnceAndThenTold) {
  Fixture f;
  for (int i = 0; i < 38; ++i) {
    f.log.warning("feed", "connect failed", {{"host", "h"}});
    f.log.warning("feed", "other");  // between them: repeats need not follow one another
    f.clock.advance(milliseconds(100));
  }
  EXPECT_EQ(f.lines.size(), 2U);
  f.clock.advance(seconds(10));
  f.log.tick();
  EXPECT_THAT(f.lines, ElementsAre(HasSubstr("event=\"connect failed\" host=h\n"),
                                   HasSubstr("event=other\n"),
                                   HasSubstr("event=\"connect failed\" host=h repeated=37\n"),
                                   HasSubstr("event=other repeated=37\n")));
  // The time of the last of them, not of the telling.
  EXPECT_THAT(f.lines.at(2), testing::StartsWith("time=2026-01-02T03:04:09.378Z "));
  f.log.warning("feed", "connect failed", {{"host", "h"}});
  EXPECT_EQ(f.lines.size(), 5U);  // a new window
}

TEST(Log, DifferentFieldsOrLevelsAreNoRepeats) {
  Fixture f;
  f.log.info("feed", "x", {{"n", 1}});
  f.log.info("feed", "x", {{"n", 2}});
  f.log.warning("feed", "x", {{"n", 2}});
  EXPECT_EQ(f.lines.size(), 3U);
}

TEST(Log, WatchesABoundedNumberOfLinesAndLosesNoCount) {
  Fixture f;
  f.log.info("feed", "first");
  f.log.info("feed", "first");
  for (std::size_t i = 0; i < Log::kRepeatsTracked; ++i) f.log.info("feed", "x", {{"n", i}});
  EXPECT_EQ(std::ranges::count_if(f.lines,
                                  [](const std::string& line) {
                                    return line.find("event=first repeated=1") != std::string::npos;
                                  }),
            1);
}

TEST(Log, TellsWhatIsStillCountedAtTheEnd) {
  HandClock clock;
  std::vector<std::string> lines;
  {
    Log log(clock, LogFormat::json, {}, [&](std::string_view line) { lines.emplace_back(line); });
    log.info("app", "x");
    log.info("app", "x");
  }
  EXPECT_THAT(lines, ElementsAre(HasSubstr("\"event\":\"x\"}"),
                                 HasSubstr("\"event\":\"x\",\"repeated\":1}")));
}

TEST(Log, EveryErrorIsCountedByRoomWhateverIsWritten) {
  Fixture f(LogFormat::logfmt, {LogLevel::off, {}});
  std::vector<std::string> rooms;
  f.log.on_error([&](std::string_view room) { rooms.emplace_back(room); });
  f.log.error("net", "x");
  f.log.error("net", "x");
  f.log.warning("net", "x");
  f.log.error("feed", "y");
  EXPECT_THAT(rooms, ElementsAre("net", "net", "feed"));
  EXPECT_THAT(f.lines, IsEmpty());
}

std::string drain(int descriptor) {
  std::string all;
  std::array<char, 4096> buffer{};
  for (ssize_t n; (n = read(descriptor, buffer.data(), buffer.size())) > 0;)
    all.append(buffer.data(), static_cast<std::size_t>(n));
  return all;
}

TEST(Log, LinesOfManyThreadsStayWhole) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  HandClock clock;
  constexpr int kThreads = 4, kLines = 100;  // small enough for the pipe's buffer
  {
    Log log(clock, LogFormat::logfmt, {}, Log::to_descriptor(ends[1]));
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t)
      threads.emplace_back([&log, t] {
        for (int i = 0; i < kLines; ++i) log.info("feed", "x", {{"t", t}, {"i", i}});
      });
  }
  close(ends[1]);
  const std::string all = drain(ends[0]);
  close(ends[0]);
  for (int t = 0; t < kThreads; ++t)
    for (int i = 0; i < kLines; ++i)
      EXPECT_THAT(all, HasSubstr(fmt::format(
                           "time=2026-01-02T03:04:05.678Z level=info room=feed event=x t={} i={}\n",
                           t, i)));
  EXPECT_EQ(std::ranges::count(all, '\n'), kThreads * kLines);
}

TEST(Log, AFullPipeDropsLinesAndNeverBlocks) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe2(ends.data(), O_NONBLOCK), 0);
  HandClock clock;
  Log log(clock, LogFormat::logfmt, {}, Log::to_descriptor(ends[1]));
  int lost = 0;
  log.on_lost([&] { ++lost; });
  // Lines longer than PIPE_BUF may be taken in part.
  const std::string kilobyte(1000, 'a');
  for (int i = 0; i < 100; ++i)
    log.info("feed", "x",
             {{"i", i},
              {"a", kilobyte},
              {"b", kilobyte},
              {"c", kilobyte},
              {"d", kilobyte},
              {"e", kilobyte}});
  const std::string before = drain(ends[0]);
  EXPECT_EQ(lost, 100 - std::ranges::count(before, '\n'));
  log.info("feed", "after");
  const std::string after = drain(ends[0]);
  close(ends[0]);
  close(ends[1]);
  EXPECT_LT(before.size(), 100 * 5000U);
  const bool torn = before.back() != '\n';
  EXPECT_EQ(after, std::string(torn ? "\n" : "") +
                       "time=2026-01-02T03:04:05.678Z level=info room=feed event=after\n");
}

}  // namespace
}  // namespace tickwitness::runtime
