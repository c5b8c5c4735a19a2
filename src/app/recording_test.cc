// From a connection to the disk and back: what replay reads is what the feed was given.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/prng.h"
#include "feed/test_world.h"
#include "runtime/posix_disk.h"
#include "runtime/temporary_dir.h"
#include "store/recorder.h"
#include "store/recording_reader.h"
#include "store/ring_tap.h"

namespace tickwitness::app {
namespace {

using namespace std::chrono_literals;
using Kind = store::RecordedLine::Kind;

struct Line {
  Kind kind = Kind::frame;
  std::int64_t mono = 0, wall = 0;
  std::string connection, text;
  friend bool operator==(const Line&, const Line&) = default;
};

class World : public feed::test::Surroundings {
 public:
  explicit World(const std::string& folder)
      : recorder({.instance = "test", .file_bytes = 5'000}, ring, metrics, log, [folder] {
          auto disk = runtime::PosixDisk::at(folder);
          return runtime::DiskResult<std::unique_ptr<runtime::Disk>>(
              std::make_unique<runtime::PosixDisk>(std::move(*disk)));
        }) {}

  void note(Kind kind, std::string text = {}) {
    const base::Now now = executor.now();
    given.push_back({kind, now.mono.time_since_epoch().count(), now.wall.time_since_epoch().count(),
                     "main", std::move(text)});
  }
  // Comes back soon, however often it is cut off.
  static feed::SessionSettings restless() {
    feed::SessionSettings settings = session();
    settings.breaker.max_failures = 1'000'000;
    settings.backoff.max = 1s;
    return settings;
  }
  // Frames, of any bytes, at odd times, with connections that end.
  void live() {
    base::Prng random(11);
    link.start();
    feed::test::Wire& way = wire(0);
    for (int i = 0; i < 3000; ++i) {
      t += base::Duration(static_cast<std::int64_t>(random.below(30'000'000)));
      executor.run_until(t);
      if (!connected && way.in_use) {
        way.accept();
        note(Kind::open);
        connected = true;
      }
      if (!connected) continue;
      std::string text(random.below(300), '\0');
      for (auto& c : text) c = static_cast<char>(random.below(256));
      if (i % 3 != 0) text = "trade BTC-USD";
      way.say(text);
      note(Kind::frame, text);
      if (random.below(100) == 0) {
        way.end(runtime::CloseReason::reset);
        note(Kind::closed, "reset");
        connected = false;
      }
      if (i % 50 == 0) recorder.step(executor.now());
    }
    recorder.finish(executor.now());
  }

  runtime::Log log{executor.clock(), base::LogFormat::logfmt, {}, [](std::string_view) {}};
  store::FrameRing ring{1 << 20};
  store::RingTap tap{ring};
  store::Recorder recorder;
  feed::test::Words words;
  feed::GapLedger ledger;
  feed::Intake intake{
      {.venue = market::Venue::kraken}, words, ledger, metrics, handoff, [this] { drain(); }};
  feed::WitnessDesk witness{executor};
  feed::AttemptBudget budget{100'000, 600s};
  feed::LinkContext context{.venue = market::Venue::kraken,
                            .executor = executor,
                            .channels = channels,
                            .metrics = metrics,
                            .intake = intake,
                            .budget = budget,
                            .turn_done = [this] { drain(); },
                            .on_event = [](const feed::LinkEvent&) {},
                            .tap = &tap,
                            .witness = witness,
                            .on_venue = [](exchange::VenueStatus) {}};
  feed::Link link{context,
                  "main",
                  {.host = "venue.test", .path = "/v2"},
                  {},
                  restless(),
                  std::make_unique<feed::test::Words>(),
                  base::Prng(1),
                  {feed::test::stream("trade BTC-USD")}};
  bool connected = false;
  base::Duration t{0};
  std::vector<Line> given;
};

TEST(Recording, IsWhatTheConnectionWasGiven) {
  const auto folder = runtime::TemporaryDirectory::make();
  ASSERT_TRUE(folder);
  World world(folder->path());
  world.live();
  EXPECT_EQ(world.ring.lost(), 0U);
  auto reader = store::RecordingReader::open({folder->path()});
  ASSERT_TRUE(reader) << reader.error().message;
  std::vector<Line> read;
  std::set<std::string> files;
  while (const auto line = reader->next().value()) {
    EXPECT_EQ(line->exchange, "kraken");
    EXPECT_EQ(line->url, "wss://venue.test/v2");
    files.emplace(line->file);
    read.push_back({line->kind, line->mono->time_since_epoch().count(),
                    line->received->time_since_epoch().count(), std::string(line->connection),
                    std::string(line->text)});
  }
  EXPECT_EQ(reader->damage(), store::Damage{});
  EXPECT_GT(files.size(), 3U);
  EXPECT_GT(std::ranges::count(world.given, Kind::closed, &Line::kind), 5);
  ASSERT_EQ(read.size(), world.given.size());
  EXPECT_TRUE(read == world.given);
}

}  // namespace
}  // namespace tickwitness::app
