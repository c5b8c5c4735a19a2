#include "store/batch/sql_statement.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace tickwitness::store {
namespace {

constexpr std::string_view kSchema = "schema";

bool is_space(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0;
}

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
}

// Keywords are in capitals wherever this program writes SQL, and anywhere else may be not.
bool same(std::string_view text, std::string_view capitals) {
  return std::ranges::equal(text, capitals, [](char a, char b) {
    return std::toupper(static_cast<unsigned char>(a)) == b;
  });
}

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::ranges::any_of(words, [&](std::string_view one) { return same(word, one); });
}

// How long what begins here is, if it is to be passed over as a whole; otherwise 0.
std::size_t quoted(std::string_view text) {
  const auto upto = [&](std::string_view end, std::size_t from) {
    const auto at = text.find(end, from);
    return at == std::string_view::npos ? text.size() : at + end.size();
  };
  if (text.starts_with('\'')) return upto("'", 1);
  if (text.starts_with('"')) return upto("\"", 1);
  if (text.starts_with("$$")) return upto("$$", 2);
  if (text.starts_with("--")) return upto("\n", 2);
  return 0;
}

// A word, or one character that is none; empty at the end.
std::string_view take_token(std::string_view& text) {
  while (!text.empty()) {
    if (const auto passed = quoted(text); passed > 0) {
      text.remove_prefix(passed);
    } else if (is_space(text.front())) {
      text.remove_prefix(1);
    } else {
      const auto end = std::ranges::find_if_not(text, is_word);
      const auto length = std::max<std::size_t>(1, static_cast<std::size_t>(end - text.begin()));
      const auto token = text.substr(0, length);
      text.remove_prefix(length);
      return token;
    }
  }
  return {};
}

Operation operation_of(std::string_view first) {
  constexpr std::array<std::string_view, 3> kSelect{"SELECT", "WITH", "VALUES"};
  constexpr std::array<std::string_view, 2> kInsert{"INSERT", "REPLACE"};
  constexpr std::array<std::string_view, 3> kDdl{"CREATE", "ALTER", "DROP"};
  constexpr std::array<std::string_view, 2> kCommit{"COMMIT", "END"};
  if (is_one_of(first, kSelect)) return Operation::select;
  if (is_one_of(first, kInsert)) return Operation::insert;
  if (same(first, "UPDATE")) return Operation::update;
  if (same(first, "DELETE")) return Operation::remove;
  if (same(first, "COPY")) return Operation::copy;
  if (is_one_of(first, kDdl)) return Operation::ddl;
  if (is_one_of(first, kCommit)) return Operation::commit;
  return Operation::other;
}

std::string_view table_name(std::string_view word) {
  if (const auto dot = word.rfind('.'); dot != std::string_view::npos) word.remove_prefix(dot + 1);
  if (word.empty()) return "none";
  if (word == "schema_version") return kSchema;
  if (word.starts_with("pg_") || word.starts_with("sqlite_")) return "catalog";
  return word.starts_with("trades_") ? "trades" : word;
}

// After a word that a table follows; empty where something else does.
std::string_view take_table(std::string_view& rest, bool or_function) {
  constexpr std::array<std::string_view, 4> kBetween{"IF", "NOT", "EXISTS", "ONLY"};
  const auto before = rest;
  auto word = take_token(rest);
  while (is_one_of(word, kBetween)) word = take_token(rest);
  const bool function = or_function && rest.starts_with('(');
  if (!word.empty() && is_word(word.front()) && !function) return word;
  rest = before;  // a parenthesis, with a SELECT in it perhaps
  take_token(rest);
  return {};
}

}  // namespace

StatementKind kind_of(std::string_view statement) {
  constexpr std::array<std::string_view, 2> kRead{"FROM", "JOIN"};
  constexpr std::array<std::string_view, 4> kChange{"INTO", "UPDATE", "TABLE", "COPY"};
  std::string_view rest = statement;
  auto token = take_token(rest);
  StatementKind kind{.operation = operation_of(token)};
  if (kind.operation == Operation::commit || kind.operation == Operation::other) return kind;
  if (kind.operation == Operation::ddl) return {.operation = Operation::ddl, .table = kSchema};
  for (; !token.empty(); token = take_token(rest)) {
    const bool read = is_one_of(token, kRead);
    if (!read && !is_one_of(token, kChange)) continue;
    const auto table = take_table(rest, read);
    if (table.empty()) continue;
    kind.table = table_name(table);
    break;
  }
  return kind;
}

std::string_view take_statement(std::string_view& script) {
  for (;;) {
    while (!script.empty() && (is_space(script.front()) || script.front() == ';')) {
      script.remove_prefix(1);
    }
    std::size_t at = 0;
    bool says = false;  // something beside comments
    while (at < script.size() && script[at] != ';') {
      const auto length = quoted(script.substr(at));
      says = says || !(is_space(script[at]) || script.substr(at).starts_with("--"));
      at += std::max<std::size_t>(1, length);
    }
    const auto statement = script.substr(0, at);
    script.remove_prefix(at);
    if (says || script.empty()) return says ? statement : std::string_view();
  }
}

}  // namespace tickwitness::store
