// The demo's own scraper: asks for /metrics once a second as any other would, over HTTP.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http_client.h"
#include "runtime/executor_asio.h"

namespace tickwitness::app {

// On the executor's thread.
class DemoScraper {
 public:
  // `asked`: the scrape was made no sooner.
  using OnScrape = std::function<void(const base::Result<std::string>& text, base::Instant asked)>;

  // `token` goes along with each request, whether it is asked for or not. What a server refuses for
  // having too much to do is not told.
  DemoScraper(runtime::AsioExecutor& executor, std::uint16_t port, std::string_view token,
              OnScrape on_scrape);

  void start();
  // The answer to a request that is under way may still come.
  void stop() { stopped_ = true; }

 private:
  void scrape();
  void on_answer(const base::Result<net::Response>& answer, base::Instant asked);

  runtime::AsioExecutor& executor_;
  runtime::Endpoint endpoint_;
  net::Headers headers_;
  OnScrape on_scrape_;
  net::HttpClient client_;
  std::unique_ptr<runtime::Timer> timer_;
  bool stopped_ = false;
};

}  // namespace tickwitness::app
