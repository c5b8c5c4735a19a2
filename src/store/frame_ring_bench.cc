// What the recorder costs the feed: one frame of 200 bytes into the ring. The other side takes them
// out between the measured batches.
#include "store/frame_ring.h"

#include <benchmark/benchmark.h>

#include <string>

namespace tickwitness::store {
namespace {

void push_frame(benchmark::State& state) {
  FrameRing ring(std::size_t{8} << 20);
  const std::string text(200, 'x');
  const Record record{.kind = Record::Kind::frame, .stream = 1, .text = text};
  constexpr std::int64_t kBatch = 8192;
  for (auto _ : state) {
    for (std::int64_t i = 0; i < kBatch; ++i) benchmark::DoNotOptimize(ring.push(record));
    state.PauseTiming();
    while (ring.front() != nullptr) ring.pop();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * kBatch);
  if (ring.lost() != 0) state.SkipWithError("the ring lost frames");
}
BENCHMARK(push_frame);

void push_frame_when_full(benchmark::State& state) {
  FrameRing ring(4096);
  const std::string text(200, 'x');
  const Record record{.kind = Record::Kind::frame, .stream = 1, .text = text};
  while (ring.push(record)) continue;
  for (auto _ : state) benchmark::DoNotOptimize(ring.push(record));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(push_frame_when_full);

}  // namespace
}  // namespace tickwitness::store

BENCHMARK_MAIN();
