import { Refusal } from '#contracts';
import { maskedConfig, readConfig } from './chat-config.rules.js';

/** What is wrong with a configuration. */
const refusalOf = (config: Record<string, unknown>): Refusal | undefined => {
  try {
    readConfig(config);
    return undefined;
  } catch (error) {
    return error as Refusal;
  }
};

describe('configurations of chat sources', () => {
  it('C-chat_sources.create SEC18: channels are shown, whatever else there is is masked', () => {
    const config = {
      channel: 'somebody',
      oauth_token: 'oauth:0123456789abcdef',
      chatroom_id: 7,
      unheard_of: 'x',
      tls: true,
    };
    expect(maskedConfig(config)).toEqual({
      channel: 'somebody',
      oauth_token: '••••cdef',
      chatroom_id: 7,
      unheard_of: '••••',
      tls: true,
    });
  });

  it.each([
    ['nothing', {}, ['config']],
    ['a nested object', { channel: { a: 1 } }, ['config.channel']],
    ['null', { channel: null }, ['config.channel']],
    ['a list', { channel: ['a'], token: {} }, ['config.channel', 'config.token']],
    ['a name that is none', { 'a b': 'x' }, ['config']],
    ['a text that is too long', { channel: 'x'.repeat(4_097) }, ['config.channel']],
    ['too many members', Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`m${i}`, 1])), ['config']],
  ])('C-chat_sources.create: %s is refused by name', (_what, config, fields) => {
    expect(refusalOf(config)?.extras.errors?.map((e) => e.field)).toEqual(fields);
  });

  it('C-chat_sources.create: a name that is none is told with what a name is', () => {
    expect(refusalOf({ 'client-id': 'x' })?.extras.errors?.map((e) => e.detail)).toEqual([
      expect.stringMatching(/"client-id".*letters, digits and _/),
    ]);
  });
});
