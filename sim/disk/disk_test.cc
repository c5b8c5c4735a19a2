#include "sim/disk/disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <utility>
#include <vector>

#include "sim/disk/script_for_tests.h"

namespace tickwitness::sim {
namespace {

using testing::Contains;
using testing::ElementsAre;

using testing::UnorderedElementsAre;

constexpr std::uint64_t kCapacity = 1U << 20;
constexpr std::uint64_t kSeeds = 400;

// Runs the lines, lets the power fail, and answers the last line: with each of many seeds.
std::set<std::string> outcomes(const std::vector<std::string>& lines, const std::string& question) {
  std::set<std::string> answers;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Disk disk(kCapacity, base::Prng(seed));
    {
      Script script(disk);
      for (const auto& line : lines) script.run(line);
    }
    disk.crash();
    Script after(disk);
    after.run("open a");
    answers.insert(after.run(question));
  }
  return answers;
}

// A file `a` that is durable with its name.
std::vector<std::string> durable(const std::string& write, std::vector<std::string> then) {
  std::vector<std::string> lines{"create a", "write a 0 " + write, "sync a", "names"};
  lines.insert(lines.end(), then.begin(), then.end());
  return lines;
}

TEST(DiskCrash, WhatWasSyncedIsThere) {
  EXPECT_THAT(outcomes(durable("x*600", {}), "read a 0 9999"), ElementsAre("x*600"));
  EXPECT_THAT(outcomes(durable("x*600", {"write a 600 y*600", "truncate a 700", "sync a"}),
                       "read a 0 9999"),
              ElementsAre("x*600 y*100"));
}

TEST(DiskCrash, ANameNeedsASyncOfItsOwn) {
  EXPECT_THAT(outcomes({"create a", "write a 0 x*3", "sync a"}, "list"),
              UnorderedElementsAre("", "a"));
  EXPECT_THAT(outcomes({"create a", "write a 0 x*3", "sync a"}, "read a 0 9"),
              UnorderedElementsAre("not open", "x*3"));
  EXPECT_THAT(outcomes({"create a", "names"}, "list"), ElementsAre("a"));
}

TEST(DiskCrash, ANameMayBeThereWithoutTheContents) {
  EXPECT_THAT(outcomes({"create a", "write a 0 x*512", "names"}, "read a 0 999"),
              UnorderedElementsAre("", ".*512", "x*512"));
}

// Two writes over one sector, then one over two: the medium has any version of each sector.
TEST(DiskCrash, SectorsSurviveEachByItself) {
  EXPECT_THAT(outcomes(durable("o*1024", {"write a 0 x*512", "write a 0 y*1024"}), "read a 0 9999"),
              UnorderedElementsAre("o*1024", "x*512 o*512", "y*512 o*512", "o*512 y*512",
                                   "x*512 y*512", "y*1024"));
}

// A sector goes out as the page cache had it, with what was written before into the same one.
TEST(DiskCrash, ASectorIsNeverMixed) {
  EXPECT_THAT(outcomes(durable("o*512", {"write a 0 x*9", "write a 9 y*9"}), "read a 0 9999"),
              UnorderedElementsAre("o*512", "x*9 o*503", "x*9 y*9 o*494"));
}

TEST(DiskCrash, LaterWritesMaySurviveEarlierOnes) {
  const auto seen =
      outcomes(durable("o*512", {"write a 512 x*512", "write a 1024 y*512"}), "read a 0 9999");
  EXPECT_THAT(seen, Contains("o*512 .*512 y*512"));
  EXPECT_THAT(seen, Contains("o*512"));
  EXPECT_THAT(seen, Contains("o*512 x*512"));
  EXPECT_THAT(seen, Contains("o*512 x*512 .*512")) << "the size alone";
}

TEST(DiskCrash, ATornWriteEndsAtASector) {
  EXPECT_THAT(outcomes(durable("o*100", {"write a 100 x*1000"}), "size a"),
              UnorderedElementsAre("100", "512", "1024", "1100"));
}

TEST(DiskCrash, ATruncateHappensOrNot) {
  EXPECT_THAT(outcomes(durable("o*1000", {"truncate a 600"}), "read a 0 9999"),
              UnorderedElementsAre("o*1000", "o*600"));
  // What was written behind the cut is not there without it.
  EXPECT_THAT(outcomes(durable("o*1000", {"truncate a 512", "write a 512 x*512"}), "read a 0 9999"),
              UnorderedElementsAre("o*1000", "o*512", "o*512 x*512", "o*512 .*512"));
  EXPECT_THAT(outcomes(durable("o*9", {"preallocate a 600"}), "read a 0 9999"),
              UnorderedElementsAre("o*9", "o*9 .*591"));
  EXPECT_THAT(
      outcomes(durable("o*9", {"preallocate a 2048", "write a 1024 x*512"}), "read a 0 9999"),
      UnorderedElementsAre("o*9", "o*9 .*2039", "o*9 .*1015 x*512 .*512"));
  // A cut is never undone in part.
  EXPECT_THAT(outcomes(durable("o*1000", {"truncate a 0", "preallocate a 2000"}), "read a 0 9999"),
              UnorderedElementsAre("o*1000", "", ".*2000"));
}

TEST(DiskCrash, ARenameHappensOrNot) {
  const std::vector<std::string> lines{"create a",      "write a 0 o*9", "sync a", "create b",
                                       "write b 0 n*9", "sync b",        "names",  "rename b a"};
  EXPECT_THAT(outcomes(lines, "list"), UnorderedElementsAre("a", "a b"));
  EXPECT_THAT(outcomes(lines, "read a 0 9"), UnorderedElementsAre("o*9", "n*9"));
}

TEST(DiskCrash, ARemoveHappensOrNot) {
  EXPECT_THAT(outcomes(durable("x*9", {"remove a"}), "list"), UnorderedElementsAre("", "a"));
  EXPECT_THAT(outcomes(durable("x*9", {"remove a", "names"}), "list"), ElementsAre(""));
}

TEST(DiskCrash, NamesChangeInAnyOrderButAFileKeepsOneOfThem) {
  EXPECT_THAT(outcomes({"create a", "create b"}, "list"),
              UnorderedElementsAre("", "a", "b", "a b"));
  // Not "": `a` has its old name, or its new one, or its new one and another took the old.
  EXPECT_THAT(outcomes(durable("x*9", {"rename a b", "create a"}), "list"),
              UnorderedElementsAre("a", "b", "a b"));
  EXPECT_THAT(outcomes(durable("x*9", {"rename a b", "create a"}), "read a 0 9"),
              UnorderedElementsAre("x*9", "", "not open"));
}

TEST(DiskCrash, TheSameSeedDecidesTheSame) {
  const auto run = [](std::uint64_t seed) {
    Disk disk(kCapacity, base::Prng(seed));
    std::string text;
    for (int round = 0; round < 5; ++round) {
      {
        Script script(disk);
        for (const auto* line : {"create a", "open a", "write a 300 p*3000", "write a 10 q*600",
                                 "create b", "write b 0 r*2000", "rename b c", "truncate a 1500"})
          script.run(line);
      }
      disk.crash();
      Script after(disk);
      for (const auto* line : {"list", "open a", "open b", "open c", "read a 0 9999",
                               "read b 0 9999", "read c 0 9999"})
        text += after.run(line) + "\n";
    }
    return text;
  };
  // FNV-1a. The figure must be the same whichever compiler built this.
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    for (const char c : run(seed)) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  EXPECT_EQ(hash, 4845938776405497087U);
  EXPECT_EQ(run(3), run(3));
  EXPECT_NE(run(3), run(4));
}

TEST(DiskCrash, FilesFromBeforeItAreDead) {
  Disk disk(kCapacity, base::Prng(1));
  Script script(disk);
  for (const auto* line : {"create a", "write a 0 x*9", "sync a", "names"}) script.run(line);
  disk.crash();
  for (const auto* line :
       {"write a 0 y*9", "read a 0 9", "sync a", "size a", "truncate a 1", "preallocate a 99"})
    EXPECT_EQ(script.run(line), "io") << line;
  EXPECT_EQ(script.run("open a"), "ok");
  EXPECT_EQ(script.run("read a 0 9"), "x*9");
}

class DiskFaults : public testing::Test {
 protected:
  void expect(const std::vector<std::pair<std::string, std::string>>& lines) {
    for (const auto& [line, answer] : lines) EXPECT_EQ(script_.run(line), answer) << line;
  }
  Disk disk_{4096, base::Prng(1)};
  Script script_{disk_};
};

TEST_F(DiskFaults, AWriteStopsWhereTheRoomEnds) {
  expect({{"free", "4096"},
          {"create a", "ok"},
          {"free", "3584"},
          {"write a 0 x*3000", "3000"},
          {"write a 3000 y*3000", "584"},
          {"write a 3584 y*2416", "no_space"},
          {"write a 100 z*100", "100"},
          {"read a 0 9999", "x*100 z*100 x*2800 y*584"},
          {"create b", "no_space"},
          {"write a 5000 z*100", "no_space"},
          {"free", "0"}});
}

TEST_F(DiskFaults, RoomComesBackWhenTheChangeIsDurable) {
  expect({{"create a", "ok"},
          {"write a 0 x*3000", "3000"},
          {"sync a", "ok"},
          {"truncate a 1000", "ok"},
          {"free", "584"},
          {"write a 1000 y*2500", "2500"},
          {"truncate a 1000", "ok"},
          {"free", "84"},
          {"sync a", "ok"},
          {"free", "2584"},
          {"names", "ok"},
          {"remove a", "ok"},
          {"free", "2584"},
          {"names", "ok"},
          {"free", "2584"},
          {"close a", "ok"},
          {"free", "4096"}});
}

TEST_F(DiskFaults, AfterACrashRoomIsTakenByWhatIsLeft) {
  expect({{"create a", "ok"},
          {"write a 0 x*1000", "1000"},
          {"sync a", "ok"},
          {"create b", "ok"},
          {"write b 0 x*500", "500"},
          {"remove b", "ok"},
          {"names", "ok"},
          {"free", "1572"}});
  disk_.crash();
  expect({{"list", "a"}, {"free", "2584"}});
}

TEST_F(DiskFaults, PreallocatedRoomIsKept) {
  expect({{"create a", "ok"}, {"preallocate a 2000", "ok"}, {"free", "1584"}});
  disk_.limit_free(0);
  expect({{"free", "0"},
          {"write a 0 x*2000", "2000"},
          {"write a 2000 x*1", "no_space"},
          {"preallocate a 2001", "no_space"},
          {"create b", "no_space"}});
  disk_.limit_free(100);
  expect({{"write a 2000 x*200", "100"}, {"preallocate a 2101", "no_space"}});
  disk_.limit_free(std::nullopt);
  expect({{"free", "1484"}, {"write a 2100 x*100", "100"}});
  disk_.limit_free(9999);
  expect({{"free", "1384"}});
}

TEST_F(DiskFaults, APreallocationThatFailsHasGrownAsFarAsItCould) {
  expect({{"create a", "ok"}, {"preallocate a 9999", "no_space"}, {"size a", "3584"}});
}

TEST_F(DiskFaults, AFailedSyncLeavesPagesCleanAndTheirDataLost) {
  expect({{"create a", "ok"}, {"write a 0 o*1024", "1024"}, {"sync a", "ok"}, {"names", "ok"}});
  expect({{"write a 0 x*512", "512"}, {"write a 1024 x*512", "512"}});
  disk_.fail_next_sync();
  expect({{"sync a", "io"},
          {"read a 0 9999", "x*512 o*512 x*512"},
          {"write a 512 y*512", "512"},
          {"sync a", "ok"},
          {"read a 0 9999", "x*512 y*512 x*512"}});
  disk_.crash();
  expect({{"open a", "ok"}, {"read a 0 9999", "o*512 y*512 .*512"}});
}

TEST_F(DiskFaults, AFailedSyncOfNamesLeavesThemUndecided) {
  expect({{"create a", "ok"}});
  disk_.fail_next_sync();
  expect({{"names", "io"}, {"list", "a"}, {"names", "ok"}});
  disk_.crash();
  expect({{"list", "a"}});
}

TEST_F(DiskFaults, SyncsFailWhileTheyAreToldTo) {
  expect({{"create a", "ok"}, {"sync a", "ok"}, {"names", "ok"}, {"write a 0 x*512", "512"}});
  disk_.fail_syncs(true);
  expect({{"sync a", "io"}, {"sync a", "io"}, {"names", "io"}});
  disk_.fail_syncs(false);
  expect({{"sync a", "ok"}, {"names", "ok"}, {"read a 0 9999", "x*512"}});
  disk_.crash();
  expect({{"open a", "ok"}, {"read a 0 9999", ".*512"}});
}

TEST_F(DiskFaults, ReadsFailWhileTheyAreToldTo) {
  expect({{"create a", "ok"}, {"write a 0 x*9", "9"}});
  disk_.fail_reads(true);
  expect({{"read a 0 9", "io"}, {"size a", "9"}, {"write a 9 y*1", "1"}});
  disk_.fail_reads(false);
  expect({{"read a 0 99", "x*9 y"}});
}

TEST_F(DiskFaults, MessagesNameTheFileAndTheCause) {
  const auto file = disk_.create("a");
  disk_.limit_free(0);
  EXPECT_EQ((*file)->write(0, "x").error().message,
            "a: cannot be written: No space left on device");
  disk_.crash();
  EXPECT_EQ((*file)->sync().error().message,
            "a: cannot be synced: the power failed since it was opened");
}

// Without a bound a program that never syncs would take all memory.
TEST(DiskMemory, ChangesThatNobodySyncsAreWrittenBack) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Disk disk(kCapacity, base::Prng(seed));
    {
      Script script(disk);
      script.run("create first");
      script.run("write first 0 x*1");
      for (int i = 0; i < 2000; ++i) {
        script.run("write first 0 y*1");
        script.run("create other");
        script.run("remove other");
      }
    }
    disk.crash();
    Script after(disk);
    EXPECT_EQ(after.run("open first"), "ok");
    EXPECT_EQ(after.run("read first 0 9"), "y");
  }
}

}  // namespace
}  // namespace tickwitness::sim
