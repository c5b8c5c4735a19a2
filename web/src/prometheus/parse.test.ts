import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseExposition } from './parse';

type Row = [name: string, line: string, value: number, labels?: Record<string, string>, timestampMs?: number];

const good: Row[] = [
  ['no labels', 'circuit_breaker_trips_total 0', 0],
  ['empty braces', 'up{} 1', 1],
  ['one label', 'a{pair="BTC-USD"} 12.5', 12.5, { pair: 'BTC-USD' }],
  ['blanks everywhere', '  a { x = "1" , y = "2" , } \t 3 \t ', 3, { x: '1', y: '2' }],
  ['trailing comma', 'a{x="1",} 2', 2, { x: '1' }],
  ['tab before the value', 'a\t7', 7],
  ['timestamp', 'a{x="1"} 2 1699999999999', 2, { x: '1' }, 1699999999999],
  ['timestamp below zero', 'a 2 -1', 2, {}, -1],
  ['escapes', String.raw`a{x="q\"b\\n\n."} 1`, 1, { x: 'q"b\\n\n.' }],
  ['an escape that is none', String.raw`a{x="\t"} 1`, 1, { x: '\\t' }],
  ['brace, comma and hash in a label', 'a{x="},{# "} 1', 1, { x: '},{# ' }],
  ['unicode', 'a{x="日本 ☃ \u202e"} 1', 1, { x: '日本 ☃ \u202e' }],
  ['markup', 'a{x="<script>alert(1)</script>"} 1', 1, { x: '<script>alert(1)</script>' }],
  [
    'label named as an object member',
    'a{__proto__="x",constructor="y"} 1',
    1,
    { ['__proto__']: 'x', constructor: 'y' },
  ],
  ['empty label value', 'a{x=""} 1', 1, { x: '' }],
  ['colon in a name', 'job:rate:5m 1', 1],
  ['exponent', 'a 1.5e-7', 1.5e-7],
  ['sign', 'a +4.5E+3', 4500],
  ['point first', 'a .5', 0.5],
  ['point last', 'a 5.', 5],
  ['NaN', 'a NaN', NaN],
  ['+Inf', 'a +Inf', Infinity],
  ['-Inf', 'a -Inf', -Infinity],
  ['Inf', 'a Inf', Infinity],
  ['carriage return', 'a 1\r', 1],
];

for (const [name, line, value, labels = {}, timestampMs = null] of good) {
  test(`parses ${name}`, () => {
    const { samples, badLines } = parseExposition(line);
    assert.equal(badLines, 0);
    assert.equal(samples.length, 1);
    assert.equal(samples[0]?.value, value);
    assert.deepEqual([...(samples[0]?.labels ?? [])], Object.entries(labels));
    assert.equal(samples[0]?.timestampMs, timestampMs);
  });
}

const bad: [string, string][] = [
  ['no value', 'a'],
  ['value that is a word', 'a twelve'],
  ['hexadecimal', 'a 0x10'],
  ['two points', 'a 1.2.3'],
  ['name that starts with a digit', '1a 2'],
  ['markup', '<html>502</html>'],
  ['open braces', 'a{x="1" 2'],
  ['open quote', 'a{x="1} 2'],
  ['backslash at the end', 'a{x="\\'],
  ['label without value', 'a{x} 2'],
  ['label without quotes', 'a{x=1} 2'],
  ['label twice', 'a{x="1",x="2"} 2'],
  ['labels without comma', 'a{x="1"y="2"} 2'],
  ['two commas', 'a{x="1",,y="2"} 2'],
  ['timestamp that is no integer', 'a 1 2.5'],
  ['something after the timestamp', 'a 1 2 3'],
];

for (const [name, line] of bad) {
  test(`counts and skips ${name}`, () => {
    const { samples, badLines } = parseExposition(`before 1\n${line}\nafter 2\n`);
    assert.equal(badLines, 1);
    assert.deepEqual(
      samples.map((sample) => sample.name),
      ['before', 'after'],
    );
  });
}

test('skips comments and blank lines', () => {
  const text = '# HELP a text with { " \\\n# TYPE a gauge\n\n  \n# anything\na 1\n';
  assert.deepEqual(
    parseExposition(text).samples.map((sample) => sample.name),
    ['a'],
  );
  assert.equal(parseExposition(text).badLines, 0);
});

test('reads the example of the format in its own words', () => {
  const text = [
    'http_requests_total{method="post",code="200"} 1027 1395066363000',
    String.raw`msdos_file_access_time_seconds{path="C:\\DIR\\FILE.TXT",error="Cannot find file:\n\"FILE.TXT\""} 1.458255915e9`,
    'something_weird{problem="division by zero"} +Inf -3982045',
    'http_request_duration_seconds_bucket{le="+Inf"} 144320',
    'rpc_duration_seconds_sum 1.7560473e+07',
  ].join('\n');
  const { samples, badLines } = parseExposition(text);
  assert.equal(badLines, 0);
  assert.equal(samples.length, 5);
  assert.equal(samples[1]?.labels.get('path'), 'C:\\DIR\\FILE.TXT');
  assert.equal(samples[1]?.labels.get('error'), 'Cannot find file:\n"FILE.TXT"');
});

test('long text takes time in proportion', () => {
  const text = `a{x="${'y'.repeat(200_000)}"} 1\n`.repeat(5) + 'b 1\n'.repeat(50_000);
  assert.equal(parseExposition(text).samples.length, 50_005);
});
