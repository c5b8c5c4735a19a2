#include "rule.h"

namespace tickwitness::style {

const std::vector<Rule>& all_rules() {
  static const std::vector<Rule> rules = {
      {"layering", "a room includes only the rooms src/rooms.txt grants it", check_layering},
      {"libraries", "a room uses only its libraries; sockets stay in net/", check_libraries},
      {"folders", "the folders of src/ and the table of rooms agree", check_folders},
      {"drawing", "docs/ARCHITECTURE.md shows the table as it is", check_drawing},
      {"outside", "clock, threads, files, environment come through a seam", check_outside},
      {"unordered", "no loop over an unordered container", check_unordered},
      {"file-length", "a file of code has at most 500 lines", check_file_length},
      {"function-length", "a function has fewer than 70 lines", check_function_length},
      {"line-length", "a line has at most 100 columns", check_line_length},
      {"blanks", "no tabs, no trailing blanks, a newline at the end", check_blanks},
      {"pragma-once", "a header starts with #pragma once", check_pragma_once},
      {"unfinished", "nothing is left for later in the code", check_unfinished},
      {"secrets", "nothing that looks like a credential", check_secrets},
      {"machine-paths", "no path or host of one machine", check_machine_paths},
      {"links", "links in Markdown lead somewhere", check_links},
      {"corpora", "each fuzzer has inputs in fuzz/corpus/", check_corpora},
  };
  return rules;
}

}  // namespace tickwitness::style
