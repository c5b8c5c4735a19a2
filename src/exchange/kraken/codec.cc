#include "exchange/kraken/codec.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>

#include "exchange/kraken/book_data.h"
#include "exchange/kraken/control.h"
#include "exchange/kraken/market_data.h"
#include "exchange/kraken/usual_frames.h"

namespace tickwitness::exchange::kraken {
namespace {

namespace dom = simdjson::dom;
namespace ondemand = simdjson::ondemand;

enum class Live : std::uint8_t { none, trade, ticker, ohlc, book, heartbeat };

Live live_channel(std::string_view name) {
  if (name == "trade") return Live::trade;
  if (name == "ticker") return Live::ticker;
  if (name == "ohlc") return Live::ohlc;
  if (name == "book") return Live::book;
  if (name == "heartbeat") return Live::heartbeat;
  return Live::none;
}

// Each entry of `data` into `items`. Malformed::json ends the frame.
template <class Item, class Read>
Malformed read_entries(ondemand::value data, Read read, std::vector<Item>& items, Frame& out) {
  ondemand::array entries;
  if (const auto error = data.get_array().get(entries))
    return error == simdjson::INCORRECT_TYPE ? Malformed::wrong_type : Malformed::json;
  for (auto element : entries) {
    ondemand::object entry;
    const auto error = element.get_object().get(entry);
    if (error != simdjson::SUCCESS && error != simdjson::INCORRECT_TYPE) return Malformed::json;
    const auto bad =
        error == simdjson::SUCCESS ? read(entry, items.emplace_back()) : Malformed::wrong_type;
    if (bad == Malformed::json) return bad;
    if (bad == Malformed::none) continue;
    if (error == simdjson::SUCCESS) items.pop_back();
    if (out.skipped++ == 0) out.malformed = bad;
  }
  return Malformed::none;
}

Malformed read_data(ondemand::value data, Live channel, Frame& out) {
  switch (channel) {
    case Live::trade:
      out.kind = FrameKind::trades;
      out.channel = Channel::trade;
      out.wire_channel = "trade";
      return read_entries(data, read_trade, out.trades, out);
    case Live::ticker:
      out.kind = FrameKind::quotes;
      out.channel = Channel::spread;
      out.wire_channel = "ticker";
      return read_entries(data, read_quote, out.quotes, out);
    case Live::ohlc:
      out.kind = FrameKind::candles;
      out.channel = Channel::ohlc;
      out.wire_channel = "ohlc";
      return read_entries(data, read_candle, out.candles, out);
    case Live::book:
      out.kind = FrameKind::books;
      out.channel = Channel::book;
      out.wire_channel = "book";
      return read_entries(
          data,
          [&](ondemand::object entry, BookChange& book) {
            return read_book(entry, book, out.levels);
          },
          out.books, out);
    case Live::heartbeat:
    case Live::none:
      break;
  }
  return Malformed::none;
}

// Top-level fields of a frame, gathered in whatever order they come.
struct Envelope {
  Live channel = Live::none;
  std::string_view type;
  bool data_done = false;
  bool data_waits = false;  // it came before the channel's name
};

Malformed read_envelope(ondemand::document& document, Envelope& envelope, Frame& out) {
  ondemand::object frame;
  if (const auto error = document.get_object().get(frame))
    return error == simdjson::INCORRECT_TYPE ? Malformed::wrong_type : Malformed::json;
  for (auto next : frame) {
    ondemand::field field;
    if (std::move(next).get(field)) return Malformed::json;
    const auto key = field.key();
    auto bad = Malformed::none;
    if (key == "channel" && envelope.channel == Live::none) {
      std::string_view name;
      bad = read_text(field.value(), name);
      envelope.channel = live_channel(name);
      if (envelope.channel == Live::none) return bad;  // not a frame to be read here
    } else if (key == "type" && envelope.type.empty()) {
      bad = read_text(field.value(), envelope.type);
    } else if (key == "data" && !envelope.data_done) {
      envelope.data_waits = envelope.channel == Live::none;
      envelope.data_done = !envelope.data_waits;
      if (envelope.data_done) bad = read_data(field.value(), envelope.channel, out);
    }
    if (bad != Malformed::none) return bad;
  }
  const bool something_follows = document.current_location().error() != simdjson::OUT_OF_BOUNDS;
  return something_follows ? Malformed::json : Malformed::none;
}

Malformed read_live(ondemand::document& document, Envelope& envelope, Frame& out) {
  if (const auto bad = read_envelope(document, envelope, out); bad != Malformed::none) return bad;
  if (envelope.channel == Live::none) return Malformed::none;
  if (envelope.channel == Live::heartbeat) {
    out.kind = FrameKind::heartbeat;
    return Malformed::none;
  }
  if (envelope.data_waits && !envelope.data_done) {
    document.rewind();
    ondemand::value data;
    if (document.find_field_unordered("data").get(data)) return Malformed::json;
    if (const auto bad = read_data(data, envelope.channel, out); bad != Malformed::none) return bad;
    envelope.data_done = true;
  }
  if (!envelope.data_done || envelope.type.empty()) return Malformed::missing_field;
  if (envelope.type != "snapshot" && envelope.type != "update") return Malformed::wrong_type;
  out.snapshot = envelope.type == "snapshot";
  const bool nothing_left =
      out.trades.empty() && out.quotes.empty() && out.candles.empty() && out.books.empty();
  return nothing_left ? out.malformed : Malformed::none;
}

Malformed reason_of(simdjson::error_code error) {
  switch (error) {
    case simdjson::UTF8_ERROR:
      return Malformed::encoding;
    case simdjson::DEPTH_ERROR:
      return Malformed::too_deep;
    case simdjson::NUMBER_ERROR:
      return Malformed::bad_number;
    default:
      return Malformed::json;
  }
}

void set_malformed(Frame& out, Malformed reason) {
  out.clear();
  out.malformed = reason;
}

}  // namespace

struct Codec::Parsers {
  ondemand::parser stream;
  dom::parser whole;
  std::vector<char> buffer;  // simdjson reads some bytes beyond the text

