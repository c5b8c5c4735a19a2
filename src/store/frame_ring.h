// The bounded way of records from the feed's thread to the recorder's: whole records in a ring of
// bytes, without locks. A full ring loses what comes and the reader learns how many, where they are
// missing. Method: runtime/spsc_ring.h, over bytes.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "store/record.h"

namespace tickwitness::store {

// One producer thread, one consumer thread.
class FrameRing {
 public:
  // Rounded up to a power of two, at least 4 KiB. All of it is taken at once.
  explicit FrameRing(std::size_t bytes_min);

  // Producer. Copies the record and never waits. False: it did not fit and is lost, for good when
  // it is larger than the ring or than kRecordBytesMax.
  bool push(const Record& record);
  // Producer. Counts a record as lost that was not even tried.
  void lose();
  // Producer. What a stream is called, before its first record; a name is no record, nothing is
  // lost when it does not fit and false is returned.
  bool push_name(std::uint32_t stream, const StreamName& name);

  // What the consumer gets: a name, or a record. `lost` stands where records are missing.
  struct Entry {
    std::optional<StreamName> name;  // of record.stream; then the record is none
    Record record;                   // its views hold until pop()
  };
  // Consumer. The oldest entry, again and again until pop(); null when there is none.
  const Entry* front();
  void pop();

  // Any thread; moments' values. Records that were lost since the start, and bytes that wait.
  std::uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }
  std::size_t bytes_waiting() const;
  std::size_t capacity() const { return capacity_; }

 private:
  struct Head;
  bool put(const Head& head, std::string_view first, std::string_view second,
           std::string_view third);
  void count_tried();
  char* copy_in(char* place, const void* bytes, std::size_t length);
  void copy_out(std::size_t from, void* to, std::size_t length) const;
  std::string_view view(std::size_t from, std::size_t length, std::string& scratch) const;
  void show(const Head& head, std::size_t at);
  void show_lost(std::uint64_t count);

  static constexpr std::size_t kLine = 64;
  std::size_t capacity_ = 4096;
  std::unique_ptr<char[]> bytes_;
  alignas(kLine) std::atomic<std::size_t> head_{0};  // bytes ever put in; written by the producer
  std::atomic<std::uint64_t> tried_{0};              // records, lost ones too; by the producer
  std::atomic<std::uint64_t> lost_{0};
  std::size_t tail_seen_ = 0;                        // the producer's copy of tail_
  alignas(kLine) std::atomic<std::size_t> tail_{0};  // bytes ever taken out; by the consumer
  std::size_t head_seen_ = 0;                        // the consumer's copy of head_
  std::uint64_t expected_ = 0;                       // the number of the next record
  std::size_t front_bytes_ = 0;                      // of the entry that front() shows; 0: of none
  bool showing_ = false;
  base::Now last_{};
  Entry entry_;
  std::string wrapped_target_, wrapped_text_;  // what lies around the ring's end, in one piece
};

}  // namespace tickwitness::store
