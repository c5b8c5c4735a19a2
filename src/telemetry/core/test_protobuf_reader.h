// Reads the protobuf format back, for tests: every length, tag and type of the wire is checked, and
// a field that metrics.proto does not have there, or that comes twice, makes the page unreadable.
// https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto
#pragma once

#include <algorithm>
#include <functional>
#include <set>
#include <string_view>

#include "telemetry/core/test_page.h"

namespace tickwitness::telemetry::core {

// The fields of one message.
class ProtobufMessage {
 public:
  struct Field {
    std::uint64_t number = 0, wire = 0, integer = 0;  // `integer`: varint, or the bits of a double
    std::string_view bytes;
    bool is(unsigned wanted, unsigned type) const { return number == wanted && wire == type; }
  };
  static constexpr unsigned kVarint = 0, kDouble = 1, kBytes = 2;

  explicit ProtobufMessage(std::string_view bytes) : rest_(bytes) {}
  bool good() const { return good_; }
  bool done() const { return rest_.empty() || !good_; }

  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) break;
      const auto byte = static_cast<unsigned char>(rest_[0]);
      rest_.remove_prefix(1);
      if (shift == 63 && byte > 1) break;
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return value;
    }
    good_ = false;
    return 0;
  }
  std::string_view bytes(std::uint64_t size) {
    good_ &= size <= rest_.size();
    if (!good_) return {};
    const std::string_view out = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return out;
  }
  Field next() {
    Field field;
    const std::uint64_t tag = varint();
    field.number = tag >> 3;
    field.wire = tag & 7;
    if (field.wire == kVarint) {
      field.integer = varint();
    } else if (field.wire == kDouble) {
      const std::string_view eight = bytes(8);
      for (std::size_t i = eight.size(); i-- > 0;) {
        field.integer = field.integer << 8 | static_cast<unsigned char>(eight[i]);
      }
    } else {
      good_ &= field.wire == kBytes;
      field.bytes = bytes(varint());
    }
    return field;
  }

 private:
  std::string_view rest_;
  bool good_ = true;
};

class ProtobufReader {
 public:
  // Messages of one family, one after the other, are read as one family. Nothing: not well-formed.
  static std::optional<Page> read(std::string_view bytes) {
    ProtobufReader reader;
    ProtobufMessage page(bytes);
    while (!page.done()) reader.family(page.bytes(page.varint()));
    if (!page.good() || !reader.good_) return std::nullopt;
    return std::move(reader.page_);
  }

 private:
  using Field = ProtobufMessage::Field;
  using Labels = std::vector<std::pair<std::string, std::string>>;
  static constexpr auto kVarint = ProtobufMessage::kVarint;
  static constexpr auto kDouble = ProtobufMessage::kDouble;
  static constexpr auto kBytes = ProtobufMessage::kBytes;

  // Every field to `use`, which says false to those that should not be there.
  template <class Use>
  void each(std::string_view bytes, std::set<std::uint64_t> repeated, const Use& use) {
    ProtobufMessage message(bytes);
    std::set<std::uint64_t> seen;
    while (!message.done()) {
      const Field field = message.next();
      const bool first = seen.insert(field.number).second;
      if (!message.good() || !(first || repeated.contains(field.number)) || !use(field)) {
        good_ = false;
        return;
      }
    }
  }
  static std::int64_t zigzag(std::uint64_t value) {
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
  }
  static double real(const Field& field) { return std::bit_cast<double>(field.integer); }

  void family(std::string_view bytes) {
    PageFamily family;
    std::uint64_t type = 99;
    std::vector<std::string_view> metrics;
    each(bytes, {4}, [&](const Field& field) {
      if (field.is(1, kBytes)) family.name = field.bytes;
      if (field.is(2, kBytes)) family.help = field.bytes;
      if (field.is(3, kVarint)) type = field.integer;
      if (field.is(4, kBytes)) metrics.push_back(field.bytes);
      return field.number <= 4;
    });
    if (type == 0) family.type = "counter";
    if (type == 1) family.type = "gauge";
    if (type == 2) family.type = "summary";
    if (type == 4) family.type = "histogram";
    good_ &= !family.type.empty() && !family.name.empty() && !metrics.empty();
    good_ &= metrics.size() <= 1000;  // a longer family comes in several messages
    auto& families = page_.families;
    if (families.empty() || families.back().name != family.name) {
      good_ &= std::ranges::find(families, family.name, &PageFamily::name) == families.end();
      families.push_back(family);
    }
    good_ &= families.back().type == family.type && families.back().help == family.help;
    if (!good_) return;
    for (const std::string_view one : metrics) metric(families.back(), one);
  }

  std::pair<std::string, std::string> label(std::string_view bytes) {
    std::pair<std::string, std::string> out;
    each(bytes, {}, [&](const Field& field) {
      if (field.is(1, kBytes)) out.first = field.bytes;
      if (field.is(2, kBytes)) out.second = field.bytes;
      return field.wire == kBytes && field.number <= 2;
    });
    return out;
  }

  void metric(PageFamily& family, std::string_view bytes) {
    const std::map<std::string_view, unsigned> fields{
        {"gauge", 2}, {"counter", 3}, {"summary", 4}, {"histogram", 7}};
    const unsigned wanted = fields.at(family.type);
    PageSample sample{.name = family.name};
    std::optional<std::string_view> value;
    each(bytes, {1}, [&](const Field& field) {
      if (field.is(1, kBytes)) sample.labels.push_back(label(field.bytes));
      if (field.is(wanted, kBytes)) value = field.bytes;
      return field.is(1, kBytes) || field.is(wanted, kBytes);
    });
    good_ &= value.has_value();
    if (!good_) return;
    if (wanted == 4) return summary(family, sample.labels, *value);
    if (wanted == 7) return histogram(family, sample.labels, *value);
    each(*value, {}, [&](const Field& field) {
      if (field.is(1, kDouble)) sample.value = real(field);
      if (field.is(2, kBytes)) sample.exemplar = exemplar(field.bytes);
      return field.is(1, kDouble) || (wanted == 3 && field.is(2, kBytes));
    });
    family.samples.push_back(std::move(sample));
  }

