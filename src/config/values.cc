#include "config/values.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/utf8.h"
#include "config/nearest.h"
#include "config/parse.h"
#include "config/quote.h"

namespace tickwitness::config {
namespace {

using base::fail;
using base::Result;

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};

template <class T>
using Words = std::vector<std::pair<std::string_view, T>>;

const Words<Overload>& words(Overload) {
  static const Words<Overload> kWords = {{"backpressure", Overload::backpressure},
                                         {"drop_newest", Overload::drop_newest}};
  return kWords;
}
const Words<base::LogFormat>& words(base::LogFormat) {
  static const Words<base::LogFormat> kWords = {{"logfmt", base::LogFormat::logfmt},
                                                {"json", base::LogFormat::json}};
  return kWords;
}
const Words<base::LogLevel>& words(base::LogLevel) {
  static const Words<base::LogLevel> kWords = {{"debug", base::LogLevel::debug},
                                               {"info", base::LogLevel::info},
                                               {"warning", base::LogLevel::warning},
                                               {"error", base::LogLevel::error},
                                               {"off", base::LogLevel::off}};
  return kWords;
}

std::string did_you_mean(std::string_view text, const std::vector<std::string_view>& choices) {
  const std::string_view meant = nearest(text, choices);
  const std::string all = fmt::format("one of {}", fmt::join(choices, ", "));
  return meant.empty() ? all : fmt::format("did you mean {}? It is {}", quote(meant), all);
}

template <class T>
Result<T> parse_word(std::string_view text) {
  std::vector<std::string_view> choices;
  for (const auto& [word, value] : words(T{})) {
    if (word == text) return value;
    choices.push_back(word);
  }
  return fail(fmt::format("{} is not known; {}", quote(text), did_you_mean(text, choices)));
}

template <class T>
std::string_view word_of(T value) {
  return std::ranges::find(words(T{}), value, &std::pair<std::string_view, T>::second)->first;
}

Result<void> in_range(const Field& field, double value, std::string_view text) {
  if (value >= field.min && value <= field.max) return {};
  return fail(fmt::format("{} is out of range; {}", quote(text), describe_range(field)));
}

template <class T>
Result<void> assign(const Field& field, T* to, const Result<T>& value, double in_unit,
                    std::string_view text) {
  if (!value) return std::unexpected(value.error());
  if (auto ok = in_range(field, in_unit, text); !ok) return ok;
  *to = *value;
  return {};
}

// What is in the configuration is printed, by `check --print` and in errors.
Result<void> check_server(std::string_view url) {
  const std::string_view rest = url.substr(url.find("://") + 3);
  const std::string_view who = rest.substr(0, std::min(rest.find('@'), rest.size()));
  const bool in_front = who.size() < rest.size() && who.find(':') != who.npos;
  if (in_front || url.find("password=") != url.npos)
    return fail(
        "has a password in it (not shown); write it into ~/.pgpass or into PGPASSWORD, and only "
        "postgresql://user@host/db here");
  return {};
}

Result<void> check_redis_url(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::string_view rest = scheme == url.npos ? url : url.substr(scheme + 3);
  if (rest.find('@') != rest.npos || url.find("password=") != url.npos)
    return fail(
        "has a user or a password in it (not shown); the user belongs in redis.user, the password "
        "in the file that redis.password_file names");
  if (auto good = check_url(url, "redis"); !good) return good;
  std::size_t slash = rest.find('/');
  if (slash == rest.npos) slash = rest.size();
  const std::string_view database = rest.substr(std::min(slash + 1, rest.size()));
  if (database.empty()) return {};
  const auto number = parse_whole(database);
  if (!number || *number > 65535)
    return fail(
        fmt::format("{}: behind the host stands the number of a database, as "
                    "redis://localhost:6379/0",
                    quote(url)));
  return {};
}

Result<void> check_string(const Field& field, std::string_view text) {
  static constexpr std::size_t kPathMax = 4095;
  if (text.size() > kPathMax || text.find('\0') != text.npos)
    return fail("too long, or has a NUL in it");
  if (field.text == Text::url) return check_url(text, "ws");
  if (field.text == Text::http_url) return text.empty() ? Result<void>() : check_url(text, "http");
  if (field.text == Text::redis_url) return text.empty() ? Result<void>() : check_redis_url(text);
  if (field.text == Text::optional && text.empty()) return {};
  if (field.text == Text::path && text.empty()) return fail("is empty; name a directory");
  if (field.text == Text::database && Store::names_server(text)) return check_server(text);
  if (field.text == Text::path || field.text == Text::directory || field.text == Text::file ||
      field.text == Text::database)
    return check_path(text);
  const bool good = !text.empty() && text.size() <= 63 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
  if (!good)
    return fail(
        fmt::format("{} is not a name; 1 to 63 letters, digits, '.', '_' or '-'", quote(text)));
  return {};
}

Result<void> set_secret(const Field& field, base::Secret* to, std::string_view text) {
  const auto least = static_cast<std::size_t>(field.min);
  const bool good = text.size() >= least && text.size() <= 512 &&
                    std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
  if (!good)
    return fail(
        fmt::format("a {} has {} to 512 visible ASCII characters{}; this one, not shown, does not",
                    field.path.substr(field.path.rfind('.') + 1), least,
                    least > 1 ? " (`openssl rand -hex 32` makes one)" : ""));
  *to = base::Secret(std::string(text));
  return {};
}

template <class T>
Result<void> set_word(T* to, std::string_view text) {
  const auto value = parse_word<T>(text);
  if (!value) return std::unexpected(value.error());
  *to = *value;
  return {};
}

std::string render_streams(const std::vector<StreamSettings>& streams) {
  std::string out;
  for (const StreamSettings& stream : streams) {
    out += fmt::format("{}{{name: {}, pairs: [{}]", out.empty() ? "" : ", ", to_string(stream.name),
                       fmt::join(stream.pairs, ", "));
    if (stream.name == Stream::ohlc)
      out += fmt::format(", intervals: [{}]", fmt::join(stream.intervals, ", "));
    out += '}';
  }
  return "[" + out + "]";
}

}  // namespace

