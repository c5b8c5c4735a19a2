// What to follow on an exchange, in the shape of seed 000:
//
//   streams:
//     - name: ohlc
//       pairs: ["BTC-USD", "ETH-USD"]
//       intervals: [1, 5, 15, 60]
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <vector>

#include "config/exchanges.h"
#include "config/loading.h"
#include "config/nearest.h"
#include "config/parse.h"
#include "config/quote.h"
#include "config/values.h"

namespace tickwitness::config {
namespace {

std::vector<std::string_view> names_of(const ExchangeKind& kind) {
  std::vector<std::string_view> names;
  for (const Stream known : kind.streams) names.push_back(to_string(known));
  return names;
}

// "trade, spread, ohlc or book"
std::string choice_of(const std::vector<std::string_view>& names) {
  return fmt::format("{} or {}", fmt::join(names.begin(), names.end() - 1, ", "), names.back());
}

class StreamBinding {
 public:
  StreamBinding(Loading& loading, const std::string& path, const ExchangeKind& kind)
      : loading_(loading), path_(path), kind_(kind), names_(names_of(kind)) {}

  void list(const TreeNode& node) {
    if (node.kind != TreeNode::Kind::list || node.items.empty()) {
      problem(node.place,
              "streams must be a list with at least one stream, as "
              "- {name: trade, pairs: [BTC-USD]}");
      return;
    }
    std::vector<StreamSettings> streams;
    for (const TreeNode& item : node.items) {
      if (item.kind == TreeNode::Kind::map)
        stream(item, streams);
      else
        problem(item.place, "a stream must be a map with name, pairs and, for ohlc, intervals");
    }
    std::set<std::string> pairs;
    for (const auto& stream : streams) pairs.insert(stream.pairs.begin(), stream.pairs.end());
    if (pairs.size() > kPairsMax) {
      problem(node.place, fmt::format("{} pairs over all streams; one engine follows at most {}",
                                      pairs.size(), kPairsMax));
    }
    kind_.at(loading_.out.settings).streams = std::move(streams);
  }

 private:
  void problem(Place place, std::string text) { loading_.problem(path_, place, std::move(text)); }

  void stream(const TreeNode& node, std::vector<StreamSettings>& out) {
    StreamSettings stream;
    const TreeNode* name = nullptr;
    const TreeNode* pairs_node = nullptr;
    const TreeNode* intervals_node = nullptr;
    for (const TreeNode::Entry& entry : node.entries) {
      if (entry.key == "name")
        name = &entry.value;
      else if (entry.key == "pairs")
        pairs_node = &entry.value;
      else if (entry.key == "intervals")
        intervals_node = &entry.value;
      else
        unknown(entry);
    }
    if (name == nullptr || !set_name(*name, stream)) {
      if (name == nullptr)
        problem(node.place, fmt::format("this stream has no name: {}", choice_of(names_)));
      return;
    }
    const std::string_view word = to_string(stream.name);
    if (pairs_node == nullptr)
      problem(node.place, fmt::format("stream {} has no pairs, as pairs: [BTC-USD]", word));
    else
      pairs(*pairs_node, stream);
    if (stream.name == Stream::ohlc && intervals_node == nullptr)
      problem(node.place, "stream ohlc has no intervals (minutes), as intervals: [1, 5, 15, 60]");
    else if (stream.name != Stream::ohlc && intervals_node != nullptr)
      problem(intervals_node->place, fmt::format("stream {} has no intervals; ohlc has", word));
    else if (intervals_node != nullptr)
      intervals(*intervals_node, stream);
    check_repeats(node, stream);
    out.push_back(std::move(stream));
  }

  void unknown(const TreeNode::Entry& entry) {
    const auto meant = nearest(entry.key, {"name", "pairs", "intervals"});
    problem(entry.place,
            fmt::format("unknown key {} in a stream; {}", quote(entry.key),
                        meant.empty() ? std::string("known here: name, pairs, intervals")
                                      : fmt::format("did you mean {}?", quote(meant))));
  }

