#include "net/http_requester.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace tickwitness::net {
namespace {

// Digits only: a Retry-After that is a date is left aside, no venue here sends one.
std::optional<std::uint64_t> number(const Response& response, std::string_view header) {
  const auto text = response.header(header);
  if (!text) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
  return value;
}

runtime::HttpReply reply_of(const Response& response) {
  constexpr std::uint64_t kSecondsMax = 366UL * 24 * 3600;  // beyond it nobody waits
  runtime::HttpReply reply{.status = response.status,
                           .body = response.body ? *response.body : std::string(),
                           .retry_after = {},
                           .used_weight = number(response, "X-MBX-USED-WEIGHT-1M")};
  if (const auto seconds = number(response, "Retry-After")) {
    reply.retry_after = std::chrono::seconds(std::min(*seconds, kSecondsMax));
  }
  return reply;
}

}  // namespace

HttpRequester::HttpRequester(runtime::AsioExecutor& executor, HttpClientLimits limits)
    : executor_(executor), client_(executor, limits) {}

void HttpRequester::get(const runtime::Endpoint& origin, std::string target, OnDone on_done) {
  runtime::Endpoint endpoint = origin;
  endpoint.path = std::move(target);
  client_.get(endpoint, {{"Accept", "application/json"}},
              [this, on_done = std::move(on_done)](base::Result<Response> response) {
                const base::Now now = executor_.clock().now();
                if (!response) return on_done(now, std::unexpected(std::move(response.error())));
                on_done(now, reply_of(*response));
              });
}

}  // namespace tickwitness::net
