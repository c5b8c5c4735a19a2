#include "config/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "config/loading.h"

namespace tickwitness::config {
namespace {

// Reads the file that `named_by` names, if it names one.
template <class Bind>
void read_named(Loading& loading, std::string_view named_by, const std::string& path, Bind bind) {
  if (path.empty()) return;
  if (const auto tree = read_tree(loading, path, named_by)) bind(*tree);
}

// By file in the order of reading, then by place; the environment comes last.
void sort(Loading& loading, std::vector<Problem>& problems) {
  const auto& files = loading.out.files;
  const auto key = [&](const Problem& problem) {
    return std::tuple(std::ranges::find(files, problem.file) - files.begin(), problem.line,
                      problem.column, problem.text);
  };
  std::ranges::sort(problems, {}, key);
  problems.erase(std::unique(problems.begin(), problems.end()), problems.end());
}

}  // namespace

std::string Problem::str() const {
  return line == 0 ? fmt::format("{}: {}", file, text)
                   : fmt::format("{}:{}:{}: {}", file, line, column, text);
}

Source Loading::source_of(std::string_view path) const {
  const auto found = sources.find(path);
  return found == sources.end() ? Source{main_file, {}, std::string(path)} : found->second;
}

void Loading::problem(std::string_view path, std::string text) {
  const Source source = source_of(path);
  problem(source.file, source.place, std::move(text));
}

void Loading::warning(std::string_view path, std::string text) {
  const Source source = source_of(path);
  out.warnings.push_back({source.file, source.place.line, source.place.column, std::move(text)});
}

std::optional<TreeNode> read_tree(Loading& loading, const std::string& path,
                                  std::string_view named_by) {
  const auto text = loading.reader(path);
  if (!text) {
    if (named_by.empty())
      loading.problem(path, Place{}, fmt::format("cannot be read: {}", text.error().message));
    else
      loading.problem(named_by, fmt::format("{} names {}, which cannot be read: {}", named_by, path,
                                            text.error().message));
    return std::nullopt;
  }
  loading.out.files.push_back(path);
  auto tree = parse_tree(*text);
  if (tree && tree->kind == TreeNode::Kind::null)
    loading.out.warnings.push_back({path, 0, 0, "is empty; every setting has its default"});
  if (tree) return std::move(*tree);
  for (TreeProblem& problem : tree.error())
    loading.problem(path, problem.place, std::move(problem.text));
  return std::nullopt;
}

std::expected<Loaded, std::vector<Problem>> load(const std::string& path, const Reader& reader,
                                                 const Environment& environment) {
  Loading loading{reader, {}, {}, {}, path};
  Settings& settings = loading.out.settings;
  settings.data_directory = beside(path, settings.data_directory);
  const auto tree = read_tree(loading, path, {});
  if (tree) bind_fields(loading, path, *tree, File::main);
  bind_environment(loading, environment, File::main);
  // Without the main file nothing is known of the others.
  if (tree) {
    read_named(
        loading, "exchanges.kraken.streams_file", settings.kraken.streams_file,
        [&](const TreeNode& node) { bind_streams(loading, settings.kraken.streams_file, node); });
    read_named(loading, "exchanges.kraken.circuit_breaker_file",
               settings.kraken.circuit_breaker_file, [&](const TreeNode& node) {
                 bind_fields(loading, settings.kraken.circuit_breaker_file, node, File::breaker);
               });
  }
  bind_environment(loading, environment, File::breaker);
  check_environment(loading, environment);
  if (tree) {
    check_files(loading);
    check_settings(loading);
  }
  sort(loading, loading.problems);
  if (!loading.problems.empty()) return std::unexpected(std::move(loading.problems));
  sort(loading, loading.out.warnings);
  return std::move(loading.out);
}

}  // namespace tickwitness::config
