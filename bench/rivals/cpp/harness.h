// Cases, timing and self-checks over a peer. A case is a Side for each peer; the sides of one case
// repeat in turn, so that what disturbs the machine disturbs all of them.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/rivals/cpp/workload.h"

namespace tickwitness::bench {

// What a program that counts would keep and call. Handles are cheap to copy; inc() and observe()
// may be called from two threads at once.
template <class P>
concept Peer = std::default_initializable<P> &&
               requires(P peer, const Labels& labels, std::size_t family, double seconds,
                        typename P::Duration duration, std::span<const typename P::Duration> values,
                        std::string& body) {
                 { P::kName } -> std::convertible_to<std::string_view>;
                 // a counter without labels
                 peer.counter().inc();
                 { peer.counter().value() } -> std::same_as<std::uint64_t>;
                 // a histogram without labels over bounds(), and the form in which it takes
                 // durations
                 { P::duration(seconds) } -> std::same_as<typename P::Duration>;
                 peer.histogram().observe(duration);
                 { peer.histogram().count() } -> std::same_as<std::uint64_t>;
                 // finds a series of bench_lookup_total by three texts, as its documentation shows
                 // it
                 peer.find(labels).inc();
                 { peer.find(labels).value() } -> std::same_as<std::uint64_t>;
                 // series to scrape
                 peer.add_counter(family, labels, std::uint64_t{});
                 peer.add_histogram(std::string{}, values);
                 peer.scrape(body);  // in place of what is there, whose memory is used again
               };

// For a client whose labels can be made ready before the lookup.
template <class P>
concept PrebuiltPeer =
    Peer<P> && requires(P peer, const Labels& labels) { peer.find(P::prebuild(labels)).inc(); };

struct Plan {
  int repetitions;
  double seconds;  // of each repetition of the cases in nanoseconds, at least
};
inline constexpr Plan kFull{.repetitions = 7, .seconds = 0.25};
inline constexpr Plan kQuick{.repetitions = 3, .seconds = 0.05};

class Side {
 public:
  Side() = default;
  Side(const Side&) = delete;
  Side& operator=(const Side&) = delete;
  virtual ~Side() = default;
  virtual void repeat() = 0;
  // Ends the program if the peer did not count what it was told; gives a line of JSON.
  virtual std::string finish() = 0;
};

double median(std::vector<double> samples);

using Clock = std::chrono::steady_clock;
inline double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Nanoseconds of one operation, in each of the threads.
class LoopSide : public Side {
 public:
  struct Work {
    std::string peer;
    std::string name;  // of the case
    unsigned threads = 1;
    std::function<void(std::uint64_t operations, unsigned thread)> run;
    std::function<std::uint64_t()> counted;  // must be all operations of all threads
  };
  LoopSide(Work work, const Plan& plan);
  void repeat() override;
  std::string finish() override;

 private:
  double run(std::uint64_t operations);  // seconds

  Work work_;
  std::uint64_t operations_ = 1024;  // a repetition's, in each thread
  std::uint64_t total_ = 0;
  std::vector<double> samples_;
};

// Milliseconds and bytes of one scrape.
class ScrapeSide : public Side {
 public:
  struct Work {
    std::string peer;
    std::string name;
    std::function<void(std::string&)> scrape;
    std::function<bool(const Samples&)> holds;
  };
  explicit ScrapeSide(Work work) : work_(std::move(work)) { work_.scrape(body_); }
  void repeat() override;
  std::string finish() override;

 private:
  Work work_;
  std::string body_;
  std::vector<double> samples_;
};

// Growth of resident memory; once only, in a process that did nothing else.
class MemorySide : public Side {
 public:
  struct Work {
    std::string peer;
    std::function<void(std::size_t series)> fill;
    std::function<void(std::string&)> scrape;
  };
  explicit MemorySide(Work work) : work_(std::move(work)) {}
  void repeat() override;
  std::string finish() override;

