#include "serve/access.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace tickwitness::serve {
namespace {

// RFC 4648; nothing when a character is not of the alphabet.
std::optional<std::string> decode_base64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    std::uint32_t value = 0;
    if (c >= 'A' && c <= 'Z') {
      value = static_cast<std::uint32_t>(c - 'A');
    } else if (c >= 'a' && c <= 'z') {
      value = static_cast<std::uint32_t>(c - 'a') + 26;
    } else if (c >= '0' && c <= '9') {
      value = static_cast<std::uint32_t>(c - '0') + 52;
    } else if (c == '+' || c == '/') {
      value = c == '+' ? 62 : 63;
    } else {
      return std::nullopt;
    }
    bits = bits << 6 | value;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out.push_back(static_cast<char>(bits >> count & 0xFF));
  }
  return out;
}

// "localhost:8000" → "localhost", "[::1]:8000" → "[::1]".
std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

bool is_loopback_name(std::string_view host) {
  const std::string_view name = without_port(host);
  // Only a numeric address: 127.example.com is a name that anybody may point here.
  const bool numeric = name.find_first_not_of("0123456789.") == std::string_view::npos;
  return name == "localhost" || name == "[::1]" || (numeric && name.starts_with("127."));
}

}  // namespace

bool has_token(const net::Request& request, const base::Secret& token) {
  constexpr std::string_view kBearer = "Bearer ";
  constexpr std::string_view kBasic = "Basic ";
  const auto header = request.header("Authorization");
  if (!header) return false;
  if (header->starts_with(kBearer)) return token.matches(header->substr(kBearer.size()));
  if (!header->starts_with(kBasic)) return false;
  const auto pair = decode_base64(header->substr(kBasic.size()));
  const std::size_t colon = pair ? pair->find(':') : std::string::npos;
  return colon != std::string::npos && token.matches(std::string_view(*pair).substr(colon + 1));
}

bool is_own_host(const net::Request& request) {
  const auto host = request.header("Host");
  if (host && !is_loopback_name(*host)) return false;
  const auto origin = request.header("Origin");
  if (!origin || !request.upgrade) return true;
  const std::size_t scheme = origin->find("://");
  return scheme != std::string_view::npos && host && origin->substr(scheme + 3) == *host;
}

}  // namespace tickwitness::serve
