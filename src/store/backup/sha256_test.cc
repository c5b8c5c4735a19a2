#include "store/backup/sha256.h"

#include <gtest/gtest.h>

namespace tickwitness::store::backup {
namespace {

// FIPS 180-4, appendix B; the same in pieces.
TEST(Sha256, IsThatOfTheStandard) {
  EXPECT_EQ(Sha256().hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  Sha256 sum;
  sum.add("a");
  sum.add("bc");
  EXPECT_EQ(sum.hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace tickwitness::store::backup
