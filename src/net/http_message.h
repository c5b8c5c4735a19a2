// Requests and responses of HTTP/1.1 as plain values, for server and client.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tickwitness::net {

struct Header {
  std::string name;
  std::string value;
};
using Headers = std::vector<Header>;

// The first header of that name, case-insensitive.
std::optional<std::string_view> find_header(const Headers& headers, std::string_view name);

struct Request {
  std::string method;  // as sent, but GET for HEAD
  bool head = false;   // HEAD: answer as to GET, the server leaves the body out
  std::string target;  // as sent
  std::string path;    // percent-decoded, without the query; starts with '/'
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order of appearance
  Headers headers;
  std::string body;
  std::string remote_address;  // numeric, without port
  bool loopback = false;       // the peer is this machine
  bool tls = false;
  bool upgrade = false;  // asks for a WebSocket

  std::optional<std::string_view> header(std::string_view name) const {
    return find_header(headers, name);
  }
  // The first parameter of that name; names are case-sensitive.
  std::optional<std::string_view> parameter(std::string_view name) const;
};

// The server adds Date, Content-Length and Connection. A body that is already compressed says so
// with a Content-Encoding header.
struct Response {
  int status = 200;
  Headers headers;
  std::shared_ptr<const std::string> body;  // null: empty

  static Response of(int status, std::string content_type, std::string body);
  // Plain text, a newline added.
  static Response text(int status, std::string_view message);

  std::optional<std::string_view> header(std::string_view name) const {
    return find_header(headers, name);
  }
};

// "Not Found" for 404; "Status" for numbers without a name.
std::string_view reason_phrase(int status);

// Splits a request target into decoded path and query; false when a percent escape is broken or the
// path does not start with '/'.
bool parse_target(std::string_view target, std::string& path,
                  std::vector<std::pair<std::string, std::string>>& query);

}  // namespace tickwitness::net
