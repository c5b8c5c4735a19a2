// Rules between settings, and the files that settings name.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <set>
#include <string>

#include "config/exchanges.h"
#include "config/loading.h"
#include "config/values.h"

namespace tickwitness::config {
namespace {

constexpr std::string_view kAnyV4 = "0.0.0.0";
constexpr std::string_view kAnyV6 = "::";

std::string path_of(const ExchangeKind& kind, std::string_view word) {
  return fmt::format("exchanges.{}.{}", kind.key, word);
}

bool same_family(const Address& a, const Address& b) {
  return (a.host.find(':') == a.host.npos) == (b.host.find(':') == b.host.npos);
}

// "::" takes IPv4 as well (Linux, unless told otherwise).
bool clash(const Address& a, const Address& b) {
  if (a.port != b.port || a.port == 0) return false;
  if (a.host == b.host || a.host == kAnyV6 || b.host == kAnyV6) return true;
  const bool localhost = a.host == "localhost" || b.host == "localhost";
  if (localhost && (a.is_loopback() || a.host == kAnyV4) && (b.is_loopback() || b.host == kAnyV4))
    return true;
  return same_family(a, b) && (a.host == kAnyV4 || b.host == kAnyV4);
}

void check_listen(Loading& loading) {
  const Settings& s = loading.out.settings;
  if (s.listen.empty())
    loading.problem("listen", "listen is empty; name at least one address, as 127.0.0.1:8000");
  for (std::size_t i = 0; i < s.listen.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (clash(s.listen[j], s.listen[i]))
        loading.problem("listen", fmt::format("listen: {} and {} cannot both be bound",
                                              s.listen[j].str(), s.listen[i].str()));
}

// What others can reach needs encryption, or the word that none is meant, and a token.
void check_exposure(Loading& loading) {
  const Settings& s = loading.out.settings;
  const auto open = std::ranges::find_if_not(s.listen, &Address::is_loopback);
  if (open == s.listen.end()) return;
  if (!s.tls.enabled() && !s.insecure)
    loading.problem("listen",
                    fmt::format("listen: {} can be reached from other machines; set "
                                "tls.certificate_file and tls.key_file, or insecure: true if plain "
                                "HTTP is meant",
                                open->str()));
  const bool token_named = !s.auth_token_file.empty() || loading.sources.contains("auth.token");
  if (s.auth_token.empty() && !token_named)
    loading.problem("listen",
                    fmt::format("listen: {} can be reached from other machines; set "
                                "auth.token_file, or the variable TICKWITNESS_AUTH_TOKEN: all but "
                                "/health then asks for that token",
                                open->str()));
}

void check_tls(Loading& loading) {
  const Settings& s = loading.out.settings;
  if (s.tls.certificate_file.empty() != s.tls.key_file.empty())
    loading.problem(s.tls.key_file.empty() ? "tls.certificate_file" : "tls.key_file",
                    "tls.certificate_file and tls.key_file belong together; set both or none");
  if (s.insecure && s.tls.enabled())
    loading.warning("insecure", "insecure has no effect: tls is set, and all addresses use it");
}

// What one exchange left out must not be filled with the trades of another: the default goes with
// the default.
void pair_addresses(Loading& loading, const ExchangeKind& kind) {
  Exchange& exchange = kind.at(loading.out.settings);
  const Settings untouched;
  const std::string url = path_of(kind, "url");
  const bool rest_set = loading.sources.contains(path_of(kind, "rest_url"));
  if (exchange.url == kind.in(untouched).url || rest_set) return;
  exchange.rest_url.clear();
  loading.warning(url, fmt::format("{} is an address of its own, and {} is not set beside it: gaps "
                                   "are not filled and silence is not checked",
                                   url, path_of(kind, "rest_url")));
}

// `url` is a good one; `port` goes without saying.
bool is_loopback_url(std::string_view url, std::uint16_t port) {
  std::string_view host = url.substr(url.find("://") + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  const bool told = host.rfind(':') != host.npos && !host.ends_with(']');
  const auto address = parse_address(told ? std::string(host) : fmt::format("{}:{}", host, port));
  return address && address->is_loopback();
}

void check_encryption(Loading& loading, const ExchangeKind& kind) {
  const Exchange& exchange = kind.in(loading.out.settings);
  if (!exchange.url.starts_with("ws://")) return;
  const std::string url = path_of(kind, "url");
  const std::string ca_file = path_of(kind, "ca_file");
  if (!exchange.ca_file.empty())
    loading.warning(ca_file, fmt::format("{} has no effect: {} is not wss://", ca_file, url));
  if (!is_loopback_url(exchange.url, 80))
    loading.warning(url, fmt::format("{} is not encrypted: anybody on the way can change what "
                                     "the exchange says; use wss://",
                                     url));
}

void check_exchange(Loading& loading, const ExchangeKind& kind) {
  const Exchange& exchange = kind.in(loading.out.settings);
  if (exchange.backoff.first > exchange.backoff.max)
    loading.problem(
        path_of(kind, "backoff.first_seconds"),
        fmt::format("exchanges.{}.backoff: first_seconds is more than max_seconds", kind.key));
  const bool offered = kind.depths.empty() ||
                       std::ranges::find(kind.depths, exchange.book_depth) != kind.depths.end();
  if (!offered)
    loading.problem(
        path_of(kind, "book_depth"),
        fmt::format("exchanges.{}.book_depth: {} is not a depth that {} offers: {} or {}", kind.key,
                    exchange.book_depth, kind.name,
                    fmt::join(kind.depths.begin(), kind.depths.end() - 1, ", "),
                    kind.depths.back()));
  constexpr base::Duration kMaxAgeLeast = std::chrono::seconds(60);
  if (exchange.max_age > base::Duration::zero() && exchange.max_age < kMaxAgeLeast)
    loading.problem(path_of(kind, "max_age_seconds"),
                    fmt::format("exchanges.{}.max_age_seconds: a connection needs at least 60 "
                                "seconds; 0 replaces none for its age",
                                kind.key));
  if (!kind.heartbeat && exchange.link_timeout <= exchange.ping_interval)
    loading.problem(path_of(kind, "link_timeout_seconds"),
                    fmt::format("exchanges.{}: link_timeout_seconds must be more than "
                                "ping_interval_seconds: a quiet connection hears nothing else",
                                kind.key));
  if (!exchange.enabled) return;  // where nobody goes, nothing is amiss
  pair_addresses(loading, kind);
  check_encryption(loading, kind);
}

void check_exchanges(Loading& loading) {
  std::set<std::string_view> pairs;
  bool any = false;
  for (const ExchangeKind& kind : exchange_kinds()) {
    check_exchange(loading, kind);
    const Exchange& exchange = kind.in(loading.out.settings);
    if (!exchange.enabled) continue;
    any = true;
    std::set<std::string_view> own;
    for (const auto& stream : exchange.streams)
      own.insert(stream.pairs.begin(), stream.pairs.end());
    if (own.size() > kPairsMax) return;  // was told where they stand
    pairs.insert(own.begin(), own.end());
  }
  if (!any) loading.problem("exchanges.kraken.enabled", "no exchange is enabled");
  if (pairs.size() > kPairsMax)
    loading.problem(loading.main_file, Place{},
                    fmt::format("{} pairs over all exchanges; one engine follows at most {}",
                                pairs.size(), kPairsMax));
}

void check_sizes(Loading& loading) {
  const Settings& s = loading.out.settings;
  if (!std::has_single_bit(s.pipeline.ring_capacity))
    loading.problem("pipeline.ring_capacity",
                    fmt::format("pipeline.ring_capacity: {} is no power of two; {} is",
                                s.pipeline.ring_capacity, std::bit_ceil(s.pipeline.ring_capacity)));
  if (s.recorder.file_bytes > s.recorder.total_bytes)
    loading.problem("recorder.file_bytes",
                    "recorder.file_bytes is more than recorder.total_bytes, which is for all "
                    "recordings together");
  if (2 * s.store.spool_segment_bytes > s.store.spool_total_bytes)
    loading.problem("store.spool_segment_bytes",
                    "store.spool_segment_bytes is more than half of store.spool_total_bytes, which "
                    "has to hold two segments at least");
}

// The secret that a file named by this field holds; null: it holds none.
const Field* secret_in(const Field& file) {
  const auto found = std::ranges::find_if(fields(), [&](const Field& field) {
    return std::holds_alternative<base::Secret*>(type_of(field)) &&
           file.path == fmt::format("{}_file", field.path);
  });
  return found == fields().end() ? nullptr : &*found;
}

// A secret that was written where the name of its file belongs must not be printed either.
std::string unreadable(const Field& field, const std::string& path, std::string_view why) {
  const std::string_view name = std::string_view(path).substr(path.rfind('/') + 1);
  const Field* const secret = secret_in(field);
  const bool perhaps_itself = secret != nullptr &&
                              static_cast<double>(name.size()) >= secret->min &&
                              name.find('.') == name.npos;
  if (perhaps_itself)
    return fmt::format(
        "{} names a file that cannot be read: {} (the name is not shown, in case "
        "it is the {} itself; that belongs in a file)",
        field.path, why, secret->path.substr(secret->path.rfind('.') + 1));
  return fmt::format("{} names {}, which cannot be read: {}", field.path, path, why);
}

void read_secret(Loading& loading, const Field& file, const Field& secret, const std::string& path,
                 const std::string& content) {
  if (loading.sources.contains(secret.path)) return;  // the variable comes first
  std::string_view text = content;
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  if (const auto set = set_scalar(secret, loading.out.settings, text); !set)
    loading.problem(file.path, fmt::format("{} ({}): {}", file.path, path, set.error().message));
}

void check_redis(Loading& loading) {
  const Redis& redis = loading.out.settings.redis;
  if (!redis.url.starts_with("redis://")) return;
  if (!redis.ca_file.empty())
    loading.warning("redis.ca_file", "redis.ca_file has no effect: redis.url is not rediss://");
  if (!is_loopback_url(redis.url, 6379))
    loading.warning("redis.url",
                    "redis.url is not encrypted: anybody on the way can read the password and "
                    "change what is sent; use rediss://");
}

}  // namespace

void check_files(Loading& loading) {
  for (const Field& field : fields()) {
    if (field.text != Text::file || field.path.ends_with("streams_file") ||
        field.path.ends_with("circuit_breaker_file"))
      continue;  // those two are parsed, and reported, where they are read
    const std::string path = *std::get<std::string*>(field.ref(loading.out.settings));
    if (path.empty()) continue;
    const auto content = loading.reader(path);
    if (!content)
      loading.problem(field.path, unreadable(field, path, content.error().message));
    else if (const Field* const secret = secret_in(field))
      read_secret(loading, field, *secret, path, *content);
  }
}

void check_settings(Loading& loading) {
  check_listen(loading);
  check_exposure(loading);
  check_tls(loading);
  check_exchanges(loading);
  check_redis(loading);
  check_sizes(loading);
  auto& dialects = loading.out.settings.dialects;
  if (std::ranges::find(dialects, "tickwitness") == dialects.end())
    dialects.insert(dialects.begin(), "tickwitness");
}

}  // namespace tickwitness::config
