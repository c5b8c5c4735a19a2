#include <tickwitness/telemetry.h>

#include <iostream>

using namespace std::chrono_literals;

int main() {
  tickwitness::telemetry::core::Registry registry;
  const auto requests = registry.counter("requests_total", "Answered.", {"method", "code"});
  const auto queue = registry.gauge("queue_length", "Requests that wait.").at();
  const auto took = registry.histogram("request_seconds", "Until answered.", {1ms, 10ms}).at();

  const auto good = requests.at("GET", "200");  // once, and keep it
  for (const auto duration : {400us, 3000us, 25000us}) {
    good.inc();
    took.observe(duration);
  }
  requests.at("POST", "503").inc();
  queue.set(2);

  std::cout << tickwitness::telemetry::core::render(registry);
}