  PageExemplar exemplar(std::string_view bytes) {
    PageExemplar out;
    each(bytes, {}, [&](const Field& field) {
      if (field.is(1, kBytes)) std::tie(out.name, out.value) = label(field.bytes);
      if (field.is(2, kDouble)) out.number = real(field);
      if (field.is(3, kBytes)) {
        std::uint64_t time = 0;  // modulo 2^64, so that times before 1970 are no overflow
        each(field.bytes, {}, [&](const Field& part) {
          time += part.integer * (part.number == 1 ? 1'000'000'000 : 1);
          return part.is(1, kVarint) || (part.is(2, kVarint) && part.integer < 1'000'000'000);
        });
        out.at = static_cast<std::int64_t>(time);
      }
      return field.number <= 3;
    });
    return out;
  }

  PageSample bucket(const std::string& name, const Labels& labels, std::string_view bytes) {
    PageSample out{.name = name + "_bucket", .labels = labels, .le = 0};
    each(bytes, {}, [&](const Field& field) {
      if (field.is(1, kVarint)) out.value = static_cast<double>(field.integer);
      if (field.is(2, kDouble)) out.le = real(field);
      if (field.is(3, kBytes)) out.exemplar = exemplar(field.bytes);
      return field.number <= 3;
    });
    return out;
  }

  void summary(PageFamily& family, const Labels& labels, std::string_view bytes) {
    PageSample sum{.name = family.name + "_sum", .labels = labels};
    PageSample count{.name = family.name + "_count", .labels = labels};
    each(bytes, {3}, [&](const Field& field) {
      if (field.is(1, kVarint)) count.value = static_cast<double>(field.integer);
      if (field.is(2, kDouble)) sum.value = real(field);
      if (!field.is(3, kBytes)) return field.number <= 2;
      PageSample quantile{.name = family.name, .labels = labels, .quantile = 0};
      each(field.bytes, {}, [&](const Field& part) {
        if (part.is(1, kDouble)) quantile.quantile = real(part);
        if (part.is(2, kDouble)) quantile.value = real(part);
        return part.wire == kDouble && part.number <= 2;
      });
      family.samples.push_back(std::move(quantile));
      return true;
    });
    family.samples.push_back(std::move(sum));
    family.samples.push_back(std::move(count));
  }

  void histogram(PageFamily& family, const Labels& labels, std::string_view bytes) {
    PageNative native{.family = family.name, .labels = labels};
    bool has_native = false;
    double sum = 0;
    std::vector<std::pair<std::int64_t, std::uint64_t>> spans;
    std::vector<std::int64_t> deltas;
    each(bytes, {3, 12}, [&](const Field& field) {
      if (field.is(1, kVarint)) native.count = field.integer;
      if (field.is(2, kDouble)) sum = real(field);
      if (field.is(3, kBytes)) family.samples.push_back(bucket(family.name, labels, field.bytes));
      if (field.is(5, kVarint)) native.schema = static_cast<int>(zigzag(field.integer));
      if (field.is(6, kDouble)) native.zero_threshold = real(field);
      if (field.is(7, kVarint)) native.zeros = field.integer;
      if (field.is(12, kBytes)) spans.push_back(span(field.bytes));
      if (field.is(13, kBytes)) {
        ProtobufMessage packed(field.bytes);
        while (!packed.done()) deltas.push_back(zigzag(packed.varint()));
        good_ &= packed.good();
      }
      has_native |= field.number >= 5;
      return field.number <= 13 && field.number != 4;
    });
    family.samples.push_back({.name = family.name + "_sum", .labels = labels, .value = sum});
    family.samples.push_back({.name = family.name + "_count",
                              .labels = labels,
                              .value = static_cast<double>(native.count)});
    if (!has_native) return;
    resolve(native, spans, deltas);
    page_.natives.push_back(std::move(native));
  }

  std::pair<std::int64_t, std::uint64_t> span(std::string_view bytes) {
    std::pair<std::int64_t, std::uint64_t> out;
    each(bytes, {}, [&](const Field& field) {
      if (field.is(1, kVarint)) out.first = zigzag(field.integer);
      if (field.is(2, kVarint)) out.second = field.integer;
      return field.wire == kVarint && field.number <= 2;
    });
    return out;
  }

  // A span's offset counts from the end of the one before and is negative in the first one only; a
  // delta is the difference from the bucket before.
  void resolve(PageNative& native, const std::vector<std::pair<std::int64_t, std::uint64_t>>& spans,
               const std::vector<std::int64_t>& deltas) {
    good_ &= !spans.empty();
    std::int64_t index = 0;
    std::int64_t count = 0;
    auto delta = deltas.begin();
    for (std::size_t i = 0; i < spans.size(); ++i) {
      good_ &= i == 0 || spans[i].first > 0;
      index += spans[i].first;
      for (std::uint64_t n = 0; n < spans[i].second; ++n, ++index) {
        good_ &= delta != deltas.end();
        if (!good_) return;
        count += *delta++;
        good_ &= count > 0;
        native.buckets[index] = static_cast<std::uint64_t>(count);
      }
    }
    good_ &= delta == deltas.end();
  }

  Page page_;
  bool good_ = true;
};

}  // namespace tickwitness::telemetry::core
