#include "telemetry/core/exposition.h"

#include <algorithm>
#include <utility>

#include "telemetry/core/text.h"

namespace tickwitness::telemetry::core {
namespace {

// A scraper's limits on series and on memory allow this many.
constexpr std::size_t kNativeBucketsMax = 160;

SeriesText text_of(const Series& series) {
  return {.labels = series.labels(), .line = series.line()};
}

ExportedExemplar exported(const Family& family, std::uint32_t bucket, Exemplar exemplar) {
  const double observed = family.decl().kind == Kind::counter
                              ? static_cast<double>(static_cast<std::uint64_t>(exemplar.observed))
                              : static_cast<double>(exemplar.observed);
  const bool histogram = family.decl().kind == Kind::histogram;
  return {.bucket = bucket,
          .value = histogram ? family.bounds().exported(observed) : observed,
          .exemplar = std::move(exemplar)};
}

void encode_counter(Encoder& encoder, const Family& family, const Series& series) {
  const Number value = family.decl().fractional
                           ? Number{.real = word::sum_real(series.word())}
                           : Number{.whole = true, .integer = word::sum(series.word())};
  if (const Exemplars* exemplars = series.exemplars()) {
    for (Exemplar& found : exemplars->all()) {  // a counter has one
      const ExportedExemplar shown = exported(family, 0, std::move(found));
      return encoder.counter(text_of(series), value, &shown, series.origin().created);
    }
  }
  encoder.counter(text_of(series), value, nullptr, series.origin().created);
}

// Ascending by the classic bucket; of several that fall into one, the newest.
std::vector<ExportedExemplar> exemplars_of(const Family& family, const Series& series) {
  std::vector<ExportedExemplar> out;
  const Exemplars* const all = series.exemplars();
  if (all == nullptr) return out;
  for (Exemplar& found : all->all()) {
    const std::uint32_t bucket =
        family.bounds().classic_of(family.bounds().buckets().index(found.observed));
    out.push_back(exported(family, bucket, std::move(found)));
  }
  std::ranges::sort(out, [](const ExportedExemplar& a, const ExportedExemplar& b) {
    return a.bucket != b.bucket ? a.bucket < b.bucket : a.exemplar.at > b.exemplar.at;
  });
  const auto doubled = std::ranges::unique(out, {}, &ExportedExemplar::bucket);
  out.erase(doubled.begin(), doubled.end());
  return out;
}

void encode_histogram(Encoder& encoder, const Family& family, const Series& series) {
  HistogramSnapshot& snapshot = encoder.scratch();
  const HistogramBounds& bounds = family.bounds();
  snapshot.count = snapshot.sum = 0;
  snapshot.buckets.clear();
  family.histogram(series).add_to(snapshot);
  NativeHistogram native;
  const bool with_native = bounds.native() && encoder.native();
  if (with_native) native = bounds.fold_native(snapshot, kNativeBucketsMax);
  bounds.fold_classic(snapshot);
  const std::vector<ExportedExemplar> exemplars = exemplars_of(family, series);
  encoder.histogram(text_of(series), {.le = bounds.texts(),
                                      .bounds = bounds.classic(),
                                      .per_unit = bounds.per_unit(),
                                      .classic = &snapshot,
                                      .native = with_native ? &native : nullptr,
                                      .exemplars = exemplars,
                                      .created = series.origin().created});
}

void encode_states(Encoder& encoder, const Family& family, const Series& series) {
  const auto state = series.state();
  const auto& states = family.decl().states;
  if (!state || *state >= states.size()) return;
  std::string labels;
  for (std::size_t i = 0; i < states.size(); ++i) {
    labels = series.labels();
    append_label(labels, family.decl().state_label, states[i]);
    encoder.gauge({.labels = labels}, {.whole = true, .integer = i == *state});
  }
}

void encode_summary(Encoder& encoder, const Registry& registry, const Family& family,
                    const Series& series) {
  const HistogramSnapshot snapshot = family.histogram(series).snapshot();
  const SketchSum recent = registry.last_minute(family, series);
  std::vector<SummarySample::Quantile> quantiles;
  for (const double q : family.decl().quantiles) {
    if (const auto value = recent.quantile(q)) {
      quantiles.push_back({q, family.bounds().exported(*value)});
    }
  }
  encoder.summary(text_of(series),
                  {.quantiles = quantiles,
                   .sum = family.bounds().exported(static_cast<double>(snapshot.sum)),
                   .count = snapshot.count,
                   .created = series.origin().created});
}

}  // namespace

bool wanted(const std::vector<std::string>& names, std::string_view name, Kind kind) {
  if (names.empty()) return true;
  return std::ranges::any_of(names, [&](std::string_view asked) {
    if (asked == name) return true;
    // As OpenMetrics calls the family.
    if (kind == Kind::counter)
      return name.ends_with("_total") && asked == name.substr(0, name.size() - 6);
    if ((kind != Kind::histogram && kind != Kind::summary) || !asked.starts_with(name))
      return false;
    const std::string_view suffix = asked.substr(name.size());
    return suffix == "_bucket" || suffix == "_sum" || suffix == "_count";
  });
}

Head head_of(const FamilyDecl& decl) {
  return {.name = decl.name, .kind = decl.kind, .help = decl.help, .unit = decl.unit};
}

void encode(Encoder& encoder, const Registry& registry, const Family& family,
            const Series& series) {
  if (series.hidden()) return;
  switch (family.decl().kind) {
    case Kind::counter:
      return encode_counter(encoder, family, series);
    case Kind::gauge:
      if (const auto value = series.gauge()) encoder.gauge(text_of(series), {.real = *value});
      return;
    case Kind::histogram:
      return encode_histogram(encoder, family, series);
    case Kind::stateset:
      return encode_states(encoder, family, series);
    case Kind::info:
      return encoder.gauge(text_of(series), {.whole = true, .integer = 1});
    case Kind::summary:
      return encode_summary(encoder, registry, family, series);
  }
}

Exposition::Exposition(const Registry& registry, ExpositionOptions options)
    : registry_(registry),
      options_(std::move(options)),
      encoder_(make_encoder(options_.format, {.created = options_.created})) {}

Exposition::~Exposition() = default;

bool Exposition::next(std::string& out, std::size_t bytes) {
  constexpr std::size_t kBytesMax = std::size_t{1} << 40;
  const std::size_t enough = out.size() + std::clamp<std::size_t>(bytes, 1, kBytesMax);
  encoder_->write_to(out);
  while (!finished_ && out.size() < enough) {
    if (!within_ && !begin_family()) {
      encoder_->finish();
      finished_ = true;
      break;
    }
    const Family& family = registry_[family_];
    const bool whole = family.decl().kind == Kind::counter && !family.decl().fractional;
    while (next_ != nullptr && out.size() < enough) {
      if (whole) next_ = encoder_->plain_counters(next_, enough);
      if (next_ == nullptr || out.size() >= enough) break;
      encode(*encoder_, registry_, family, *next_);
      next_ = next_->next();
    }
    if (next_ != nullptr) break;
    encoder_->end();
    within_ = false;
    ++family_;
  }
  return !finished_;
}

bool Exposition::begin_family() {
  for (; family_ < registry_.size(); ++family_) {
    const Family& family = registry_[family_];
    if (!wanted(options_.names, family.decl().name, family.decl().kind)) continue;
    encoder_->begin(head_of(family.decl()));
    next_ = family.first();
    within_ = true;
    return true;
  }
  return false;
}

std::string render(const Registry& registry, const ExpositionOptions& options) {
  Exposition exposition(registry, options);
  std::string out;
  while (exposition.next(out)) {
  }
  return out;
}

}  // namespace tickwitness::telemetry::core
