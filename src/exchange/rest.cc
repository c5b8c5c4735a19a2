#include "exchange/rest.h"

#include <fmt/format.h>

#include "base/utf8.h"

namespace tickwitness::exchange {

std::string_view to_string(RestEndpoint endpoint) {
  switch (endpoint) {
    case RestEndpoint::trades:
      return "trades";
    case RestEndpoint::quote:
      return "quote";
    case RestEndpoint::book:
      return "book";
    case RestEndpoint::time:
      return "time";
    case RestEndpoint::status:
      return "status";
    case RestEndpoint::instruments:
      return "instruments";
  }
  return "?";
}

std::string_view to_string(RestProblem problem) {
  switch (problem) {
    case RestProblem::none:
      return "none";
    case RestProblem::network:
      return "network";
    case RestProblem::rate_limited:
      return "rate_limited";
    case RestProblem::banned:
      return "banned";
    case RestProblem::location:
      return "location";
    case RestProblem::forbidden:
      return "forbidden";
    case RestProblem::unavailable:
      return "unavailable";
    case RestProblem::unknown_symbol:
      return "unknown_symbol";
    case RestProblem::refused:
      return "refused";
    case RestProblem::malformed:
      return "malformed";
  }
  return "?";
}

std::string plain_text(std::string_view text) {
  constexpr std::size_t kBytesMax = 200;
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const base::CodePoint next = base::utf8_at(text, at);
    const std::size_t bytes = next.bytes == 0 ? 1 : next.bytes;
    if (out.size() + bytes > kBytesMax) break;
    if (next.bytes == 0) {
      out += '?';
    } else if (base::is_deceptive(next.value)) {
      out += ' ';
    } else {
      out += text.substr(at, bytes);
    }
    at += bytes;
  }
  return out;
}

namespace {

bool is_web_page(std::string_view body) {
  const std::size_t first = body.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && body[first] == '<';
}

RestProblem problem_of(int status) {
  switch (status) {
    case 429:
      return RestProblem::rate_limited;
    case 418:
      return RestProblem::banned;
    case 451:
      return RestProblem::location;
    case 401:
    case 403:
      return RestProblem::forbidden;
    default:
      return status >= 500 ? RestProblem::unavailable : RestProblem::refused;
  }
}

std::string_view meaning_of(RestProblem problem) {
  switch (problem) {
    case RestProblem::rate_limited:
      return " asks for fewer requests";
    case RestProblem::banned:
      return " has shut this address out for a while, after too many requests";
    case RestProblem::location:
      return " does not serve the place this machine is in";
    case RestProblem::forbidden:
      return " forbids the request; its edge may distrust this address";
    case RestProblem::unavailable:
      return " is not available";
    default:
      return " refused the request";
  }
}

}  // namespace

std::optional<RestFailure> http_failure(market::Venue venue, const RestAnswer& answer,
                                        std::string_view mirrors) {
  const bool page = is_web_page(answer.body);
  if (answer.status >= 200 && answer.status < 300 && !page) return std::nullopt;
  RestFailure failure{.problem = answer.status >= 200 && answer.status < 300
                                     ? RestProblem::unavailable
                                     : problem_of(answer.status),
                      .detail = {},
                      .retry_after = answer.retry_after};
  failure.detail =
      fmt::format("{}{} (HTTP {}", to_string(venue), meaning_of(failure.problem), answer.status);
  if (page) {
    failure.detail += ", a web page instead of data";
  } else if (!answer.body.empty()) {
    failure.detail += ": " + plain_text(answer.body);
  }
  failure.detail += ")";
  if (failure.problem == RestProblem::location && mirrors.empty()) {
    failure.detail += "; another exchange must be configured here";
  } else if (failure.problem == RestProblem::location) {
    failure.detail += fmt::format("; market data is also at {}", mirrors);
  } else if (failure.problem == RestProblem::forbidden && !mirrors.empty()) {
    failure.detail += fmt::format(
        "; it may not serve the place this machine is in: market data is also at {}", mirrors);
  }
  return failure;
}

}  // namespace tickwitness::exchange
