#include "net/http_parse.h"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <cstdint>

namespace tickwitness::net {
namespace beast = boost::beast;
namespace http = beast::http;
namespace {

Headers headers_of(const http::fields& fields) {
  Headers headers;
  for (const auto& field : fields) {
    headers.push_back({std::string(field.name_string()), std::string(field.value())});
  }
  return headers;
}

int status_of(const boost::system::error_code& error) {
  if (error == http::error::header_limit) return 431;
  if (error == http::error::body_limit) return 413;
  return 400;
}

// Any rest of a chunked body is longer than this (RFC 9112 §7.1: "0\r\n\r\n" at least), and Beast
// 1.81 asserts that it is never asked to go on with less.
constexpr std::size_t kChunkedRestMin = 5;

// Feeds until the header is done, later until the parser wants more than it was given.
template <class Parser>
boost::system::error_code feed_some(Parser& parser, std::string_view input, std::size_t& consumed) {
  boost::system::error_code error;
  const bool header_was_done = parser.is_header_done();
  while (!error && !parser.is_done() && consumed < input.size() &&
         parser.is_header_done() == header_was_done) {
    const std::size_t left = input.size() - consumed;
    if (header_was_done && parser.chunked() && left < kChunkedRestMin) break;
    consumed += parser.put(boost::asio::const_buffer(input.data() + consumed, left), error);
  }
  if (error == http::error::need_more) error = {};
  return error;
}

}  // namespace

struct RequestParser::State {
  http::request_parser<http::string_body> parser;
  std::size_t header_bytes_max;
  std::size_t header_bytes = 0;
  bool started = false;
  int status = 0;
  std::string error;
  Request request;

  ParseState fail(int with_status, std::string why) {
    status = with_status;
    error = std::move(why);
    return ParseState::failed;
  }

  // RFC 9112 §6.3: what a front end could read differently is refused.
  ParseState check_header() {
    const auto& fields = parser.get();
    if (fields.count(http::field::transfer_encoding) > 0) {
      return fail(411, "a body needs a Content-Length here");
    }
    if (fields.count(http::field::content_length) > 1) {
      return fail(400, "more than one Content-Length");
    }
    if (fields.count(http::field::host) > 1) return fail(400, "more than one Host");
    if (fields.version() >= 11 && fields.count(http::field::host) == 0) return fail(400, "no Host");
    return ParseState::need_more;
  }
};

RequestParser::RequestParser(std::size_t header_bytes_max, std::size_t body_bytes_max)
    : state_(std::make_unique<State>()) {
  state_->header_bytes_max = header_bytes_max;
  state_->parser.header_limit(static_cast<std::uint32_t>(header_bytes_max));
  state_->parser.body_limit(body_bytes_max);
}

RequestParser::~RequestParser() = default;

ParseState RequestParser::feed(std::string_view input, std::size_t& consumed) {
  State& state = *state_;
  consumed = 0;
  if (input.empty()) return ParseState::need_more;
  state.started = true;
  if (!state.parser.is_header_done()) {
    const auto error = feed_some(state.parser, input, consumed);
    if (error) return state.fail(status_of(error), error.message());
    state.header_bytes += consumed;
    // Beast limits the request line and the fields each by itself; here they count together.
    const std::size_t waiting = state.parser.is_header_done() ? 0 : input.size() - consumed;
    if (state.header_bytes + waiting > state.header_bytes_max) {
      return state.fail(431, "header too large");
    }
    if (!state.parser.is_header_done()) return ParseState::need_more;
    if (state.check_header() == ParseState::failed) return ParseState::failed;
  }
  const auto error = feed_some(state.parser, input, consumed);
  if (error) return state.fail(status_of(error), error.message());
  if (!state.parser.is_done()) return ParseState::need_more;

  const auto& message = state.parser.get();
  Request& request = state.request;
  request.method = std::string(message.method_string());
  request.head = request.method == "HEAD";
  if (request.head) request.method = "GET";
  request.target = std::string(message.target());
  request.headers = headers_of(message);
  request.body = std::move(state.parser.get().body());
  request.upgrade = beast::websocket::is_upgrade(message);
  if (!parse_target(request.target, request.path, request.query)) {
    return state.fail(400, "bad request target");
  }
  return ParseState::complete;
}

bool RequestParser::started() const {
  return state_->started;
}
bool RequestParser::header_done() const {
  return state_->parser.is_header_done();
}
bool RequestParser::expects_continue() const {
  return header_done() && beast::iequals(state_->parser.get()[http::field::expect], "100-continue");
}
bool RequestParser::keep_alive() const {
  return state_->parser.get().keep_alive();
}
bool RequestParser::http_1_0() const {
  return state_->parser.get().version() == 10;
}
int RequestParser::error_status() const {
  return state_->status;
}
const std::string& RequestParser::error() const {
  return state_->error;
}
Request RequestParser::take() {
  return std::move(state_->request);
}

struct ResponseParser::State {
  http::response_parser<http::string_body> parser;
  std::string error;

  ParseState result(const boost::system::error_code& code) {
    if (code == http::error::body_limit) {
      error = "the answer is larger than the limit";
    } else if (code == http::error::partial_message || code == http::error::end_of_stream) {
      error = "the connection ended within the answer";
    } else if (code) {
      error = "not an HTTP answer: " + code.message();
    }
    if (code) return ParseState::failed;
    return parser.is_done() ? ParseState::complete : ParseState::need_more;
  }
};

ResponseParser::ResponseParser(std::size_t header_bytes_max, std::size_t body_bytes_max)
    : state_(std::make_unique<State>()) {
  state_->parser.header_limit(static_cast<std::uint32_t>(header_bytes_max));
  state_->parser.body_limit(body_bytes_max);
}

ResponseParser::~ResponseParser() = default;

ParseState ResponseParser::feed(std::string_view input, std::size_t& consumed) {
  consumed = 0;
  auto error = feed_some(state_->parser, input, consumed);
  if (!error && state_->parser.is_header_done()) {
    error = feed_some(state_->parser, input, consumed);
  }
  return state_->result(error);
}

ParseState ResponseParser::finish() {
  boost::system::error_code error = http::error::partial_message;
  if (state_->parser.got_some()) state_->parser.put_eof(error);
  return state_->result(error);
}

const std::string& ResponseParser::error() const {
  return state_->error;
}

Response ResponseParser::take() {
  auto message = state_->parser.release();
  return {.status = message.result_int() > 0 ? static_cast<int>(message.result_int()) : 0,
          .headers = headers_of(message),
          .body = std::make_shared<const std::string>(std::move(message.body()))};
}

}  // namespace tickwitness::net
