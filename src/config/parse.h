// Text → plain values, strictly: what two programs could read differently is refused. Each error
// quotes the text and shows the right form.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace tickwitness::config {

// Decimal digits, nothing else; no leading zero.
base::Result<std::uint64_t> parse_whole(std::string_view text);
base::Result<bool> parse_bool(std::string_view text);  // true, false
// "30", "0.5": exact to the nanosecond. Above 10^9 s it is 10^9 s.
base::Result<base::Duration> parse_seconds(std::string_view text);
std::string render_seconds(base::Duration duration);
base::Result<std::uint64_t> parse_bytes(std::string_view text);  // "8192", "8KiB", "8MiB"
base::Result<double> parse_fraction(std::string_view text);      // "0.2"; no exponent, finite
// "BTC-USD" or "BTC/USD" → "BTC-USD".
base::Result<std::string> parse_pair(std::string_view text);

// `scheme` "ws": ws:// or wss://, a host, maybe a port; never a user or password, and an error
// never prints one. "http" likewise.
base::Result<void> check_url(std::string_view url, std::string_view scheme);
// Nothing that a shell would expand.
base::Result<void> check_path(std::string_view text);

}  // namespace tickwitness::config
