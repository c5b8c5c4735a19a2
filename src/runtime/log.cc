#include "runtime/log.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

#include "base/rfc3339.h"
#include "base/utf8.h"

namespace tickwitness::runtime {
namespace {

using base::LogFormat;
using base::LogLevel;

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
    case LogLevel::off:
      break;
  }
  return "off";
}

// Inside quotes. Both formats escape the same code points; bytes that are not UTF-8 show as \xNN
// in logfmt, and as the replacement character where JSON must stay JSON.
void append_escaped(std::string& out, std::string_view text, LogFormat format) {
  for (std::size_t at = 0; at < text.size();) {
    const base::CodePoint c = base::utf8_at(text, at);
    if (c.bytes == 0) {
      if (format == LogFormat::json)
        out += "\\ufffd";
      else
        fmt::format_to(std::back_inserter(out), "\\x{:02x}",
                       static_cast<unsigned>(static_cast<unsigned char>(text[at])));
      ++at;
      continue;
    }
    if (c.value == '\n')
      out += "\\n";
    else if (base::is_deceptive(c.value))
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", c.value);
    else if (c.value == '"' || c.value == '\\')
      (out += '\\') += text[at];
    else
      out.append(text, at, c.bytes);
    at += c.bytes;
  }
}

// Cut at a whole code point, so that the cut itself makes no bad byte.
std::string cut(std::string_view text) {
  if (text.size() <= LogField::kBytesMax) return std::string(text);
  std::size_t end = LogField::kBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return std::string(text.substr(0, end)) + "…";
}

bool needs_quotes(std::string_view text) {
  return text.empty() || text.size() > LogField::kBytesMax ||
         !std::ranges::all_of(
             text, [](char c) { return c > ' ' && c <= '~' && c != '"' && c != '=' && c != '\\'; });
}

void append_text(std::string& out, std::string_view text, LogFormat format) {
  if (format == LogFormat::logfmt && !needs_quotes(text)) {
    out += text;
    return;
  }
  out += '"';
  append_escaped(out, cut(text), format);
  out += '"';
}

void append_pair(std::string& out, std::string_view key, std::string_view value, bool bare,
                 LogFormat format) {
  out += format == LogFormat::json ? ',' : ' ';
  append_text(out, key, format);
  out += format == LogFormat::json ? ':' : '=';
  if (bare)
    out += value;
  else
    append_text(out, value, format);
}

LogLevel lowest_of(const base::LogLevels& levels) {
  LogLevel lowest = levels.all;
  for (const auto& [room, level] : levels.rooms) lowest = std::min(lowest, level);
  return lowest;
}

}  // namespace

Log::Sink Log::to_descriptor(int descriptor) {
  // After a line that was taken in part only, the next one begins a line of its own.
  return [descriptor, torn = false](std::string_view line) mutable {
    std::string text = torn ? "\n" + std::string(line) : std::string(line);
    std::string_view rest = text;
    while (!rest.empty()) {
      const ssize_t written = ::write(descriptor, rest.data(), rest.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) break;
      rest.remove_prefix(static_cast<std::size_t>(written));
    }
    if (rest.size() < text.size()) torn = !rest.empty();
    return rest.empty();
  };
}

Log::Log(const Clock& clock, LogFormat format, base::LogLevels levels, Sink sink)
    : clock_(clock),
      format_(format),
      sink_(std::move(sink)),
      lowest_(lowest_of(levels)),
      levels_(std::move(levels)) {}

Log::~Log() {
  for (const Repeat& repeat : repeats_) tell(repeat);
}

void Log::debug(std::string_view room, std::string_view event, LogFields fields) {
  write(LogLevel::debug, room, event, fields);
}
void Log::info(std::string_view room, std::string_view event, LogFields fields) {
  write(LogLevel::info, room, event, fields);
}
void Log::warning(std::string_view room, std::string_view event, LogFields fields) {
  write(LogLevel::warning, room, event, fields);
}
void Log::error(std::string_view room, std::string_view event, LogFields fields) {
  write(LogLevel::error, room, event, fields);
}

void Log::write(LogLevel level, std::string_view room, std::string_view event, LogFields fields) {
  if (level == LogLevel::error && on_error_) on_error_(room);
  if (level < lowest_.load(std::memory_order_relaxed)) return;
  std::string line;
  append_pair(line, "level", name_of(level), false, format_);
  append_pair(line, "room", room, false, format_);
  append_pair(line, "event", event, false, format_);
  for (const LogField& field : fields)
    append_pair(line, field.key(), field.value(), field.bare(), format_);

  const std::scoped_lock lock(mutex_);
  if (level < levels_.of(room)) return;
  const base::Now now = clock_.now();
  tell_over(now.mono);
  const auto known = std::ranges::find(repeats_, line, &Repeat::line);
  if (known != repeats_.end()) {
    ++known->count;
    known->last = now.wall;
    return;
  }
  if (repeats_.size() == kRepeatsTracked) {
    tell(repeats_.front());
    repeats_.erase(repeats_.begin());
  }
  emit(now.wall, line);
  repeats_.push_back({std::move(line), now.mono, now.wall, 0});
}

void Log::set_levels(base::LogLevels levels) {
  const std::scoped_lock lock(mutex_);
  lowest_.store(lowest_of(levels), std::memory_order_relaxed);
  levels_ = std::move(levels);
}

void Log::tick() {
  const base::Instant now = clock_.now().mono;
  const std::scoped_lock lock(mutex_);
  tell_over(now);
}

void Log::tell_over(base::Instant now) {
  const auto over = [&](const Repeat& repeat) { return now - repeat.since >= kRepeatWindow; };
  const auto first_young = std::ranges::find_if_not(repeats_, over);
  for (auto repeat = repeats_.begin(); repeat != first_young; ++repeat) tell(*repeat);
  repeats_.erase(repeats_.begin(), first_young);
}

void Log::tell(const Repeat& repeat) {
  if (repeat.count == 0) return;
  std::string line = repeat.line;
  append_pair(line, "repeated", fmt::format("{}", repeat.count), true, format_);
  emit(repeat.last, line);
}

void Log::emit(base::WallTime at, std::string_view line) {
  const bool json = format_ == LogFormat::json;
  const bool taken =
      sink_(fmt::format("{}{}{}{}\n", json ? "{\"time\":\"" : "time=", base::format_rfc3339(at, 3),
                        json ? "\"" : "", json ? std::string(line) + "}" : std::string(line)));
  if (!taken && on_lost_) on_lost_();
}

}  // namespace tickwitness::runtime
