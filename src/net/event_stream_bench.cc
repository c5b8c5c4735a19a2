// One publish to many clients on one core: from publish() until the kernel has every client's
// bytes; `bytes` is what a client costs on the heap.
#include "net/event_stream.h"

#include <benchmark/benchmark.h>
#include <malloc.h>
#include <sys/resource.h>

#include <memory>
#include <vector>

#include "net/testing.h"

namespace tickwitness::net {
namespace {

// The size of a kraken_metrics event with a handful of pairs.
constexpr std::size_t kEventBytes = 600;

bool allow_files(std::size_t count) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur >= count;
}

void publish_until_the_last(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  if (!allow_files(2 * count + 100)) {
    state.SkipWithError("too few file descriptors; raise ulimit -Hn");
    return;
  }
  testing::Loop loop;
  EventTopic topic(loop.executor, {});
  HttpServer server(
      loop.executor, {.streams_max = count},
      [&](const Request& request, const Responder& to) { topic.accept(request, to); });
  const std::uint16_t port = *server.listen({});
  std::vector<std::unique_ptr<testing::RawSocket>> clients;
  clients.reserve(count);
  const std::size_t before = mallinfo2().uordblks;
  while (clients.size() < count) {
    clients.push_back(std::make_unique<testing::RawSocket>(port));
    clients.back()->send("GET /sse HTTP/1.1\r\nHost: h\r\n\r\n");
    if (!loop.until([&] { return topic.counts().clients == clients.size(); })) {
      state.SkipWithError("a client did not get its stream");
      return;
    }
  }
  loop.drain();
  state.counters["bytes"] = static_cast<double>((mallinfo2().uordblks - before) / count);

  const auto event = std::make_shared<const std::string>(kEventBytes, 'x');
  std::uint64_t written = topic.counts().chunks_written;
  for (auto _ : state) {
    const base::Instant start = loop.executor.clock().now().mono;
    topic.publish(event);
    written += count;
    while (topic.counts().chunks_written < written) loop.executor.run_one_for({});
    const base::Duration taken = loop.executor.clock().now().mono - start;
    state.SetIterationTime(base::seconds(taken));
    for (const auto& client : clients) client->skip();
  }
}
BENCHMARK(publish_until_the_last)
    ->Name("sse_publish_to_clients")
    ->Arg(100)
    ->Arg(1000)
    ->Arg(5000)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tickwitness::net

BENCHMARK_MAIN();
