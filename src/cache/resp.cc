#include "cache/resp.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <optional>
#include <utility>

namespace tickwitness::cache {
namespace {

using base::fail;
using base::Result;
using Kind = Reply::Kind;

// Errors and simple strings are lines; the longest that Redis makes quotes a few words of a script.
constexpr std::size_t kLineMax = std::size_t{64} * 1024;
constexpr std::size_t kEndBytes = 2;     // "\r\n"
constexpr std::size_t kFormatBytes = 4;  // "txt:" before a verbatim string
constexpr const char* kReplyTooLarge = "a reply that is larger than is taken";

template <class T>
std::optional<T> whole(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::optional<double> fraction(std::string_view text) {
  if (text == "inf") return std::numeric_limits<double>::infinity();
  if (text == "-inf") return -std::numeric_limits<double>::infinity();
  if (text == "nan") return std::numeric_limits<double>::quiet_NaN();
  return whole<double>(text);
}

bool is_digits(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

Reply make(Kind kind, std::string_view text) {
  Reply reply;
  reply.kind = kind;
  reply.text = text;
  return reply;
}

std::optional<Reply> scalar(char type, std::string_view text) {
  Reply reply;
  switch (type) {
    case '+':
      return make(Kind::text, text);
    case '-':
      return make(Kind::error, text);
    case '(':
      return is_digits(text) ? std::optional(make(Kind::text, text)) : std::nullopt;
    case '_':
      return text.empty() ? std::optional(reply) : std::nullopt;
    case '#':
      if (text != "t" && text != "f") return std::nullopt;
      reply.kind = Kind::integer;
      reply.integer = text == "t" ? 1 : 0;
      return reply;
    case ':':
      if (const auto value = whole<std::int64_t>(text)) {
        reply.kind = Kind::integer;
        reply.integer = *value;
        return reply;
      }
      return std::nullopt;
    case ',':
      if (const auto value = fraction(text)) {
        reply.kind = Kind::number;
        reply.number = *value;
        return reply;
      }
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

Kind kind_of_list(char type) {
  if (type == '%' || type == '|') return Kind::map;
  return type == '>' ? Kind::push : Kind::array;
}

}  // namespace

Result<void> ReplyParser::feed(std::string_view bytes, std::vector<Reply>& out) {
  while (!bytes.empty() && problem_.empty()) {
    const std::size_t taken = skip_ > 0         ? skip_text(bytes, out)
                              : text_bytes_ > 0 ? take_text(bytes, out)
                                                : take_line(bytes, out);
    bytes.remove_prefix(taken);
  }
  if (!problem_.empty()) return fail(problem_);
  return {};
}

std::size_t ReplyParser::take_line(std::string_view bytes, std::vector<Reply>& out) {
  const std::size_t end = bytes.find('\n');
  const std::size_t taken = end == bytes.npos ? bytes.size() : end + 1;
  if (!leaving_out()) reply_bytes_ += taken;
  // What is whole at once is not copied.
  if (!buffer_.empty() || end == bytes.npos) buffer_.append(bytes.substr(0, taken));
  const std::string_view line = buffer_.empty() ? bytes.substr(0, taken) : buffer_;
  Result<void> done;
  if (line.size() > kLineMax) {
    done = fail(fmt::format("a line of more than {} bytes", kLineMax));
  } else if (end == bytes.npos) {
    return taken;
  } else if (line.size() < kEndBytes + 1 || line.find('\r') != line.size() - kEndBytes) {
    done = fail("a line that does not end as lines of Redis do");
  } else {
    done = on_line(line.substr(0, line.size() - kEndBytes), out);
  }
  buffer_.clear();
  if (!done) problem_ = done.error().message;
  return taken;
}

std::size_t ReplyParser::take_text(std::string_view bytes, std::vector<Reply>& out) {
  const std::size_t taken = std::min(bytes.size(), text_bytes_ - buffer_.size());
  reply_bytes_ += taken;
  buffer_.append(bytes.substr(0, taken));
  if (buffer_.size() < text_bytes_) return taken;
  const Result<void> done = on_text(out);
  text_bytes_ = 0;
  buffer_.clear();
  if (!done) problem_ = done.error().message;
  return taken;
}

// One long value must not make all that comes with it unreadable, time and again.
std::size_t ReplyParser::skip_text(std::string_view bytes, std::vector<Reply>& out) {
  const std::size_t taken = std::min(bytes.size(), skip_);
  skip_ -= taken;
  if (skip_ > 0) return taken;
  if (const Result<void> done = add(make(Kind::too_long, ""), out); !done)
    problem_ = done.error().message;
  return taken;
}

Result<void> ReplyParser::on_line(std::string_view line, std::vector<Reply>& out) {
  const char type = line.front();
  const std::string_view rest = line.substr(1);
  if (type == '$' || type == '!' || type == '=') return begin_text(type, rest, out);
  if (type == '*' || type == '~' || type == '%' || type == '>' || type == '|')
    return begin_list(type, rest, out);
  auto reply = scalar(type, rest);
  if (!reply) return fail("a line that is no reply of Redis; is something else listening there?");
  return add(*std::move(reply), out);
}

bool ReplyParser::fits(std::size_t text_bytes) const {
  if (text_bytes > limits_.text_bytes_max || leaving_out()) return false;
  return open_.empty() || open_.back().text_bytes + text_bytes <= limits_.list_bytes_max;
}

Result<void> ReplyParser::begin_text(char type, std::string_view length, std::vector<Reply>& out) {
  if (type == '$' && length == "-1") return add({}, out);  // RESP2
  const auto size = whole<std::uint64_t>(length);
  if (!size) return fail("a string without a length");
  if (*size > limits_.skip_bytes_max)
    return fail(fmt::format("a string of {} bytes, more than is taken", *size));
  const auto bytes = static_cast<std::size_t>(*size);
  if (!fits(bytes)) {
    skip_ = bytes + kEndBytes;
    return {};
  }
  if (reply_bytes_ + bytes + kEndBytes > limits_.reply_bytes_max) return fail(kReplyTooLarge);
  if (type == '=' && bytes < kFormatBytes) return fail("a verbatim string without its format");
  if (!open_.empty()) open_.back().text_bytes += bytes;
  text_type_ = type;
  text_bytes_ = bytes + kEndBytes;
  return {};
}

Result<void> ReplyParser::on_text(std::vector<Reply>& out) {
  std::string_view text = buffer_;
  if (!text.ends_with("\r\n")) return fail("a string that does not end where it says");
  text.remove_suffix(kEndBytes);
  if (text_type_ == '=') {
    if (text[kFormatBytes - 1] != ':') return fail("a verbatim string without its format");
    text.remove_prefix(kFormatBytes);
  }
  return add(make(text_type_ == '!' ? Kind::error : Kind::text, text), out);
}

Result<void> ReplyParser::begin_list(char type, std::string_view length, std::vector<Reply>& out) {
  if (type == '*' && length == "-1") return add({}, out);  // RESP2
  const auto size = whole<std::uint64_t>(length);
  if (!size) return fail("a list without a length");
  if (*size > limits_.skip_items_max)
    return fail(fmt::format("a list of {} items, more than is taken", *size));
  if (open_.size() >= limits_.depth_max)
    return fail(fmt::format("lists nested deeper than {}", limits_.depth_max));
  Open opened;
  opened.attribute = type == '|';
  opened.reply.kind = kind_of_list(type);
  opened.missing = static_cast<std::size_t>(*size) * (opened.reply.is(Kind::map) ? 2 : 1);
  if (opened.missing == 0)
    return opened.attribute ? Result<void>() : add(std::move(opened.reply), out);
  opened.left_out = leaving_out() || opened.missing > limits_.list_items_max;
  if (opened.left_out && !opened.reply.is(Kind::push)) opened.reply.kind = Kind::too_long;
  if (!leaving_out()) ++items_;
  open_.push_back(std::move(opened));
  return {};
}

// A value is whole; so may be what it stands in.
Result<void> ReplyParser::add(Reply reply, std::vector<Reply>& out) {
  if (!leaving_out() && (++items_ > limits_.items_max || reply_bytes_ > limits_.reply_bytes_max))
    return fail(kReplyTooLarge);
  for (;;) {
    if (open_.empty()) {
      out.push_back(std::move(reply));
      reply_bytes_ = items_ = 0;
      return {};
    }
    Open& top = open_.back();
    if (!top.left_out) top.reply.items.push_back(std::move(reply));
    if (--top.missing > 0) return {};
    const bool attribute = top.attribute;
    reply = std::move(top.reply);
    open_.pop_back();
    if (attribute) return {};  // the value that it describes follows
  }
}

void append_command(std::string& out, std::span<const std::string> words) {
  fmt::format_to(std::back_inserter(out), "*{}\r\n", words.size());
  for (const std::string& word : words) {
    fmt::format_to(std::back_inserter(out), "${}\r\n{}\r\n", word.size(), word);
  }
}

}  // namespace tickwitness::cache
