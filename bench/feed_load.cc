// A feed at a fixed rate.
//   feed_load serve RATE            an exchange for `tickwitness run`; prints its port, ends when
//                                   its standard input does
//   feed_load delay RATE SECONDS    the whole product on that feed in this process; prints from
//                                   the write to the socket until the counters show each event

#include <fmt/format.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <thread>

#include "app/product.h"
#include "bench/load_exchange.h"
#include "telemetry/read.h"

namespace tickwitness::bench {
namespace {

constexpr auto kLook = std::chrono::microseconds(20);  // adds as much to a delay at most
constexpr base::Duration kGiveUp = std::chrono::seconds(20);

int complain(std::string_view what) {
  fmt::print(stderr, "feed_load: {}\n", what);
  return EXIT_FAILURE;
}

int serve(std::uint32_t rate) {
  runtime::AsioExecutor executor;
  LoadExchange exchange(executor, rate, 0);
  const auto port = exchange.listen();
  if (!port) return complain(port.error().message);
  fmt::print("{}\n", *port);
  std::fflush(stdout);
  std::thread until_closed([&] {
    char byte = 0;
    while (::read(STDIN_FILENO, &byte, 1) > 0) continue;
    executor.stop();
  });
  executor.run();
  until_closed.join();
  return EXIT_SUCCESS;
}

config::Settings settings_for(std::uint16_t port) {
  config::Settings settings;
  settings.listen = {{"127.0.0.1", 0}};
  settings.kraken.url = fmt::format("ws://127.0.0.1:{}/v2", port);
  const std::vector<std::string> pairs = {"BTC-USD", "ETH-USD"};
  settings.kraken.streams = {{config::Stream::trade, pairs, {}},
                             {config::Stream::spread, pairs, {}}};
  return settings;
}

// Looks at the counter of processed events until it has shown all of them; gives each one's delay.
std::vector<base::Duration> watch(const LoadExchange& exchange, app::Product& product,
                                  std::size_t events, const runtime::Clock& clock) {
  const telemetry::Counter shown = product.metrics().pipeline_ticks_processed.at();
  std::vector<base::Duration> delays;
  delays.reserve(events);
  base::Instant progress = clock.now().mono;
  while (delays.size() < events) {
    const std::uint64_t count = shown.value();
    const base::Instant now = clock.now().mono;
    if (count > delays.size()) progress = now;
    if (now - progress > kGiveUp) break;
    while (delays.size() < std::min<std::uint64_t>(count, events)) {
      delays.push_back(now - exchange.sent_at(delays.size()));
    }
    std::this_thread::sleep_for(kLook);
  }
  return delays;
}

double milliseconds(base::Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

double quantile(std::vector<base::Duration> delays, double q) {
  std::ranges::sort(delays);
  const auto rank = static_cast<std::size_t>(q * static_cast<double>(delays.size()));
  return milliseconds(delays[std::min(rank, delays.size() - 1)]);
}

// The first second warms up and does not count. The quietest second tells what the product does
// from what else the machine does.
int report(std::vector<base::Duration> delays, std::uint32_t rate, std::size_t events) {
  if (delays.size() < events) {
    return complain(fmt::format("only {} of {} events arrived", delays.size(), events));
  }
  delays.erase(delays.begin(), delays.begin() + rate);
  double quietest = quantile({delays.begin(), delays.begin() + rate}, 0.99);
  for (std::size_t second = rate; second + rate <= delays.size(); second += rate) {
    const auto begin = delays.begin() + static_cast<std::ptrdiff_t>(second);
    quietest = std::min(quietest, quantile({begin, begin + rate}, 0.99));
  }
  const auto line = [&](std::string_view name, double value, std::string_view limit) {
    fmt::print(R"({{"peer":"tickwitness","case":"socket_to_metric_{}_per_s_{}","ms":{:.4f}{}}})"
               "\n",
               rate, name, value, limit);
  };
  line("p50", quantile(delays, 0.5), "");
  line("p99", quantile(delays, 0.99), R"(,"limit":1)");
  line("p99_quietest_second", quietest, R"(,"limit":1)");
  return EXIT_SUCCESS;
}

int delay(std::uint32_t rate, std::size_t seconds) {
  const std::size_t events = rate * seconds;
  runtime::AsioExecutor exchange_executor;
  LoadExchange exchange(exchange_executor, rate, events);
  const auto port = exchange.listen();
  if (!port) return complain(port.error().message);
  std::thread exchange_thread([&] { exchange_executor.run(); });

  runtime::AsioExecutor executor;
  runtime::Log log(executor.clock(), base::LogFormat::logfmt, {},
                   runtime::Log::to_descriptor(STDERR_FILENO));
  serve::ProcessInfo process{.mode = "run", .started = executor.clock().now(), .cores = 1};
  auto product = app::Product::make(settings_for(*port), process, 1, executor, log);
  int code = EXIT_FAILURE;
  if (!product) {
    complain(product.error().message);
  } else if (const auto ports = (*product)->start(); !ports) {
    complain(ports.error().message);
  } else {
    std::vector<base::Duration> delays;
    std::thread watcher([&] {
      prctl(PR_SET_TIMERSLACK, 1);  // of this thread: sleeps as short as asked for
      delays = watch(exchange, **product, events, executor.clock());
      executor.post([&] { (*product)->stop([&] { executor.stop(); }); });
    });
    executor.run();
    watcher.join();
    code = report(std::move(delays), rate, events);
  }
  exchange_executor.stop();
  exchange_thread.join();
  return code;
}

}  // namespace
}  // namespace tickwitness::bench

int main(int argc, char** argv) {
  using namespace tickwitness::bench;
  const std::string_view what = argc > 1 ? argv[1] : "";
  const auto number = [&](int i) {
    return static_cast<std::uint32_t>(argc > i ? std::atoi(argv[i]) : 0);
  };
  if (what == "serve" && number(2) > 0) return serve(number(2));
  if (what == "delay" && number(2) > 0 && number(3) > 1) return delay(number(2), number(3));
  return complain("use: feed_load serve RATE | feed_load delay RATE SECONDS");
}
