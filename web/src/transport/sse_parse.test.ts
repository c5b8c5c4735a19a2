import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventStreamParser, type ServerEvent } from './sse_parse';

const whole = 'id: 7\nevent: kraken_metrics\ndata: {"a":1}\n\n';
const seven: ServerEvent = { id: '7', event: 'kraken_metrics', data: '{"a":1}' };

const cases: [string, string, ServerEvent[]][] = [
  ['one event', whole, [seven]],
  ['two events', whole + whole, [seven, seven]],
  ['CRLF', whole.replaceAll('\n', '\r\n'), [seven]],
  ['CR', `${whole.replaceAll('\n', '\r')} `, [seven]],
  ['comments', `: hello\n${whole}`, [seven]],
  ['byte order mark', `\uFEFF${whole}`, [seven]],
  ['no blank after the colon', 'event:x\ndata:1\n\n', [{ id: null, event: 'x', data: '1' }]],
  ['several data lines', 'data: 1\ndata: 2\n\n', [{ id: null, event: 'message', data: '1\n2' }]],
  ['the id holds for later events', `${whole}data: x\n\n`, [seven, { id: '7', event: 'message', data: 'x' }]],
  ['event without data', 'event: x\n\n', []],
  ['field without a colon', 'data\n\n', [{ id: null, event: 'message', data: '' }]],
  ['unknown fields', 'retry: 5\nfoo: bar\ndata: 1\n\n', [{ id: null, event: 'message', data: '1' }]],
  [
    'the name of an event without data is not kept',
    'event: x\n\ndata: 1\n\n',
    [{ id: null, event: 'message', data: '1' }],
  ],
  ['an event that has not ended', 'event: x\ndata: 1\n', []],
];

for (const [name, text, events] of cases) {
  test(name, () => assert.deepEqual(new EventStreamParser().push(text), events));
  test(`${name}, one character at a time`, () => {
    const parser = new EventStreamParser();
    assert.deepEqual(
      [...text].flatMap((char) => parser.push(char)),
      events,
    );
  });
}

test('an endless line is refused', () => {
  const parser = new EventStreamParser();
  assert.throws(() => {
    for (let times = 0; times < 40; times++) parser.push('x'.repeat(1 << 16));
  }, /too long/);
});

test('endless data lines are refused', () => {
  const parser = new EventStreamParser();
  assert.throws(() => {
    for (let times = 0; times < 40; times++) parser.push(`data: ${'x'.repeat(1 << 16)}\n`);
  }, /too long/);
});
