// A recording of Binance through codec, trades in order, books, hand-over and metrics on one core,
// as `replay` does it, with its lines in memory:
//   binance_recording FILE...
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

#include "app/replay.h"

namespace tickwitness::bench {
namespace {

constexpr int kRuns = 15;

struct Line {
  store::RecordedLine line;
  std::string url, text;
};

std::vector<Line> load(const std::vector<std::string>& paths) {
  auto reader = store::RecordingReader::open(paths);
  if (!reader) {
    fmt::print(stderr, "binance_recording: {}\n", reader.error().message);
    std::exit(66);
  }
  std::vector<Line> lines;
  while (auto next = reader->next().value()) {
    Line& kept = lines.emplace_back(Line{*next, std::string(next->url), std::string(next->text)});
    kept.line.exchange = kept.line.connection = kept.line.file = {};
  }
  for (Line& kept : lines) {
    kept.line.url = kept.url;
    kept.line.text = kept.text;
  }
  return lines;
}

double seconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

std::uint64_t events_of(const app::Replay& replay) {
  std::uint64_t events = 0;
  for (const auto& [name, count] : replay.events()) events += count;
  return events;
}

// A run of its own, since looking at the clock twice a frame costs as much as some frames.
double p99_nanoseconds(const std::vector<Line>& lines) {
  std::vector<double> took;
  took.reserve(lines.size());
  app::Replay replay(app::ReplaySource::of(market::Venue::binance));
  for (const Line& line : lines) {
    const double before = seconds(CLOCK_MONOTONIC);
    replay.on_line(line.line);
    took.push_back(1e9 * (seconds(CLOCK_MONOTONIC) - before));
  }
  const auto at = took.begin() + static_cast<std::ptrdiff_t>(took.size() * 99 / 100);
  std::ranges::nth_element(took, at);
  return *at;
}

int run(const std::vector<std::string>& paths) {
  const std::vector<Line> lines = load(paths);
  std::vector<double> wall, cpu, p99;
  std::uint64_t events = 0;
  for (int i = 0; i < kRuns; ++i) {
    app::Replay replay(app::ReplaySource::of(market::Venue::binance));
    const double wall_before = seconds(CLOCK_MONOTONIC);
    const double cpu_before = seconds(CLOCK_PROCESS_CPUTIME_ID);
    for (const Line& line : lines) replay.on_line(line.line);
    cpu.push_back(seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu_before);
    wall.push_back(seconds(CLOCK_MONOTONIC) - wall_before);
    events = events_of(replay);
    p99.push_back(p99_nanoseconds(lines));
  }
  const auto rate = [&](const std::vector<double>& taken) {
    return static_cast<double>(events) / median(taken);
  };
  fmt::print(R"({{"peer":"tickwitness","case":"binance_recording","events_per_s":{:.0f},)"
             R"("cpu_events_per_s":{:.0f},"p99_ns":{:.0f},"events":{},"least":500000}})"
             "\n",
             rate(wall), rate(cpu), median(p99), events);
  return 0;
}

}  // namespace
}  // namespace tickwitness::bench

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "binance_recording: name the files of a recording\n");
    return 64;
  }
  return tickwitness::bench::run({argv + 1, argv + argc});
}
