#include "feed/line.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "feed/labels.h"

namespace tickwitness::feed {

Line::Line(LinkContext& context, std::string name, LineSettings settings,
           MakeProtocol make_protocol, base::Prng random,
           std::vector<exchange::Subscription> wanted)
    : context_(context),
      name_(std::move(name)),
      settings_(std::move(settings)),
      make_protocol_(std::move(make_protocol)),
      random_(random),
      wanted_(std::move(wanted)),
      rotation_(settings_.max_age, random_.split()),
      rotated_(context.metrics.feed_rotations.at(label_of(context.venue),
                                                 telemetry::label::Result::success)),
      failed_(context.metrics.feed_rotations.at(label_of(context.venue),
                                                telemetry::label::Result::failure)),
      link_(make_link(true)),
      timer_(context.executor.make_timer()) {
  in_service_ = links_;
}

std::unique_ptr<Link> Line::make_link(bool in_service) {
  const std::uint64_t number = ++links_;
  // A recording tells both apart while they overlap.
  const bool other = number % 2 == 0;
  auto link = std::make_unique<Link>(
      context_, name_, settings_.endpoint, settings_.channel, settings_.session, make_protocol_(),
      random_.split(), wanted_,
      LinkRole{.in_service = in_service,
               .tap_name = other ? name_ + "+" : name_,
               .on_change = [this, number](LinkChange change) { on_change(number, change); }});
  if (last_word_) link->on_venue(*last_word_);
  return link;
}

void Line::start() {
  link_->start();
}

void Line::on_change(std::uint64_t link, LinkChange change) {
  if (ending_) return;
  if (link != in_service_) {
    if (change == LinkChange::announced && link == links_) successor_announced_ = true;
    return;
  }
  const base::Instant now = context_.executor.clock().now().mono;
  switch (change) {
    case LinkChange::opened:
      rotation_.on_opened(now);
      return arm();
    case LinkChange::announced:
      rotation_.on_announced(now);
      return look();
    case LinkChange::closed:
      return on_closed();
  }
}

// The one in service went before its time: a successor that is up is better than none, any other
// is one attempt too many beside those that are made now.
void Line::on_closed() {
  rotation_.on_closed();
  if (successor_) {
    failed_.inc();
    successor_opened() ? hand_over() : dismiss(std::move(successor_));
  }
  arm();
}

std::optional<base::Instant> Line::successor_opened() const {
  if (successor_->session().state() != LinkState::connected) return std::nullopt;
  return successor_->opened_at();
}

void Line::look() {
  const base::Instant now = context_.executor.clock().now().mono;
  if (!successor_) {
    const auto due = rotation_.due();
    if (due && *due <= now) open_successor();
    return arm();
  }
  switch (rotation_.look(now, link_->session().subscriptions(),
                         successor_->session().subscriptions(), successor_opened())) {
    case Rotation::Look::wait:
      break;
    case Rotation::Look::hand_over:
      rotated_.inc();
      hand_over();
      break;
    case Rotation::Look::give_up:
      failed_.inc();
      dismiss(std::move(successor_));
      break;
  }
  arm();
}

void Line::arm() {
  std::optional<base::Instant> at = rotation_.due();
  if (successor_) at = context_.executor.clock().now().mono + Rotation::kLookEvery;
  if (!at) return timer_->cancel();
  timer_->arm(*at, [this] { look(); });
}

void Line::open_successor() {
  context_.on_event({LinkEvent::What::rotating, name_,
                     rotation_.announced() ? "the exchange is about to close it"
                                           : "it is near the age at which it is replaced"});
  successor_announced_ = false;
  successor_ = make_link(false);
  successor_->start();
}

void Line::hand_over() {
  auto old = std::exchange(link_, std::move(successor_));
  in_service_ = links_;
  Link& predecessor = *old;
  dismiss(std::move(old));
  link_->succeed(predecessor);
  context_.on_event({LinkEvent::What::rotated, name_, settings_.endpoint.host});
  rotation_.on_opened(link_->opened_at());
  if (successor_announced_) rotation_.on_announced(link_->opened_at());
}

void Line::dismiss(std::unique_ptr<Link> link) {
  Link* const raw = link.get();
  leaving_.push_back(std::move(link));
  // Freed by a later turn: the callback comes from inside the link itself.
  raw->retire([this, raw] {
    context_.executor.post([self = std::weak_ptr(self_), raw] {
      const auto alive = self.lock();
      if (!alive) return;
      Line& line = **alive;
      std::erase_if(line.leaving_, [raw](const auto& kept) { return kept.get() == raw; });
      line.check_ended();
    });
  });
}

void Line::end(EndLink how, std::function<void()> on_ended) {
  ending_ = true;
  timer_->cancel();
  on_ended_ = std::move(on_ended);
  if (successor_) dismiss(std::move(successor_));
  (link_.get()->*how)([this] {
    link_ended_ = true;
    check_ended();
  });
}

void Line::check_ended() {
  if (on_ended_ && link_ended_ && leaving_.empty()) std::exchange(on_ended_, nullptr)();
}

void Line::finish(std::function<void()> on_ended) {
  end(&Link::finish, std::move(on_ended));
}

void Line::stop(std::function<void()> on_stopped) {
  end(&Link::stop, std::move(on_stopped));
}

void Line::retire(std::function<void()> on_stopped) {
  end(&Link::retire, std::move(on_stopped));
}

void Line::set_wanted(std::vector<exchange::Subscription> wanted) {
  wanted_ = std::move(wanted);
  if (successor_) successor_->set_wanted(wanted_);
  link_->set_wanted(wanted_);
}

void Line::set_settings(const LineSettings& settings) {
  settings_.channel = settings.channel;
  settings_.session = settings.session;
  settings_.max_age = settings.max_age;
  rotation_.set_max_age(settings.max_age);
  if (successor_) successor_->set_settings(settings_.session, settings_.channel);
  link_->set_settings(settings_.session, settings_.channel);
  arm();
}

void Line::on_venue(exchange::VenueStatus status) {
  last_word_ = status;
  if (successor_) successor_->on_venue(status);
  link_->on_venue(status);
}

std::optional<ClockOffset::Estimate> Line::clock(base::Now now) const {
  const auto one = link_->clock(now);
  const auto other = successor_ ? successor_->clock(now) : std::nullopt;
  if (!one || !other) return one ? one : other;
  return one->uncertainty <= other->uncertainty ? one : other;
}

std::optional<Session::VenueWord> Line::venue_word() const {
  const auto& one = link_->session().venue_word();
  if (!successor_) return one;
  const auto& other = successor_->session().venue_word();
  if (!one || !other) return one ? one : other;
  return one->at >= other->at ? one : other;
}

ConnectionStatus Line::status() const {
  ConnectionStatus status = link_->status();
  if (successor_) status.successor = successor_->session().state();
  return status;
}

}  // namespace tickwitness::feed