  simdjson::error_code parse_whole(std::size_t size, dom::element& out) {
    if (whole.capacity() < size) {
      // In steps, so that frames that grow slowly do not allocate each time.
      if (const auto error = whole.allocate(std::max(size, 2 * whole.capacity()), kDepthMax))
        return error;
    }
    return whole.parse(buffer.data(), size, false).get(out);
  }
};

Codec::Codec() : parsers_(std::make_unique<Parsers>()) {}
Codec::~Codec() = default;

void Codec::decode(std::string_view text, Frame& out) {
  out.clear();
  if (text.size() > kFrameBytesMax) return set_malformed(out, Malformed::too_large);
  if (read_usual(text, out)) return;
  auto& buffer = parsers_->buffer;
  const std::size_t needed = text.size() + simdjson::SIMDJSON_PADDING;
  if (buffer.size() < needed) buffer.resize(std::max(needed, 2 * buffer.size()));
  std::copy(text.begin(), text.end(), buffer.begin());
  std::memset(buffer.data() + text.size(), 0, simdjson::SIMDJSON_PADDING);

  ondemand::document document;
  Envelope envelope;
  auto bad = Malformed::json;
  if (!parsers_->stream.iterate(buffer.data(), text.size(), buffer.size()).get(document))
    bad = read_live(document, envelope, out);
  const bool good = bad == Malformed::none;
  if (good && envelope.channel != Live::none && out.skipped == 0) return;

  // Anything else is rare. Reading the document whole gives the exact reason, or the frame.
  dom::element whole;
  const auto error = parsers_->parse_whole(text.size(), whole);
  if (error && !simdjson::validate_utf8(text)) return set_malformed(out, Malformed::encoding);
  if (error && !(error == simdjson::NUMBER_ERROR && envelope.channel != Live::none))
    return set_malformed(out, reason_of(error));
  if (envelope.channel != Live::none) {
    if (!good) set_malformed(out, bad == Malformed::json ? Malformed::bad_number : bad);
    return;
  }
  out.clear();
  read_control(whole, out);
  if (out.kind == FrameKind::malformed) set_malformed(out, out.malformed);
}

}  // namespace tickwitness::exchange::kraken
