// Content negotiation of the metrics endpoint (RFC 9110, 12.5.1).
#include <algorithm>
#include <charconv>

#include "telemetry/core/encoder.h"

namespace tickwitness::telemetry::core {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Takes what stands before `separator` off the front.
std::string_view take(std::string_view& text, char separator) {
  const auto end = text.find(separator);
  const std::string_view front = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return trimmed(front);
}

bool same(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

struct Range {
  std::string_view type;     // "text/plain", "text/*", "*/*"
  std::string_view version;  // as a text format, or the encoding of protobuf; empty: any
  double quality = 1;
};

Range parse_range(std::string_view text) {
  Range range;
  range.type = take(text, ';');
  while (!text.empty()) {
    std::string_view value = take(text, ';');
    const std::string_view name = take(value, '=');
    value = trimmed(value);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
      value = value.substr(1, value.size() - 2);
    }
    if (same(name, "version") || same(name, "encoding")) range.version = value;
    if (same(name, "proto") && value != "io.prometheus.client.MetricFamily") range.quality = 0;
    if (same(name, "q")) {
      double quality = 0;
      const auto [stopped, error] =
          std::from_chars(value.data(), value.data() + value.size(), quality);
      const bool whole = stopped == value.data() + value.size();
      const bool good = error == std::errc() && whole && quality >= 0 && quality <= 1;
      range.quality = good ? quality : 0;  // an unreadable wish is no wish
    }
  }
  return range;
}

struct Offer {
  std::string_view type, wildcard, version;
};

// 0: does not match; the more is said, the higher.
int specificity(const Range& range, const Offer& offer) {
  if (!range.version.empty() && range.version != offer.version) return 0;
  if (same(range.type, offer.type)) return range.version.empty() ? 3 : 4;
  if (!offer.wildcard.empty() && same(range.type, offer.wildcard)) return 2;
  return range.type == "*/*" && !offer.wildcard.empty() ? 1 : 0;
}

// The quality of the most specific range that matches.
double quality_of(std::string_view accept, const Offer& offer) {
  int best = 0;
  double quality = 0;
  while (!accept.empty()) {
    const Range range = parse_range(take(accept, ','));
    const int match = specificity(range, offer);
    if (match > best || (match == best && match != 0 && range.quality > quality)) {
      best = match;
      quality = range.quality;
    }
  }
  return quality;
}

constexpr Offer kText{"text/plain", "text/*", "0.0.4"};
constexpr Offer kOpenMetrics{"application/openmetrics-text", "application/*", "1.0.0"};
// Only for who names it: bytes are not for everybody's eyes.
constexpr Offer kProtobuf{"application/vnd.google.protobuf", "", "delimited"};

}  // namespace

std::string_view content_type(Format format) {
  switch (format) {
    case Format::openmetrics_1_0:
      return "application/openmetrics-text; version=1.0.0; charset=utf-8";
    case Format::protobuf:
      return "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; "
             "encoding=delimited";
    case Format::text_0_0_4:
      break;
  }
  return "text/plain; version=0.0.4; charset=utf-8";
}

Format negotiate(std::string_view accept) {
  Format best = Format::text_0_0_4;
  double quality = quality_of(accept, kText);
  const auto consider = [&](Format format, const Offer& offer) {
    const double wish = quality_of(accept, offer);
    if (wish <= quality) return;
    quality = wish;
    best = format;
  };
  consider(Format::openmetrics_1_0, kOpenMetrics);
  consider(Format::protobuf, kProtobuf);
  return best;
}

}  // namespace tickwitness::telemetry::core
