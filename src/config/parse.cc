#include "config/parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/utf8.h"
#include "config/quote.h"

namespace tickwitness::config {

using base::fail;
using base::Result;

Result<std::uint64_t> parse_whole(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // A leading zero is octal to some programs and not to others.
  const bool ambiguous = text.size() > 1 && text[0] == '0';
  if (error != std::errc() || end != text.data() + text.size() || ambiguous)
    return fail(fmt::format("{} is not a whole number; write digits only", quote(text)));
  return value;
}

Result<std::string> parse_pair(std::string_view text) {
  const auto bad = [&] {
    return fail(fmt::format("{} is not a pair; write it as BTC-USD", quote(text)));
  };
  static constexpr std::size_t kLengthMax = 23;  // market::Symbol holds no more
  const std::size_t at = text.find_first_of("-/");
  if (at == text.npos || at == 0 || at + 1 == text.size() || text.size() > kLengthMax) return bad();
  std::string pair(text);
  pair[at] = '-';
  for (std::size_t i = 0; i < pair.size(); ++i) {
    char& c = pair[i];
    if (c >= 'a' && c <= 'z')
      return fail(fmt::format("{}: pairs are written in capitals, as BTC-USD", quote(text)));
    if (i != at && !((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.')) return bad();
  }
  return pair;
}

Result<bool> parse_bool(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return fail(fmt::format("{} is neither true nor false", quote(text)));
}

// Digits with at most one '.', not more precise than nanoseconds. Through integers: 0.1 s is
// exactly 100 ms.
Result<base::Duration> parse_seconds(std::string_view text) {
  const auto bad = [&] {
    return fail(
        fmt::format("{} is not a number of seconds; write digits only, as 30 or 0.5", quote(text)));
  };
  const std::size_t point = text.find('.');
  const auto whole = parse_whole(text.substr(0, point));
  if (!whole) return bad();
  std::uint64_t nanoseconds = 0;
  if (point != std::string_view::npos) {
    std::string digits(text.substr(point + 1));
    if (digits.empty() || digits.size() > 9) return bad();
    digits.append(9 - digits.size(), '0');
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), nanoseconds);
    if (error != std::errc() || end != digits.data() + digits.size()) return bad();
  }
  static constexpr std::uint64_t kSecondsMax = 1'000'000'000;  // far above any range
  if (*whole > kSecondsMax) return base::Duration(std::chrono::seconds(kSecondsMax));
  return base::Duration(std::chrono::seconds(*whole)) + base::Duration(nanoseconds);
}

std::string render_seconds(base::Duration duration) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(duration);
  const auto rest = (duration - whole).count();
  if (rest == 0) return fmt::format("{}", whole.count());
  std::string digits = fmt::format("{:09}", rest);
  digits.erase(digits.find_last_not_of('0') + 1);
  return fmt::format("{}.{}", whole.count(), digits);
}

// 8388608, 8192KiB or 8MiB.
Result<std::uint64_t> parse_bytes(std::string_view text) {
  std::uint64_t unit = 1;
  if (text.ends_with("KiB")) unit = 1024;
  if (text.ends_with("MiB")) unit = std::uint64_t{1024} * 1024;
  const auto count = parse_whole(unit == 1 ? text : text.substr(0, text.size() - 3));
  if (!count || *count > (std::uint64_t{1} << 40))
    return fail(fmt::format("{} is not a number of bytes; write digits, as 8192, 8KiB or 8MiB",
                            quote(text)));
  return *count * unit;
}

Result<double> parse_fraction(std::string_view text) {
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    return fail(fmt::format("{} is not a number; write digits, as 0.2", quote(text)));
  return value;
}

Result<void> check_url(std::string_view url, std::string_view scheme) {
  const std::size_t end = url.find("://");
  const std::string_view written = url.substr(0, std::min(end, url.size()));
  const bool secure = written.size() == scheme.size() + 1 && written.ends_with('s');
  if (end == url.npos || !written.starts_with(scheme) || (written != scheme && !secure)) {
    return fail(fmt::format("{} is not {} URL; it begins with {}s:// or {}://",
                            url.find('@') == url.npos ? quote(url) : "this",
                            scheme == "ws"     ? "a WebSocket's"
                            : scheme == "http" ? "an HTTP"
                                               : "a Redis",
                            scheme, scheme));
  }
  std::string_view rest = url.substr(end + 3);
  // Never quoted: it would be a password.
  if (rest.find('@') != rest.npos) return fail("a URL with a user or password in it is not taken");
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (!std::ranges::all_of(url, [](char c) { return c > ' ' && c <= '~'; }))
    return fail(fmt::format("{} has a character that no URL has", quote(url)));
  std::string_view host = authority;
  std::string_view port = "443";
  const std::size_t bracket = authority.rfind(']');
  if (const std::size_t colon = authority.rfind(':');
      colon != authority.npos && (bracket == authority.npos || colon > bracket)) {
    host = authority.substr(0, colon);
    port = authority.substr(colon + 1);
  }
  const auto number = parse_whole(port);
  if (!number || *number == 0 || *number > 65535)
    return fail(fmt::format("{} has no port from 1 to 65535", quote(url)));
  if (host.empty() || host == "[]") return fail(fmt::format("{} names no host", quote(url)));
  return {};
}

Result<void> check_path(std::string_view text) {
  // Paths are printed as they are, so they must not be able to begin a line of their own.
  for (std::size_t at = 0; at < text.size();) {
    const base::CodePoint c = base::utf8_at(text, at);
    if (c.bytes == 0 || base::is_deceptive(c.value))
      return fail(fmt::format("{} has a character that no path of ours may have", quote(text)));
    at += c.bytes;
  }
  if (text.starts_with("~"))
    return fail(fmt::format("{}: '~' is not expanded here; write the whole path", quote(text)));
  if (text.find('$') != text.npos)
    return fail(
        fmt::format("{}: variables are not expanded here; write the path, or set it by the "
                    "environment",
                    quote(text)));
  return {};
}

}  // namespace tickwitness::config
