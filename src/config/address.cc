// Addresses to listen on: reading, printing, and whether only this machine reaches them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "config/parse.h"
#include "config/quote.h"
#include "config/settings.h"
#include "config/values.h"

namespace tickwitness::config {
namespace {

using Ipv6 = std::array<std::uint16_t, 8>;

std::optional<std::array<std::uint8_t, 4>> parse_ipv4(std::string_view text) {
  std::array<std::uint8_t, 4> out{};
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t end = i == 3 ? text.size() : text.find('.');
    if (end == text.npos) return std::nullopt;
    const auto part = parse_whole(text.substr(0, end));
    if (!part || *part > 255) return std::nullopt;
    out[i] = static_cast<std::uint8_t>(*part);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return text.empty() ? std::optional(out) : std::nullopt;
}

// One side of "::": groups of up to four hexadecimal digits, the last one maybe an IPv4 address.
bool parse_groups(std::string_view text, std::vector<std::uint16_t>& out) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(':'), text.size());
    const std::string_view group = text.substr(0, end);
    if (end == text.size() && group.find('.') != group.npos) {
      const auto v4 = parse_ipv4(group);
      if (!v4) return false;
      out.push_back(static_cast<std::uint16_t>((*v4)[0] << 8 | (*v4)[1]));
      out.push_back(static_cast<std::uint16_t>((*v4)[2] << 8 | (*v4)[3]));
      return true;
    }
    if (group.empty() || group.size() > 4) return false;
    unsigned value = 0;
    for (const char c : group) {
      const bool letter = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
      if (!letter && !(c >= '0' && c <= '9')) return false;
      value = value << 4 | static_cast<unsigned>(letter ? (c & 7) + 9 : c - '0');
    }
    out.push_back(static_cast<std::uint16_t>(value));
    if (end + 1 == text.size()) return false;  // a colon with nothing behind it
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return true;
}

// RFC 4291 section 2.2, without zone.
std::optional<Ipv6> parse_ipv6(std::string_view text) {
  const std::size_t gap = text.find("::");
  std::vector<std::uint16_t> head, tail;
  const bool good = gap == text.npos ? parse_groups(text, head) && head.size() == 8
                                     : parse_groups(text.substr(0, gap), head) &&
                                           parse_groups(text.substr(gap + 2), tail) &&
                                           head.size() + tail.size() < 8;
  if (!good) return std::nullopt;
  Ipv6 out{};
  std::copy(head.begin(), head.end(), out.begin());
  std::copy(tail.rbegin(), tail.rend(), out.rbegin());
  return out;
}

}  // namespace

base::Result<Address> parse_address(std::string_view text) {
  const auto bad = [&](std::string_view why) {
    return base::fail(fmt::format("{} {}; write address:port, as 127.0.0.1:8000 or [::1]:8000",
                                  quote(text), why));
  };
  const std::size_t colon = text.rfind(':');
  if (colon == text.npos) return bad("has no port");
  const auto port = parse_whole(text.substr(colon + 1));
  if (!port || *port > 65535) return bad("has no port from 0 to 65535");
  std::string_view host = text.substr(0, colon);
  if (host.empty()) return bad("has no address (0.0.0.0 means all of them)");
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  const bool good = bracketed ? parse_ipv6(host).has_value()
                              : host == "localhost" || parse_ipv4(host).has_value();
  if (!good)
    return bad(parse_ipv6(host) ? "needs its IPv6 address in brackets" : "is no numeric address");
  return Address{std::string(host), static_cast<std::uint16_t>(*port)};
}

bool Address::is_loopback() const {
  if (host == "localhost") return true;
  if (const auto v4 = parse_ipv4(host)) return (*v4)[0] == 127;
  const auto v6 = parse_ipv6(host);
  if (!v6) return false;
  if (*v6 == Ipv6{0, 0, 0, 0, 0, 0, 0, 1}) return true;
  // ::ffff:127.0.0.1
  const bool mapped = std::equal(v6->begin(), v6->begin() + 6, Ipv6{0, 0, 0, 0, 0, 0xffff}.begin());
  return mapped && (*v6)[6] >> 8 == 127;
}

std::string Address::str() const {
  return host.find(':') == host.npos ? fmt::format("{}:{}", host, port)
                                     : fmt::format("[{}]:{}", host, port);
}

}  // namespace tickwitness::config
