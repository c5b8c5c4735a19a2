#include "sim/checkers/books.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/checkers/figure.h"
#include "sim/checkers/shown.h"

namespace tickwitness::sim {
namespace {

constexpr std::string_view kState = "tickwitness_book_state";
constexpr std::string_view kChecksums = "tickwitness_book_checksums_total";

bool is_followed(const Ledger& ledger, const std::string& symbol) {
  const auto stream = ledger.streams().find({symbol, "book"});
  return stream != ledger.streams().end() && stream->second.wanted;
}

// So long ago that the product must show it.
bool settled(const Observation& seen, const BookRecord& book) {
  const base::Instant since = std::max(book.changed(), seen.ledger.stalled_until());
  return seen.now.mono - since >= shown_within(seen.age);
}

std::optional<base::Decimal> price_of(const Json& book, std::string_view side) {
  const Json* const level = book.find(side);
  const Json* const price = level == nullptr ? nullptr : level->find("price");
  if (price == nullptr) return std::nullopt;
  const auto parsed = base::Decimal::parse(price->text);
  return parsed ? std::optional(*parsed) : std::nullopt;
}

std::string text_of(const std::optional<base::Decimal>& price) {
  return price ? price->str() : "none";
}

}  // namespace

void BookChecker::on_scrape(const Observation& seen, Report& report) {
  looked_.on_scrape();
  for (std::size_t pair = 0; pair < seen.ledger.symbols().size(); ++pair) {
    state(seen, pair, report);
  }
  answer(seen, report);
}

void BookChecker::state(const Observation& seen, std::size_t pair, Report& report) {
  const std::string& symbol = seen.ledger.symbols()[pair];
  const BookRecord& book = seen.ledger.books()[pair];
  if (!is_followed(seen.ledger, symbol) || !settled(seen, book)) return;
  const auto shown = [&](std::string_view state) {
    return seen.scrape.sum(kState, {{"symbol", symbol}, {"state", state}});
  };
  looked_.add();
  if ((shown("valid") == 1) == book.known()) return;
  const base::Duration since = seen.now.mono - book.changed();
  report.violation(name(), seen.at,
                   fmt::format("{}: {}, and {} for {:.3f} s", symbol,
                               shown("valid") == 1         ? "shown valid"
                               : shown("quarantined") == 1 ? "shown quarantined"
                                                           : "not shown valid",
                               book.known() ? "told rightly" : "told wrongly or not at all",
                               base::seconds(since)));
}

void BookChecker::answer(const Observation& seen, Report& report) {
  if (seen.feeds.empty()) return;
  const auto json = parse_json(seen.feeds);
  const Json* const books = json ? json->find("books") : nullptr;
  if (books == nullptr) return report.violation(name(), seen.at, "no books in the answer");
  tops_.on_scrape();
  for (const Json& book : books->items) {
    const Json* const symbol = book.find("symbol");
    const auto& symbols = seen.ledger.symbols();
    const auto found = symbol == nullptr ? symbols.end() : std::ranges::find(symbols, symbol->text);
    if (found == symbols.end()) {
      report.violation(name(), seen.at, "a book of no market that there is");
    } else {
      top(seen, static_cast<std::size_t>(found - symbols.begin()), book, report);
    }
  }
}

void BookChecker::top(const Observation& seen, std::size_t pair, const Json& book, Report& report) {
  const std::string& symbol = seen.ledger.symbols()[pair];
  const BookTop shown{.bid = price_of(book, "bid"), .ask = price_of(book, "ask")};
  const Json* const state = book.find("state");
  const bool valid = state != nullptr && state->text == "valid";
  const auto complain = [&](std::string_view why) {
    report.violation(name(), seen.at,
                     fmt::format("{} {}: {} / {}, {}", symbol, state == nullptr ? "" : state->text,
                                 text_of(shown.bid), text_of(shown.ask), why));
  };
  if (!valid) {
    if (shown.bid || shown.ask) complain("though it is not known to be right");
    return;
  }
  // A thread that does not run reports nothing: then an answer says what was.
  if (seen.now.mono - seen.ledger.stalled_until() < shown_within(seen.age)) return;
  if (!is_followed(seen.ledger, symbol) && settled(seen, seen.ledger.books()[pair])) {
    return complain("and nobody follows it");
  }
  tops_.add();
  const base::Instant from = seen.now.mono - kReportedWithin - seen.age;
  if (!seen.ledger.books()[pair].had(shown, from)) complain("which it was not lately");
}

void BookChecker::at_rest(const Observation& seen, Report& report) {
  looked_.at_rest(seen.at, report);
  tops_.at_rest(seen.at, report);
  for (std::size_t pair = 0; pair < seen.ledger.symbols().size(); ++pair) {
    const std::string& symbol = seen.ledger.symbols()[pair];
    const BookRecord& book = seen.ledger.books()[pair];
    const auto compare = [&](std::string_view result, std::uint64_t truth) {
      const auto shown =
          figure(seen, kChecksums, {{"symbol", symbol}, {"result", result}}, number(truth));
      report.equal(name(), shown.series, shown.truth, shown.measured);
    };
    compare("success", book.right());
    compare("failure", book.wrong());
  }
}

}  // namespace tickwitness::sim
