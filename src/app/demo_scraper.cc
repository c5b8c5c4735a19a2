#include "app/demo_scraper.h"

#include <fmt/format.h>

#include <utility>

namespace tickwitness::app {
namespace {

constexpr base::Duration kEvery = std::chrono::seconds(1);
constexpr int kTooBusy = 503;

}  // namespace

DemoScraper::DemoScraper(runtime::AsioExecutor& executor, std::uint16_t port,
                         std::string_view token, OnScrape on_scrape)
    : executor_(executor),
      endpoint_{.tls = false, .host = "127.0.0.1", .port = port, .path = "/metrics"},
      headers_{{"Accept", "text/plain;version=0.0.4"},
               {"Authorization", fmt::format("Bearer {}", token)}},
      on_scrape_(std::move(on_scrape)),
      client_(executor),
      timer_(executor.make_timer()) {}

void DemoScraper::start() {
  timer_->arm(executor_.clock().now().mono + kEvery, [this] { scrape(); });
}

void DemoScraper::scrape() {
  if (stopped_) return;
  const base::Instant asked = executor_.clock().now().mono;
  client_.get(endpoint_, headers_, [this, asked](const base::Result<net::Response>& answer) {
    on_answer(answer, asked);
    start();
  });
}

void DemoScraper::on_answer(const base::Result<net::Response>& answer, base::Instant asked) {
  if (!answer) {
    if (!stopped_) on_scrape_(std::unexpected(answer.error()), asked);
  } else if (answer->status == 200) {
    on_scrape_(answer->body ? *answer->body : std::string(), asked);
  } else if (answer->status != kTooBusy) {
    on_scrape_(base::fail(fmt::format("HTTP status {}", answer->status)), asked);
  }
}

}  // namespace tickwitness::app
