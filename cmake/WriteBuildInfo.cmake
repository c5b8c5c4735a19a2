# Run by tw_version. The commit is that of git; without git, TW_COMMIT of the environment; else
# unknown. "+" marks a tree with changes that are not committed.
set(commit)
if(EXISTS ${SOURCE}/.git)
  execute_process(COMMAND git -C ${SOURCE} describe --always --dirty=+ --exclude=* --abbrev=12
    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT commit)
  set(commit "$ENV{TW_COMMIT}")
endif()
if(NOT commit MATCHES "^[0-9A-Za-z.+_-]+$")
  set(commit unknown)
endif()
file(CONFIGURE OUTPUT ${OUT} @ONLY NEWLINE_STYLE UNIX CONTENT [[
// Written by cmake/WriteBuildInfo.cmake.
#include "app/build_info.h"

namespace tickwitness::app {

constinit const std::string_view kVersion = "@VERSION@";
constinit const std::string_view kCommit = "@commit@";

}  // namespace tickwitness::app
]])