 private:
  static constexpr std::size_t kSeries = 1'000'000;
  Work work_;
  double bytes_ = 0;
};

template <Peer P>
void add_counters(P& peer, std::size_t series) {
  for (std::size_t i = 0; i < series; ++i) {
    peer.add_counter(i % kFamilies, labels_of(i / kFamilies), value_of(i));
  }
}

template <Peer P>
std::vector<typename P::Duration> durations_for() {
  std::vector<typename P::Duration> out;
  for (const double seconds : durations()) out.push_back(P::duration(seconds));
  return out;
}

template <Peer P>
std::unique_ptr<Side> inc(const std::string& name, unsigned threads, const Plan& plan) {
  const auto peer = std::make_shared<P>();
  return std::make_unique<LoopSide>(
      LoopSide::Work{.peer = std::string(P::kName),
                     .name = name,
                     .threads = threads,
                     .run =
                         [peer](std::uint64_t operations, unsigned /*thread*/) {
                           auto counter = peer->counter();
                           for (; operations > 0; --operations) counter.inc();
                         },
                     .counted = [peer] { return peer->counter().value(); }},
      plan);
}

template <Peer P>
std::unique_ptr<Side> observe(const std::string& name, unsigned threads, const Plan& plan) {
  const auto peer = std::make_shared<P>();
  return std::make_unique<LoopSide>(
      LoopSide::Work{
          .peer = std::string(P::kName),
          .name = name,
          .threads = threads,
          .run =
              [peer, values = durations_for<P>()](std::uint64_t operations, unsigned thread) {
                auto histogram = peer->histogram();
                std::size_t at = thread * kDurations / 2;  // threads are out of step
                for (; operations > 0; --operations) {
                  histogram.observe(values[at++ & (kDurations - 1)]);
                }
              },
          .counted = [peer] { return peer->histogram().count(); }},
      plan);
}

// `keys` are what the peer's find() is given, in the shuffled order.
template <Peer P, class Key>
std::unique_ptr<Side> lookup(const std::string& name, std::vector<Key> keys, const Plan& plan) {
  const auto peer = std::make_shared<P>();
  const auto shared = std::make_shared<const std::vector<Key>>(std::move(keys));
  for (const auto& key : *shared) peer->find(key);  // the series exist
  return std::make_unique<LoopSide>(
      LoopSide::Work{.peer = std::string(P::kName),
                     .name = name,
                     .run =
                         [peer, shared](std::uint64_t operations, unsigned /*thread*/) {
                           auto& finder = *peer;
                           const auto& in_order = *shared;
                           std::size_t at = 0;
                           for (; operations > 0; --operations) {
                             finder.find(in_order[at]).inc();
                             if (++at == kLookupSeries) at = 0;
                           }
                         },
                     .counted =
                         [peer, shared] {
                           std::vector<std::uint64_t> counts;
                           for (const auto& key : *shared) {
                             counts.push_back(peer->find(key).value());
                           }
                           return sum_if_even(counts);
                         }},
      plan);
}

template <Peer P>
std::unique_ptr<Side> scrape_counters(const std::string& name, std::size_t series) {
  const auto peer = std::make_shared<P>();
  add_counters(*peer, series);
  return std::make_unique<ScrapeSide>(
      ScrapeSide::Work{.peer = std::string(P::kName),
                       .name = name,
                       .scrape = [peer](std::string& body) { peer->scrape(body); },
                       .holds =
                           [series](const Samples& samples) {
                             std::uint64_t sum = 0;
                             for (std::size_t i = 0; i < series; ++i) sum += value_of(i);
                             return samples.lines == series && samples.sum == sum;
                           }});
}

template <Peer P>
std::unique_ptr<Side> scrape_histograms(const std::string& name) {
  const auto peer = std::make_shared<P>();
  const auto values = durations_for<P>();
  for (std::size_t i = 0; i < kHistograms; ++i) {
    std::vector<typename P::Duration> own;
    for (std::size_t n = 0; n < kObservationsEach; ++n) {
      own.push_back(values[(i * kObservationsEach + n) & (kDurations - 1)]);
    }
    peer->add_histogram(symbol_of(i), own);
  }
  return std::make_unique<ScrapeSide>(
      ScrapeSide::Work{.peer = std::string(P::kName),
                       .name = name,
                       .scrape = [peer](std::string& body) { peer->scrape(body); },
                       .holds =
                           [](const Samples& samples) {
                             // each bound, +Inf, _sum and _count
                             return samples.lines == kHistograms * (bounds().size() + 3) &&
                                    samples.counts == kHistograms * kObservationsEach;
                           }});
}

template <Peer P>
std::unique_ptr<Side> memory() {
  const auto peer = std::make_shared<P>();
  return std::make_unique<MemorySide>(
      MemorySide::Work{.peer = std::string(P::kName),
                       .fill = [peer](std::size_t series) { add_counters(*peer, series); },
                       .scrape = [peer](std::string& body) { peer->scrape(body); }});
}

// Null if the peer has no such case.
template <Peer P>
std::unique_ptr<Side> make_side(const std::string& name, const Plan& plan) {
  if (name == "inc1") return inc<P>(name, 1, plan);
  if (name == "inc2") return inc<P>(name, 2, plan);
  if (name == "observe1") return observe<P>(name, 1, plan);
  if (name == "observe2") return observe<P>(name, 2, plan);
  if (name == "lookup_inc") return lookup<P>(name, shuffled_series(), plan);
  if constexpr (PrebuiltPeer<P>) {
    if (name == "lookup_inc_prebuilt") {
      std::vector<decltype(P::prebuild(Labels{}))> keys;
      for (const auto& labels : shuffled_series()) keys.push_back(P::prebuild(labels));
      return lookup<P>(name, std::move(keys), plan);
    }
  }
  if (name == "scrape_counters_100k") return scrape_counters<P>(name, 100'000);
  if (name == "scrape_1m") return scrape_counters<P>(name, 1'000'000);
  if (name == "scrape_histograms_10k") return scrape_histograms<P>(name);
  if (name == "bytes_per_series") return memory<P>();
  return nullptr;
}

}  // namespace tickwitness::bench
