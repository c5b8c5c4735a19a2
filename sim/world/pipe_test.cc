#include "sim/world/pipe.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

namespace tickwitness::sim {
namespace {

using namespace std::chrono_literals;
using Mark = Pipe::Mark;

struct Line {
  explicit Line(std::uint64_t seed = 1)
      : scheduler(base::Prng(seed)),
        random(seed),
        pipe(scheduler, random, weather, [this](Mark mark, std::string_view bytes) {
          if (mark == Mark::bytes) {
            text += bytes;
          } else {
            marks.push_back(mark);
            text += '|';
          }
          ++pieces;
          last = scheduler.now();
        }) {}
  Scheduler scheduler;
  base::Prng random;
  Weather weather;
  Pipe pipe;
  std::string text;
  std::vector<Mark> marks;
  int pieces = 0;
  base::Duration last{0};
};

RC_GTEST_PROP(Pipe, WhateverTheWeatherAllComesOnceAndInOrder,
              (std::vector<std::string> texts, std::uint64_t seed)) {
  Line line(seed);
  std::string wanted;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    line.weather.segment_bytes_max = i % 3 == 0 ? 1 : 16 * 1024;
    line.weather.black_hole = i % 4 == 1;
    line.pipe.resume();
    line.pipe.write(texts[i]);
    wanted += texts[i];
    line.scheduler.run_until(line.scheduler.now() + 3ms);
  }
  line.pipe.mark(Mark::end);
  line.weather.black_hole = false;
  line.pipe.resume();
  line.scheduler.run_until(line.scheduler.now() + 1h);
  RC_ASSERT(line.text == wanted + "|");
  RC_ASSERT(line.pipe.bytes_in_flight() == 0U);
}

TEST(Pipe, NothingArrivesBeforeTheDelay) {
  Line line;
  line.weather.delay_min = 50ms;
  line.pipe.write("x");
  line.scheduler.run_until(49ms);
  EXPECT_EQ(line.text, "");
  EXPECT_EQ(line.pipe.bytes_in_flight(), 1U);
  line.scheduler.run_until(10s);
  EXPECT_EQ(line.text, "x");
}

TEST(Pipe, ShreddingCutsButSparesTheSchedulerOfEndlessPieces) {
  Line line;
  line.weather.segment_bytes_max = 1;
  line.pipe.write(std::string(30, 'x'));
  line.scheduler.run_until(10s);
  EXPECT_GT(line.pieces, 25);
  line.pieces = 0;
  line.pipe.write(std::string(100'000, 'x'));
  line.scheduler.run_until(20s);
  EXPECT_LT(line.pieces, 300);
  EXPECT_EQ(line.text.size(), 100'030U);
}

TEST(Pipe, ACutLosesATailOnlyAndEndsInAReset) {
  bool all = false;
  bool none = false;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Line line(seed);
    for (const char c : std::string("abcdef")) line.pipe.write(std::string(1, c));
    line.pipe.cut();
    line.scheduler.run_until(1min);
    ASSERT_THAT(line.marks, testing::ElementsAre(Mark::reset));
    const std::string got = line.text.substr(0, line.text.size() - 1);
    EXPECT_TRUE(std::string("abcdef").starts_with(got)) << got;
    EXPECT_EQ(line.pipe.bytes_in_flight(), 0U);
    all = all || got.size() == 6;
    none = none || got.empty();
  }
  EXPECT_TRUE(all);
  EXPECT_TRUE(none);
}

TEST(Pipe, ABlackHoleHoldsBackWhatWasOnItsWay) {
  Line line;
  line.pipe.write("x");
  line.weather.black_hole = true;
  line.scheduler.run_until(10min);
  EXPECT_EQ(line.text, "");
  line.weather.black_hole = false;
  line.pipe.resume();
  line.scheduler.run_until(11min);
  EXPECT_EQ(line.text, "x");
}

}  // namespace
}  // namespace tickwitness::sim
