// HTTP/1.1 messages out of bytes, without I/O: a plain face for Beast's parser, stricter where two
// readings of one message are possible (request smuggling). Internal to net/.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "net/http_message.h"

namespace tickwitness::net {

enum class ParseState : std::uint8_t { need_more, complete, failed };

// One request.
class RequestParser {
 public:
  RequestParser(std::size_t header_bytes_max, std::size_t body_bytes_max);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  // Takes a prefix of `input` of length `consumed`; the caller gives the rest again, with more
  // behind it. Not to be called after complete or failed.
  ParseState feed(std::string_view input, std::size_t& consumed);

  bool started() const;  // a byte of the request was seen
  bool header_done() const;
  bool expects_continue() const;
  // After complete.
  bool keep_alive() const;
  bool http_1_0() const;
  // After failed: 400, 411, 413 or 431, and why.
  int error_status() const;
  const std::string& error() const;
  // After complete, once. Addresses and flags of the connection are left to the caller.
  Request take();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// One response, for the client.
class ResponseParser {
 public:
  ResponseParser(std::size_t header_bytes_max, std::size_t body_bytes_max);
  ~ResponseParser();
  ResponseParser(const ResponseParser&) = delete;
  ResponseParser& operator=(const ResponseParser&) = delete;

  ParseState feed(std::string_view input, std::size_t& consumed);
  // The peer sends no more.
  ParseState finish();
  const std::string& error() const;
  Response take();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tickwitness::net
