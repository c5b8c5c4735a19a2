// State is shape first: it must read without colour.

export type Level = 'ok' | 'pending' | 'warn' | 'bad' | 'unknown' | 'off';

const shapes = {
  ok: <circle cx="6" cy="6" r="4.6" />,
  pending: <path d="M6 1.6 11 10.4H1z" class="hollow" />,
  warn: <path d="M6 1 11.6 10.8H.4z" />,
  bad: (
    <>
      <path d="M3.8.7h4.4l3.1 3.1v4.4l-3.1 3.1H3.8L.7 8.2V3.8z" />
      <path d="m4.1 4.1 3.8 3.8m0-3.8L4.1 7.9" class="cross" />
    </>
  ),
  unknown: <circle cx="6" cy="6" r="4.4" class="hollow dashed" />,
  off: <circle cx="6" cy="6" r="4.4" class="hollow" />,
};

export function StateMark({ level }: { level: Level }) {
  return (
    <svg class={`mark mark-${level}`} viewBox="0 0 12 12" aria-hidden="true">
      {shapes[level]}
    </svg>
  );
}

// Shape, word and, where somebody should look, colour.
export function State({ level, word, title }: { level: Level; word: string; title?: string }) {
  return (
    <span class={`state state-${level}`} title={title ?? word}>
      <StateMark level={level} />
      <span class="word">{word}</span>
    </span>
  );
}
