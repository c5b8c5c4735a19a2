#include "runtime/message_channel.h"

#include <fmt/format.h>

#include <charconv>

namespace tickwitness::runtime {
namespace {

// Printable ASCII without what a request line or an address cannot hold.
bool plain(std::string_view text, std::string_view excluded) {
  for (const char c : text) {
    if (c <= ' ' || c >= '\x7f' || excluded.contains(c)) return false;
  }
  return true;
}

base::Result<std::uint16_t> parse_port(std::string_view url, std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) {
    return base::fail(fmt::format("{}: port '{}' is not a number from 1 to 65535", url, text));
  }
  return port;
}

// "host", "host:port", "[::1]:port"; brackets are not part of the host.
base::Result<void> parse_authority(std::string_view url, std::string_view authority,
                                   Endpoint& endpoint) {
  std::string_view rest;
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) {
      return base::fail(fmt::format("{}: '[' of an IPv6 address without ']'", url));
    }
    endpoint.host = authority.substr(1, close - 1);
    rest = authority.substr(close + 1);
    if (!rest.empty() && !rest.starts_with(':')) {
      return base::fail(fmt::format("{}: '{}' after the address, expected ':port'", url, rest));
    }
  } else {
    const std::size_t colon = authority.find(':');
    endpoint.host = authority.substr(0, colon);
    if (colon != std::string_view::npos) rest = authority.substr(colon);
  }
  if (endpoint.host.empty()) return base::fail(fmt::format("{}: no host", url));
  if (!plain(endpoint.host, "@/\\[]%\"<>")) {
    return base::fail(
        fmt::format("{}: host '{}' holds a character that hosts do not", url, endpoint.host));
  }
  if (rest.empty()) return {};
  auto port = parse_port(url, rest.substr(1));
  if (!port) return std::unexpected(port.error());
  endpoint.port = *port;
  return {};
}

}  // namespace

base::Result<Endpoint> parse_endpoint(std::string_view url) {
  Endpoint endpoint;
  std::string_view rest = url;
  if (rest.starts_with("wss://")) {
    rest.remove_prefix(6);
  } else if (rest.starts_with("ws://")) {
    rest.remove_prefix(5);
    endpoint.tls = false;
    endpoint.port = 80;
  } else {
    return base::fail(fmt::format("'{}' is no WebSocket address: wss://host[:port][/path]", url));
  }
  const std::size_t slash = rest.find_first_of("/?#");
  const auto parsed = parse_authority(url, rest.substr(0, slash), endpoint);
  if (!parsed) return std::unexpected(parsed.error());
  if (slash != std::string_view::npos) {
    endpoint.path = rest.substr(slash);
    if (endpoint.path.starts_with('?')) endpoint.path.insert(0, 1, '/');
  }
  if (endpoint.path.contains('#')) {
    return base::fail(fmt::format("{}: a WebSocket address has no #fragment", url));
  }
  if (!plain(endpoint.path, "\"<>")) {
    return base::fail(
        fmt::format("{}: the path holds a space, a quote or a byte that must be "
                    "percent-encoded",
                    url));
  }
  return endpoint;
}

std::string to_string(const Endpoint& endpoint) {
  const bool usual = endpoint.port == (endpoint.tls ? 443 : 80);
  const bool v6 = endpoint.host.contains(':');
  return fmt::format("{}://{}{}{}{}{}", endpoint.tls ? "wss" : "ws", v6 ? "[" : "", endpoint.host,
                     v6 ? "]" : "", usual ? "" : fmt::format(":{}", endpoint.port), endpoint.path);
}

std::string_view to_string(CloseReason reason) {
  switch (reason) {
    case CloseReason::local:
      return "local";
    case CloseReason::remote:
      return "remote";
    case CloseReason::reset:
      return "reset";
    case CloseReason::refused:
      return "refused";
    case CloseReason::resolve:
      return "resolve";
    case CloseReason::tls:
      return "tls";
    case CloseReason::upgrade:
      return "upgrade";
    case CloseReason::timeout:
      return "timeout";
    case CloseReason::oversize:
      return "oversize";
    case CloseReason::protocol:
      return "protocol";
  }
  return "unknown";
}

}  // namespace tickwitness::runtime
