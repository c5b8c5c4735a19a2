#include "feed/paced_requests.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace tickwitness::feed {
namespace {

using namespace std::chrono_literals;

base::Instant at(base::Duration t) {
  return base::Instant(1000s + t);
}

PacedRequests::Item item(std::uint64_t id) {
  return {.request = {.text = std::to_string(id), .id = id}};
}

TEST(PacedRequests, NeverMoreThanAllowedInAnySecondAndAllInOrder) {
  PacedRequests requests(5);
  for (std::uint64_t id = 1; id <= 300; ++id) requests.add(item(id));
  std::vector<base::Instant> sent;
  base::Instant now = at(0s);
  while (requests.any()) {
    now = std::max(now, requests.ready_at());
    const auto one = requests.next(now);
    ASSERT_TRUE(one) << "ready_at said so";
    sent.push_back(now);
    EXPECT_EQ(one->request.id, sent.size());
  }
  ASSERT_EQ(sent.size(), 300U);
  for (std::size_t i = 5; i < sent.size(); ++i) EXPECT_GE(sent[i] - sent[i - 5], 1s);
  EXPECT_EQ(now, at(59s));  // and not slower than that
}

TEST(PacedRequests, WhatPassesIsCountedToo) {
  PacedRequests requests(2);
  requests.add(item(1));
  EXPECT_TRUE(requests.pass(at(0s)));
  EXPECT_TRUE(requests.next(at(0s)));
  EXPECT_FALSE(requests.pass(at(999ms)));
  EXPECT_EQ(requests.ready_at(), at(1s));
  EXPECT_FALSE(requests.any());
  EXPECT_TRUE(requests.pass(at(1s)));
}

TEST(PacedRequests, BacksOffLongerEachTimeTheVenueComplains) {
  PacedRequests requests(5);
  requests.add(item(1));
  base::Duration t{0};
  for (const auto pause : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s, 60s, 60s}) {
    requests.on_too_many(at(t));
    EXPECT_EQ(requests.ready_at(), at(t + pause));
    EXPECT_FALSE(requests.next(at(t + pause - 1ms)));
    t += pause;
  }
  requests.on_answer();
  requests.on_too_many(at(t));
  EXPECT_EQ(requests.ready_at(), at(t + 1s));
  requests.clear();
  EXPECT_EQ(requests.any(), false);
}

}  // namespace
}  // namespace tickwitness::feed
