// A rule looks at the whole tree and complains; it knows nothing of the other rules.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tree.h"

namespace tickwitness::style {

struct Complaint {
  std::string path;
  std::size_t line;  // from 1; 0 means the file as a whole
  std::string text;
};
using Complaints = std::vector<Complaint>;

struct Rule {
  std::string_view name;
  std::string_view says;  // for people: what must hold
  void (*check)(const Tree&, Complaints&);
};

void check_layering(const Tree& tree, Complaints& out);
void check_libraries(const Tree& tree, Complaints& out);
void check_folders(const Tree& tree, Complaints& out);
void check_drawing(const Tree& tree, Complaints& out);
void check_outside(const Tree& tree, Complaints& out);
void check_unordered(const Tree& tree, Complaints& out);
void check_file_length(const Tree& tree, Complaints& out);
void check_function_length(const Tree& tree, Complaints& out);
void check_line_length(const Tree& tree, Complaints& out);
void check_blanks(const Tree& tree, Complaints& out);
void check_pragma_once(const Tree& tree, Complaints& out);
void check_unfinished(const Tree& tree, Complaints& out);
void check_secrets(const Tree& tree, Complaints& out);
void check_machine_paths(const Tree& tree, Complaints& out);
void check_links(const Tree& tree, Complaints& out);
void check_corpora(const Tree& tree, Complaints& out);

const std::vector<Rule>& all_rules();

}  // namespace tickwitness::style
