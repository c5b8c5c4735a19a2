// Where recordings of real exchanges lie: beside the project, not in it, since others made them and
// their licences do not let us pass them on. A clone without them cannot compare anything with
// them, so its tests skip and say so. Where the folder is, nothing is skipped: a recording that is
// not in it fails its test.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>

namespace tickwitness::base {

inline const std::filesystem::path kRecordings =
    std::filesystem::path(TW_SOURCE_DIR) / ".." / "shared" / "data";

}  // namespace tickwitness::base

// First in a test, or in SetUp().
#define TW_NEEDS_RECORDINGS()                                                 \
  if (!std::filesystem::exists(tickwitness::base::kRecordings))               \
  GTEST_SKIP() << "recordings of real exchanges are not beside the project: " \
               << tickwitness::base::kRecordings
