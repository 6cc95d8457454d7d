import { describe, expect, test } from 'vitest';
import type { Prompt } from '../../src/state/model.ts';
import { completions, edit, ghostOf, insert, parseCommand, remember, type Vocabulary } from '../../src/state/prompt.ts';
import { loads, madeTable } from '../made-views.ts';

const words: Vocabulary = {
  views: [
    madeTable(loads(), { id: 'slow', aliases: ['s', 'red'] }),
    madeTable(loads(), { id: 'trace', aliases: ['tr'], argument: { name: 'ID', param: 'id', required: true } }),
    madeTable(loads(), { id: 'logs', aliases: [], argument: { name: 'QUERY', param: 'query', required: false } }),
  ],
  tenants: ['production-us-east', 'staging'],
  context: 'central',
};

describe(':VIEW [ARG] [TENANT] [/FILTER] [@CONTEXT]', () => {
  test.each<[string, object]>([
    ['slow', { do: 'go', view: 'slow', params: {} }],
    ['red', { do: 'go', view: 'slow' }],
    ['slow staging', { view: 'slow', tenant: 'staging' }],
    ['slow all', { tenant: 'all' }],
    ['slow staging /check out', { tenant: 'staging', filter: 'check out' }],
    ['slow /cart @central', { view: 'slow', filter: 'cart' }],
    ['  slow   @central ', { do: 'go', view: 'slow', filter: undefined }],
    ['slow @west', { do: 'contexts', contexts: ['west'], view: 'slow', params: {}, filter: undefined }],
    ['tr 7980 acme /x @west,east', { contexts: ['west', 'east'], params: { id: '7980', tenant: 'acme' }, filter: 'x' }],
    ['tr 7980 staging', { view: 'trace', params: { id: '7980' }, tenant: 'staging' }],
    ['trace staging', { params: { id: 'staging' }, tenant: undefined }],
    ['logs staging', { params: {}, tenant: 'staging' }],
    ['logs error', { params: { query: 'error' } }],
    ['q', { do: 'quit' }],
    ['q!', { do: 'quit' }],
    ['help', { do: 'help' }],
  ])('%s', (text, expected) => expect(parseCommand(text, words)).toMatchObject(expected));

  test.each([
    ['slwo', 'no view is called slwo; is it slow?'],
    ['trace', 'trace needs ID'],
    ['trace @west', 'trace needs ID'],
    ['slow prodution', 'prodution is no tenant known here: production-us-east, staging'],
    ['slow staging extra', 'extra is no tenant'],
    ['/cart', 'name a view'],
  ])('%s is refused with the reason', (text, because) => {
    const parsed = parseCommand(text, words);
    expect(parsed.do === 'refuse' ? parsed.because : parsed.do).toContain(because);
  });
});

const prompt = (text: string, change: Partial<Prompt> = {}): Prompt => ({
  mode: 'command',
  text,
  at: text.length,
  recalled: -1,
  draft: '',
  ...change,
});

describe('writing', () => {
  test.each([
    ['sl', 'ow'],
    ['slow sta', 'ging'],
    ['slow @', 'central'],
    ['slow', ''],
    ['', ''],
    ['slow /sta', ''],
  ])('behind "%s" stands "%s"', (text, ghost) => expect(ghostOf(prompt(text), words)).toBe(ghost));

  test('a view whose letters are only near is offered too', () =>
    expect(completions('lgs', words)[0]?.word).toBe('logs'));
  test('tab takes what is offered', () =>
    expect(edit(prompt('slow prod'), 'tab', words, [])?.text).toBe('slow production-us-east'));

  test.each<[string, string, number, string, number]>([
    ['backspace', 'slow', 4, 'slo', 3],
    ['backspace', 'a漢', 2, 'a', 1],
    ['backspace', 'a🚀', 3, 'a', 1],
    ['ctrl-w', 'slow staging', 12, 'slow ', 5],
    ['ctrl-u', 'slow', 2, 'ow', 0],
    ['left', 'a🚀', 3, 'a🚀', 1],
    ['home', 'slow', 4, 'slow', 0],
    ['end', 'slow', 0, 'slow', 4],
    ['delete', 'slow', 1, 'sow', 1],
  ])('%s on "%s" at %i', (key, text, at, after, afterAt) =>
    expect(edit(prompt(text, { at }), key, words, [])).toMatchObject({ text: after, at: afterAt }),
  );

  test('up and down recall, and come back to what was being written', () => {
    const history = ['newest', 'older'];
    const up = edit(prompt('half'), 'up', words, history) ?? prompt('');
    expect(up.text).toBe('newest');
    expect(edit(up, 'up', words, history)?.text).toBe('older');
    expect(edit(edit(up, 'up', words, history) ?? up, 'up', words, history)?.text).toBe('older');
    expect(edit(up, 'down', words, history)?.text).toBe('half');
  });

  test('what is pasted loses its escapes and its lines', () => {
    expect(insert(prompt('/'), 'a\u001b[2Jb\r\nc\u202e').text).toBe('/a·b  c·');
  });

  test('history holds each text once, newest first', () => expect(remember(['b', 'a'], 'a')).toEqual(['a', 'b']));
});
