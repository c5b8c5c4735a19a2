#include "bench/rivals/cpp/harness.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>

namespace tickwitness::bench {

double median(std::vector<double> samples) {
  const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
  std::ranges::nth_element(samples, middle);
  return *middle;
}

LoopSide::LoopSide(Work work, const Plan& plan) : work_(std::move(work)) {
  // doubled until it is long enough to be scaled, which also warms everything up
  double took = run(operations_);
  while (took < plan.seconds / 4) {
    operations_ *= 2;
    took = run(operations_);
  }
  const auto scale = std::max(1.0, plan.seconds / took * 1.1);
  operations_ = static_cast<std::uint64_t>(std::ceil(static_cast<double>(operations_) * scale));
}

double LoopSide::run(std::uint64_t operations) {
  total_ += operations * work_.threads;
  if (work_.threads == 1) {
    const auto start = Clock::now();
    work_.run(operations, 0);
    return seconds_since(start);
  }
  std::atomic<unsigned> ready = 0;
  std::atomic<bool> go = false;
  std::vector<std::thread> threads;
  threads.reserve(work_.threads);
  for (unsigned i = 0; i < work_.threads; ++i) {
    threads.emplace_back([&, i] {
      ++ready;
      while (!go) std::this_thread::yield();
      work_.run(operations, i);
    });
  }
  while (ready < work_.threads) std::this_thread::yield();
  const auto start = Clock::now();
  go = true;
  for (auto& thread : threads) thread.join();
  return seconds_since(start);
}

void LoopSide::repeat() {
  samples_.push_back(run(operations_) / static_cast<double>(operations_) * 1e9);
}

std::string LoopSide::finish() {
  if (const auto counted = work_.counted(); counted != total_) {
    refuse(work_.peer, fmt::format("{}: {} of {} were counted", work_.name, counted, total_));
  }
  return fmt::format(R"({{"peer":"{}","case":"{}","ns_per_op":{:.4g}}})", work_.peer, work_.name,
                     median(samples_));
}

void ScrapeSide::repeat() {
  const auto start = Clock::now();
  work_.scrape(body_);
  samples_.push_back(seconds_since(start) * 1e3);
}

std::string ScrapeSide::finish() {
  const auto samples = read_samples(body_);
  if (!work_.holds(samples)) {
    refuse(work_.peer, fmt::format("{}: {} lines of samples, sum {}, counts {}", work_.name,
                                   samples.lines, samples.sum, samples.counts));
  }
  return fmt::format(R"({{"peer":"{}","case":"{}","ms":{:.4g},"bytes":{}}})", work_.peer,
                     work_.name, median(samples_), body_.size());
}

void MemorySide::repeat() {
  const auto before = resident_bytes();
  work_.fill(kSeries);
  const auto after = resident_bytes();
  bytes_ = (static_cast<double>(after) - static_cast<double>(before)) / kSeries;
}

std::string MemorySide::finish() {
  std::string body;
  work_.scrape(body);
  const auto samples = read_samples(body);
  if (samples.lines != kSeries) {
    refuse(work_.peer, fmt::format("bytes_per_series: {} series were made", samples.lines));
  }
  return fmt::format(R"({{"peer":"{}","case":"bytes_per_series","bytes":{:.0f}}})", work_.peer,
                     bytes_);
}

}  // namespace tickwitness::bench