  bool set_name(const TreeNode& node, StreamSettings& stream) {
    for (const Stream known : kind_.streams) {
      if (node.kind == TreeNode::Kind::scalar && node.text == to_string(known)) {
        stream.name = known;
        return true;
      }
    }
    const auto meant = nearest(node.text, names_);
    problem(node.place,
            fmt::format("stream {} is not known; {}", quote(node.text),
                        meant.empty() ? fmt::format("one of {}", fmt::join(names_, ", "))
                                      : fmt::format("did you mean {}?", quote(meant))));
    return false;
  }

  // Calls `take` for each value of a list that has at least one.
  template <class Take>
  void each(const TreeNode& node, std::string_view what, Take take) {
    if (node.kind != TreeNode::Kind::list || node.items.empty()) {
      problem(node.place, fmt::format("{} must be a list with at least one value", what));
      return;
    }
    for (const TreeNode& item : node.items) {
      if (item.kind == TreeNode::Kind::scalar)
        take(item);
      else
        problem(item.place, fmt::format("{}: each must be one value", what));
    }
  }

  void pairs(const TreeNode& node, StreamSettings& stream) {
    if (node.items.size() > kPairsMax) {
      problem(node.place,
              fmt::format("{} pairs; a stream may have {}", node.items.size(), kPairsMax));
      return;
    }
    each(node, "pairs", [&](const TreeNode& item) {
      auto pair = parse_pair(item.text);
      if (!pair)
        problem(item.place, pair.error().message);
      else if (std::ranges::find(stream.pairs, *pair) != stream.pairs.end())
        problem(item.place, fmt::format("pair {} stands here twice", *pair));
      else
        stream.pairs.push_back(std::move(*pair));
    });
  }

  void intervals(const TreeNode& node, StreamSettings& stream) {
    each(node, "intervals", [&](const TreeNode& item) {
      const auto minutes = parse_whole(item.text);
      if (!minutes || std::ranges::find(kind_.intervals, *minutes) == kind_.intervals.end()) {
        problem(item.place,
                fmt::format("interval {} is not served by {}; one of {} minutes", quote(item.text),
                            kind_.name, fmt::join(kind_.intervals, ", ")));
        return;
      }
      const auto value = static_cast<std::uint32_t>(*minutes);
      if (std::ranges::find(stream.intervals, value) != stream.intervals.end())
        problem(item.place, fmt::format("interval {} stands here twice", value));
      else
        stream.intervals.push_back(value);
    });
  }

  // A stream may be listed again, for other pairs or intervals.
  void check_repeats(const TreeNode& node, const StreamSettings& stream) {
    for (const StreamSubscription& wanted : subscriptions({stream})) {
      if (seen_.insert(wanted).second) continue;
      problem(node.place,
              wanted.interval_minutes == 0
                  ? fmt::format("{} of {} is already asked for above", to_string(wanted.stream),
                                wanted.pair)
                  : fmt::format("{} of {}, {} minutes, is already asked for above",
                                to_string(wanted.stream), wanted.pair, wanted.interval_minutes));
      return;
    }
  }

  Loading& loading_;
  const std::string& path_;
  const ExchangeKind& kind_;
  const std::vector<std::string_view> names_;  // of its streams
  std::set<StreamSubscription> seen_;
};

}  // namespace

void bind_stream_list(Loading& loading, const std::string& path, const Field& field,
                      const TreeNode::Entry& entry) {
  const Ref ref = field.ref(loading.out.settings);
  const auto* const streams = std::get<std::vector<StreamSettings>*>(ref);
  for (const ExchangeKind& kind : exchange_kinds()) {
    if (&kind.in(loading.out.settings).streams != streams) continue;
    loading.sources[field.path] = {path, entry.place, std::string(field.path)};
    StreamBinding(loading, path, kind).list(entry.value);
  }
}

void bind_streams(Loading& loading, const std::string& path, const TreeNode& tree) {
  bind_fields(loading, path, tree, File::streams);  // unknown keys beside `streams`
  for (const TreeNode::Entry& entry : tree.entries) {
    if (entry.key != "streams") continue;
    for (const Field& field : fields()) {
      if (field.file == File::streams) bind_stream_list(loading, path, field, entry);
    }
    return;
  }
  loading.problem(path, tree.place, "has no streams; it needs streams: and a list below it");
}

}  // namespace tickwitness::config
