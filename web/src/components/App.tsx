import { useRef } from 'preact/hooks';
import { Announcer } from '../model/announcer';
import { pageNow } from '../store';
import { CircuitBreakerBanner } from './CircuitBreakerBanner';
import { FeedsTable } from './FeedsTable';
import { Header } from './Header';
import { KrakenMetrics } from './KrakenMetrics';
import { LossesPanel } from './LossesPanel';
import { ModeRibbon } from './ModeRibbon';
import { chips, StatusStrip } from './StatusStrip';
import { SystemHealth } from './SystemHealth';

// States only: what changes each second would never let a reader speak of anything else.
function Announcements() {
  const announcer = useRef(new Announcer());
  const sentence = chips()
    .map(({ name, chip }) => `${name} ${chip.word}`)
    .join(', ');
  return (
    <div role="status" aria-live="polite" class="hidden-text">
      {announcer.current.update(sentence, pageNow.value)}
    </div>
  );
}

export function App() {
  return (
    <>
      <a class="skip" href="#health-title">
        Skip to the values
      </a>
      <ModeRibbon />
      <Header />
      <main>
        <CircuitBreakerBanner />
        <StatusStrip />
        <SystemHealth />
        <KrakenMetrics />
        <LossesPanel />
        <FeedsTable />
      </main>
      <footer class="footer">
        <span>— means unknown.</span>
        <span>Ages are by the server’s clock; old values are grey and hatched.</span>
        <a href="/metrics">/metrics</a>
      </footer>
      <Announcements />
    </>
  );
}