Result<base::LogLevel> parse_level(std::string_view text) {
  return parse_word<base::LogLevel>(text);
}

std::string_view to_string(base::LogLevel level) {
  return word_of(level);
}

Result<void> set_scalar(const Field& field, Settings& settings, std::string_view text) {
  return std::visit(
      Overloaded{
          [&](bool* to) -> Result<void> {
            const auto value = parse_bool(text);
            if (!value) return std::unexpected(value.error());
            *to = *value;
            return {};
          },
          [&](double* to) {
            const auto value = parse_fraction(text);
            return assign(field, to, value, value.value_or(0), text);
          },
          [&](std::uint32_t* to) -> Result<void> {
            const auto value = parse_whole(text);
            if (!value) return std::unexpected(value.error());
            if (auto ok = in_range(field, static_cast<double>(*value), text); !ok) return ok;
            *to = static_cast<std::uint32_t>(*value);
            return {};
          },
          [&](std::size_t* to) {
            const Result<std::size_t> value =
                field.unit == "bytes" ? parse_bytes(text) : parse_whole(text);
            return assign(field, to, value, static_cast<double>(value.value_or(0)), text);
          },
          [&](base::Duration* to) {
            const auto value = parse_seconds(text);
            const std::chrono::duration<double> seconds = value.value_or(base::Duration{});
            return assign(field, to, value, seconds.count(), text);
          },
          [&](std::string* to) -> Result<void> {
            if (auto ok = check_string(field, text); !ok) return ok;
            *to = text;
            return {};
          },
          [&](base::Secret* to) { return set_secret(field, to, text); },
          [&](Overload* to) { return set_word(to, text); },
          [&](base::LogFormat* to) { return set_word(to, text); },
          [&](base::LogLevel* to) { return set_word(to, text); },
          [&](auto*) -> Result<void> { return fail("takes a list or a map, not one value"); },
      },
      field.ref(settings));
}

