#include "sim/clients/page.h"

#include <utility>

namespace tickwitness::sim {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr JsonLimits kJsonLimits{.bytes_max = 1 << 20, .depth_max = 16, .values_max = 100'000};

}  // namespace

EventStreamReader::EventStreamReader(std::function<void(const PageEvent&)> on_event)
    : on_event_(std::move(on_event)) {}

void EventStreamReader::read(std::string_view bytes) {
  while (!bytes.empty()) {
    // A line feed right after a carriage return ends the same line, also in another piece.
    if (std::exchange(after_cr_, false) && bytes[0] == '\n') {
      bytes.remove_prefix(1);
      continue;
    }
    const std::size_t end = bytes.find_first_of("\r\n");
    if (end == std::string_view::npos) {
      rest_ += bytes;
      return;
    }
    after_cr_ = bytes[end] == '\r';
    if (rest_.empty()) {
      line(bytes.substr(0, end));
    } else {
      rest_ += bytes.substr(0, end);
      line(std::exchange(rest_, {}));
    }
    bytes.remove_prefix(end + 1);
  }
}

void EventStreamReader::reset() {
  rest_.clear();
  first_ = true;
  after_cr_ = false;
  id_.clear();
  type_.clear();
  data_.clear();
}

void EventStreamReader::line(std::string_view text) {
  if (std::exchange(first_, false) && text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  if (text.empty()) return dispatch();
  const std::size_t colon = text.find(':');
  if (colon == 0) return;  // a comment
  std::string_view value;
  if (colon != std::string_view::npos) {
    value = text.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
  }
  field(text.substr(0, colon), value);
}

void EventStreamReader::field(std::string_view name, std::string_view value) {
  if (name == "event") {
    type_ = value;
  } else if (name == "data") {
    data_ += value;
    data_ += '\n';
  } else if (name == "id" && value.find('\0') == std::string_view::npos) {
    id_ = value;
  }
}

void EventStreamReader::dispatch() {
  last_event_id_ = id_;
  std::string type = std::exchange(type_, {});
  std::string data = std::exchange(data_, {});
  if (data.empty()) return;
  data.pop_back();
  PageEvent event{.id = id_, .event = type.empty() ? "message" : std::move(type)};
  event.json = parse_json(data, kJsonLimits);
  event.data = std::move(data);
  on_event_(event);
}

}  // namespace tickwitness::sim
