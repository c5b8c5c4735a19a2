#include "store/recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/prng.h"
#include "runtime/test_disk.h"
#include "store/block_stream.h"
#include "store/ring_tap.h"
#include "telemetry/test_read.h"

namespace tickwitness::store {
namespace {

using namespace std::chrono_literals;
using telemetry::test::read;
using testing::ElementsAre;
using testing::HasSubstr;

// What is in recordings, one line a record: "0.5 frame main text".
std::vector<std::string> lines_of(const runtime::test::Files& files) {
  std::vector<std::string> lines;
  for (const auto& [name, text] : files.by_name) {
    std::size_t at = 0;
    Content content([&, &all = *text](std::span<char> into) {
      const std::size_t count = all.copy(into.data(), into.size(), at);
      at += count;
      return base::Result<std::size_t>(count);
    });
    BlockStream blocks(content);
    for (;;) {
      const auto next = blocks.next();
      EXPECT_TRUE(next);
      if (!next || !*next) break;
      const Record& record = **next;
      std::string line = fmt::format("{} ", (record.at.mono.time_since_epoch() - 1000s) / 1ms);
      if (record.kind == Record::Kind::lost) {
        lines.push_back(line + fmt::format("lost {}", record.lost));
        continue;
      }
      constexpr std::string_view kWords[] = {"", "open", "closed", "frame", "rest"};
      lines.push_back(line + fmt::format("{} {} {}{}", kWords[static_cast<int>(record.kind)],
                                         blocks.name(record.stream).connection, record.target,
                                         record.text));
    }
    EXPECT_EQ(blocks.damage(), Damage{});
    EXPECT_TRUE(blocks.head());
  }
  return lines;
}

struct HandClock final : runtime::Clock {
  base::Now now() const override {
    return {base::Instant(1000s + t), base::WallTime(1'700'000'000s + t)};
  }
  base::Duration t{0};
};

struct World {
  explicit World(const RecorderSettings& settings = {}, std::size_t ring_bytes = 1 << 20)
      : ring(ring_bytes), recorder(settings, ring, metrics, log, [this] {
          ++opened;
          if (no_folder)
            return runtime::DiskResult<std::unique_ptr<runtime::Disk>>(runtime::disk_fail(
                runtime::DiskFault::denied, "recordings", "made", "Permission denied"));
          return runtime::DiskResult<std::unique_ptr<runtime::Disk>>(
              std::make_unique<runtime::test::TestDisk>(files));
        }) {
    stream = tap.stream(market::Venue::kraken, "main", "wss://a");
  }
  void frame(std::string_view text) {
    tap.on_frame(stream, clock.now(), text);
    ++frames;
    text_bytes += text.size();
  }
  void step(base::Duration t) {
    clock.t = t;
    recorder.step(clock.now());
  }
  void finish() { recorder.finish(clock.now()); }
  double metric(std::string_view name) {
    return read(registry, "tickwitness_recorder_" + std::string(name)).value_or(-1);
  }
  double bytes(std::string_view form) {
    return read(registry, "tickwitness_recorder_bytes_total", {{"form", form}}).value_or(-1);
  }

  HandClock clock;
  telemetry::Registry registry;
  telemetry::Catalog metrics{registry};
  std::string logged;
  runtime::Log log{
      clock, base::LogFormat::logfmt, {}, [this](std::string_view line) { logged += line; }};
  runtime::test::Files files;
  bool no_folder = false;
  int opened = 0;
  FrameRing ring;
  RingTap tap{ring};
  Recorder recorder;
  pipeline::FrameTap::Stream stream = 0;
  std::uint64_t frames = 0, text_bytes = 0;
};

TEST(Recorder, WritesWhatItIsShownWithTimesAndMarks) {
  World world;
  const auto rest = world.tap.stream(market::Venue::kraken, "rest", "https://a");
  world.tap.on_open(world.stream, world.clock.now());
  world.frame("one");
  world.step(500ms);
  EXPECT_TRUE(world.files.by_name.empty());  // a block is not due yet
  world.frame("two\nlines");
  world.tap.on_rest(rest, world.clock.now(), "https://a/Time", "{}");
  world.step(1s);
  world.tap.on_closed(world.stream, world.clock.now(), "reset");
  EXPECT_THAT(world.files.names(), ElementsAre("000000000001-20231114T221321Z.twrec.part"));
  EXPECT_THAT(lines_of(world.files),
              ElementsAre("0 open main ", "0 frame main one", "500 frame main two\nlines",
                          "500 rest rest https://a/Time{}"));
  world.finish();
  EXPECT_THAT(world.files.names(), ElementsAre("000000000001-20231114T221321Z.twrec"));
  EXPECT_THAT(lines_of(world.files).back(), "1000 closed main reset");
  EXPECT_EQ(world.files.syncs, 1);
}

TEST(Recorder, CountsWhatItWrote) {
  World world;
  EXPECT_EQ(world.metric("frames_total"), 0);
  EXPECT_EQ(world.metric("lost_total"), 0);
  EXPECT_EQ(world.metric("write_failures_total"), 0);
  EXPECT_EQ(world.bytes("raw"), 0);
  world.recorder.step(world.clock.now());
  EXPECT_EQ(world.metric("files"), -1);  // nobody has looked yet
  world.files.by_name["somebody_elses"] = std::make_shared<std::string>("left alone");
  for (int i = 0; i < 1000; ++i) world.frame(fmt::format("frame {}", i));
  world.tap.on_open(world.stream, world.clock.now());
  world.tap.on_rest(world.stream, world.clock.now(), "u", "four");
  world.tap.on_closed(world.stream, world.clock.now(), "no text that was received");
  world.finish();
  world.files.by_name.erase("somebody_elses");
  EXPECT_EQ(world.metric("frames_total"), 1000);
  EXPECT_EQ(world.bytes("raw"), static_cast<double>(world.text_bytes + 4));
  EXPECT_EQ(world.bytes("compressed"), static_cast<double>(world.files.bytes()));
  EXPECT_EQ(world.metric("files"), 1);
  EXPECT_EQ(world.metric("disk_bytes"), static_cast<double>(world.files.bytes()));
}

TEST(Recorder, BeginsANewFileBySizeAndByAge) {
  World world({.file_bytes = 4000, .file_age = 10s});
  base::Prng random(3);
  const auto noise = [&random] {
    std::string text(3000, '\0');
    for (auto& c : text) c = static_cast<char>(random.below(256));
    return text;
  };
  world.frame(noise());
  world.step(1s);
  EXPECT_EQ(world.files.by_name.size(), 1U);
  world.frame(noise());
  world.step(2s);  // 6,000 bytes: this one is full
  world.frame("a");
  world.step(3s);
  world.step(12900ms);
  world.frame("b");
  world.step(13900ms);  // older than 10 s: finished with b in it
  world.frame("c");
  world.step(15s);
  EXPECT_THAT(world.files.names(), ElementsAre("000000000001-20231114T221321Z.twrec",
                                               "000000000002-20231114T221323Z.twrec",
                                               "000000000003-20231114T221335Z.twrec.part"));
  EXPECT_EQ(lines_of(world.files).size(), 5U);
  EXPECT_EQ(world.metric("files"), 3);
}

TEST(Recorder, ThrowsTheOldestAwayBySizeAndByAge) {
  World world({.file_bytes = 1, .total_bytes = 1000, .keep = 30s});  // one block is one file
  for (int i = 0; i < 50; ++i) {
    world.frame(std::string(50, static_cast<char>('a' + i % 26)));
    world.step(std::chrono::milliseconds(1000 * (i + 1)));
    EXPECT_LE(world.files.bytes(), 1000U);
    EXPECT_EQ(world.metric("disk_bytes"), static_cast<double>(world.files.bytes()));
  }
  EXPECT_GT(world.files.by_name.size(), 4U);
  const auto last = *world.files.by_name.rbegin();
  EXPECT_EQ(last.first.substr(0, 12), "000000000050");
  world.frame("z");
  world.step(200s);  // all others are older than 30 s
  EXPECT_EQ(world.files.by_name.size(), 1U);
  EXPECT_EQ(world.metric("files"), 1);
  // 51 were begun, each of one block.
  EXPECT_EQ(telemetry::test::read(world.registry, "tickwitness_retention_removed_total",
                                  {{"kind", "recordings"}}),
            50);
}

TEST(Recorder, FinishesWhatACrashLeftAndGoesOnCounting) {
  World world;
  world.files.by_name["000000000041-20231101T000000Z.twrec"] = std::make_shared<std::string>("x");
  world.files.by_name["000000000042-20231114T000000Z.twrec.part"] =
      std::make_shared<std::string>("torn");
  world.frame("a");
  world.step(1s);
  // The first was begun more than a week ago.
  EXPECT_THAT(world.files.names(), ElementsAre("000000000042-20231114T000000Z.twrec",
                                               "000000000043-20231114T221321Z.twrec.part"));
}

TEST(Recorder, SaysExactlyHowManyTheRingLost) {
  World world({}, 4096);
  for (int i = 0; i < 3; ++i) world.frame(std::string(1000, static_cast<char>('a' + i)));
  for (int i = 0; i < 7; ++i) world.frame(std::string(1000, 'x'));  // there is no room for them
  world.step(10ms);
  world.frame("after");
  world.step(20ms);
  world.frame(std::string(5000, 'x'));  // larger than the ring
  world.step(1s);
  world.finish();
  const auto lines = lines_of(world.files);
  ASSERT_EQ(lines.size(), 6U);
  EXPECT_EQ(lines[3], "0 lost 7");
  EXPECT_EQ(lines[4], "10 frame main after");
  EXPECT_EQ(lines[5], "10 lost 1");
  EXPECT_EQ(world.metric("lost_total"), 8);
  EXPECT_EQ(world.metric("frames_total"), static_cast<double>(world.frames - 8));
  EXPECT_THAT(world.logged, HasSubstr("lost=7"));
}

TEST(Recorder, AFullDiskCostsNothingThatTheRingHolds) {
  World world;
  world.frame("one");
  world.step(1s);
  world.files.full = true;
  world.files.take_bytes = 10;
  world.frame("two");
  world.step(2s);
  EXPECT_EQ(world.metric("write_failures_total"), 1);
  EXPECT_THAT(world.logged, HasSubstr("no space"));
  world.frame("three");
  world.step(2500ms);  // before it is tried again
  EXPECT_EQ(world.metric("write_failures_total"), 1);
  world.step(3s);
  world.step(5s);
  EXPECT_EQ(world.metric("write_failures_total"), 3);
  EXPECT_EQ(world.files.by_name.size(), 1U);  // an empty recording is none
  world.files.full = false;
  world.step(9s);
  world.step(10s);
  world.finish();
  EXPECT_THAT(world.files.names(), ElementsAre("000000000001-20231114T221321Z.twrec",
                                               "000000000004-20231114T221329Z.twrec"));
  EXPECT_THAT(lines_of(world.files),
              ElementsAre("0 frame main one", "1000 frame main two", "2000 frame main three"));
  EXPECT_EQ(world.metric("frames_total"), 3);
  EXPECT_EQ(world.metric("lost_total"), 0);
  EXPECT_EQ(world.bytes("compressed"), static_cast<double>(world.files.bytes()));
}

TEST(Recorder, TriesTheFolderAgainToo) {
  World world;
  world.no_folder = true;
  world.frame("one");
  world.step(1s);
  EXPECT_EQ(world.metric("write_failures_total"), 1);
  EXPECT_EQ(world.metric("files"), -1);
  world.no_folder = false;
  world.step(2s);
  EXPECT_EQ(world.metric("files"), 1);
  EXPECT_EQ(world.opened, 2);
  world.finish();
  EXPECT_THAT(lines_of(world.files), ElementsAre("0 frame main one"));
}

TEST(Recorder, WhatCannotBeWrittenAtTheEndIsCountedAsLost) {
  World world({}, 1 << 16);
  world.files.refuse_names = true;
  world.step(1s);
  for (int i = 0; i < 100; ++i) world.frame("frame");
  world.finish();
  EXPECT_EQ(world.metric("lost_total"), 100);
  EXPECT_EQ(world.metric("frames_total"), 0);
  EXPECT_TRUE(world.files.by_name.empty());
}

// With a disk that does not come back the ring fills, and all of it is accounted for.
TEST(Recorder, ADeadDiskLosesWhatTheRingCannotHoldAndCountsIt) {
  World world({}, 1 << 16);
  world.files.full = true;
  for (int i = 0; i < 2000; ++i) {
    world.frame(std::string(900, static_cast<char>('a' + i % 26)));
    world.step(std::chrono::milliseconds(10 * i));
  }
  const double lost = world.metric("lost_total");
  EXPECT_GT(lost, 0);
  world.files.full = false;
  world.step(300s);
  world.step(301s);
  world.finish();
  std::uint64_t told = 0, frames = 0;
  for (const auto& line : lines_of(world.files)) {
    if (const auto mark = line.find(" lost "); mark != line.npos) {
      told += std::stoull(line.substr(mark + 6));
    } else {
      ++frames;
    }
  }
  EXPECT_EQ(static_cast<double>(told), world.metric("lost_total"));
  EXPECT_EQ(frames + told, world.frames);
  EXPECT_EQ(static_cast<double>(frames), world.metric("frames_total"));
}

TEST(Recorder, AnUnsyncedFileIsCountedAndLeftUnfinished) {
  World world;
  world.files.refuse_syncs = 1000;
  world.frame("one");
  world.finish();
  EXPECT_EQ(world.metric("write_failures_total"), 1);
  EXPECT_THAT(lines_of(world.files), ElementsAre("0 frame main one"));
}

TEST(Recorder, StreamsWithoutNumbersAreLostNotMixedUp) {
  World world;
  for (std::size_t i = 0; i < kStreamsMax + 5; ++i)
    world.tap.stream(market::Venue::kraken, fmt::format("c{}", i), "u");
  const auto beyond = world.tap.stream(market::Venue::kraken, "beyond", "u");
  world.tap.on_frame(beyond, world.clock.now(), "x");
  EXPECT_EQ(world.tap.stream(market::Venue::kraken, "main", "wss://a"), world.stream);
  EXPECT_NE(world.tap.stream(market::Venue::binance, "main", "wss://a"), world.stream);
  world.frame("y");
  world.finish();
  EXPECT_THAT(lines_of(world.files), ElementsAre("0 lost 1", "0 frame main y"));
}

}  // namespace
}  // namespace tickwitness::store
