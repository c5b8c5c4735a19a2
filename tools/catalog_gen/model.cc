#include "catalog_gen/model.h"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>

namespace tickwitness::catalog_gen {
namespace {

// Levenshtein's distance.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

const Label* Catalog::label(std::string_view id) const {
  const auto found = std::find_if(labels.begin(), labels.end(),
                                  [&](const Label& label) { return label.id == id; });
  return found == labels.end() ? nullptr : &*found;
}

const Instrument* Catalog::instrument(std::string_view name) const {
  const auto found = std::find_if(instruments.begin(), instruments.end(),
                                  [&](const Instrument& i) { return i.name == name; });
  return found == instruments.end() ? nullptr : &*found;
}

const Capability* Catalog::capability(std::string_view id) const {
  const auto found = std::find_if(capabilities.begin(), capabilities.end(),
                                  [&](const Capability& c) { return c.id == id; });
  return found == capabilities.end() ? nullptr : &*found;
}

const Word* Catalog::awaits(const View& view) const {
  for (const std::optional<Word>& name : {std::optional<Word>(view.from), view.over}) {
    const Instrument* read = name ? instrument(name->text) : nullptr;
    if (read != nullptr && read->awaits) return &*read->awaits;
  }
  return nullptr;
}

Catalog measured(const Catalog& catalog) {
  Catalog out = catalog;
  std::erase_if(out.instruments, [](const Instrument& i) { return i.awaits.has_value(); });
  for (auto& dialect : out.dialects) {
    std::erase_if(dialect.views, [&](const View& view) { return catalog.awaits(view) != nullptr; });
  }
  std::erase_if(out.labels, [&](const Label& label) {
    return std::none_of(out.instruments.begin(), out.instruments.end(), [&](const Instrument& i) {
      const auto is_it = [&](const Word& word) { return word.text == label.id; };
      return (i.states && is_it(*i.states)) || std::any_of(i.labels.begin(), i.labels.end(), is_it);
    });
  });
  return out;
}

void Problems::add(const Mark& mark, std::string_view what) {
  all_.push_back(fmt::format("{}:{}:{}: {}", mark.file, mark.line, mark.column, what));
}

std::string nearest(std::string_view wrong, const std::vector<std::string>& candidates) {
  std::size_t best = std::max<std::size_t>(2, wrong.size() / 2) + 1;
  const std::string* found = nullptr;
  for (const auto& candidate : candidates) {
    if (const std::size_t distance = edits(wrong, candidate); distance < best) {
      best = distance;
      found = &candidate;
    }
  }
  return found == nullptr ? "" : fmt::format("; the nearest is \"{}\"", *found);
}

std::string literal(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string exported_name(const Instrument& instrument) {
  return "tickwitness_" + instrument.name + (instrument.kind == "counter" ? "_total" : "");
}

}  // namespace tickwitness::catalog_gen
