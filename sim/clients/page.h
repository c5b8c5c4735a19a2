// A browser's reading of the event stream: events in the format of WHATWG HTML (server-sent
// events), their data as JSON. Shares nothing with the writer it judges.
// https://html.spec.whatwg.org/multipage/server-sent-events.html
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sim/exchange/json_reader.h"

namespace tickwitness::sim {

struct PageEvent {
  std::string id;            // of this event or of the last one of the stream that had one
  std::string event;         // "message" when the stream gave no name
  std::string data;          // its lines with line feeds between them
  std::optional<Json> json;  // of data; nothing when it is not exactly one JSON value
};

// Bytes in, in any pieces; whole events out. Text that is not UTF-8 is passed on as it is. Not
// thread-safe.
class EventStreamReader {
 public:
  // `on_event` is called from read() and must not call this reader.
  explicit EventStreamReader(std::function<void(const PageEvent&)> on_event);
  void read(std::string_view bytes);
  // The connection ended: what was not complete is forgotten, the next byte is of another stream.
  void reset();
  // What a client that comes back sends as Last-Event-ID; empty: nothing. Survives reset().
  const std::string& last_event_id() const { return last_event_id_; }

 private:
  void line(std::string_view text);
  void field(std::string_view name, std::string_view value);
  void dispatch();

  std::function<void(const PageEvent&)> on_event_;
  std::string rest_;   // of a line that is not complete
  bool first_ = true;  // no line was complete yet: a byte order mark may stand here
  bool after_cr_ = false;
  std::string id_, type_, data_;  // the buffers that the standard names
  std::string last_event_id_;
};

}  // namespace tickwitness::sim
