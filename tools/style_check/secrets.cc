// Credentials and traces of one machine. A sample that a test needs says `secret-ok: why` or
// `path-ok: why` in its line or the one above.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "rule.h"

namespace tickwitness::style {
namespace {

bool alnum(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

std::size_t run_length(std::string_view text, std::string_view extra) {
  std::size_t n = 0;
  while (n < text.size() && (alnum(text[n]) || extra.find(text[n]) != extra.npos)) ++n;
  return n;
}

struct Token {
  std::string_view prefix;
  std::size_t length_min;  // of what follows
  std::string_view what;
};
// Prefixes are cut in two, so that this file does not find itself.
constexpr auto kTokens = std::to_array<Token>({
    {"AK"
     "IA",
     16, "an AWS key"},
    {"gh"
     "p_",
     30, "a GitHub token"},
    {"gh"
     "s_",
     30, "a GitHub token"},
    {"github_"
     "pat_",
     30, "a GitHub token"},
    {"xox"
     "b-",
     20, "a Slack token"},
    {"xox"
     "p-",
     20, "a Slack token"},
    {"sk_"
     "live_",
     16, "a Stripe key"},
    {"ey"
     "J",
     60, "a JSON web token"},
});

std::string_view find_token(std::string_view line) {
  for (const auto& token : kTokens) {
    for (auto at = line.find(token.prefix); at != line.npos; at = line.find(token.prefix, at + 1)) {
      const bool own_start = at == 0 || !alnum(line[at - 1]);
      const auto rest = line.substr(at + token.prefix.size());
      if (own_start && run_length(rest, "_-.") >= token.length_min) return token.what;
    }
  }
  return {};
}

// A variable, a mask, or a word that nobody uses for real.
bool is_example(std::string_view password) {
  constexpr auto kWords = std::to_array<std::string_view>({"password", "pass", "hunter2"});
  return password.find_first_of("${<*") != password.npos ||
         std::ranges::find(kWords, password) != kWords.end();
}

// A URL with user, colon and word before its @.
bool has_password_in_url(std::string_view line) {
  for (auto at = line.find("://"); at != line.npos; at = line.find("://", at + 1)) {
    const auto rest = line.substr(at + 3);
    const auto sign = rest.find('@');
    const auto stop = rest.find_first_of("/ \"'`)>");
    if (sign == rest.npos || stop < sign) continue;
    const auto colon = rest.find(':');
    if (colon >= sign) continue;
    const auto password = rest.substr(colon + 1, sign - colon - 1);
    if (std::ranges::any_of(password, alnum) && !is_example(password)) return true;
  }
  return false;
}

// password = "…" and its like. Names of variables, masks and empty strings are no secrets.
bool assigns_secret(std::string_view line) {
  std::string low(line);
  std::ranges::transform(low, low.begin(), [](unsigned char c) { return std::tolower(c); });
  constexpr auto kNames = std::to_array<std::string_view>(
      {"password", "passwd", "secret", "api_key", "apikey", "access_token", "auth_token"});
  for (const auto name : kNames) {
    const auto at = low.find(name);
    if (at == low.npos) continue;
    auto i = low.find_first_not_of("\"'_abcdefghijklmnopqrstuvwxyz", at + name.size());
    i = i == low.npos ? i : low.find_first_not_of(" ", i);
    if (i == low.npos || (low[i] != '=' && low[i] != ':')) continue;
    i = low.find_first_not_of("= :", i);
    if (i == low.npos || (low[i] != '"' && low[i] != '\'')) continue;
    const auto end = low.find(low[i], i + 1);
    if (end == low.npos) continue;
    const auto value = std::string_view(low).substr(i + 1, end - i - 1);
    if (value.size() >= 8 && value.find_first_of("${}<>* ") == value.npos &&
        std::ranges::any_of(value, [](unsigned char c) { return std::isdigit(c) != 0; })) {
      return true;
    }
  }
  return false;
}

std::string_view find_secret(std::string_view line) {
  if (line.find("-----BEGIN ") != line.npos && line.find("PRIVATE"
                                                         " KEY-----") != line.npos) {
    return "a private key";
  }
  if (has_password_in_url(line)) return "a password in a URL";
  if (assigns_secret(line)) return "a secret assigned";
  return find_token(line);
}

constexpr auto kMachine = std::to_array<std::string_view>({
    "/ho"
    "me/",
    "/ro"
    "ot/",
    "/wo"
    "rk/",
    "/Us"
    "ers/",
    "C:\\Us"
    "ers",
    "/tmp/ba"
    "sh",
    "registry.npm"
    "js.org",
    "deb.deb"
    "ian.org",
    "\"resolved\": \"ht"
    "tp",
});

// A path starts there: `"/x/`, ` /x/`, `=/x/`, but not `a/x/` or `**/x/`.
bool starts_path(std::string_view line, std::size_t at) {
  if (line[at] != '/') return true;
  return at == 0 || (!alnum(line[at - 1]) &&
                     std::string_view("._-*}~/)").find(line[at - 1]) == std::string_view::npos);
}

std::string_view find_machine(std::string_view line) {
  for (const auto trace : kMachine) {
    for (auto at = line.find(trace); at != line.npos; at = line.find(trace, at + 1)) {
      const auto end = at + trace.size();
      const bool goes_on = !trace.ends_with('/') || (end < line.size() && alnum(line[end]));
      if (starts_path(line, at) && goes_on) return trace;
    }
  }
  return {};
}

}  // namespace

void check_secrets(const Tree& tree, Complaints& out) {
  for (const auto& source : tree.sources) {
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      const auto what = find_secret(source.lines[i]);
      if (!what.empty() && !excused(source, i, "secret-ok")) {
        out.push_back({source.path, i + 1, fmt::format("looks like {}", what)});
      }
    }
  }
}

void check_machine_paths(const Tree& tree, Complaints& out) {
  for (const auto& source : tree.sources) {
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      const auto trace = find_machine(source.lines[i]);
      if (!trace.empty() && !excused(source, i, "path-ok")) {
        out.push_back({source.path, i + 1, fmt::format("'{}' is of one machine", trace)});
      }
    }
  }
}

}  // namespace tickwitness::style