Result<void> add_item(const Field& field, Settings& settings, std::string_view text) {
  static constexpr std::size_t kItemsMax = 16;
  const Ref ref = field.ref(settings);
  if (const auto* addresses = std::get_if<std::vector<Address>*>(&ref)) {
    auto address = parse_address(text);
    if (!address) return std::unexpected(address.error());
    if ((*addresses)->size() == kItemsMax) return fail(fmt::format("more than {}", kItemsMax));
    (*addresses)->push_back(std::move(*address));
    return {};
  }
  auto& list = *std::get<std::vector<std::string>*>(ref);
  if (std::ranges::find(field.choices, text) == field.choices.end())
    return fail(fmt::format("{} is not known; {}", quote(text),
                            did_you_mean(text, {field.choices.begin(), field.choices.end()})));
  if (std::ranges::find(list, text) != list.end())
    return fail(fmt::format("{} stands here twice", quote(text)));
  list.emplace_back(text);
  return {};
}

bool is_list(const Field& field) {
  const Ref ref = type_of(field);
  return std::holds_alternative<std::vector<std::string>*>(ref) ||
         std::holds_alternative<std::vector<Address>*>(ref);
}

bool is_levels(const Field& field) {
  return std::holds_alternative<std::map<std::string, base::LogLevel, std::less<>>*>(
      type_of(field));
}

std::vector<std::string_view> choices_of(const Field& field) {
  std::vector<std::string_view> choices(field.choices.begin(), field.choices.end());
  const auto add = [&](auto value) {
    for (const auto& [word, ignored] : words(value)) choices.push_back(word);
  };
  std::visit(Overloaded{[&](Overload*) { add(Overload{}); },
                        [&](base::LogFormat*) { add(base::LogFormat{}); },
                        [&](base::LogLevel*) { add(base::LogLevel{}); }, [](auto*) {}},
             type_of(field));
  return choices;
}

std::string yaml_quoted(std::string_view text) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const base::CodePoint c = base::utf8_at(text, at);
    if (c.value == '"' || c.value == '\\')
      (out += '\\') += text[at];
    else if (c.bytes != 0 && base::is_deceptive(c.value))
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", c.value);
    else
      out.append(text, at, std::max<std::size_t>(c.bytes, 1));
    at += std::max<std::size_t>(c.bytes, 1);
  }
  return out += '"';
}

std::string render(const Field& field, const Settings& settings) {
  return std::visit(Overloaded{
                        [](bool* value) { return std::string(*value ? "true" : "false"); },
                        [](base::Duration* value) { return render_seconds(*value); },
                        [](std::string* value) { return yaml_quoted(*value); },
                        [](base::Secret* value) { return yaml_quoted(fmt::format("{}", *value)); },
                        [](Overload* value) { return std::string(word_of(*value)); },
                        [](base::LogFormat* value) { return std::string(word_of(*value)); },
                        [](base::LogLevel* value) { return std::string(word_of(*value)); },
                        [](std::vector<std::string>* value) {
                          return fmt::format("[{}]", fmt::join(*value, ", "));
                        },
                        [](std::vector<Address>* value) {
                          std::string out;
                          for (const Address& address : *value)
                            out += (out.empty() ? "" : ", ") + yaml_quoted(address.str());
                          return "[" + out + "]";
                        },
                        [](std::vector<StreamSettings>* value) { return render_streams(*value); },
                        [](std::map<std::string, base::LogLevel, std::less<>>* value) {
                          std::string out;
                          for (const auto& [room, level] : *value)
                            out += fmt::format("{}{}: {}", out.empty() ? "" : ", ", room,
                                               word_of(level));
                          return "{" + out + "}";
                        },
                        [](auto* value) { return fmt::format("{}", *value); },
                    },
                    // The table's one accessor serves reading and writing; nothing here writes.
                    field.ref(const_cast<Settings&>(settings)));
}

std::string describe_range(const Field& field) {
  if (field.max > field.min)
    return fmt::format("{} … {}{}{}", field.min, field.max, field.unit.empty() ? "" : " ",
                       field.unit);
  if (const auto choices = choices_of(field); !choices.empty())
    return fmt::format("{}", fmt::join(choices, ", "));
  if (std::holds_alternative<bool*>(type_of(field))) return "true, false";
  return {};
}

}  // namespace tickwitness::config
