// Whatever lies in a spool's directory: a start reads it to an end, hands out nothing outside the
// limits, and what is accepted afterwards is read back.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "store/spool/spool_for_tests.h"

namespace {

using namespace tickwitness;
using namespace tickwitness::store::spool;

void start_with(const std::string& bytes) {
  runtime::test::Files files;
  files.by_name[segment_name(1)] = std::make_shared<std::string>(bytes);
  runtime::test::TestDisk disk(files);
  auto spool = Spool::open(disk, test::small_segments(), test::kSpoolId);
  if (!spool) return;  // of a later format
  const auto before = test::read_all(*spool);
  for (const auto& [lsn, payload] : before.records) {
    if (payload.empty() || payload.size() > kPayloadMax || lsn > spool->last()) std::abort();
  }
  const auto lsn = spool->append("added", test::kNow);
  if (!lsn || *lsn <= spool->recovery().last) std::abort();
  const auto after = test::read_all(*spool);
  if (after.records.size() != before.records.size() + 1) std::abort();
  if (after.records.back() != std::pair(*lsn, std::string("added"))) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  start_with(std::string(bytes));
  // Behind a head that is whole, where it gets further; and with records among the rest.
  const SegmentHead head{.spool = test::kSpoolId, .first = 1};
  start_with(segment_head(head) + std::string(bytes));
  std::string mixed = segment_head(head);
  append_record(head, 1, "one", mixed);
  mixed += bytes;
  append_record(head, 2 + size % 4, "another", mixed);
  start_with(mixed);
  return 0;
}
