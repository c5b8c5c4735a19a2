// The simulated disk and the real one answer the same to the same calls.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <utility>
#include <vector>

#include "runtime/posix_disk.h"
#include "runtime/temporary_dir.h"
#include "sim/disk/disk.h"
#include "sim/disk/script_for_tests.h"

namespace tickwitness::sim {
namespace {

struct Real {
  runtime::TemporaryDirectory root = *runtime::TemporaryDirectory::make();
  runtime::PosixDisk disk = *runtime::PosixDisk::at(root.path());
};

struct Simulated {
  Disk disk{1U << 20, base::Prng(1)};
};

using Lines = std::vector<std::pair<std::string, std::string>>;  // what is asked, the answer

struct Case {
  std::string_view what;
  Lines lines;
};

std::vector<Case> contents_table() {
  return {
      {"reads stop where the file ends",
       {{"create a", "ok"},
        {"size a", "0"},
        {"read a 0 10", ""},
        {"write a 0 x*5", "5"},
        {"read a 0 10", "x*5"},
        {"read a 3 1", "x"},
        {"read a 4 9", "x"},
        {"read a 5 1", ""},
        {"read a 600 1", ""},
        {"read a 0 0", ""},
        {"size a", "5"}}},
      {"writes go where they are told",
       {{"create a", "ok"},
        {"write a 0 a*700", "700"},
        {"write a 500 b*20", "20"},
        {"write a 690 c*20", "20"},
        {"read a 0 9999", "a*500 b*20 a*170 c*20"},
        {"write a 0 d*0", "0"},
        {"write a 2000 d*0", "0"},
        {"size a", "710"}}},
      {"a gap is zeros",
       {{"create a", "ok"},
        {"write a 3 x*2", "2"},
        {"write a 1200 y*2", "2"},
        {"read a 0 9999", ".*3 x*2 .*1195 y*2"}}},
      {"preallocated bytes are zeros and stay where they are",
       {{"create a", "ok"},
        {"write a 0 x*5", "5"},
        {"preallocate a 2000", "ok"},
        {"size a", "2000"},
        {"read a 0 9999", "x*5 .*1995"},
        {"write a 5 y*5", "5"},
        {"preallocate a 100", "ok"},
        {"preallocate a 0", "ok"},
        {"size a", "2000"},
        {"read a 0 20", "x*5 y*5 .*10"}}},
      {"what was cut off does not come back",
       {{"create a", "ok"},
        {"write a 0 x*700", "700"},
        {"truncate a 701", "invalid"},
        {"truncate a 600", "ok"},
        {"truncate a 600", "ok"},
        {"size a", "600"},
        {"write a 650 y*1", "1"},
        {"read a 590 99", "x*10 .*50 y"},
        {"truncate a 0", "ok"},
        {"preallocate a 3", "ok"},
        {"read a 0 9", ".*3"}}},
      {"syncs change nothing that is seen",
       {{"create a", "ok"},
        {"sync a", "ok"},
        {"write a 0 a*600", "600"},
        {"sync a", "ok"},
        {"sync a", "ok"},
        {"names", "ok"},
        {"read a 0 999", "a*600"},
        {"close a", "ok"},
        {"open a", "ok"},
        {"read a 0 999", "a*600"},
        {"list", "a"}}},
  };
}

std::vector<Case> names_table() {
  return {
      {"a name is taken once",
       {{"list", ""},
        {"open a", "not_found"},
        {"create a", "ok"},
        {"create a", "exists"},
        {"create b", "ok"},
        {"create B", "ok"},
        {"list", "B a b"}}},
      {"names are plain",
       {{"create a/b", "invalid"},
        {"open .", "invalid"},
        {"open ..", "invalid"},
        {"remove /a", "invalid"},
        {"create a", "ok"},
        {"rename a ../a", "invalid"},
        {"rename a/ a", "invalid"},
        {"list", "a"}}},
      {"a rename replaces, and open files follow their file",
       {{"create a", "ok"},
        {"write a 0 a*3", "3"},
        {"create b", "ok"},
        {"write b 0 b*3", "3"},
        {"rename c a", "not_found"},
        {"rename a b", "ok"},
        {"list", "b"},
        {"write a 3 c*1", "1"},
        {"read b 0 9", "b*3"},
        {"open b", "ok"},
        {"read b 0 9", "a*3 c"},
        {"rename b b", "ok"},
        {"open a", "not_found"},
        {"list", "b"}}},
      {"a removed file is there for those who have it open",
       {{"create a", "ok"},
        {"write a 0 a*3", "3"},
        {"remove a", "ok"},
        {"remove a", "not_found"},
        {"list", ""},
        {"write a 3 b*1", "1"},
        {"sync a", "ok"},
        {"read a 0 9", "a*3 b"},
        {"create a", "ok"},
        {"size a", "0"}}},
  };
}

template <class T>
class DiskConformance : public testing::Test {};
using Disks = testing::Types<Real, Simulated>;
TYPED_TEST_SUITE(DiskConformance, Disks);

template <class UnderTest>
void expect(const std::vector<Case>& table) {
  for (const auto& [what, lines] : table) {
    SCOPED_TRACE(what);
    UnderTest under_test;
    Script script(under_test.disk);
    for (const auto& [line, answer] : lines) EXPECT_EQ(script.run(line), answer) << line;
  }
}

TYPED_TEST(DiskConformance, OfContents) {
  expect<TypeParam>(contents_table());
}

TYPED_TEST(DiskConformance, OfNames) {
  expect<TypeParam>(names_table());
}

TYPED_TEST(DiskConformance, MessagesNameTheFileAndTheCause) {
  TypeParam under_test;
  const auto opened = under_test.disk.open("none");
  ASSERT_FALSE(opened);
  EXPECT_TRUE(opened.error().message.ends_with("none: cannot be opened: No such file or directory"))
      << opened.error().message;
}

TYPED_TEST(DiskConformance, ThereIsRoom) {
  TypeParam under_test;
  EXPECT_GT(under_test.disk.free_bytes().value_or(0), 0U);
}

std::string any_line() {
  static const std::array<std::string, 12> kWhat{"create", "open", "close",       "remove",
                                                 "rename", "list", "preallocate", "truncate",
                                                 "write",  "read", "size",        "sync"};
  const auto what = *rc::gen::elementOf(kWhat);
  const auto name = *rc::gen::element<std::string>("a", "b", "c");
  const auto number = std::to_string(*rc::gen::inRange(0, 2000));
  if (what == "rename") return what + " " + name + " " + *rc::gen::element<std::string>("a", "b");
  if (what == "write")
    return what + " " + name + " " + number + " " + *rc::gen::element<std::string>("x", "y") + "*" +
           std::to_string(*rc::gen::inRange(0, 1500));
  if (what == "read") return what + " " + name + " " + number + " 5000";
  return what + " " + name + " " + number;
}

TEST(DiskConformance, AnyCallsAreAnsweredAlike) {
  EXPECT_TRUE(rc::check([] {
    const auto lines = *rc::gen::container<std::vector<std::string>>(rc::gen::exec(any_line));
    Real real;
    Simulated simulated;
    Script asked(real.disk);
    Script compared(simulated.disk);
    for (const auto& line : lines) {
      RC_LOG() << line << '\n';
      const auto answer = asked.run(line);
      RC_ASSERT(compared.run(line) == answer);
    }
    for (const auto* line : {"list", "read a 0 5000", "read b 0 5000", "read c 0 5000"})
      RC_ASSERT(compared.run(line) == asked.run(line));
  }));
}

}  // namespace
}  // namespace tickwitness::sim
